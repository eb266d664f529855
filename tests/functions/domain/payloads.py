"""The files of tests/payloads, as they are and altered."""

import json
from pathlib import Path
from typing import Any

_PAYLOADS = Path(__file__).parents[2] / "payloads"


def load_bytes(name: str) -> bytes:
    """One file, by its path below tests/payloads."""
    return (_PAYLOADS / name).read_bytes()


def load_json(name: str) -> Any:
    return json.loads(load_bytes(name))


def list_names(folder: str) -> list[str]:
    return sorted(path.name for path in (_PAYLOADS / folder).iterdir())


def event_bytes(name: str, *, without: tuple[str, ...] = (), **changes: Any) -> bytes:
    """A decoded event with some members left out and others set."""
    fields = {**load_json(f"decoded-events/{name}.json"), **changes}
    return json.dumps({member: value for member, value in fields.items() if member not in without}).encode()


def request_fields(name: str = "text", **changes: Any) -> dict[str, Any]:
    """An agent message, wrapped as other services ask for it."""
    fields = {
        "agentId": "growing-tree-bank",
        "phoneNumber": "+14155550101",
        **load_json(f"agent-message-requests/{name}.json"),
        **changes,
    }
    return {member: value for member, value in fields.items() if value is not None}


def request_bytes(name: str = "text", **changes: Any) -> bytes:
    """As `request_fields`; None leaves a member out."""
    return json.dumps(request_fields(name, **changes)).encode()
