"""The commands as a person runs them, in a project of the embedded emulator."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Emulators
from tests.support.operators import Operator, make_operator

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ops.documents import connect_ledger


@pytest.fixture
def operator(embedded_emulators: Emulators, project: str, tmp_path: Path) -> Operator:
    return make_operator(
        project,
        pubsub_host=embedded_emulators.pubsub_host,
        firestore_host=embedded_emulators.firestore_host,
        state_folder=tmp_path,
    )


@pytest.fixture
def open_ledger(embedded_emulators: Emulators, project: str) -> Callable[[], FirestoreLedger]:
    """To be called in the event loop that it is for."""
    return lambda: connect_ledger(project, embedded_emulators.firestore_host)
