"""What others wrote, as it may go to a terminal."""

import re

# C0, DEL and C1: what moves the cursor, renames the window, or begins an escape sequence.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LEFT_BY_JSON = re.compile(r"[\x7f-\x9f]")


def show_controls(text: str) -> str:
    """Each control as Python writes it: a new line is `\\n`, and no line can be forged."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def escape_in_json(text: str) -> str:
    """Of JSON text: the controls that its encoder leaves. Whoever parses it gets what there was."""
    return _LEFT_BY_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
