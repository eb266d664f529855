"""The short form of the fuzzers: few inputs, the same every time. `python -m tests.fuzz` is the long one."""

import contextlib
import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.fuzz.campaign import Campaign
from tests.fuzz.engines import run_hypothesis, run_mutator
from tests.fuzz.served import SERVED, serving
from tests.fuzz.targets import TARGETS, Target

SEED = 7


@pytest.fixture(scope="session")
def served(embedded_emulators: Any) -> Iterator[Mapping[str, Target]]:
    hosts = (embedded_emulators.pubsub_host, embedded_emulators.firestore_host)
    with serving(*hosts) as targets:
        yield targets


def assert_nothing_found(campaign: Campaign, *, inputs: int) -> None:
    found = [(finding.error, finding.place, finding.example) for finding in campaign.findings.values()]
    assert found == []
    assert campaign.inputs >= inputs


@pytest.mark.parametrize("name", TARGETS)
def test_border_keeps_its_promises_whatever_our_mutations_make(name: str) -> None:
    campaign = Campaign(name, TARGETS[name], "mutator")
    run_mutator(campaign, 500, SEED)
    assert_nothing_found(campaign, inputs=500)


@pytest.mark.parametrize("name", ["receive", "event", "push", "request"])
def test_border_keeps_its_promises_whatever_hypothesis_makes(name: str) -> None:
    campaign = Campaign(name, TARGETS[name], "hypothesis")
    run_hypothesis(campaign, 50, SEED)
    assert_nothing_found(campaign, inputs=25)  # an input that comes again counts once


@pytest.mark.parametrize("name", SERVED)
def test_served_function_answers_hostile_input_and_never_with_5xx(
    served: Mapping[str, Target], name: str
) -> None:
    campaign = Campaign(name, served[name], "mutator")
    with contextlib.redirect_stdout(io.StringIO()):
        run_mutator(campaign, 300, SEED)
    assert_nothing_found(campaign, inputs=300)
