"""A ledger with a few messages of two agents."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore
from tests.conftest import Emulators
from tests.functions.entrypoints.cloud import open_firestore
from tests.support.operators import Operator, make_operator

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA, BEN = "+14155550101", "+14155550102"


def put(documents: firestore.Client, agent_id: str, message_id: str, **fields: Any) -> None:
    record = {"agentId": agent_id, "messageId": message_id, "updatedTime": NOON, "schemaVersion": 1, **fields}
    documents.document("agents", agent_id, "messages", message_id).set(record)


@pytest.fixture
def documents(embedded_emulators: Emulators, project: str) -> Iterator[firestore.Client]:
    with open_firestore(embedded_emulators.firestore_host, project) as client:
        spring = {"labels": {"campaign": "spring", "a.b-c": "x"}, "source": "shop"}
        put(client, "bank", "m-1", phoneNumber=ANNA, stateRank=70, requestedTime=NOON, **spring)
        later = NOON + timedelta(hours=1)
        put(client, "bank", "m-2", phoneNumber=BEN, stateRank=30, requestedTime=later, clientReference="r-2")
        earlier = NOON - timedelta(hours=1)
        put(client, "shop", "m-3", phoneNumber=ANNA, stateRank=30, requestedTime=earlier, **spring)
        written = NOON - timedelta(minutes=1)  # m-4 has no request
        put(client, "shop", "m-4", phoneNumber=BEN, stateRank=60, updatedTime=written)
        yield client


@pytest.fixture
def operator(embedded_emulators: Emulators, project: str, tmp_path: Path) -> Operator:
    return make_operator(
        project,
        pubsub_host=embedded_emulators.pubsub_host,
        firestore_host=embedded_emulators.firestore_host,
        state_folder=tmp_path,
    )
