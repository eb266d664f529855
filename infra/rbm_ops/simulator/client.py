"""The control API for tests and scripts, without a thread or a loop of its own.

Agents, phones, records and events are JSON objects as the API's page (`/control/`) describes them.
"""

import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import urllib3

JsonObject: TypeAlias = dict[str, Any]
Callbacks: TypeAlias = list[JsonObject]

_TIMEOUT = urllib3.Timeout(connect=5, read=60)
_POLL_SECONDS = 5.0
_CAPITAL = re.compile("_([a-z])")


class SimulatorError(Exception):
    """A refusal: `status` is Google's name for it, `http_status` its number."""

    def __init__(self, http_status: int, status: str, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.http_status = http_status
        self.status = status
        self.message = message


class SimulatedPhone:
    """Any number is one."""

    def __init__(self, client: "SimulatorClient", phone_number: str) -> None:
        self._client = client
        self._path = f"phones/{_quote(phone_number)}"

    def read(self) -> JsonObject:
        return self._client.call("GET", self._path)

    def update(self, **changes: Any) -> JsonObject:
        """`script`, `has_rcs`, `is_online`, `sends_read_receipts`, `missing_features`, `carrier`."""
        return self._client.call("PATCH", self._path, _spell_as_json(changes))

    def perform(self, kind: str, *, agent_id: str, **members: Any) -> list[JsonObject]:
        """`open`, `type`, `text`, `tap`, …; the events that the webhook is told."""
        action = {"kind": kind, "agentId": agent_id, **_spell_as_json(members)}
        return list(self._client.call("POST", f"{self._path}/actions", action)["events"])

    def conversations(self) -> list[JsonObject]:
        return list(self._client.call("GET", f"{self._path}/conversations")["conversations"])


class SimulatorClient:
    """`url` is where the simulator answers, and the endpoint to send messages to. Every call raises
    SimulatorError when it is refused.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)

    def close(self) -> None:
        self._pool.clear()

    def phone(self, phone_number: str) -> SimulatedPhone:
        return SimulatedPhone(self, phone_number)

    def agents(self) -> list[JsonObject]:
        return list(self.call("GET", "agents")["agents"])

    def change_agent(self, agent_id: str, **changes: Any) -> JsonObject:
        """`display_name`, `use_case`, `launches`, …; makes the agent if there is none."""
        return self.call("PATCH", f"agents/{_quote(agent_id)}", _spell_as_json(changes))

    def launch(self, agent_id: str, region_id: str, new_launch_state: str) -> JsonObject:
        """The AgentLaunchEvent that the webhook is sent."""
        body = {"regionId": region_id, "newLaunchState": new_launch_state}
        event: JsonObject = self.call("POST", f"agents/{_quote(agent_id)}/launches", body)["event"]
        return event

    def register_webhook(self, url: str, client_token: str, *, agent_id: str = "") -> JsonObject:
        """The partner's webhook, or the agent's own; it has to answer the handshake."""
        owner = f"agents/{_quote(agent_id)}" if agent_id else "partner"
        return self.call("PUT", f"webhooks/{owner}", {"url": url, "clientToken": client_token})

    def rotate_token(self, client_token: str) -> None:
        self.call("POST", "client-token", {"clientToken": client_token})

    def messages(self, **filters: str) -> list[JsonObject]:
        """All, or those of an `agent_id`, a `phone_number`, a `message_id`."""
        return list(self.call("GET", "messages", parameters=_spell_as_json(filters))["messages"])

    def send_event(self, event: JsonObject) -> None:
        """Any event, signed like all others."""
        self.call("POST", "callbacks", {"event": event})

    def count_callbacks(self) -> JsonObject:
        return self.call("GET", "callbacks")

    def callbacks(self) -> Callbacks:
        """Each attempt so far to call a webhook, the oldest first."""
        return [record for record in self.wire() if record["kind"] == "callback"]

    def wire(self, after: int = 0, *, wait_seconds: float = 0.0) -> list[JsonObject]:
        """The records after a number; with `wait_seconds` it waits so long for the first."""
        parameters = {"after": str(after), "limit": "2000", "waitSeconds": str(wait_seconds)}
        return list(self.call("GET", "wire", parameters=parameters)["records"])

    def wait_for_callbacks(
        self, condition: int | Callable[[Callbacks], bool], *, timeout_seconds: float = 10.0
    ) -> Callbacks:
        """All attempts since the last reset, as soon as there are so many or the condition holds for them.

        Raises TimeoutError. A stepped clock has to be advanced first.
        """
        holds = condition if callable(condition) else lambda callbacks: len(callbacks) >= condition
        deadline = time.monotonic() + timeout_seconds
        last, callbacks = 0, list[JsonObject]()
        while not holds(callbacks):
            remaining_seconds = deadline - time.monotonic()
            if remaining_seconds <= 0:
                raise TimeoutError(f"After {timeout_seconds:g} s these have come: {_list(callbacks)}.")
            records = self.wire(last, wait_seconds=min(remaining_seconds, _POLL_SECONDS))
            last = records[-1]["number"] if records else last
            callbacks += [record for record in records if record["kind"] == "callback"]
        return callbacks

    def disturb(self, **disturbances: Any) -> JsonObject:
        """`drop_next`, `delay_seconds`, `copies`, `is_reversed`, `is_wrongly_signed`, `create_status`, …"""
        return self.call("PUT", "disturbances", _spell_as_json(disturbances))

    def mend(self) -> None:
        self.call("DELETE", "disturbances")

    def advance(self, seconds: float) -> None:
        """Of a stepped clock; returns when all that was due has happened."""
        self.call("POST", "clock/advance", {"seconds": seconds})

    def reset(self, *, everything: bool = False) -> None:
        """Forgets what has happened; `everything`: agents and webhooks too are as at the start."""
        self.call("POST", "reset", parameters={"everything": str(everything).lower()})

    def call(
        self, method: str, path: str, body: JsonObject | None = None, *, parameters: JsonObject | None = None
    ) -> JsonObject:
        """Any operation of the API, by its path below /control/."""
        url = f"{self.url}/control/{path}?{urlencode(parameters or {})}"
        response = self._pool.request(method, url, json=body)
        answer: JsonObject = response.json()
        if response.status != HTTPStatus.OK:
            error = answer["error"]
            raise SimulatorError(response.status, error["status"], error["message"])
        return answer


def _quote(name: str) -> str:
    return quote(name, safe="")


def _spell_as_json(members: dict[str, Any]) -> JsonObject:
    """`phone_number` as `phoneNumber`."""
    return {_CAPITAL.sub(lambda letter: letter[1].upper(), name): value for name, value in members.items()}


def _list(callbacks: Callbacks) -> str:
    """`DELIVERED acknowledged, READ failed`"""
    return ", ".join(f"{each['eventType']} {each['outcome']}" for each in callbacks) or "none"
