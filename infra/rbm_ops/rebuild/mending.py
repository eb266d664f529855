"""What is written back: blind merges, as the functions write them. No update is published."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from rbm_ledger.domain.ledger import DocumentPath, Merge, combine, stamp
from rbm_ledger.domain.signed import find_conflict
from rbm_ledger.usecases.ports import Clock, Ledger
from rbm_ops.rebuild.differences import Difference

# All are counted; so many are kept, to be printed as JSON.
_MOST_KEPT = 1000


@dataclass(slots=True)
class Findings:
    """`left`: what stays different."""

    differences: int = 0
    mended: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.differences - self.mended

    def note(self, difference: Difference, *, is_mended: bool) -> None:
        self.differences += 1
        self.mended += is_mended
        if len(self.kept) < _MOST_KEPT:
            self.kept.append({**difference.describe(), "mended": is_mended})


@dataclass(frozen=True, slots=True)
class Mender:
    """`creates`: also documents that are not there. Their `retention` counts from now."""

    ledger: Ledger
    clock: Clock
    retention: timedelta
    creates: bool

    async def mend(self, differences: Sequence[Difference]) -> set[DocumentPath]:
        """The documents that were written, once that is durable; raises NotConfirmed."""
        merges: dict[DocumentPath, list[Merge]] = {}
        for difference in differences:
            if difference.mend is not None and self.can_mend(difference):
                merges.setdefault(difference.document, []).append(difference.mend)
        new = {difference.document for difference in differences if difference.creates}
        stamped = (self._stamp(combine(*each), is_new=name in new) for name, each in merges.items())
        await asyncio.gather(*map(self._write, stamped))
        return set(merges)

    def can_mend(self, difference: Difference) -> bool:
        return difference.mend is not None and (self.creates or not difference.creates)

    async def _write(self, merge: Merge) -> None:
        """Says so where another content was signed under the same id, as `correlate` does."""
        conflict = find_conflict(merge, await self.ledger.merge(merge))
        if conflict is not None:
            await self.ledger.merge(conflict)

    def _stamp(self, merge: Merge, *, is_new: bool) -> Merge:
        """What is there keeps its purgeTime: the functions may have been told of another retention."""
        stamped = stamp(merge, now=self.clock(), retention=self.retention)
        if is_new:
            return stamped
        values = {path: value for path, value in stamped.values.items() if path != ("purgeTime",)}
        return replace(stamped, values=values)
