"""`rbm check`: every check that a change has to pass, all of them even if the first fails."""

import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

_ROOT = Path(__file__).parents[2]

# What is run, in the order of how soon it answers; each is a command of this Python's environment.
_STEPS = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "imports": ("lint-imports",),
    "tests": ("pytest",),
}


def run_check() -> int:
    console = Console(highlight=False)
    failed = [name for name, step in _STEPS.items() if not _passes(console, name, step)]
    console.print(f"failed: {', '.join(failed)}" if failed else "every check has passed")
    return 1 if failed else 0


def _passes(console: Console, name: str, step: tuple[str, ...]) -> bool:
    console.rule(f"{name}: {' '.join(step)}", align="left")
    command = Path(sys.executable).with_name(step[0])
    started_at = time.monotonic()
    status = subprocess.run([command, *step[1:]], cwd=_ROOT, check=False).returncode
    console.print(f"{name}: {'passed' if status == 0 else 'FAILED'} ({time.monotonic() - started_at:.0f} s)")
    return status == 0
