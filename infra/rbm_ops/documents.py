"""The documents, in an emulator or the cloud: by Google's own client, as other services do, and by ours."""

import asyncio
import os
from typing import Any

from google.cloud import firestore

from rbm_ledger.adapters.firestore import FirestoreLedger

_TIMEOUT_SECONDS = 20.0
_READ_SECONDS = 15.0


def connect_firestore(project: str, emulator_host: str, database: str = "") -> firestore.AsyncClient:
    """The client finds an emulator by the environment only; an empty host means the cloud.

    Without a name it is the database that FIRESTORE_DATABASE names, as for the functions.
    """
    if emulator_host:
        os.environ["FIRESTORE_EMULATOR_HOST"] = emulator_host
    else:
        os.environ.pop("FIRESTORE_EMULATOR_HOST", None)
    return firestore.AsyncClient(project=project, database=database or _name_database())


def connect_ledger(project: str, emulator_host: str) -> FirestoreLedger:
    """As the functions write; the same database."""
    return FirestoreLedger(
        project=project,
        database=_name_database(),
        emulator_host=emulator_host,
        timeout_seconds=_TIMEOUT_SECONDS,
    )


async def read_query(query: Any) -> list[Any]:
    """What Google's client finds. Its own repeats go on for minutes; raises TimeoutError before that."""
    async with asyncio.timeout(_READ_SECONDS):
        return list(await query.get(timeout=_READ_SECONDS))


async def list_names(collection: Any) -> list[str]:
    """Of all documents in it, those too that have nothing but others below them; raises TimeoutError."""
    async with asyncio.timeout(_READ_SECONDS):
        return [document.id async for document in collection.list_documents(timeout=_READ_SECONDS)]


def _name_database() -> str:
    return os.environ.get("FIRESTORE_DATABASE", "(default)")
