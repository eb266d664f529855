"""Scenario: send requests, pushed or posted, to a platform that answers each call after 50 ms.

That answer bounds it: n requests in flight are at most n / 0.05 a second. hello-world does not wait for it.
"""

import base64
import dataclasses
import json
import math
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rbm_ops.bench.bodies import AGENT_ID
from rbm_ops.bench.driving import Load, http_request
from rbm_ops.bench.measures import OURS, OURS_UPDATES_ON, USUAL, USUAL_UPDATES_ON, Sample
from rbm_ops.bench.platform import ANSWER_SECONDS, platform_program
from rbm_ops.bench.processes import Program, load_cpus, running
from rbm_ops.bench.rounds import is_look, measure_round
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import Variant, hello_variants, our_program
from rbm_ops.local.addresses import Addresses
from rbm_ops.local.topology import UPDATES

IN_FLIGHT = (1, 16, 64)
_BASELINES = Path(__file__).parent / "functions"

Wrap = Callable[[bytes], bytes]


def measure_send(setting: Setting) -> Iterator[Sample]:
    """By push at each concurrency, by POST at the highest. The platform shares the CPU of the load."""
    platform = platform_program()
    most = IN_FLIGHT[-1]
    with running(platform, cpus=load_cpus(), log=setting.log(platform)):
        variants = send_variants(setting, f"http://127.0.0.1:{platform.port}")
        for in_flight in (most,) if is_look(setting) else IN_FLIGHT:
            yield from _measure(setting, f"send, {in_flight} in flight", variants, push_request, in_flight)
        if not is_look(setting):
            yield from _measure(setting, f"send by POST, {most} in flight", variants, post_request, most)


def send_variants(setting: Setting, platform_url: str) -> list[Variant]:
    endpoint = {"RBM_API_ENDPOINT": platform_url}
    programs = {
        USUAL: _usual_program(setting.addresses, {**endpoint, "TOPIC": ""}),
        USUAL_UPDATES_ON: _usual_program(setting.addresses, {**endpoint, "TOPIC": UPDATES}),
        OURS: our_program("send", setting.addresses, {**endpoint, "RBM_UPDATES_TOPIC": ""}),
        OURS_UPDATES_ON: our_program("send", setting.addresses, endpoint),
    }
    return [*hello_variants(), *(Variant(name, program) for name, program in programs.items())]


def _usual_program(addresses: Addresses, environment: Mapping[str, str]) -> Program:
    """Ours with another source: the same server, settings and threads."""
    ours = our_program("send", addresses, environment)
    arguments = ["usual_send.py" if argument == "send.py" else argument for argument in ours.arguments]
    return dataclasses.replace(ours, name="usual_send", arguments=arguments, folder=_BASELINES)


def make_send_requests(count: int) -> list[bytes]:
    """Each is a message of its own, whoever asked for some before."""
    return [
        make_send_request(f"order-{uuid.uuid4()}/shipped", f"+1415{5560000 + number % 10_000}")
        for number in range(count)
    ]


def make_send_request(key: str, phone_number: str) -> bytes:
    """`key` is the idempotencyKey: a repeated one would be answered from its document, without a call."""
    return json.dumps(
        {
            "agentId": AGENT_ID,
            "phoneNumber": phone_number,
            "contentMessage": {"text": "Your order has shipped"},
            "messageTrafficType": "TRANSACTION",
            "idempotencyKey": key,
            "source": "orders",
            "clientReference": "1234",
            "labels": {"campaign": "none"},
        }
    ).encode()


def post_request(data: bytes) -> bytes:
    return http_request("/", data, {})


def push_request(data: bytes) -> bytes:
    """As the subscription of rbm-send-requests pushes it."""
    envelope = {
        "deliveryAttempt": 1,
        "message": {
            "attributes": {"source": "orders"},
            "data": base64.b64encode(data).decode(),
            "messageId": str(uuid.uuid4().int % 10**16),
            "publishTime": "2026-11-25T10:00:01.123Z",
        },
        "subscription": "projects/rbm-local/subscriptions/rbm-send-requests-send",
    }
    return http_request("/", json.dumps(envelope).encode(), {})


def _measure(
    setting: Setting, scenario: str, variants: Sequence[Variant], wrap: Wrap, in_flight: int
) -> Iterator[Sample]:
    """No request comes twice, in no round."""
    count = _most_requests(setting, in_flight)
    for number in range(setting.rounds):
        for variant in variants:
            requests = [wrap(each) for each in make_send_requests(count)]
            load = Load(requests, in_flight, setting.seconds, setting.warm_up_seconds)
            yield measure_round(setting, scenario, variant, load, number)


def _most_requests(setting: Setting, in_flight: int) -> int:
    """That the platform can answer in the time; hello-world, which is faster, may see them again."""
    seconds = setting.warm_up_seconds + setting.seconds + 1
    return in_flight * (math.ceil(seconds / ANSWER_SECONDS) + 1)
