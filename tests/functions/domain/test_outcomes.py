"""What an answer of the platform means: for a message, for a revoke, for any other call."""

import pytest
from tests.support.payloads import list_names, load_json

from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.outcomes import (
    MEANINGS,
    NO_ANSWER,
    Answer,
    Outcome,
    Reply,
    outcome_of,
    read_reply,
    state_after,
)
from rbm_ledger.domain.request_members import RequestKind

PLATFORM_CALLS = set(RequestKind) - {RequestKind.CONSENT}
OTHER_CALLS = PLATFORM_CALLS - {RequestKind.AGENT_MESSAGE, RequestKind.REVOKE}
USER_LIMIT = (
    "You have reached the allowed traffic limit for this agent on the user, "
    "your message will not be delivered"
)


@pytest.mark.parametrize(
    ("http_status", "state"),
    [
        (200, State.ACCEPTED),
        (400, State.REJECTED),
        (401, State.PENDING),
        (403, State.REJECTED),
        (404, State.UNREACHABLE),
        (408, State.PENDING),
        (409, State.ACCEPTED),
        (418, State.REJECTED),
        (429, State.PENDING),
        (499, State.PENDING),
        (500, State.PENDING),
        (503, State.PENDING),
        (NO_ANSWER, State.PENDING),
    ],
)
def test_answer_to_a_create_decides_the_state(http_status: int, state: State) -> None:
    assert state_after(RequestKind.AGENT_MESSAGE, Answer(http_status)) is state


@pytest.mark.parametrize(
    ("http_status", "state"),
    [
        *((200, State.REVOKED), (404, None), (400, None), (403, None), (409, None)),
        *((401, State.PENDING), (429, State.PENDING), (408, State.PENDING), (500, State.PENDING)),
        (NO_ANSWER, State.PENDING),
    ],
)
def test_answer_to_a_revoke_revokes_or_says_nothing_of_the_message(
    http_status: int, state: State | None
) -> None:
    assert state_after(RequestKind.REVOKE, Answer(http_status)) is state


@pytest.mark.parametrize("http_status", [100, 201, 202, 204, 301, 302, 307, 399, 600])
@pytest.mark.parametrize("kind", sorted(PLATFORM_CALLS))
def test_answer_that_is_neither_success_nor_refusal_leaves_the_outcome_open(
    kind: RequestKind, http_status: int
) -> None:
    assert state_after(kind, Answer(http_status)) is State.PENDING
    assert outcome_of(kind, Answer(http_status)) is Outcome.OPEN


@pytest.mark.parametrize("status", ["NO_ANSWER", "NO_CREDENTIALS", "UNREADABLE_ANSWER"])
@pytest.mark.parametrize("http_status", [NO_ANSWER, 200, 400, 403, 404, 409, 502])
def test_answer_that_is_not_the_platform_s_own_leaves_the_outcome_open(http_status: int, status: str) -> None:
    """A 404 of a proxy, or of a wrong address, is no word about the user's phone."""
    answer = Answer(http_status, status)
    assert state_after(RequestKind.AGENT_MESSAGE, answer) is state_after(RequestKind.REVOKE, answer)
    assert state_after(RequestKind.AGENT_MESSAGE, answer) is State.PENDING


@pytest.mark.parametrize(
    "message",
    [
        USER_LIMIT,
        USER_LIMIT.upper(),
        f"RBM: {USER_LIMIT}.",
        "you  have reached the\nallowed traffic limit for this agent on the user",
        "The message limit for this recipient is reached.",
        "The limit for this agent and this user was reached.",
    ],
)
def test_limit_on_messages_to_one_user_is_final(message: str) -> None:
    answer = Answer(429, "RESOURCE_EXHAUSTED", message)
    assert read_reply(answer) is Reply.USER_LIMIT
    assert state_after(RequestKind.AGENT_MESSAGE, answer) is State.UNREACHABLE


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Resource has been exhausted (e.g. check quota).",
        "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute per user' of service "
        "'rcsbusinessmessaging.googleapis.com' for consumer 'project_number:123456789012'.",
        "Too many requests of this agent. The rate limit will be lifted soon.",
        "The user project has no quota left.",
    ],
)
def test_any_other_limit_is_worth_another_call(message: str) -> None:
    answer = Answer(429, "RESOURCE_EXHAUSTED", message)
    assert read_reply(answer) is Reply.THROTTLED
    assert state_after(RequestKind.AGENT_MESSAGE, answer) is State.PENDING


@pytest.mark.parametrize("http_status", [200, 400, 404, 503])
def test_words_about_a_limit_count_in_a_429_alone(http_status: int) -> None:
    assert read_reply(Answer(http_status, "", USER_LIMIT)) is not Reply.USER_LIMIT


def test_call_that_was_in_the_way_of_another_is_not_one_that_was_taken() -> None:
    assert read_reply(Answer(409, "ABORTED")) is Reply.FAILED
    assert read_reply(Answer(409, "ALREADY_EXISTS")) is Reply.KNOWN_ID


@pytest.mark.parametrize("kind", sorted(OTHER_CALLS))
@pytest.mark.parametrize(
    ("http_status", "outcome"),
    [
        *((200, Outcome.DONE), (400, Outcome.REFUSED), (403, Outcome.REFUSED), (401, Outcome.OPEN)),
        *((429, Outcome.OPEN), (500, Outcome.OPEN), (NO_ANSWER, Outcome.OPEN)),
    ],
)
def test_other_call_is_done_refused_or_open(kind: RequestKind, http_status: int, outcome: Outcome) -> None:
    assert outcome_of(kind, Answer(http_status)) is outcome


@pytest.mark.parametrize("kind", sorted(OTHER_CALLS))
def test_not_found_answers_a_question_and_refuses_anything_else(kind: RequestKind) -> None:
    is_question = kind is RequestKind.CAPABILITY
    assert outcome_of(kind, Answer(404)) is (Outcome.DONE if is_question else Outcome.REFUSED)


@pytest.mark.parametrize("name", list_names("error-bodies"))
def test_every_error_body_has_a_reply_of_its_own(name: str) -> None:
    error = load_json(f"error-bodies/{name}")["error"]
    reply = read_reply(Answer(error["code"], error["status"], error["message"]))
    assert reply not in (Reply.TAKEN, Reply.REFUSED, Reply.UNEXPECTED)


def test_every_reply_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Reply)
