"""`rbm` as an operator runs it, in a project that the environment names."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

    async def read_json(self, *arguments: str, status: int = 0) -> Any:
        """What it prints with `--json`, while the loop of the test goes on."""
        done = await asyncio.to_thread(self.run, *arguments, "--json")
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)


def make_operator(project: str, *, pubsub_host: str, firestore_host: str, state_folder: Path) -> Operator:
    return Operator(
        {
            **os.environ,
            "GOOGLE_CLOUD_PROJECT": project,
            "PUBSUB_EMULATOR_HOST": pubsub_host,
            "FIRESTORE_EMULATOR_HOST": firestore_host,
            "RBM_STATE_DIR": str(state_folder),
        }
    )


def serve_nobody(operator: Operator, variable: str) -> Operator:
    """The same, but that nobody answers where this variable points."""
    return Operator({**operator.environment, variable: "127.0.0.1:9"})
