"""A value that can't be meant is refused with a sentence that shows a good one, before anything is done."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.local_cloud import Rbm

from rbm_ops.flags import parse_port, parse_port_base
from rbm_ops.local.addresses import PORT_NAMES


@pytest.mark.parametrize(
    ("parse", "least", "most"), [(parse_port, 0, 65_535), (parse_port_base, 1, 65_536 - len(PORT_NAMES))]
)
def test_port_is_one_that_there_is(parse: Callable[[str], int], least: int, most: int) -> None:
    assert [parse(str(least)), parse(str(most))] == [least, most]
    for text in (str(least - 1), str(most + 1), "http", ""):
        with pytest.raises(argparse.ArgumentTypeError, match=f"from {least} to {most}"):
            parse(text)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("up --port-base 70000", "--port-base: '70000' is not a number from 1 to 65529"),
        ("simulator --port 99999", "--port: '99999' is not a number from 0 to 65535"),
        ("find --number 4155", "--number: '4155' is no phone number"),
        ("forget 4155", "NUMBER: '4155' is no phone number"),
    ],
)
def test_command_with_such_a_value_is_refused(tmp_path: Path, command: str, said: str) -> None:
    refused = Rbm(tmp_path).run(*command.split())
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
