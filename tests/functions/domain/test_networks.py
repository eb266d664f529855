"""Where an agent is not launched, by its launch events, of the networks that a number may belong to."""

from typing import Any

import pytest
from tests.functions.domain.builders import correlate, fold_one
from tests.support.payloads import event_bytes

from rbm_ledger.domain.networks import country_of, find_countries, unlaunched_networks

INDIAN, GERMAN, US = "+919876543210", "+4915112345678", "+14155550101"


def agent(**states: dict[str, int]) -> dict[str, Any]:
    """Region (spelt with underscores) → state → when it was announced."""
    return {"launchStateAtMs": {region.replace("_", "-"): at_ms for region, at_ms in states.items()}}


@pytest.mark.parametrize("state", ["PENDING", "REJECTED", "SUSPENDED", "UNLAUNCHED", "SOMETHING_NEW"])
def test_network_in_the_number_s_country_without_a_launch_is_named_with_its_state(state: str) -> None:
    record = agent(vodafone_idea_india={state: 5})
    assert unlaunched_networks(record, INDIAN) == ({"region": "vodafone-idea-india", "state": state},)


def test_network_that_is_launched_is_not_named() -> None:
    record = agent(vodafone_idea_india={"LAUNCHED": 5}, airtel_india={"REJECTED": 6})
    assert unlaunched_networks(record, INDIAN) == ({"region": "airtel-india", "state": "REJECTED"},)


@pytest.mark.parametrize(
    ("states", "named"),
    [({"LAUNCHED": 5, "SUSPENDED": 6}, True), ({"LAUNCHED": 6, "SUSPENDED": 5, "PENDING": 4}, False)],
)
def test_state_that_was_announced_last_is_in_force(states: dict[str, int], named: bool) -> None:
    assert bool(unlaunched_networks(agent(vodafone_germany=states), GERMAN)) is named


def test_networks_of_other_countries_and_of_none_explain_nothing() -> None:
    record = agent(vodafone_idea_india={"REJECTED": 1}, unknown={"REJECTED": 1}, some_carrier={"REJECTED": 1})
    assert unlaunched_networks(record, GERMAN) == ()


@pytest.mark.parametrize("record", [{}, {"launchStateAtMs": {}}, {"launchStateAtMs": {"x-de": {}}}])
def test_agent_without_launch_events_explains_nothing(record: dict[str, Any]) -> None:
    assert unlaunched_networks(record, GERMAN) == ()


@pytest.mark.parametrize("number", ["", "+", "+999", "+8612345678901", "15551234", "nonsense"])
def test_number_of_a_country_without_rcs_explains_nothing(number: str) -> None:
    assert unlaunched_networks(agent(x_in={"REJECTED": 1}), number) == ()


def test_launch_event_as_it_arrives_explains_a_404() -> None:
    payload = event_bytes("agent-launch-event", regionId="/v1/regions/vodafone-idea-india")
    assert unlaunched_networks(fold_one(correlate(payload)), INDIAN) == (
        {"region": "vodafone-idea-india", "state": "REJECTED"},
    )


@pytest.mark.parametrize(
    ("number", "countries"),
    [
        (US, ("US", "CA")),
        ("+18095550101", ("DO",)),
        ("+17875550101", ("US",)),
        (INDIAN, ("IN",)),
        ("+358401234567", ("FI",)),
        ("+351912345678", ("PT",)),
        ("+34612345678", ("ES",)),
        ("+380501234567", ("UA",)),
        ("+8801712345678", ("BD",)),
    ],
)
def test_country_of_a_number_goes_by_the_longest_code(number: str, countries: tuple[str, ...]) -> None:
    assert find_countries(number) == countries


@pytest.mark.parametrize(
    ("region", "country"),
    [
        ("vodafone-idea-india", "IN"),
        ("Vodafone-Idea-India", "IN"),
        ("fi-rcs", "US"),
        ("se-rcs", "SE"),
        ("telekom-de", "DE"),
        ("telekom-de-rcs", "DE"),
        ("de", "DE"),
        ("three-uk", "GB"),
        ("united-kingdom-o2", "GB"),
        ("vodacom-south-africa", "ZA"),
        ("indiana-wireless", None),
        ("at-t", None),
        ("de-telekom", None),
        ("xx-rcs", None),
        ("rcs", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_country_of_a_region_is_what_its_id_says(region: str, country: str | None) -> None:
    assert country_of(region) == country
