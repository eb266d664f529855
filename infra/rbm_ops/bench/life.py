"""Scenario: what a message's life costs, requested, accepted, delivered and read, counted at the wire.

Billed operations and calls, not time; so the rounds of one variant follow each other. Alone: one step after
the other. In flight: many at once, whose events share calls, and the receipts of a message may share a write.
Only the embedded emulators count: on Google's nothing is measured.
"""

import asyncio
import contextlib
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ops.bench.bodies import AGENT_ID, push_requests, receipts, webhook_requests
from rbm_ops.bench.measures import OURS, OURS_UPDATES_ON, USUAL, USUAL_EACH, Sample
from rbm_ops.bench.platform import platform_program
from rbm_ops.bench.processes import BenchFailed, Program, load_cpus, running, server_cpus
from rbm_ops.bench.send import make_send_request, push_request, send_variants
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import correlate_variants, find_program, webhook_variants
from rbm_ops.emulators.meter import Counts
from rbm_ops.emulators.meter_service import read_meter, reset_meter

ALONE = "a message's life"
IN_FLIGHT = "a message's life, 64 in flight"

_SIZES = {ALONE: (1, 1), IN_FLIGHT: (320, 64)}  # messages, and how many requests are in flight
# By the names of the variants of each function; the usual way publishes no updates.
_WAYS = {
    USUAL: {"send": USUAL, "webhook": USUAL_EACH, "correlate": USUAL},
    OURS: {"send": OURS, "webhook": OURS, "correlate": OURS},
    OURS_UPDATES_ON: {"send": OURS_UPDATES_ON, "webhook": OURS, "correlate": OURS_UPDATES_ON},
}
_EVENTS_PER_MESSAGE = 3
_PHONE_NUMBER = "+14155560001"
_ATTEMPTS = 10
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Way:
    """Three functions, by name, and how they name the message of an idempotencyKey."""

    name: str
    programs: Mapping[str, Program]
    name_message: Callable[[str], str]


def measure_life(setting: Setting) -> Iterator[Sample]:
    """Raises BenchFailed where a request is refused again and again."""
    if read_meter(setting.addresses.firestore) is None:
        return
    platform = platform_program()
    with running(platform, cpus=load_cpus(), log=setting.log(platform)):
        for way in _make_ways(setting, f"http://127.0.0.1:{platform.port}"):
            yield from _measure_way(setting, way)


def _make_ways(setting: Setting, platform: str) -> list[_Way]:
    variants = {
        "send": send_variants(setting, platform),
        "webhook": webhook_variants(setting.addresses),
        "correlate": correlate_variants(setting.addresses),
    }
    return [
        _Way(
            name,
            {function: find_program(variants[function], variant) for function, variant in chosen.items()},
            _name_message_usually if name == USUAL else _name_message,
        )
        for name, chosen in _WAYS.items()
    ]


def _name_message(key: str) -> str:
    return derive_message_id(AGENT_ID, key)


def _name_message_usually(key: str) -> str:
    """As functions/usual_send.py does."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{AGENT_ID}/{key}"))


def _measure_way(setting: Setting, way: _Way) -> Iterator[Sample]:
    host = setting.addresses.firestore
    with contextlib.ExitStack() as stack:
        for program in way.programs.values():
            stack.enter_context(running(program, cpus=server_cpus(), log=setting.log(program)))
        asyncio.run(_live(way, 1, 1))  # the first one connects, and reads what is kept for a while
        for number in range(setting.rounds):
            for scenario, (messages, in_flight) in _SIZES.items():
                setting.report(f"{scenario}: {way.name} ({number + 1} of {setting.rounds})")
                reset_meter(host)
                asyncio.run(_live(way, messages, in_flight))
                counts = read_meter(host)
                assert counts is not None  # noqa: S101 - it counted before
                yield Sample(scenario, way.name, _figures(counts, messages))


async def _live(way: _Way, messages: int, in_flight: int) -> None:
    """Returns once all of it is done: nothing goes on behind an answer."""
    keys = [f"order-{uuid.uuid4()}/shipped" for _ in range(messages)]
    ids = list(map(way.name_message, keys))
    events = receipts(2 * messages, message_id=lambda number: ids[number // 2])
    steps = {
        "send": [push_request(make_send_request(key, _PHONE_NUMBER)) for key in keys],
        "webhook": webhook_requests(2 * messages),  # it publishes, whatever message they are about
        "correlate": push_requests(events),
    }
    for name, bodies in steps.items():
        await _post_all(way.programs[name].port, bodies, in_flight)


def _figures(counts: Counts, messages: int) -> dict[str, float]:
    each = {
        "writes": counts.documents_written,
        "reads": counts.documents_read,
        "deletes": counts.documents_deleted,
        "operations": counts.operations,
        "firestore_calls": counts.firestore_calls,
        "publish_calls": counts.publish_calls,
        "messages_published": counts.messages_published,
    }
    return {
        **{f"{name}_per_message": count / messages for name, count in each.items()},
        "firestore_calls_per_event": counts.firestore_calls / messages / _EVENTS_PER_MESSAGE,
        "most_writes_per_document": counts.most_writes,
    }


async def _post_all(port: int, requests: Iterable[bytes], in_flight: int) -> None:
    waiting = iter(requests)
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(_post_in_turn(port, waiting))


async def _post_in_turn(port: int, requests: Iterator[bytes]) -> None:
    """Whoever is free takes the next one. What is not taken is sent again, as Pub/Sub does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        for request in requests:
            for _ in range(_ATTEMPTS):
                writer.write(request)
                if await _is_taken(reader):
                    break
            else:
                raise BenchFailed(f"A request was refused {_ATTEMPTS} times:\n{request.decode()[:500]}")


async def _is_taken(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _CONTENT_LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    return head[9:10] == b"2"
