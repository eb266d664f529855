from pathlib import Path

import pytest
from tests.support.local_cloud import Rbm


@pytest.fixture
def rbm(tmp_path: Path) -> Rbm:
    return Rbm(tmp_path)
