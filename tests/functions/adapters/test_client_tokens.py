"""Tokens that are rotated while the webhook runs."""

import os
from pathlib import Path

import pytest

from rbm_ledger.adapters.client_tokens import FixedTokens, TokensFile
from rbm_ledger.config import parse_client_tokens

OLD, NEW = '{"": ["old"], "growing-tree-bank": ["agents-own"]}', '{"": ["new", "old"]}'
ONLY_NEW = '{"": ["new"]}'


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Rotation:
    """A mounted secret, as a plain file or as volumes do it: a link that is swapped in one step."""

    def __init__(self, folder: Path, *, linked: bool) -> None:
        self._folder = folder
        self._linked = linked
        self._version = 0
        self.path = folder / "tokens.json"
        if linked:
            self.path.symlink_to(Path("current") / "tokens.json")

    def write(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        self._version += 1
        if not self._linked:
            fresh = self._folder / f"version-{self._version}"
            fresh.write_bytes(data)
            fresh.rename(self.path)
            return
        version = self._folder / f"version-{self._version}"
        version.mkdir()
        (version / "tokens.json").write_bytes(data)
        (self._folder / "next").symlink_to(version.name)
        (self._folder / "next").rename(self._folder / "current")

    def remove(self) -> None:
        (self._folder / "current" if self._linked else self.path).unlink()


@pytest.fixture(params=[False, True], ids=["plain file", "swapped link"])
def secret(request: pytest.FixtureRequest, tmp_path: Path) -> Rotation:
    rotation = Rotation(tmp_path, linked=request.param)
    rotation.write(OLD)
    return rotation


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reports() -> list[Exception]:
    return []


@pytest.fixture
def tokens(secret: Rotation, clock: Clock, reports: list[Exception]) -> TokensFile:
    return TokensFile(secret.path, parse_client_tokens, monotonic=clock, report=reports.append)


def test_fixed_tokens_stay_and_never_have_news() -> None:
    tokens = FixedTokens({"": ("partner",), "growing-tree-bank": ("agents-own",)})
    assert tokens.active("") == ("partner",)
    assert tokens.active("growing-tree-bank") == ("agents-own",)
    assert tokens.active("unknown") == ()
    assert not tokens.reload()


def test_file_is_read_at_the_start_for_every_webhook(tokens: TokensFile) -> None:
    assert tokens.active("") == ("old",)
    assert tokens.active("growing-tree-bank") == ("agents-own",)
    assert tokens.active("unknown") == ()


def test_unchanged_file_has_no_news(tokens: TokensFile) -> None:
    assert not tokens.reload()


def test_new_token_counts_at_once_through_reload(tokens: TokensFile, secret: Rotation) -> None:
    secret.write(NEW)
    assert tokens.active("") == ("old",)
    assert tokens.reload()
    assert tokens.active("") == ("new", "old")
    assert not tokens.reload()


def test_removed_token_counts_until_the_file_is_looked_at_again(
    tokens: TokensFile, secret: Rotation, clock: Clock
) -> None:
    secret.write(ONLY_NEW)
    clock.seconds += 10
    assert tokens.active("") == ("old",)
    clock.seconds += 0.1
    assert tokens.active("") == ("new",)
    assert tokens.active("growing-tree-bank") == ()


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b'{"": []}', b'{"": [""]}', b'{"": "new"}', b"\xff\xfe", b"{}"], ids=repr
)
def test_broken_version_is_reported_and_the_old_tokens_go_on(
    tokens: TokensFile, secret: Rotation, clock: Clock, reports: list[Exception], broken: bytes
) -> None:
    secret.write(broken)
    assert not tokens.reload()
    assert tokens.active("") == ("old",)
    assert len(reports) == 1
    clock.seconds += 11
    assert tokens.active("") == ("old",)
    assert len(reports) == 2
    secret.write(NEW)
    assert tokens.reload()
    assert tokens.active("") == ("new", "old")


def test_missing_file_is_reported_and_the_old_tokens_go_on(
    tokens: TokensFile, secret: Rotation, reports: list[Exception]
) -> None:
    secret.remove()
    assert not tokens.reload()
    assert tokens.active("") == ("old",)
    assert isinstance(reports[0], OSError)
    secret.write(NEW)
    assert tokens.reload()


def test_report_never_repeats_a_token(tokens: TokensFile, secret: Rotation, reports: list[Exception]) -> None:
    secret.write('{"": ["brand-new-token", ""]}')
    assert not tokens.reload()
    assert "brand-new-token" not in str(reports[0])


def test_version_of_the_same_size_and_time_is_noticed(tokens: TokensFile, secret: Rotation) -> None:
    before = secret.path.stat()
    secret.write(OLD.replace("old", "new"))
    os.utime(secret.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert tokens.reload()
    assert tokens.active("") == ("new",)


def test_start_without_a_readable_file_fails(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(OSError, match=r"missing\.json"):
        TokensFile(tmp_path / "missing.json", parse_client_tokens, monotonic=clock, report=print)
