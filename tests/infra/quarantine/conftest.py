"""A system whose functions are down until a test serves them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.broken_system import BrokenSystem, open_broken_system


@pytest.fixture
def system(embedded_emulators: Any, project: str, tmp_path: Path) -> Iterator[BrokenSystem]:
    with open_broken_system(embedded_emulators, project, tmp_path) as system:
        yield system
