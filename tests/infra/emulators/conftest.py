"""What the embedded emulators count, from zero."""

from collections.abc import Callable
from typing import Any

import pytest

from rbm_ops.emulators.meter import Counts
from rbm_ops.emulators.meter_service import read_meter, reset_meter

ReadMeter = Callable[..., Counts]


@pytest.fixture
def read_counts(embedded_emulators: Any) -> ReadMeter:
    """Reads the meter, of given documents too; what was counted before the test is forgotten."""
    host = embedded_emulators.firestore_host

    def read(*documents: str) -> Counts:
        counts = read_meter(host, documents)
        assert counts is not None
        return counts

    reset_meter(host)
    return read
