"""What a sweep did, for the answer and the log: numbers of everything, names of the first findings."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from rbm_ledger.domain.fallback import FallbackDecision
from rbm_ledger.domain.ledger import Record

# Many messages may fall due at once, and memory is bounded; beyond these the numbers tell.
_MAX_FINDINGS = 1000


class FindingKind(StrEnum):
    ORPHAN = "orphan"
    UNRESOLVED = "unresolved"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Finding:
    """`reason` and `certainty` are those of a fallback."""

    kind: FindingKind
    agent_id: str
    message_id: str
    reason: str = ""
    certainty: str = ""


@dataclass(slots=True)
class SweepReport:
    """`due`: messages looked after; `failed`: those that stay due; `is_complete`: nothing else was left."""

    due: int = 0
    orphans: int = 0
    unresolved: int = 0
    revoked: int = 0
    fallbacks: int = 0
    failed: int = 0
    is_complete: bool = True
    findings: list[Finding] = field(default_factory=list)

    def note_failure(self) -> None:
        self.failed += 1
        self.is_complete = False

    def note_orphan(self, record: Record) -> None:
        self.orphans += 1
        self._note(FindingKind.ORPHAN, record)

    def note_unresolved(self, record: Record) -> None:
        self.unresolved += 1
        self._note(FindingKind.UNRESOLVED, record)

    def note_fallback(self, record: Record, decision: FallbackDecision) -> None:
        self.fallbacks += 1
        self._note(FindingKind.FALLBACK, record, decision.reason, decision.certainty)

    def describe(self) -> dict[str, int | bool]:
        """The numbers alone, as JSON."""
        numbers = asdict(self)
        del numbers["findings"]
        numbers["isComplete"] = numbers.pop("is_complete")
        return numbers

    def _note(self, kind: FindingKind, record: Record, reason: str = "", certainty: str = "") -> None:
        if len(self.findings) < _MAX_FINDINGS:
            found = Finding(kind, record["agentId"], record["messageId"], str(reason), str(certainty))
            self.findings.append(found)
