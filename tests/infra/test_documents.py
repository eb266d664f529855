"""Which documents a command reads is said by what it is given, not by what its shell exports."""

import contextlib
import os
from pathlib import Path

import pytest
from google.auth.exceptions import GoogleAuthError

from rbm_ops.documents import connect_firestore


def test_cloud_is_meant_though_the_shell_exports_an_emulator(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nobody = {"NO_GCE_CHECK": "true", "CLOUDSDK_CONFIG": str(tmp_path), "HOME": str(tmp_path)}
    for name, value in {**nobody, "FIRESTORE_EMULATOR_HOST": "127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    with contextlib.suppress(GoogleAuthError):
        connect_firestore("prod", "")
    assert "FIRESTORE_EMULATOR_HOST" not in os.environ


def test_emulator_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:9")
    connect_firestore("rbm-local", "127.0.0.1:8")
    assert os.environ["FIRESTORE_EMULATOR_HOST"] == "127.0.0.1:8"
