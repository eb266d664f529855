"""What documents hold, as JSON: times and bytes become text."""

import json
from datetime import datetime
from typing import Any

from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.terminal_text import escape_in_json


def encode(value: object) -> str:
    return json.dumps(value, default=_encode_document_value)


def print_json(value: object, *, is_sorted: bool = False) -> None:
    """For people and programs: the whole of what a command says with `--json`."""
    text = json.dumps(
        value, default=_encode_document_value, indent=2, ensure_ascii=False, sort_keys=is_sorted
    )
    print(escape_in_json(text))  # noqa: T201 - a pipe gets the lines as they are, of whatever length


def _encode_document_value(value: Any) -> str:
    """For what JSON lacks and a document has."""
    match value:
        case datetime():
            return format_rfc3339(value)
        case bytes():
            return value.decode(errors="replace")
    raise TypeError(f"no JSON for a {type(value).__name__}")
