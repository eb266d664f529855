"""Callbacks: counted, listed, made up; and the disturbances."""

import pytest

EVENT = {"agentId": "a@rbm.goog", "eventType": "REACTION_ADDED", "somethingNew": {"emoji": "🌳"}}
CALM = {
    "dropNext": 0,
    "delaySeconds": 0.0,
    "copies": 1,
    "isReversed": False,
    "isWronglySigned": False,
    "createStatus": None,
    "createDelaySeconds": 0.0,
}


async def test_any_event_is_sent_as_it_is(control, simulator, webhook) -> None:
    status, counts = await control("POST", "callbacks", {"event": EVENT})
    assert (status, counts["pending"]) == (200, 1)
    await simulator.advance(1)
    assert webhook.events == [EVENT]
    _, counts = await control("GET", "callbacks")
    assert counts == {"pending": 0, "acknowledged": 1, "failedAttempts": 0, "dropped": 0, "waiting": []}


async def test_callback_that_failed_is_listed_with_its_next_try(control, simulator, webhook) -> None:
    webhook.statuses = [500]
    await control("POST", "callbacks", {"event": EVENT})
    await simulator.advance(0)
    _, counts = await control("GET", "callbacks")
    (waiting,) = counts.pop("waiting")
    assert counts == {"pending": 1, "acknowledged": 0, "failedAttempts": 1, "dropped": 0}
    assert (waiting["eventType"], waiting["agentId"], waiting["attempts"]) == (
        "REACTION_ADDED",
        "a@rbm.goog",
        1,
    )
    assert waiting["nextAttemptTime"] == "2026-11-22T10:00:00.250000Z"


async def test_a_hundred_waiting_callbacks_are_listed(control, simulator) -> None:
    await control("PUT", "disturbances", {"delaySeconds": 60, "copies": 100})
    await control("POST", "callbacks", {"event": EVENT})
    await control("POST", "callbacks", {"event": EVENT})
    _, counts = await control("GET", "callbacks")
    assert (counts["pending"], len(counts["waiting"])) == (200, 100)


@pytest.mark.parametrize("body", [{}, {"event": "DELIVERED"}, {"event": EVENT, "copies": 2}])
async def test_what_is_no_event_is_refused(refusal, body: dict) -> None:
    assert (await refusal("POST", "callbacks", body))[0] == "INVALID_ARGUMENT"


async def test_nothing_is_broken_at_the_start(control) -> None:
    assert await control("GET", "disturbances") == (200, CALM)


async def test_disturbances_are_changed_one_by_one_and_mended_together(control) -> None:
    await control("PUT", "disturbances", {"dropNext": 3, "createStatus": "UNAVAILABLE"})
    expected = CALM | {"dropNext": 3, "createStatus": "UNAVAILABLE", "isReversed": True}
    assert await control("PUT", "disturbances", {"isReversed": True}) == (200, expected)
    assert await control("GET", "disturbances") == (200, expected)
    assert (await control("PUT", "disturbances", {"createStatus": None}))[1]["createStatus"] is None
    assert await control("DELETE", "disturbances") == (200, CALM)
    assert await control("GET", "disturbances") == (200, CALM)


async def test_disturbance_takes_effect(control, business, simulator, webhook) -> None:
    await control("PUT", "disturbances", {"dropNext": 1, "createStatus": "UNAVAILABLE"})
    await control("POST", "callbacks", {"event": EVENT})
    await simulator.advance(1)
    assert webhook.requests == []
    assert (await business.create("+14155550101"))[0] == 503


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"dropNext": -1}, "$.dropNext"),
        ({"copies": 0}, "$.copies"),
        ({"copies": 1_000_000}, "$.copies"),
        ({"delaySeconds": -1}, "$.delaySeconds"),
        ({"delaySeconds": 1e300}, "$.delaySeconds"),
        ({"createDelaySeconds": "long"}, "$.createDelaySeconds"),
        ({"createStatus": "FINE"}, "$.createStatus"),
        ({"isReversed": None}, "$.isReversed"),
        ({"noise": 1}, "noise"),
    ],
)
async def test_impossible_disturbance_is_refused_and_disturbs_nothing(
    control, refusal, change, fault
) -> None:
    status, message = await refusal("PUT", "disturbances", {"isWronglySigned": True, **change})
    assert status == "INVALID_ARGUMENT"
    assert fault in message
    assert await control("GET", "disturbances") == (200, CALM)
