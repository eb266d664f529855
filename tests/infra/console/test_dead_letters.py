"""Dead letters: told to the pages as they come, and kept for those that are opened later."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from google.pubsub_v1 import types
from tests.infra.console.conftest import make_addresses
from tests.infra.console.page import ConsolePage, until
from tests.infra.console.publishing import publish

from rbm_ops.console.subscriptions import DeadLetters, describe_dead_letter
from rbm_ops.local.addresses import Addresses

_SOURCE = {
    "CloudPubSubDeadLetterSourceSubscription": "rbm-events-correlate",
    "CloudPubSubDeadLetterSourceDeliveryCount": "10",
}


@pytest.fixture
def addresses(emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch) -> Addresses:
    """On either kind of emulator."""
    return make_addresses(emulators, project, monkeypatch)


async def test_dead_letter_is_told_and_kept(console: ConsolePage, addresses: Addresses) -> None:
    async with console.listening() as heard:
        await publish(addresses, "rbm-dead-letters", b'{"eventType":"DELIVERED"}', **_SOURCE, agentId="a")
        await until(lambda: heard.named("deadLetter"), what="it came")
        [told] = heard.named("deadLetter")
    assert (await console.get("/api/dead-letters")).body == {"messages": [told]}
    assert (told["topic"], told["deliveryAttempt"], told["attributes"]["agentId"]) == ("rbm-events", 10, "a")
    assert told["data"] == {"eventType": "DELIVERED"}
    assert told["publishTime"].endswith("Z")


def _message(data: bytes = b"{}", attributes: Mapping[str, str] = _SOURCE, message_id: str = "1") -> Any:
    return types.PubsubMessage.pb()(
        data=data,
        attributes=attributes,
        message_id=message_id,
        publish_time=datetime(2026, 11, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("source", "topic", "attempt"),
    [
        (_SOURCE, "rbm-events", 10),
        ({"CloudPubSubDeadLetterSourceSubscription": "another"}, "another", None),
        ({"CloudPubSubDeadLetterSourceDeliveryCount": "many"}, "", None),
        ({}, "", None),
    ],
)
def test_origin_is_named_as_far_as_it_is_known(
    source: Mapping[str, str], topic: str, attempt: int | None
) -> None:
    row = describe_dead_letter(_message(attributes=source))
    assert (row["topic"], row["deliveryAttempt"]) == (topic, attempt)


@pytest.mark.parametrize(("data", "shown"), [(b"{}", {}), (b"[1]", "[1]"), (b"\xff<b>", "�<b>")])
def test_what_is_no_object_is_shown_as_text(data: bytes, shown: object) -> None:
    assert describe_dead_letter(_message(data))["data"] == shown


def test_only_the_latest_are_kept_newest_first() -> None:
    dead_letters = DeadLetters()
    for number in range(201):
        dead_letters.add(_message(message_id=str(number)))
    kept = [row["messageId"] for row in dead_letters.rows]
    assert (len(kept), kept[0], kept[-1]) == (200, "200", "1")
