"""Figures that are easy to reckon with: 0.4, 1 and 2 ms of CPU, updates on."""

from pathlib import Path

import pytest

from rbm_ops.capacity.measured import Measured, read_measured

FIGURES = Path(__file__).with_name("results.json")


@pytest.fixture
def measured() -> Measured:
    return read_measured(FIGURES, has_updates=True)
