"""Google's own Firestore client, as other services use it, towards an emulator or the cloud."""

import os

from google.cloud import firestore


def connect_firestore(project: str, emulator_host: str, database: str = "") -> firestore.AsyncClient:
    """The client finds an emulator by the environment only; an empty host means the cloud.

    Without a name it is the database that FIRESTORE_DATABASE names, as for the functions.
    """
    if emulator_host:
        os.environ["FIRESTORE_EMULATOR_HOST"] = emulator_host
    named = database or os.environ.get("FIRESTORE_DATABASE", "(default)")
    return firestore.AsyncClient(project=project, database=named)
