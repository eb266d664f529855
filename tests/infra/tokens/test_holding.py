"""A secret and a file hold tokens alike; neither loses what somebody else has written in between."""

import base64
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.false_google import FalseGoogle, running_google

from rbm_ops.tokens.holding import FileHolder, Holder, LocalHolder, NotHeld, SecretHolder

_TEXT = '{"": ["OLDOLDOLDOLDOLDOLD"]}'
_NEWER = '{"": ["NEWNEWNEWNEWNEWNEW", "OLDOLDOLDOLDOLDOLD"]}'
_SECRET = "secrets/projects/p/secrets/rbm-client-tokens"

# Makes a holder of this text, and what lets somebody else write another one.
Made = tuple[Holder, Callable[[str], object]]


@contextlib.contextmanager
def _hold_in_file(text: str, folder: Path) -> Iterator[Made]:
    file = folder / "tokens.json"
    file.write_text(text)
    file.chmod(0o640)
    yield FileHolder(file), lambda other: file.write_text(other)


@contextlib.contextmanager
def _hold_in_secret(text: str, _: Path) -> Iterator[Made]:
    versions = [text]
    google = FalseGoogle(
        {
            f"{_SECRET}/versions/latest": lambda _: {
                "name": f"projects/1/secrets/rbm-client-tokens/versions/{len(versions)}",
                "createTime": "2026-11-25T00:00:00.000001Z",
            },
            f"{_SECRET}:addVersion": lambda said: {"name": versions.append(_decode(said))},
            **{
                f"{_SECRET}/versions/{number}:access": lambda _, number=number: {
                    "payload": {"data": base64.b64encode(versions[number - 1].encode()).decode()}
                }
                for number in (1, 2)
            },
        }
    )
    with running_google(google) as apis:
        yield SecretHolder(apis, "p", "rbm-client-tokens"), versions.append


def _decode(said: dict[str, Any]) -> str:
    return base64.b64decode(said["payload"]["data"]).decode()


each_holder = pytest.mark.parametrize("hold", [_hold_in_file, _hold_in_secret])


@each_holder
def test_what_was_written_is_read(hold: Any, tmp_path: Path) -> None:
    with hold(_TEXT, tmp_path) as (holder, _):
        before = holder.read()
        assert before.tokens == {"": ("OLDOLDOLDOLDOLDOLD",)}
        holder.write(_NEWER, before)
        after = holder.read()
    assert after.tokens == {"": ("NEWNEWNEWNEWNEWNEW", "OLDOLDOLDOLDOLDOLD")}
    assert after.version != before.version


@each_holder
def test_change_of_somebody_else_is_not_overwritten(hold: Any, tmp_path: Path) -> None:
    with hold(_TEXT, tmp_path) as (holder, write):
        before = holder.read()
        write('{"": ["SOMEBODYELSESTOKEN"]}')
        with pytest.raises(NotHeld, match="somebody else"):
            holder.write(_NEWER, before)
        assert holder.read().tokens == {"": ("SOMEBODYELSESTOKEN",)}


@each_holder
def test_value_that_is_none_is_named_and_not_repeated(hold: Any, tmp_path: Path) -> None:
    with hold('{"": "OLDOLDOLDOLDOLDOLD"}', tmp_path) as (holder, _), pytest.raises(NotHeld) as problem:
        holder.read()
    assert "list" in str(problem.value)
    assert "OLD" not in str(problem.value)


def test_held_tokens_are_not_shown(tmp_path: Path) -> None:
    with _hold_in_file(_TEXT, tmp_path) as (holder, _):
        assert "OLD" not in repr(holder.read())


def test_file_is_for_the_same_eyes_as_before(tmp_path: Path) -> None:
    with _hold_in_file(_TEXT, tmp_path) as (holder, _):
        holder.write(_NEWER, holder.read())
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.json"]


def test_link_stays_one_and_its_file_is_written(tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "kept" / "tokens.json"
    file.parent.mkdir()
    file.write_text(_TEXT)
    link.symlink_to(file)
    holder = FileHolder(link)
    holder.write(_NEWER, holder.read())
    assert (link.is_symlink(), file.read_text()) == (True, _NEWER)
    assert [path.name for path in file.parent.iterdir()] == ["tokens.json"]


def test_secret_that_may_not_be_read_is_named() -> None:
    google = FalseGoogle({f"{_SECRET}/versions/latest": 403})
    with running_google(google) as apis, pytest.raises(NotHeld, match="HTTP 403"):
        SecretHolder(apis, "p", "rbm-client-tokens").read()


def test_local_cloud_keeps_its_token() -> None:
    with pytest.raises(NotHeld, match="--tokens-file"):
        LocalHolder().write(_NEWER, LocalHolder().read())
