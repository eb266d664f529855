"""Settings from a mapping, one by one: every fault is remembered, and all are told together."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from rbm_ledger.domain.errors import Fault, InvalidSettings
from rbm_ledger.domain.policies import AgentPolicies, find_policy_faults, read_policies

_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_AGENTS_FORM = 'must name an agent and its policy, as JSON like {"growing-tree-bank": {}}; empty: any agent'
_ENDPOINT_FORM = "must be an https address, or an http one on this machine"


def is_loopback(address: str) -> bool:
    return _split_address(address)[1] in _LOOPBACK_HOSTS


class Environment:
    """Reads setting by setting and remembers every fault."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[Fault] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environ.get(name, "").strip()
        if value or default is not None:
            return value or default or ""
        self.refuse(name, "is not set")
        return ""

    def number(self, name: str, default: float, *, at_least: float, at_most: float) -> float:
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = at_least - 1
        if not at_least <= number <= at_most:
            self.refuse(name, f"must be a number from {at_least:.9g} to {at_most:.9g}, not {value!r}")
            return default
        return number

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in ("true", "false"):
            self.refuse(name, f"must be true or false, not {value!r}")
        return value == "true"

    def file(self, name: str) -> Path | None:
        """Never repeats the value: a secret is easily put where its path belongs."""
        value = self.text(name, "")
        if value and not os.path.isfile(value):  # `Path.is_file` raises for what is too long for a path
            self.refuse(name, "must be the path of a file that is there")
        return Path(value) if value else None

    def topic(self, name: str, default: str | None = None) -> str:
        """The full name of a topic, from a full or a short one."""
        value = self.text(name, default)
        project = self._environ.get("GOOGLE_CLOUD_PROJECT", "").strip()
        return value if "/" in value or not value else f"projects/{project}/topics/{value}"

    def refuse(self, name: str, problem: str) -> None:
        self.faults.append(Fault(name, problem))

    def names(self, name: str) -> tuple[str, ...]:
        """Comma-separated."""
        return tuple(part.strip() for part in self.text(name, "").split(",") if part.strip())

    def endpoint(self, name: str, default: str) -> str:
        endpoint = self.text(name, default).rstrip("/")
        if not _is_endpoint(endpoint):
            self.refuse(name, _ENDPOINT_FORM)
        return endpoint

    def agents(self, name: str) -> AgentPolicies:
        """`{agentId: policy}` as JSON (domain/policies.py); empty: any agent."""
        value = self.text(name, "")
        if not value:
            return AgentPolicies({})
        try:
            fields = json.loads(value)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict) or not fields:
            self.refuse(name, _AGENTS_FORM)
            return AgentPolicies({})
        faults = [*find_policy_faults(fields), *_find_endpoint_faults(fields)]
        for fault in faults:
            self.refuse(f"{name} {fault.path}".strip(), fault.problem)
        return AgentPolicies({}) if faults else read_policies(fields)

    def raise_faults(self) -> None:
        if self.faults:
            raise InvalidSettings(self.faults)


def _find_endpoint_faults(fields: Mapping[str, object]) -> list[Fault]:
    return [
        Fault(f"{agent_id}.endpoint", _ENDPOINT_FORM)
        for agent_id, policy in fields.items()
        if isinstance(policy, dict) and "endpoint" in policy and not _is_endpoint(str(policy["endpoint"]))
    ]


def _is_endpoint(endpoint: str) -> bool:
    scheme, host = _split_address(endpoint)
    return bool(host) and (scheme == "https" or (scheme == "http" and host in _LOOPBACK_HOSTS))


def _split_address(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""
