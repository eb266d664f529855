"""What others wrote, as it may go to a terminal."""

import re

# C0, DEL and C1: what moves the cursor, renames the window, or begins an escape sequence; what ends a line;
# and what turns the direction of text, so that it reads as what it is not.
_TURNING = r"\u2028-\u202e\u2066-\u2069"
_CONTROL = re.compile(rf"[\x00-\x1f\x7f-\x9f{_TURNING}]")
_LEFT_BY_JSON = re.compile(rf"[\x7f-\x9f{_TURNING}]")


def show_controls(text: str) -> str:
    """Each control as Python writes it: a new line is `\\n`, and no line can be forged."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def escape_in_json(text: str) -> str:
    """Of JSON text: the controls that its encoder leaves. Whoever parses it gets what there was."""
    return _LEFT_BY_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
