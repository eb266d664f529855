"""Whether a module came from byte code, and what a function says of it when it starts."""

import importlib.util
import json
import math
import os
import py_compile
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from rbm_ledger.start import find_compiled_anew, finish_start, is_from_byte_code, process_started_at

LATER = math.inf
# What the image of a function has for the time of every file.
IMAGE_TIME = 315_532_801

Mode = py_compile.PycInvalidationMode


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "module.py"
    file.write_text("ANSWER = 42\n")
    return file


def compile_source(source: Path, mode: Mode = Mode.TIMESTAMP) -> Path:
    return Path(py_compile.compile(str(source), invalidation_mode=mode, doraise=True))


@pytest.mark.parametrize("mode", list(Mode))
def test_byte_code_of_the_source_is_taken(source: Path, mode: Mode) -> None:
    assert is_from_byte_code(str(source), str(compile_source(source, mode)), LATER)


@pytest.mark.parametrize(
    ("mode", "is_taken"), [(Mode.TIMESTAMP, False), (Mode.CHECKED_HASH, True), (Mode.UNCHECKED_HASH, True)]
)
def test_only_byte_code_by_hash_outlives_the_times_of_an_image(
    source: Path, mode: Mode, is_taken: bool
) -> None:
    cached = compile_source(source, mode)
    for file in (source, cached):
        os.utime(file, (IMAGE_TIME, IMAGE_TIME))
    assert is_from_byte_code(str(source), str(cached), LATER) is is_taken


def test_byte_code_that_is_not_there_is_not_taken(source: Path) -> None:
    assert not is_from_byte_code(str(source), importlib.util.cache_from_source(str(source)), LATER)


def test_byte_code_that_the_process_wrote_itself_came_too_late(source: Path) -> None:
    cached = compile_source(source)
    made_at = cached.stat().st_mtime
    assert is_from_byte_code(str(source), str(cached), made_at + 1)
    assert not is_from_byte_code(str(source), str(cached), made_at - 1)


def test_byte_code_of_another_python_is_not_taken(source: Path) -> None:
    cached = compile_source(source)
    cached.write_bytes(b"\0\0\r\n" + cached.read_bytes()[4:])
    assert not is_from_byte_code(str(source), str(cached), LATER)


def test_byte_code_that_was_cut_off_is_not_taken(source: Path) -> None:
    cached = compile_source(source)
    cached.write_bytes(cached.read_bytes()[:8])
    assert not is_from_byte_code(str(source), str(cached), LATER)


Load = Callable[..., dict[str, ModuleType]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Modules of a package; the first so many have byte code."""

    def load(package: str, *, compiled: int, of: int) -> dict[str, ModuleType]:
        files = [tmp_path / f"{package}_{number}.py" for number in range(of)]
        for file in files:
            file.write_text("")
        for file in files[:compiled]:
            compile_source(file)
        specs = [importlib.util.spec_from_file_location(f"{package}.{file.stem}", file) for file in files]
        return {spec.name: importlib.util.module_from_spec(spec) for spec in specs if spec}

    return load


def test_package_without_byte_code_is_named(load: Load) -> None:
    modules = {**load("grpc", compiled=0, of=3), **load("starlette", compiled=3, of=3)}
    assert find_compiled_anew(modules, LATER) == ("grpc",)


def test_package_with_an_edited_module_is_not_named(load: Load) -> None:
    assert find_compiled_anew(load("rbm_ledger", compiled=2, of=3), LATER) == ()


def test_package_that_decides_over_no_start_is_not_looked_at(load: Load) -> None:
    assert find_compiled_anew(load("grpc_tools", compiled=0, of=3), LATER) == ()


def test_modules_without_source_are_not_looked_at() -> None:
    assert find_compiled_anew({"google": ModuleType("google"), "grpc.sys": sys}, LATER) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_process_started_before_now_and_after_the_system() -> None:
    system_started_at = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    assert system_started_at - 2 < process_started_at() <= time.time()


def test_start_says_what_was_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    finish_start("webhook_started")
    entry = json.loads(capsys.readouterr().out)
    assert entry["event"] == "webhook_started"
    assert entry["modules"] == len(sys.modules)
    assert entry["load_cpu_seconds"] > 0
    assert (entry["severity"] == "INFO") is entry["has_byte_code"] is ("compiled_anew" not in entry)
