"""What each step of a message's life changed, what it did not, and why: one situation each."""

from collections.abc import Callable

import pytest
from tests.infra.stories.lives import MESSAGE_ID, Life, state_change

from rbm_ledger.domain.ledger import State

Happening = Callable[[Life], object]


def accepted(life: Life) -> None:
    life.call(200)


def delivered(life: Life) -> None:
    accepted(life)
    life.receipt("DELIVERED")


def read(life: Life) -> None:
    delivered(life)
    life.receipt("READ")


def nothing(_life: Life) -> None:
    pass


# What was before, what happens then, the change of state it makes, and what the note says.
CHANGES: dict[str, tuple[Happening, Happening, tuple[State | None, State], str]] = {
    "accepted": (nothing, lambda it: it.call(200), (None, State.ACCEPTED), "the platform has taken it"),
    "unreachable": (nothing, lambda it: it.call(404), (None, State.UNREACHABLE), "use SMS"),
    "refused": (nothing, lambda it: it.call(403), (None, State.REJECTED), "refused for good"),
    "throttled": (nothing, lambda it: it.call(429), (None, State.PENDING), "repeats the request"),
    "given up": (nothing, lambda it: it.call(0), (None, State.PENDING), "this settles nothing"),
    "known id": (nothing, lambda it: it.call(409), (None, State.ACCEPTED), "has this id already"),
    "suppressed": (nothing, Life.suppress, (None, State.SUPPRESSED), "Not sent: it expired"),
    "invalid": (nothing, Life.reject, (None, State.REJECTED), "contentMessage needs exactly one of"),
    "revoked": (
        accepted,
        lambda it: it.call(200, method="delete"),
        (State.ACCEPTED, State.REVOKED),
        "taken back",
    ),
    "delivered": (
        accepted,
        lambda it: it.receipt("DELIVERED"),
        (State.ACCEPTED, State.DELIVERED),
        "the user's device has it",
    ),
    "read": (delivered, lambda it: it.receipt("READ"), (State.DELIVERED, State.READ), "the user has seen it"),
    "expired": (
        accepted,
        lambda it: it.receipt("TTL_EXPIRATION_REVOKED"),
        (State.ACCEPTED, State.EXPIRED),
        "not delivered",
    ),
    "expiry unsure": (
        accepted,
        lambda it: it.receipt("TTL_EXPIRATION_REVOKE_FAILED"),
        (State.ACCEPTED, State.EXPIRY_INCONCLUSIVE),
        "it may still arrive",
    ),
    "receipt before the answer": (
        nothing,
        lambda it: it.receipt("DELIVERED"),
        (None, State.DELIVERED),
        "it came before `send` had recorded",
    ),
}


@pytest.mark.parametrize(("before", "happening", "change", "note"), CHANGES.values(), ids=CHANGES)
def test_step_that_changes_the_state(
    before: Happening, happening: Happening, change: tuple[State | None, State], note: str
) -> None:
    life = Life()
    before(life)
    happening(life)
    assert state_change(*change) in life.last()["changed"]
    assert note in life.last()["note"]


# What was before, what happens then, and why the state stays.
NO_CHANGES: dict[str, tuple[Happening, Happening, str]] = {
    "repeat": (delivered, lambda it: it.receipt("DELIVERED"), "a repeat: DELIVERED is recorded already"),
    "another receipt of the same type": (
        delivered,
        lambda it: it.receipt("DELIVERED", event_id="other"),
        "another DELIVERED: the state is delivered already",
    ),
    "overtaken": (
        lambda it: (it.call(200), it.receipt("READ")),
        lambda it: it.receipt("DELIVERED"),
        "READ outranks DELIVERED: the state stays read",
    ),
    "expiry after delivery": (
        delivered,
        lambda it: it.receipt("TTL_EXPIRATION_REVOKED"),
        "DELIVERED outranks EXPIRED: the state stays delivered",
    ),
    "answer after the receipt": (
        lambda it: it.receipt("DELIVERED"),
        lambda it: it.call(200),
        "the platform has taken it; what becomes of it comes by callbacks; DELIVERED outranks ACCEPTED",
    ),
    "unknown type": (delivered, lambda it: it.receipt("REACTION_ADDED"), "does not know"),
    "revoke too late": (delivered, lambda it: it.call(404, method="delete"), "could not be taken back"),
    "wrong signature": (
        accepted,
        lambda it: it.receipt("DELIVERED", outcome="failed", httpStatus=401),
        "refused: 401, the signature was not made with a token that the webhook knows; Google repeats it",
    ),
    "webhook away": (
        accepted,
        lambda it: it.receipt("DELIVERED", outcome="failed", httpStatus=0),
        "no answer from the webhook; Google repeats it",
    ),
    "only 200 acknowledges": (
        accepted,
        lambda it: it.receipt("DELIVERED", outcome="failed", httpStatus=204),
        "204: only 200 acknowledges a callback; Google repeats it",
    ),
    "given up": (
        accepted,
        lambda it: it.receipt("DELIVERED", outcome="dropped", httpStatus=503, attempt=30),
        "503: Pub/Sub did not confirm the event to the webhook; given up after 7 days",
    ),
    "lost on purpose": (
        accepted,
        lambda it: it.receipt(
            "DELIVERED", outcome="dropped", attempt=0, httpStatus=0, error="lost on purpose"
        ),
        "never sent: lost on purpose",
    ),
    "not written yet": (
        accepted,
        lambda it: it.receipt("DELIVERED", written=False),
        "acknowledged and published; `correlate` has not written it yet",
    ),
    "typing": (accepted, lambda it: it.receipt("IS_TYPING"), "it changes the conversation, not this message"),
    "unreadable": (
        accepted,
        lambda it: it.receipt("DELIVERED", changes={"senderPhoneNumber": 7}),
        "kept in quarantine: senderPhoneNumber is missing or not a text.",
    ),
    "call that nobody recorded": (
        accepted,
        lambda it: it.call(200, recorded=False),
        "`send` has not recorded this answer",
    ),
}


@pytest.mark.parametrize(("before", "happening", "why"), NO_CHANGES.values(), ids=NO_CHANGES)
def test_step_that_leaves_the_state_says_why(before: Happening, happening: Happening, why: str) -> None:
    life = Life()
    before(life)
    happening(life)
    assert not [change for change in life.last()["changed"] if change["field"] == "state"]
    assert why in life.last()["note"]


def test_whole_life_ends_where_the_document_stands() -> None:
    life = Life()
    life.call(429, "RESOURCE_EXHAUSTED")
    life.receipt("READ")
    life.call(200)
    life.receipt("DELIVERED")
    assert [(step["kind"], step["title"]) for step in life.story()] == [
        ("request", "requested"),
        ("call", "agentMessages.create"),
        ("callback", "READ"),
        ("call", "agentMessages.create"),
        ("callback", "DELIVERED"),
    ]
    states = [change for step in life.story() for change in step["changed"] if change["field"] == "state"]
    assert states == [state_change(None, State.PENDING), state_change(State.PENDING, State.READ)]


def test_repeat_of_what_is_not_written_yet_waits_too() -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED", written=False)
    life.receipt("DELIVERED", written=False)
    assert life.last()["note"] == life.story()[-2]["note"]


def test_request_says_who_asked_for_what() -> None:
    life = Life()
    life.call(200)
    request = life.story()[0]
    assert (request["outcome"], request["changed"]) == ("from orders", [])
    assert request["payload"] == {"content": {"text": "Hello"}, "source": "orders"}


def test_records_of_other_messages_and_agents_are_left_out() -> None:
    life = Life()
    life.call(200)
    life.wire += [
        {**life.wire[0], "number": 2, "messageId": MESSAGE_ID.replace("1", "9")},
        {**life.wire[0], "number": 3, "agentId": "another"},
        {**life.wire[0], "number": 4, "rpc": "phones.agentEvents.create"},
        {"number": 5, "kind": "handshake", "time": "2026-11-22T10:00:00Z", "url": "http://127.0.0.1/"},
    ]
    assert [step["number"] for step in life.story()] == [None, 1]
