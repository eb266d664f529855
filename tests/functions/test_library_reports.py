"""What libraries have to say: that they spoke, where, and of what kind of error; never their words."""

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from tests.functions.adapters.raw_server import answering

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.logs import take_library_reports

NUMBER, TEXT = "+4917612345678", "Meet me at the fountain"


@pytest.fixture(autouse=True)
def reports(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Taken as in a function, and given back."""
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers.clear()  # those of pytest
    take_library_reports()
    yield
    root.handlers[:] = before


def read_entries(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    printed = capsys.readouterr()
    assert NUMBER not in printed.out + printed.err
    assert TEXT not in printed.out + printed.err
    assert printed.err == ""
    return [json.loads(line) for line in printed.out.splitlines()]


def test_report_of_a_library_is_an_entry_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").warning("refused %s: %s", NUMBER, TEXT)
    [entry] = read_entries(capsys)
    assert (entry["severity"], entry["event"], entry["message"]) == (
        "WARNING",
        "library_reported",
        "library_reported",
    )
    assert entry["logger"] == "some.library"
    assert entry["at"].startswith("test_library_reports.py:")


def test_report_of_an_error_says_its_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(TEXT)
    except ValueError:
        logging.getLogger("some.library").exception("for %s", NUMBER)
    [entry] = read_entries(capsys)
    assert (entry["severity"], entry["error_type"]) == ("ERROR", "ValueError")
    assert "test_report_of_an_error_says_its_kind_and_place" in entry["frames"][-1]


def test_what_a_library_says_in_passing_is_not_taken(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("some.library").info("connected to %s", NUMBER)
    assert read_entries(capsys) == []


def test_reports_are_taken_once_however_often_it_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    take_library_reports()
    logging.getLogger("some.library").warning(TEXT)
    assert len(read_entries(capsys)) == 1


async def test_task_that_fails_unheard_is_reported_without_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """asyncio's own words are the error's, with all that led to it."""

    async def fail() -> None:
        raise NotConfirmed(f"INVALID_ARGUMENT: {NUMBER} {TEXT}", text=TEXT)

    task = asyncio.create_task(fail())
    await asyncio.wait((task,))
    del task
    gc.collect()
    [entry] = read_entries(capsys)
    assert (entry["logger"], entry["error_type"]) == ("asyncio", "NotConfirmed")


def test_headers_that_urllib3_cannot_read_are_reported_without_the_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its own words are the address, and with it the number."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n: " + TEXT.encode() + b"\r\nX-Odd\r\n\r\n{}"
    with answering(answer) as url:
        urllib3.PoolManager(retries=False, timeout=5).request("GET", f"{url}/v1/phones/{NUMBER}")
    entries = read_entries(capsys)
    assert [entry["logger"] for entry in entries] == ["urllib3.connection"]
