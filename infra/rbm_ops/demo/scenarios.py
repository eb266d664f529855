"""What the demo sends, to whom, and what the documents must say in the end: one table.

The numbers' fates are the simulator's (rbm_ops.simulator.fates).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rbm_ledger.domain.ledger import State

_CONTENTS = Path(__file__).parent / "agent_messages"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`content` names a file of agent_messages/; `events` are the types that must be recorded, once each.

    `published` is how often the same request is published; `called`, whether the platform was asked at all;
    `fallback`, the reason for which the fallback must have been requested.
    """

    title: str
    ending: str
    content: str
    state: State
    events: tuple[str, ...] = ()
    user_messages: tuple[str, ...] = ()
    opts_out: bool = False
    published: int = 1
    called: bool = True
    fallback: str = ""
    changes: Mapping[str, Any] | None = None

    @property
    def phone_number(self) -> str:
        return f"+1415555{self.ending}"

    def request(self, agent_id: str, key: str) -> dict[str, Any]:
        """The send request as another service would publish it."""
        return {
            "agentId": agent_id,
            "phoneNumber": self.phone_number,
            "idempotencyKey": key,
            "source": "rbm-demo",
            "clientReference": self.title,
            **_read_content(self.content),
            **(self.changes or {}),
        }


_DELIVERED_AND_READ = ("DELIVERED", "READ")
# Long enough for a slow machine to send it before, short enough to watch.
_SOON = {"ttl": "4s"}
_SMS = {"sms": "Your order has shipped"}

SCENARIOS = (
    Scenario("text, read", "0101", "text", State.READ, _DELIVERED_AND_READ),
    Scenario("text with ttl, never read", "0102", "text-ttl", State.DELIVERED, ("DELIVERED",)),
    Scenario(
        "offline, expires", "0103", "text-ttl", State.EXPIRED, ("TTL_EXPIRATION_REVOKED",), changes=_SOON
    ),
    Scenario(
        "no RCS there, fallback",
        "0104",
        "file-by-url",
        State.UNREACHABLE,
        fallback="unreachable",
        changes={"fallback": {"on": ["unreachable"], "payload": _SMS}},
    ),
    Scenario(
        "offline, revoked, fallback",
        "0103",
        "text",
        State.REVOKED,
        fallback="undelivered",
        changes={"fallback": {"on": ["undelivered"], "afterSeconds": 2, "payload": _SMS}},
    ),
    Scenario("receipt before the answer", "0105", "rich-card-standalone", State.READ, _DELIVERED_AND_READ),
    Scenario("receipts tripled, reversed", "0106", "rich-card-carousel", State.READ, _DELIVERED_AND_READ),
    Scenario("user replies", "0107", "file-uploaded", State.READ, _DELIVERED_AND_READ, ("text",)),
    Scenario(
        "user taps a reply",
        "0108",
        "suggested-replies",
        State.READ,
        _DELIVERED_AND_READ,
        ("suggestionResponse",),
    ),
    Scenario("user opts out", "0109", "text", State.DELIVERED, ("DELIVERED",), ("text",), opts_out=True),
    Scenario(
        "expiry unsure, delivered",
        "0110",
        "text-ttl",
        State.DELIVERED,
        ("TTL_EXPIRATION_REVOKE_FAILED", "DELIVERED"),
        changes=_SOON,
    ),
    Scenario(
        "expired, yet delivered",
        "0118",
        "text-ttl",
        State.DELIVERED,
        ("TTL_EXPIRATION_REVOKED", "DELIVERED"),
        changes=_SOON,
    ),
    Scenario("no cards on this phone", "0121", "rich-card-standalone", State.REJECTED),
    Scenario("not a tester (403)", "0111", "suggested-actions", State.REJECTED),
    Scenario("429 first", "0112", "text", State.READ, _DELIVERED_AND_READ),
    Scenario("500 though taken", "0113", "text", State.READ, _DELIVERED_AND_READ),
    Scenario("no answer though taken", "0114", "text", State.DELIVERED, ("DELIVERED",)),
    Scenario("unknown event type", "0115", "text", State.DELIVERED, ("DELIVERED", "REACTION_ADDED")),
    Scenario(
        "user sends a location", "0116", "suggested-actions", State.READ, _DELIVERED_AND_READ, ("location",)
    ),
    Scenario("user sends a file", "0117", "text", State.READ, _DELIVERED_AND_READ, ("userFile",)),
    Scenario("published three times", "0101", "text", State.READ, _DELIVERED_AND_READ, published=3),
    Scenario("expired before sending", "0101", "text-expire-time", State.SUPPRESSED, called=False),
    Scenario(
        "invalid: text too long",
        "0101",
        "text",
        State.REJECTED,
        called=False,
        changes={"contentMessage": {"text": "x" * 3073}},
    ),
)


@cache
def _read_content(name: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads((_CONTENTS / f"{name}.json").read_text())
    return content
