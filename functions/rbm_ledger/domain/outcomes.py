"""What an answer of the RBM platform means: for a message, for a revoke, for whatever else was called.

answer ──read_reply──▶ Reply ──one table──▶ Meaning: a state of the message, or done, refused or open

Source: rbm-platform, sections 3.2, 3.4 and 3.5; statuses that it does not list: google.rpc.Code
(github.com/googleapis/googleapis, google/rpc/code.proto, read 2026-11).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from rbm_ledger.domain.json_bytes import JsonObject
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.request_members import RequestKind

NO_ANSWER = 0
_MAX_REASON_CHARACTERS = 500

# What the adapter says in `status` where the platform said nothing.
NO_ANSWER_STATUS = "NO_ANSWER"
NO_CREDENTIALS_STATUS = "NO_CREDENTIALS"
UNREADABLE_STATUS = "UNREADABLE_ANSWER"


class Outcome(StrEnum):
    """What became of a call that makes no message: done with, for good or ill, or to be made again."""

    DONE = "done"
    REFUSED = "refused"
    OPEN = "open"


class Reply(StrEnum):
    """What an answer says, whatever was called. The code by which a state is explained."""

    TAKEN = "taken"
    KNOWN_ID = "known_id"  # the id was used before: by an earlier attempt of the same request
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"  # no to our credentials, which says nothing of the request
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    INTERRUPTED = "interrupted"
    THROTTLED = "throttled"
    USER_LIMIT = "user_limit"  # this user gets no more of this agent: no repeat will help
    REFUSED = "refused"
    FAILED = "failed"
    UNEXPECTED = "unexpected"
    NO_ANSWER = "no_answer"
    NO_CREDENTIALS = "no_credentials"
    UNREADABLE = "unreadable"  # not the platform's JSON: a proxy, or the wrong address


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call came back with. `status` and `message` are Google's `error.status` and `error.message`.

    `http_status` is NO_ANSWER when the call timed out or the connection broke.
    """

    http_status: int
    status: str = ""
    message: str = ""
    body: JsonObject = field(default_factory=dict)
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call and its answer, at the time it came.

    `launch_states` of a 404: `{"region", "state"}` of networks where the agent is known not to be launched.
    """

    answer: Answer
    at: datetime
    launch_states: tuple[Mapping[str, str], ...] = ()

    def element(self, method: str) -> dict[str, Any]:
        return {
            "at": self.at,
            "method": method,
            "httpStatus": self.answer.http_status,
            "status": self.answer.status,
            "message": self.answer.message[:_MAX_REASON_CHARACTERS],
            **({"launchStates": list(self.launch_states)} if self.launch_states else {}),
        }


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of one reply: to a create, to a revoke (None: it tells nothing of the message), to any other call.

    `question`: to getCapabilities, where a 404 is the answer.
    """

    create: State
    revoke: State | None
    other: Outcome
    question: Outcome


_OPEN = Meaning(State.PENDING, State.PENDING, Outcome.OPEN, Outcome.OPEN)
_REFUSED = Meaning(State.REJECTED, None, Outcome.REFUSED, Outcome.REFUSED)

MEANINGS: dict[Reply, Meaning] = {
    Reply.TAKEN: Meaning(State.ACCEPTED, State.REVOKED, Outcome.DONE, Outcome.DONE),
    Reply.KNOWN_ID: Meaning(State.ACCEPTED, None, Outcome.DONE, Outcome.REFUSED),
    Reply.INVALID: _REFUSED,
    Reply.UNAUTHENTICATED: _OPEN,
    Reply.FORBIDDEN: _REFUSED,
    # Of a revoke: it was delivered, or nobody knows it. The receipt will say so too, and wins by itself.
    Reply.NOT_FOUND: Meaning(State.UNREACHABLE, None, Outcome.REFUSED, Outcome.DONE),
    Reply.INTERRUPTED: _OPEN,
    Reply.THROTTLED: _OPEN,
    Reply.USER_LIMIT: Meaning(State.UNREACHABLE, State.PENDING, Outcome.REFUSED, Outcome.OPEN),
    Reply.REFUSED: _REFUSED,
    Reply.FAILED: _OPEN,
    Reply.UNEXPECTED: _OPEN,
    Reply.NO_ANSWER: _OPEN,
    Reply.NO_CREDENTIALS: _OPEN,
    Reply.UNREADABLE: _OPEN,
}

_REPLIES_WITHOUT_PLATFORM = {
    NO_ANSWER_STATUS: Reply.NO_ANSWER,
    NO_CREDENTIALS_STATUS: Reply.NO_CREDENTIALS,
    UNREADABLE_STATUS: Reply.UNREADABLE,
}
_REPLIES_BY_HTTP_STATUS = {
    NO_ANSWER: Reply.NO_ANSWER,
    200: Reply.TAKEN,
    400: Reply.INVALID,
    401: Reply.UNAUTHENTICATED,
    403: Reply.FORBIDDEN,
    404: Reply.NOT_FOUND,
    408: Reply.INTERRUPTED,
    # Not documented for RBM; it can only mean that an earlier attempt with this id was taken (fact 12).
    409: Reply.KNOWN_ID,
    429: Reply.THROTTLED,
    499: Reply.INTERRUPTED,  # CANCELLED
}
_REPLIES_BY_HUNDRED = {4: Reply.REFUSED, 5: Reply.FAILED}

# 409 is also the status of ABORTED: another call was in the way, and the same one may succeed.
_ABORTED = (409, "ABORTED")
# As aggregators relay it: "You have reached the allowed traffic limit for this agent on the user, …". What is
# said of ordinary quotas ("… limit 'Requests per minute per user' of service …") must not match.
_USER_LIMIT = re.compile(
    r"\b(traffic|message) limit\b.*\b(user|recipient)\b|\blimit for this agent\b.*\buser\b"
)


def state_after(kind: RequestKind, answer: Answer) -> State | None:
    """PENDING: call again with the same id. None: nothing is known that was not known before."""
    meaning = MEANINGS[read_reply(answer)]
    return meaning.revoke if kind is RequestKind.REVOKE else meaning.create


def outcome_of(kind: RequestKind, answer: Answer) -> Outcome:
    """Of a call that makes no message and revokes none."""
    meaning = MEANINGS[read_reply(answer)]
    return meaning.question if kind is RequestKind.CAPABILITY else meaning.other


def read_reply(answer: Answer) -> Reply:
    if answer.status in _REPLIES_WITHOUT_PLATFORM:
        return _REPLIES_WITHOUT_PLATFORM[answer.status]
    if (answer.http_status, answer.status) == _ABORTED:
        return Reply.FAILED
    if answer.http_status == 429 and _names_user_limit(answer.message):
        return Reply.USER_LIMIT
    by_hundred = _REPLIES_BY_HUNDRED.get(answer.http_status // 100, Reply.UNEXPECTED)
    return _REPLIES_BY_HTTP_STATUS.get(answer.http_status, by_hundred)


def _names_user_limit(message: str) -> bool:
    return _USER_LIMIT.search(" ".join(message.lower().split())) is not None
