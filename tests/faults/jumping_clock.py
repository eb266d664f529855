"""Serves a function whose wall clock jumps: `python jumping_clock.py OFFSET_FILE [framework's arguments]`.

What `datetime.now` says is off by the seconds that the file holds at that moment. The monotonic clock is left
alone, as it is when a machine's time is set.
"""

import ctypes
import datetime
import gc
import sys
from collections.abc import Callable
from pathlib import Path

_Now = Callable[[type[datetime.datetime], datetime.tzinfo | None], datetime.datetime]


def shift_clock(offset_file: Path) -> None:
    """In the class itself, for whoever has imported it; a file that is just being written counts as 0."""
    now = datetime.datetime.now

    def shifted(_: type[datetime.datetime], tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return now(tz) + datetime.timedelta(seconds=float(offset_file.read_text() or 0))

    _replace_now(shifted)


def _replace_now(replacement: _Now) -> None:
    """The class of C refuses assignments; its dictionary does not."""
    (members,) = gc.get_referents(datetime.datetime.__dict__)
    members["now"] = classmethod(replacement)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))


def main() -> None:
    sys.argv.pop(0)
    shift_clock(Path(sys.argv[0]))
    from functions_framework._cli import _cli

    _cli()


if __name__ == "__main__":
    main()
