"""The page names every script of the simulator, and no other."""

import re
from pathlib import Path

from rbm_ops import console
from rbm_ops.simulator.fates import SCRIPTS

_FILE = Path(console.__file__).parent / "static/js/phone/scripts.js"
_KEY = re.compile(r'^  "?(\w+)"?: "', re.MULTILINE)


def test_scripts_of_the_page_are_those_of_the_simulator() -> None:
    table = _FILE.read_text().partition("export const SCRIPTS = {")[2].partition("};")[0]
    assert set(_KEY.findall(table)) == SCRIPTS.keys()
