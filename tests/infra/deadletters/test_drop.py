"""Dead letters that are let go of: into a file first."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.broken_system import BrokenSystem
from tests.support.payloads import request_bytes


@pytest.fixture
async def request_data(system: BrokenSystem) -> bytes:
    """One is dead."""
    data = request_bytes(idempotencyKey="unwanted", source="tests")
    await asyncio.to_thread(system.publish, data, traceparent="kept")
    return data


async def test_what_is_dropped_is_in_the_file_whole_and_for_its_owner_alone(
    system: BrokenSystem, request_data: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "dropped.jsonl"
    dropped = await system.run("drop", "--save", str(file), "--yes")
    assert dropped["isComplete"] is True
    saved: list[Any] = [json.loads(line) for line in file.read_text().splitlines()]
    assert [base64.b64decode(each["data"]) for each in saved] == [request_data]
    assert (saved[0]["topic"], saved[0]["attributes"]["traceparent"]) == ("rbm-send-requests", "kept")
    assert file.stat().st_mode & 0o777 == 0o600
    assert system.count_dead() == 0


async def test_nothing_is_dropped_unless_it_is_said_twice_or_can_be_saved(
    system: BrokenSystem, request_data: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "no-folder" / "dropped.jsonl"
    looked = await system.run("drop", "--save", str(file), "--limit", "1")
    assert (looked["isDone"], looked["isComplete"]) == (False, False)
    told = await asyncio.to_thread(
        system.operator.run, "deadletters", "drop", "--save", str(file), "--limit", "1"
    )
    assert "There may be more than these" in told.stdout
    refused = await asyncio.to_thread(
        system.operator.run, "deadletters", "drop", "--save", str(file), "--yes", "--wait", "0.5"
    )
    assert (refused.returncode, "--save: No such file" in refused.stderr) == (1, True)
    unsaved = await asyncio.to_thread(system.operator.run, "deadletters", "drop", "--yes")
    assert (unsaved.returncode, "--save" in unsaved.stderr) == (2, True)
    assert system.count_dead() == 1


async def test_person_reads_a_table_with_shortened_numbers_and_what_to_do(
    system: BrokenSystem, request_data: bytes
) -> None:
    run = system.operator.run
    listed = await asyncio.to_thread(run, "deadletters", "list", "--wait", "0.5")
    told = ("rbm-send-requests", "contentMessage", "…0101", "unwanted", "5×")
    assert [said for said in told if said not in listed.stdout] == []
    assert "+14155550101" not in listed.stdout
    replayed = await asyncio.to_thread(run, "deadletters", "replay", "--wait", "0.5")
    assert "1 would be published again, 0 stay" in replayed.stdout
    assert "--yes" in replayed.stdout
