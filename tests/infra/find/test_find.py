"""`rbm find`, as an operator uses it."""

import json
from typing import Any

import pytest
from google.cloud import firestore
from tests.infra.find.conftest import ANNA, BEN, put
from tests.support.operators import Operator, serve_nobody

FINDINGS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "everything, newest first": ((), ["m-2", "m-1", "m-4", "m-3"]),
    "number": (("--number", ANNA), ["m-1", "m-3"]),
    "number as people write it": (("--number", "+1 (415) 555-0101"), ["m-1", "m-3"]),
    "reference": (("--reference", "r-2"), ["m-2"]),
    "label": (("--label", "campaign=spring"), ["m-1", "m-3"]),
    "label with signs in its name": (("--label", "a.b-c=x", "--agent", "bank"), ["m-1"]),
    "state": (("--state", "accepted"), ["m-2", "m-3"]),
    "source and agent": (("--source", "shop", "--agent", "shop@rbm.goog"), ["m-3"]),
    "all at once": (("--number", ANNA, "--state", "read", "--label", "campaign=spring"), ["m-1"]),
    "since": (("--since", "2026-11-22T12:00:00Z", "--agent", "bank"), ["m-2", "m-1"]),
    "until": (("--until", "2026-11-22T11:30:00Z"), ["m-3"]),
    "so long ago": (("--until", "1h", "--number", BEN, "--agent", "bank"), ["m-2"]),
    "none": (("--number", "+14155550199"), []),
}


def read(operator: Operator, *arguments: str) -> Any:
    found = operator.run("find", *arguments, "--json")
    report = json.loads(found.stdout)
    assert found.returncode == (0 if report["messages"] else 1), found.stderr
    return report


@pytest.mark.parametrize(("arguments", "expected"), FINDINGS.values(), ids=FINDINGS)
def test_messages_are_found_by_what_is_asked_for(
    operator: Operator, documents: firestore.Client, arguments: tuple[str, ...], expected: list[str]
) -> None:
    report = read(operator, *arguments)
    found = [message["messageId"] for message in report["messages"]]
    assert (found, report["isComplete"]) == (expected, True)


def test_table_shortens_numbers_unless_told_not_to(operator: Operator, documents: firestore.Client) -> None:
    shown = operator.run("find", "--number", ANNA)
    assert "…0101" in shown.stdout
    assert ANNA not in shown.stdout
    assert ANNA in operator.run("find", "--number", ANNA, "--full-numbers").stdout


def test_brackets_and_escape_sequences_of_somebody_else_are_shown_as_they_are(
    operator: Operator, documents: firestore.Client
) -> None:
    put(documents, "bank", "m-5", phoneNumber=ANNA, clientReference="k[/x]1 \x1b[2J", source="[bold]")
    shown = operator.run("find", "--source", "[bold]")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "k[/x]1 \\x1b[2J" in shown.stdout
    assert "[bold]" in shown.stdout


def test_what_is_not_shown_or_not_read_is_said(operator: Operator, documents: firestore.Client) -> None:
    assert "3 more are not shown: see --limit" in operator.run("find", "--limit", "1").stdout
    bounded = operator.run("find", "--scan", "3").stdout
    assert "Only 3 documents were read, and there are more" in bounded
    assert read(operator, "--scan", "3")["isComplete"] is False


def test_pages_go_on_until_all_is_read(operator: Operator, documents: firestore.Client) -> None:
    batch = documents.batch()
    for number in range(499):
        batch.set(
            documents.document("agents", "bank", "messages", f"x-{number:03}"),
            {"agentId": "bank", "messageId": f"x-{number:03}", "phoneNumber": ANNA},
        )
    batch.commit()
    put(documents, "bank", "z", phoneNumber=ANNA)
    report = read(operator, "--number", ANNA, "--agent", "bank", "--limit", "1000")
    assert (len(report["messages"]), report["scanned"], report["isComplete"]) == (501, 501, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--state", "lost"), "unknown_message"),
        (("--label", "spring"), "source=orders"),
        (("--since", "noon"), "2026-11-22T10:00:00Z"),
        (("--limit", "0"), "from 1 to"),
    ],
)
def test_what_can_not_be_asked_is_refused_with_a_good_one(
    operator: Operator, arguments: tuple[str, ...], said: str
) -> None:
    refused = operator.run("find", *arguments)
    assert (refused.returncode, said in refused.stderr) == (2, True)


def test_ledger_that_is_away_is_told_with_the_mend(operator: Operator) -> None:
    refused = serve_nobody(operator, "FIRESTORE_EMULATOR_HOST").run("find", "--agent", "bank")
    assert refused.returncode == 2
    assert refused.stderr.startswith("rbm: Firestore ")
    assert "rbm up" in refused.stderr
    assert "Traceback" not in refused.stderr
