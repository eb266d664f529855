"""One JSON line per event for Cloud Logging: constant names and fields, never a body, token or whole number.

Field names: cloud.google.com/logging/docs/structured-logging, read 2026-11.
"""

import asyncio
import atexit
import json
import logging
import re
import sys
import traceback
from enum import StrEnum

LIBRARY_REPORTED = "library_reported"
# E.164 within a text: Firestore's errors name the document, and a conversation is named after its number.
_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class Severity(StrEnum):
    """Who acts: nobody, whoever watches, a person now."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def log(event: str, severity: Severity = Severity.INFO, **fields: object) -> None:
    """One line on standard output; fields without a value are left out, numbers in a text are redacted."""
    entry: dict[str, object] = {"severity": severity, "message": event, "event": event}
    for name, value in fields.items():
        if value is not None and value != "":
            entry[name] = _redact(value)
    _LINES.append(_encode(entry) + "\n")
    if severity is Severity.INFO and _flush_soon():
        return
    _flush()


class _LibraryReports(logging.Handler):
    """What libraries warn of: who, where, what kind of error; never their words, which may repeat an input.

    Threads of gRPC's report too, so that nothing is kept for a later line.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        entry = {
            "severity": Severity.ERROR if record.levelno >= logging.ERROR else Severity.WARNING,
            "message": LIBRARY_REPORTED,
            "event": LIBRARY_REPORTED,
            "logger": record.name,
            "at": f"{record.filename}:{record.lineno}",
            **(describe_crash(error) if error else {}),
        }
        sys.stdout.write(_encode(entry) + "\n")
        sys.stdout.flush()


def take_library_reports() -> None:
    """In place of Python's own way, which prints them as they are."""
    root = logging.getLogger()
    if not any(isinstance(handler, _LibraryReports) for handler in root.handlers):
        root.addHandler(_LibraryReports(logging.WARNING))


def redact_phone_number(phone_number: str) -> str:
    """The last two digits."""
    return f"…{phone_number[-2:]}" if phone_number else ""


def describe_crash(error: BaseException) -> dict[str, object]:
    """Where it happened and of what kind; never the error's text, which may repeat an input."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error_type": type(error).__qualname__,
        "frames": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _redact(value: object) -> object:
    if not isinstance(value, str) or "+" not in value:
        return value
    return _PHONE_NUMBER.sub(lambda found: redact_phone_number(found[0]), value)


def _flush_soon() -> bool:
    """Once for all lines of a turn of the event loop; False where there is no loop."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return False
    if len(_LINES) == 1:
        loop.call_soon(_flush)
    return True


@atexit.register
def _flush() -> None:
    lines = "".join(_LINES)
    _LINES.clear()
    sys.stdout.write(lines)
    sys.stdout.flush()


_LINES: list[str] = []
_encode = json.JSONEncoder(default=str).encode
