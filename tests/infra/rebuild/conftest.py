"""`rbm` as a person runs it, in a project of either kind of emulator."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.cloud import firestore
from tests.conftest import Emulators
from tests.functions.entrypoints.cloud import open_firestore
from tests.support.operators import Operator, make_operator

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ops.documents import connect_ledger

BOTH_EMULATORS = pytest.mark.parametrize("emulators", ["embedded", "google"], indirect=True)


@pytest.fixture
def emulators(request: pytest.FixtureRequest) -> Emulators:
    """Ours, unless a test asks for BOTH_EMULATORS: each command is a process of its own."""
    found: Emulators = request.getfixturevalue(f"{getattr(request, 'param', 'embedded')}_emulators")
    return found


@pytest.fixture
def operator(emulators: Emulators, project: str, tmp_path: Path) -> Operator:
    return make_operator(
        project,
        pubsub_host=emulators.pubsub_host,
        firestore_host=emulators.firestore_host,
        state_folder=tmp_path,
    )


@pytest.fixture
def open_ledger(emulators: Emulators, project: str) -> Callable[[], FirestoreLedger]:
    """To be called in the event loop that it is for."""
    return lambda: connect_ledger(project, emulators.firestore_host)


@pytest.fixture
def documents(emulators: Emulators, project: str) -> Iterator[firestore.Client]:
    """The person who breaks something by hand."""
    with open_firestore(emulators.firestore_host, project) as client:
        yield client
