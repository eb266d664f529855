"""What the use cases need of the world. Adapters match these by shape."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from rbm_ledger.domain.ledger import DocumentPath, Merge, Query, Reached, Record
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.platform_calls import PlatformCall

Clock = Callable[[], datetime]
# In seconds, from any start.
Monotonic = Callable[[], float]


class Publisher(Protocol):
    """One Pub/Sub topic."""

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        """The id of the message, once it is durable; raises NotConfirmed."""


class Ledger(Protocol):
    """The documents."""

    async def merge(self, merge: Merge) -> Reached:
        """What its maxima and minima have come to, once the write is durable; raises NotConfirmed."""

    async def read(self, document: DocumentPath) -> Record | None:
        """What the document says now; raises NotConfirmed."""

    async def find(self, query: Query) -> Sequence[Record]:
        """The documents that it asks for; raises NotConfirmed."""


class RbmApi(Protocol):
    """The platform's synchronous half. Every outcome is an Answer, a broken connection too."""

    async def call(self, call: PlatformCall) -> Answer: ...


class ClientTokens(Protocol):
    """The tokens that sign deliveries, by webhook; `""` is the partner webhook."""

    def active(self, webhook: str) -> Sequence[str]: ...

    def reload(self) -> bool:
        """Looks whether they were rotated; True when there is something new."""
