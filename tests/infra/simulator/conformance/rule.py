"""A rule of Google's platform, where it is stated, and what becomes of it in the simulator."""

from dataclasses import dataclass
from typing import TypeAlias

# Keys of the pages: developers.google.com/business-communications/rcs-business-messaging/…
SOURCES = {
    "WH": "guides/integrate/webhooks",
    "REV": "guides/build/events/receive-events",
    "SEV": "guides/build/events/send-events",
    "RCV": "guides/build/messages/receive",
    "SND": "guides/build/messages/send",
    "RVK": "guides/build/messages/revoke",
    "CAP": "guides/build/capabilities",
    "SYN": "guides/management-api/synchronous-asynchronous-operations",
    "TST": "guides/build/test",
    "AGT": "guides/build/agents",
    "BP": "guides/learn/best-practices",
    "UC": "guides/learn/agent-use-cases",
    "PA": "guides/get-started/partner-account",
    "USB": "carriers/billing/us-billing-model",
    "REL": "whats-new/latest-releases, whats-new/past-releases",
    "REF": "reference/rest/v1/…",
    "JAVA": "github.com/rcs-business-messaging/rcsforbusiness-samples, java/rcsforbusinessapi",
    "EX": "github.com/rcs-business-messaging/rbm-api-examples",
    "3rd": "seen by third parties",
    "inferred": "follows from the rest",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """`tests` are named from tests/infra/simulator."""

    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undocumented:
    """Google's pages leave it open, or say two things. `setting` is a path from SimulatorSettings."""

    setting: str


@dataclass(frozen=True, slots=True)
class NotOfTheApi:
    """Neither a call nor a callback can show it."""

    why: str


Verdict: TypeAlias = Shown | Undocumented | NotOfTheApi


@dataclass(frozen=True, slots=True)
class Rule:
    """`sources` are keys of SOURCES."""

    text: str
    sources: tuple[str, ...]
    verdict: Verdict


def shown(statement: str, *tests: str) -> Rule:
    return _read(statement, Shown(tests))


def undocumented(statement: str, *, setting: str) -> Rule:
    return _read(statement, Undocumented(setting))


def not_of_the_api(statement: str, *, why: str) -> Rule:
    return _read(statement, NotOfTheApi(why))


def _read(statement: str, verdict: Verdict) -> Rule:
    """A sentence and its sources: `Any error refuses the handshake. [WH EX]`."""
    text, _, sources = statement.removesuffix("]").rpartition(" [")
    return Rule(text, tuple(sources.split()), verdict)
