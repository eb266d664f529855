"""What the three entry points share: settings or an end, a bounded body, one answer for every error."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rbm_ledger import entry
from rbm_ledger.domain.errors import (
    Fault,
    FaultyInput,
    InputTooLarge,
    InvalidSettings,
    LedgerError,
    MalformedInput,
    NotAuthentic,
    NotConfirmed,
    NotJson,
    Refused,
    UnknownToken,
)

STATUSES: entry.Statuses = {MalformedInput: 400, NotAuthentic: 401, UnknownToken: 403, LedgerError: 503}


class Arriving:
    """A request whose body comes in these chunks, and then ends or breaks off."""

    def __init__(self, *chunks: bytes, method: str = "POST", breaks_off: bool = False) -> None:
        self.messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks
        ]
        end = {"type": "http.disconnect"} if breaks_off else {"type": "http.request", "more_body": False}
        self.messages.append(end)
        self.request = Request({"type": "http", "method": method, "headers": []}, self._receive)

    async def _receive(self) -> dict[str, Any]:
        return self.messages.pop(0)


async def answer(error: Exception | None = None, *, method: str = "POST") -> tuple[Response, dict[str, Any]]:
    """The answer of a handler that raises this error, with what its body says."""

    async def handle(_request: Request) -> Response:
        if error is not None:
            raise error
        return PlainTextResponse('{"done": true}')

    arriving = Arriving(method=method)
    response = await entry.answer_request(arriving.request, handle, name="thing", statuses=STATUSES)
    described: dict[str, Any] = json.loads(bytes(response.body)) if method == "POST" else {}
    return response, described


# Settings


def test_sound_settings_are_returned() -> None:
    environ = {"NAME": "value"}
    assert entry.load_settings(lambda environ: environ["NAME"], environ) == "value"


def test_wrong_settings_end_the_start_with_every_fault_on_a_line() -> None:
    def refuse(_environ: Mapping[str, str]) -> None:
        raise InvalidSettings([Fault("ONE", "is not set"), Fault("TWO", "must be a number")])

    with pytest.raises(SystemExit) as ended:
        entry.load_settings(refuse, {})
    assert ended.value.code == "Wrong settings:\n  ONE: is not set\n  TWO: must be a number"
    assert ended.value.__suppress_context__


def test_clock_is_in_utc() -> None:
    assert entry.utc_now().utcoffset() == timedelta(0)


# Body


@pytest.mark.parametrize("chunks", [(), (b"",), (b"12345678",), (b"1234", b"", b"5678"), (b"1", b"2", b"3")])
async def test_body_up_to_the_limit_is_read_whole(chunks: tuple[bytes, ...]) -> None:
    assert await entry.read_body(Arriving(*chunks).request, 8) == b"".join(chunks)


@pytest.mark.parametrize(
    "chunks", [(b"123456789",), (b"12345678", b"9"), (b"1234", b"5678", b"9", b"0" * 1000)]
)
async def test_body_beyond_the_limit_is_taken_off_the_wire_and_refused(chunks: tuple[bytes, ...]) -> None:
    arriving = Arriving(*chunks)
    with pytest.raises(InputTooLarge, match="larger than 8 bytes"):
        await entry.read_body(arriving.request, 8)
    assert arriving.messages == []


async def test_body_that_breaks_off_is_malformed() -> None:
    with pytest.raises(MalformedInput, match="ended early"):
        await entry.read_body(Arriving(b"1234", breaks_off=True).request, 8)


# Answers


async def test_answer_of_the_handler_is_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    response, described = await answer()
    assert (response.status_code, described) == (200, {"done": True})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_method_never_reaches_the_handler(method: str) -> None:
    response, _ = await answer(RuntimeError("not reached"), method=method)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


ERRORS: dict[str, tuple[LedgerError, int, str]] = {
    "its own class": (NotAuthentic("not signed"), 401, "WARNING"),
    "a class below one that is named": (NotJson("no JSON"), 400, "WARNING"),
    "a named class below another": (UnknownToken("not ours"), 403, "WARNING"),
    "a class that only the root covers": (InputTooLarge(8), 503, "ERROR"),
    "two levels below the root": (Refused("no"), 503, "ERROR"),
}


@pytest.mark.parametrize(("error", "status", "severity"), ERRORS.values(), ids=ERRORS)
async def test_error_has_the_status_of_the_nearest_class(
    error: LedgerError, status: int, severity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    response, described = await answer(error)
    logged = json.loads(capsys.readouterr().out)
    assert response.status_code == status
    assert described == {"error": {"code": status, "message": str(error)}}
    assert (logged["event"], logged["severity"], logged["status"]) == ("thing_not_done", severity, status)
    assert logged["error"] == type(error).__name__


async def test_every_fault_of_an_input_is_answered_with_its_path() -> None:
    class FaultyRequest(FaultyInput, MalformedInput):
        pass

    response, described = await answer(FaultyRequest([Fault("ttl", "is wrong"), Fault("", "has both")]))
    assert response.status_code == 400
    assert described["error"]["message"] == "ttl: is wrong; has both"
    assert described["error"]["faults"] == [
        {"path": "ttl", "problem": "is wrong"},
        {"path": "", "problem": "has both"},
    ]


async def test_reason_of_a_service_is_logged_and_not_answered(capsys: pytest.CaptureFixture[str]) -> None:
    response, _ = await answer(NotConfirmed("UNAVAILABLE: no route to projects/p/topics/t"))
    assert b"projects" not in bytes(response.body)
    assert json.loads(capsys.readouterr().out)["reason"] == "UNAVAILABLE: no route to projects/p/topics/t"


async def test_long_reason_is_cut_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    await answer(MalformedInput("x" * 1_000_000))
    assert len(capsys.readouterr().out) < 2000


async def test_defect_is_500_and_logged_by_place_and_kind_alone(capsys: pytest.CaptureFixture[str]) -> None:
    response, described = await answer(KeyError("+14155550101"))
    logged = json.loads(capsys.readouterr().out)
    assert (response.status_code, described["error"]["code"]) == (500, 500)
    assert (logged["event"], logged["severity"], logged["error_type"]) == (
        "thing_crashed",
        "ERROR",
        "KeyError",
    )
    assert logged["frames"][-1].endswith(" handle")
    assert "4155550101" not in json.dumps((described, logged))


@pytest.mark.parametrize(("passed_seconds", "logged"), [(1.23456, 1.235), (0, 0), (-5, 0)])
def test_seconds_between_are_rounded_and_never_negative(passed_seconds: float, logged: float) -> None:
    earlier = datetime(2026, 11, 22, tzinfo=UTC)
    assert entry.seconds_between(earlier, earlier + timedelta(seconds=passed_seconds)) == logged


def test_seconds_since_nobody_knows_when_are_none() -> None:
    assert entry.seconds_between(None, datetime(2026, 11, 22, tzinfo=UTC)) is None
