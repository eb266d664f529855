"""Inputs as large as they may be, each meant to blow something up; run under the system's own limits.

`python -m tests.fuzz.large PART MEMORY_MIB CPU_SECONDS` prints each that got through, and its cost. PART 2
means half of the size where size alone matters; what multiplies does so in any case.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

from tests.functions.entrypoints.wire import sign, wrap_delivery
from tests.fuzz.campaign import peak_mib
from tests.fuzz.mutations import join_call
from tests.fuzz.targets import TARGETS

from rbm_ledger.adapters.push import MAX_PUSH_BYTES

WEBHOOK_BYTES = 1_048_576
# Base64 and the envelope take the rest.
REQUEST_BYTES = 10_000_000


def fill(size_bytes: int, start: bytes, item: bytes, end: bytes) -> bytes:
    """As many items as there is room for."""
    return start + item * ((size_bytes - len(start) - len(end)) // len(item)) + end


def bulk(recipients: int, text: str, values: dict[str, Any]) -> bytes:
    numbers = (f"+1415555{number:04}" for number in range(recipients))
    fields = {
        "agentId": "growing-tree-bank",
        "contentMessage": {"text": "Hello", "more": text},
        "recipients": [{"phoneNumber": number, "values": values} for number in numbers],
    }
    return json.dumps(fields).encode()


def many_names(size_bytes: int) -> bytes:
    return b"{" + b",".join(b'"%x":0' % number for number in islice(count(), size_bytes // 11)) + b"}"


def many_places(places: int) -> str:
    return "".join(f"{{{{a{number:x}}}}}" for number in range(places))


_ITEMS = {
    "objects": b'{"":0},',
    "empty objects": b"{},",
    "lists": b"[],",
    "texts": b'"ab",',
    "numbers": b"1.5,",
    "long integers": b"9" * 4000 + b",",
    "escapes": b'"\\u00e9\\ud83d\\ude00",',
}
_JSON: dict[str, Callable[[int], bytes]] = {
    **{name: lambda size, item=item: fill(size, b'{"a":[', item, b"0]}") for name, item in _ITEMS.items()},
    "depth": lambda size: b"[" * (size // 2) + b"]" * (size // 2),
    "depth of objects": lambda size: fill(size, b"", b'{"a":', b""),
    "names": many_names,
    "the same name": lambda size: fill(size, b"{", b'"a":[],', b'"a":0}'),
    "quotes": lambda size: fill(size, b'{"a":"', b'\\"', b'"}'),
    "open braces in a text": lambda size: fill(size, b'{"agentId":"a","text":"', b"{{", b'"}'),
    "blanks": lambda size: fill(size, b"{", b" ", b"}"),
    "a number of digits alone": lambda size: fill(size, b'{"a":', b"9", b"}"),
    "bytes that are no UTF-8": lambda size: b"\xff" * size,
}
_BULKS: dict[str, Callable[[], bytes]] = {
    "places without values": lambda: bulk(200, many_places(20_000), {}),
    "more places than recipients": lambda: bulk(
        1000, " ".join(f"{{{{a{n:x}}}}}" for n in range(900_000)), {}
    ),
    "one value in many places": lambda: bulk(100, "{{a}}" * 40_000, {"a": "x" * 2000}),
    "values that grow as JSON": lambda: bulk(100, "{{a}}" * 2000, {"a": "\x01" * 200}),
    "as much as is allowed": lambda: bulk(100, "{{a}}" * 900, {"a": "x" * 40}),
    "half open places": lambda: bulk(1, "{{ " * 80_000, {}),
    "blanks within a place": lambda: bulk(1, "{{" + " " * 240_000, {}),
    "many labels": lambda: json.dumps(
        {"agentId": "a", "labels": {f"l{number}": "" for number in range(100_000)}}
    ).encode(),
    "many faults": lambda: json.dumps({"agentId": "a", **{f"x{n}": 0 for n in range(100_000)}}).encode(),
}


def list_large(part: int) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
    """Target, name, and what makes the input."""
    for name, make in _JSON.items():
        yield "push", name, lambda make=make: make(MAX_PUSH_BYTES // part)
        yield "request", name, lambda make=make: make(REQUEST_BYTES // part)
        yield "event", name, lambda make=make: make(WEBHOOK_BYTES // part)
        yield "signature", name, lambda make=make: join_call("", "", make(WEBHOOK_BYTES // part))
        yield (
            "receive",
            f"{name}, signed",
            lambda make=make: _sign(make(WEBHOOK_BYTES // part * 3 // 4 - 100)),
        )
    for name, make_bulk in _BULKS.items():
        yield "request", name, make_bulk
    yield (
        "signature",
        "a header of a megabyte",
        lambda: join_call("A" * WEBHOOK_BYTES, "", wrap_delivery(b"{}")),
    )
    # It stands twice in an event, which base64 makes longer by a third.
    yield "postback", "as long as it can be", lambda: b"rbm1:" + b"A" * (WEBHOOK_BYTES * 3 // 8 - 1000)


def main() -> None:
    part, memory_mib, cpu_seconds = map(int, sys.argv[1:])
    _limit(memory_mib, cpu_seconds)
    for target, name, make in list_large(part):
        data, started = make(), time.process_time()
        TARGETS[target].run(data)
        spent = time.process_time() - started
        sys.stdout.write(f"{target}: {name}: {len(data):,} bytes, {spent:.2f} s, {peak_mib():.0f} MiB\n")
        sys.stdout.flush()


def _limit(memory_mib: int, cpu_seconds: int) -> None:
    """So much more than is in use already."""
    used = next(
        int(line.split()[1]) * 1024
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmData:")
    )
    resource.setrlimit(resource.RLIMIT_DATA, (used + (memory_mib << 20),) * 2)
    cpu = int(time.process_time()) + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))


def _sign(payload: bytes) -> bytes:
    return join_call(sign(payload), "", wrap_delivery(payload))


if __name__ == "__main__":
    main()
