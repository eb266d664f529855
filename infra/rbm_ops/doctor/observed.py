"""What is known of a system: sections of JSON as Google's REST APIs give it, wherever it was looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Which system it is; a mend is another one for each."""

    LOCAL = "local"
    DEPLOYED = "deployed"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why a section, or a part of one, is not known. `is_natural`: nobody could know it there."""

    reason: str
    is_natural: bool = False


class NotSeen(Exception):
    """A check needs what is not known."""

    def __init__(self, unseen: Unseen) -> None:
        super().__init__(unseen.reason)
        self.unseen = unseen


# Stands for a value that Terraform says is known after the apply; what it refers to follows the colon.
AFTER_APPLY = "(known after apply)"


@dataclass(frozen=True, slots=True)
class System:
    """Which one: `pubsub_agent` is the member that Pub/Sub itself acts as."""

    kind: Kind
    project: str
    region: str = "us-central1"
    prefix: str = "rbm"
    database: str = "rbm-ledger"
    pubsub_agent: str = ""

    def account(self, name: str) -> str:
        """The address of one of the service accounts."""
        return f"{self.prefix}-{name}@{self.project}.iam.gserviceaccount.com"


@dataclass(frozen=True, slots=True)
class Observed:
    """`sections` by name, each a mapping by short names, or Unseen.

    topics, subscriptions: of Pub/Sub; functions: of Cloud Functions, `webhook` and so on, with `uri` and the
    rest in `serviceConfig`; services: of Cloud Run; policies: of IAM, by `topic rbm-events`; database; fields
    and indexes: of Firestore, by `messages.events` and `messages sweep.shard sweep.dueAtMs`; jobs: of Cloud
    Scheduler; secrets: `{"latest": {"state"}, "value"}`; platform: see `asking`.
    """

    system: System
    sections: Mapping[str, Any]

    def section(self, name: str) -> Any:
        """Raises NotSeen."""
        return known(self.sections.get(name, Unseen("nothing was asked about it")))


def known(value: Any) -> Any:
    """The value; raises NotSeen."""
    if isinstance(value, Unseen):
        raise NotSeen(value)
    return value


def short_name(full_name: str) -> str:
    return full_name.rpartition("/")[2]
