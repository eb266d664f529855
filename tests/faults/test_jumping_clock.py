"""The clock of a function under test jumps for whoever has imported `datetime` already."""

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from tests.faults.jumping_clock import shift_clock

shift_clock(Path(sys.argv[1]))
print(round(datetime.now(UTC).timestamp() - time.time()), type(datetime.now(UTC)) is datetime)
"""


def test_offset_in_the_file_moves_now_and_nothing_else(tmp_path: Path) -> None:
    offset = tmp_path / "offset"
    for text in ("3600", "-60", ""):
        offset.write_text(text)
        ran = subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(offset)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        assert ran.stdout.split() == [text.strip() or "0", "True"]
