import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rbm_ledger.adapters.push import parse_push
from rbm_ledger.adapters.rbm_api import read_answer
from rbm_ledger.domain.outcomes import state_after
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import Origin, SendRequest
from rbm_ops.bench.measures import HELLO_ASYNC, HELLO_SYNC, OURS, OURS_UPDATES_ON, USUAL, USUAL_UPDATES_ON
from rbm_ops.bench.platform import ANSWER
from rbm_ops.bench.send import make_send_requests, measure_send, post_request, push_request
from rbm_ops.bench.setting import Setting, bench_setting

_ORIGIN = Origin("fallback", datetime(2026, 11, 25, tzinfo=UTC))


@pytest.fixture
def setting() -> Iterator[Setting]:
    with bench_setting(is_google=False, rounds=1, seconds=0.9, report=lambda _step: None) as setting:
        yield setting


def test_a_look_measures_every_variant_and_all_are_answered(setting: Setting) -> None:
    samples = {sample.variant: sample for sample in measure_send(setting)}
    assert set(samples) == {
        HELLO_SYNC,
        HELLO_ASYNC,
        USUAL,
        USUAL_UPDATES_ON,
        OURS,
        OURS_UPDATES_ON,
    }
    for sample in samples.values():
        assert sample.scenario == "send, 64 in flight"
        assert sample.figures["requests_per_second"] > 0
        assert sample.figures["failures_percent"] == 0
    assert _logged_states(setting.folder / "send.log") == {"accepted"}


def _logged_states(log: Path) -> set[str]:
    """Of the requests that our `send` was done with."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return {line["state"] for line in lines if line["event"] == "send_request_done"}


def test_a_push_carries_the_request_that_is_posted() -> None:
    (request,) = make_send_requests(1)
    posted, pushed = (wrap(request).partition(b"\r\n\r\n")[2] for wrap in (post_request, push_request))
    assert posted == parse_push(pushed).data == request


def test_every_request_is_a_message_of_its_own() -> None:
    requests = [*make_send_requests(20), *make_send_requests(20)]
    assert len({_parse(request).message_id for request in requests}) == 40


def _parse(data: bytes) -> SendRequest:
    request = parse_request(data, _ORIGIN)
    assert isinstance(request, SendRequest)
    return request


def test_what_the_platform_answers_is_an_acceptance() -> None:
    state = state_after(RequestKind.AGENT_MESSAGE, read_answer(200, ANSWER))
    assert state is not None
    assert state.label == "accepted"
