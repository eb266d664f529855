"""The fuzzers themselves: a planted defect is found and told, and a seed gives the same inputs again."""

import base64
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.functions.entrypoints.wire import TOKENS
from tests.fuzz.campaign import Campaign
from tests.fuzz.engines import ENGINES, run_mutator
from tests.fuzz.mutations import MAX_BYTES, Shape, split_call
from tests.fuzz.promises.signatures import is_signed, signed_bytes
from tests.fuzz.report import write_report
from tests.fuzz.targets import TARGETS

from rbm_ledger.domain.signature import sign


def collect_inputs(seed: int, name: str = "receive") -> list[bytes]:
    seen: list[bytes] = []
    campaign = Campaign(name, dataclasses.replace(TARGETS[name], run=seen.append), "mutator")
    run_mutator(campaign, 400, seed)
    return seen


def test_same_seed_gives_the_same_inputs_and_another_seed_others() -> None:
    first = collect_inputs(1)
    assert collect_inputs(1) == first
    assert collect_inputs(2) != first
    assert max(map(len, first)) <= MAX_BYTES


def believe_prefix(signature: str, payload: bytes, token: str) -> bool:
    return sign(payload, token).startswith(signature)


def believe_any_case(signature: str, payload: bytes, token: str) -> bool:
    return sign(payload, token).lower() == signature.lower()


def believe_any_end(signature: str, payload: bytes, token: str) -> bool:
    return sign(payload, token).rstrip("=") == signature.rstrip("=")


def believe_anybody(_signature: str, _payload: bytes, _token: str) -> bool:
    return True


@pytest.mark.parametrize("believe", [believe_prefix, believe_any_case, believe_any_end, believe_anybody])
def test_planted_acceptance_of_a_false_signature_is_found(believe: Callable[[str, bytes, str], bool]) -> None:
    def keep(data: bytes) -> None:
        signature, webhook, body = split_call(data)
        payload = signed_bytes(body)
        if payload is not None and any(
            believe(signature, payload, token) for token in TOKENS.get(webhook, ())
        ):
            assert is_signed(signature, webhook, body)

    campaign = Campaign("planted", dataclasses.replace(TARGETS["receive"], run=keep), "mutator")
    run_mutator(campaign, 3000, 7)
    assert campaign.findings


def crash_on_a_surrogate(data: bytes) -> None:
    json.dumps(json.loads(data), ensure_ascii=False).encode()


def test_finding_is_told_once_with_its_shortest_input(tmp_path: Path) -> None:
    target = dataclasses.replace(TARGETS["event"], run=crash_on_a_surrogate, shape=Shape.JSON)
    campaign = Campaign("planted", target, "mutator").measure(lambda each: run_mutator(each, 2000, 7))
    [finding] = [each for each in campaign.findings.values() if each.error.startswith("UnicodeEncodeError")]
    assert finding.count > 1
    write_report(tmp_path / "report.md", [campaign], seed=7)
    [told] = json.loads((tmp_path / "report.json").read_text())["campaigns"]
    examples = [each["example"] for each in told["findings"] if each["error"] == finding.error]
    assert [base64.b64decode(example) for example in examples] == [finding.example]
    with pytest.raises(UnicodeEncodeError):
        crash_on_a_surrogate(finding.example)
    assert "2,000 inputs" in (tmp_path / "report.md").read_text()


def test_there_are_three_engines_and_every_target_has_seeds() -> None:
    assert set(ENGINES) == {"mutator", "hypothesis", "atheris"}
    assert all(target.seeds and target.weight > 0 for target in TARGETS.values())
