"""Bounded time and memory: the largest inputs that are taken, under limits which a blow-up would break."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz.large import list_large

ROOT = Path(__file__).parents[2]
PART = 2
# Several times what they need; of an instance's 512 MiB, a third is taken before the first request.
MEMORY_MIB, CPU_SECONDS = 200, 60


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process allocates")
def test_largest_inputs_stay_within_the_memory_and_time_of_an_instance() -> None:
    command = [sys.executable, "-m", "tests.fuzz.large", *map(str, (PART, MEMORY_MIB, CPU_SECONDS))]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    through = [line.rpartition(": ")[0] for line in ended.stdout.splitlines()]
    wanted = [f"{target}: {name}" for target, name, _ in list_large(PART)]
    assert through == wanted, ended.stderr[-1000:]
    assert ended.returncode == 0
