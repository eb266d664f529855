"""The commands as a person runs them, in a project of the embedded emulator."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import Emulators

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ops.documents import connect_ledger

_BIN = Path(sys.executable).parent
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Operator:
    """`rbm` in an environment that names a project and no local cloud."""

    environment: dict[str, str]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(_BIN / "rbm"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )


@pytest.fixture
def operator(embedded_emulators: Emulators, project: str, tmp_path: Path) -> Operator:
    return Operator(
        {
            **os.environ,
            "GOOGLE_CLOUD_PROJECT": project,
            "FIRESTORE_EMULATOR_HOST": embedded_emulators.firestore_host,
            "RBM_STATE_DIR": str(tmp_path),
        }
    )


@pytest.fixture
def open_ledger(embedded_emulators: Emulators, project: str) -> Callable[[], FirestoreLedger]:
    """To be called in the event loop that it is for."""
    return lambda: connect_ledger(project, embedded_emulators.firestore_host)
