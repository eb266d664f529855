"""A start is mostly imports: what the processes of a local cloud must not load before they answer."""

import json
import subprocess
import sys

import pytest

# Google's client libraries: more than all else together. Their messages alone are light.
_CLIENTS = frozenset({"google.api_core", "google.auth", "google.cloud.firestore", "google.pubsub_v1"})

# Until the children are started; when everything answers; the children that are ours.
_HEAVY = {
    "import rbm_ops.cli; rbm_ops.cli._make_parser(chosen='up')": _CLIENTS | {"aiohttp", "grpc", "jinja2"},
    "import rbm_ops.local.cloud as cloud; cloud._load_rest()": _CLIENTS | {"jinja2"},
    "import rbm_ops.emulators.__main__": _CLIENTS | {"aiohttp", "jinja2"},
    "import rbm_ops.simulator.__main__": _CLIENTS | {"grpc", "jinja2"},
}


@pytest.mark.parametrize("statement", _HEAVY)
def test_process_loads_nothing_heavy_that_it_does_not_need(statement: str) -> None:
    listing = f"import json, sys; {statement}; print(json.dumps(list(sys.modules)))"
    listed = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert _HEAVY[statement] & set(json.loads(listed.stdout)) == set()
