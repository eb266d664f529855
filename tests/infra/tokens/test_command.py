"""`rbm tokens` as a person runs it: nothing changes without --yes, and no token is printed but one made."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rbm_ledger.config import parse_client_tokens
from rbm_ledger.domain.signature import fingerprint_token

_BIN = Path(sys.executable).parent
_OLD, _NEW = "OLDOLDOLDOLDOLDOLD", "NEWNEWNEWNEWNEWNEW"


@dataclass(frozen=True, slots=True)
class Keeper:
    """`rbm tokens` with a file of tokens and a log."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "tokens.json"

    @property
    def tokens(self) -> dict[str, tuple[str, ...]]:
        return dict(parse_client_tokens(self.file.read_text()))

    def run(self, deed: str, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        command = [str(_BIN / "rbm"), "tokens", deed, "--tokens-file", str(self.file), *arguments]
        ran = subprocess.run(
            command,
            input=typed,
            env={**os.environ, "RBM_STATE_DIR": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert _OLD not in ran.stdout + ran.stderr
        assert _NEW not in ran.stdout + ran.stderr
        return ran


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    keeper = Keeper(tmp_path)
    keeper.file.write_text(json.dumps({"": [_NEW, _OLD]}))
    (tmp_path / "logs").mkdir()
    line = {"event": "webhook_event_published", "token_version": fingerprint_token(_NEW)}
    (tmp_path / "logs" / "webhook.log").write_text(json.dumps(line) + "\n")
    return keeper


def test_status_names_each_token_by_its_fingerprint_with_what_it_verified(keeper: Keeper) -> None:
    described = json.loads(keeper.run("status", "--json").stdout)
    assert [(each["fingerprint"], each["verified"]) for each in described["tokens"]] == [
        (fingerprint_token(_NEW), 1),
        (fingerprint_token(_OLD), 0),
    ]
    table = keeper.run("status")
    assert table.returncode == 0
    assert fingerprint_token(_OLD) in table.stdout


def test_nothing_is_added_without_a_yes(keeper: Keeper) -> None:
    before = keeper.tokens
    said = keeper.run("add", "--webhook", "shop", typed="ANOTHERTOKENOFSHOP\n")
    assert (said.returncode, keeper.tokens) == (0, before)
    assert "would add" in said.stdout


def test_token_is_read_from_standard_input_or_a_file(keeper: Keeper) -> None:
    keeper.run("add", "--yes", "--webhook", "shop", typed="ANOTHERTOKENOFSHOP\n")
    file = keeper.folder / "token"
    file.write_text("YETANOTHERTOKENOFSHOP\n")
    keeper.run("add", "--yes", "--webhook", "shop", "--token-file", str(file))
    assert keeper.tokens["shop"] == ("YETANOTHERTOKENOFSHOP", "ANOTHERTOKENOFSHOP")
    assert keeper.tokens[""] == (_NEW, _OLD)


def test_token_that_is_made_is_shown_once(keeper: Keeper) -> None:
    said = keeper.run("add", "--make", "--yes")
    assert keeper.tokens[""][0] in said.stdout.splitlines()
    assert keeper.tokens[""][1:] == (_NEW, _OLD)


def test_token_that_is_not_safe_is_retired_by_force_alone(keeper: Keeper) -> None:
    fingerprint = fingerprint_token(_OLD)
    refused = keeper.run("retire", fingerprint, "--yes")
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert keeper.run("retire", fingerprint, "--force").returncode == 0
    assert keeper.tokens[""] == (_NEW, _OLD)
    assert keeper.run("retire", fingerprint, "--force", "--yes").returncode == 0
    assert keeper.tokens[""] == (_NEW,)


def test_tokens_that_can_not_be_read_are_status_2(keeper: Keeper) -> None:
    keeper.file.unlink()
    refused = keeper.run("status")
    assert (refused.returncode, "can't be read" in refused.stderr) == (2, True)


def test_only_token_is_never_retired(keeper: Keeper) -> None:
    keeper.file.write_text(json.dumps({"": [_OLD]}))
    refused = keeper.run("retire", fingerprint_token(_OLD), "--force", "--yes")
    assert refused.returncode == 1
    assert keeper.tokens == {"": (_OLD,)}
