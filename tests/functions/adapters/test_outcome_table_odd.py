"""Rows of the table of outcomes that the simulated platform never gives: a server that says anything."""

import json

import pytest
from tests.functions.adapters.conftest import MakeApi
from tests.functions.adapters.platform_requests import create_call, delete_call
from tests.functions.adapters.scripted_platform import Reply as Said
from tests.functions.adapters.scripted_platform import ScriptedPlatform

from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.outcomes import Outcome, Reply, outcome_of, read_reply, state_after
from rbm_ledger.domain.request_members import RequestKind

KINDS = (
    RequestKind.AGENT_MESSAGE,
    RequestKind.REVOKE,
    RequestKind.AGENT_EVENT,
    RequestKind.CAPABILITY,
    RequestKind.FILE_UPLOAD,
)
OPEN = (State.PENDING, State.PENDING, Outcome.OPEN, Outcome.OPEN, Outcome.OPEN)
REFUSED = (State.REJECTED, None, *[Outcome.REFUSED] * 3)


def error(code: int, status: str = "", message: str = "no") -> Said:
    return Said(code, json.dumps({"error": {"code": code, "status": status, "message": message}}).encode())


# What was said → what that is; and what it means for a create, a revoke, an event, a question, a file.
SAYINGS = {
    "401 to a revoke": (error(401, "UNAUTHENTICATED"), Reply.UNAUTHENTICATED, OPEN),
    "403 to a revoke": (error(403, "PERMISSION_DENIED"), Reply.FORBIDDEN, REFUSED),
    "400 to a revoke": (error(400, "INVALID_ARGUMENT"), Reply.INVALID, REFUSED),
    "429 to a revoke": (error(429, "RESOURCE_EXHAUSTED"), Reply.THROTTLED, OPEN),
    "408": (error(408), Reply.INTERRUPTED, OPEN),
    "499 CANCELLED": (error(499, "CANCELLED"), Reply.INTERRUPTED, OPEN),
    "409 ABORTED": (error(409, "ABORTED"), Reply.FAILED, OPEN),
    "409 of a revoke": (
        error(409, "ALREADY_EXISTS"),
        Reply.KNOWN_ID,
        (State.ACCEPTED, None, Outcome.DONE, Outcome.REFUSED, Outcome.DONE),
    ),
    "405": (error(405), Reply.REFUSED, REFUSED),
    "418": (error(418), Reply.REFUSED, REFUSED),
    "501": (error(501, "UNIMPLEMENTED"), Reply.FAILED, OPEN),
    "201": (Said(201), Reply.UNEXPECTED, OPEN),
    "202": (Said(202), Reply.UNEXPECTED, OPEN),
    "302 with JSON": (Said(302, b"{}", {"Location": "/elsewhere"}), Reply.UNEXPECTED, OPEN),
    "302": (Said(302, b"", {"Location": "/elsewhere"}), Reply.UNREADABLE, OPEN),
    "204": (Said(204, b""), Reply.UNREADABLE, OPEN),
    "200 without JSON": (Said(200, b"<html>"), Reply.UNREADABLE, OPEN),
    "404 of a wrong address": (Said(404, b"<html>Not found</html>"), Reply.UNREADABLE, OPEN),
    "403 of a proxy": (Said(403, b"<html>Blocked</html>"), Reply.UNREADABLE, OPEN),
    "502 of a proxy": (Said(502, b"<html>Bad gateway</html>"), Reply.UNREADABLE, OPEN),
    "404 in another shape": (
        Said(404, b'{"detail": "x"}'),
        Reply.NOT_FOUND,
        (State.UNREACHABLE, None, Outcome.REFUSED, Outcome.DONE, Outcome.REFUSED),
    ),
}


def meaning_of(kind: RequestKind, answer: object) -> State | Outcome | None:
    of_a_message = kind in (RequestKind.AGENT_MESSAGE, RequestKind.REVOKE)
    return (state_after if of_a_message else outcome_of)(kind, answer)  # type: ignore[operator]


@pytest.mark.parametrize(("said", "reply", "meanings"), SAYINGS.values(), ids=SAYINGS)
async def test_whatever_is_said_means_what_its_row_says(
    platform: ScriptedPlatform, make_api: MakeApi, said: Said, reply: Reply, meanings: tuple[object, ...]
) -> None:
    platform.replies = [said]
    for call in (create_call(), delete_call()):
        answer = await make_api(platform.url).call(call)
        assert read_reply(answer) is reply
        assert tuple(meaning_of(kind, answer) for kind in KINDS) == meanings
