"""The payload files, as they are and altered: tests/payloads, and the demo's agent messages."""

import json
from pathlib import Path
from typing import Any

from rbm_ops import demo

_PAYLOADS = Path(__file__).parents[1] / "payloads"
_DEMO = Path(demo.__file__).parent


def load_bytes(name: str) -> bytes:
    """One file, by its path below tests/payloads or below the demo."""
    return _find(name).read_bytes()


def _find(name: str) -> Path:
    here = _PAYLOADS / name
    return here if here.exists() else _DEMO / name


def load_json(name: str) -> Any:
    return json.loads(load_bytes(name))


def list_names(folder: str) -> list[str]:
    return sorted(path.name for path in _find(folder).iterdir())


def event_bytes(name: str, *, without: tuple[str, ...] = (), **changes: Any) -> bytes:
    """A decoded event with some members left out and others set."""
    fields = {**load_json(f"decoded-events/{name}.json"), **changes}
    return json.dumps({member: value for member, value in fields.items() if member not in without}).encode()


def request_fields(name: str = "text", **changes: Any) -> dict[str, Any]:
    """An agent message, wrapped as other services ask for it."""
    fields = {
        "agentId": "growing-tree-bank",
        "phoneNumber": "+14155550101",
        **load_json(f"agent_messages/{name}.json"),
        **changes,
    }
    return {member: value for member, value in fields.items() if value is not None}


def request_bytes(name: str = "text", **changes: Any) -> bytes:
    """As `request_fields`; None leaves a member out."""
    return json.dumps(request_fields(name, **changes)).encode()
