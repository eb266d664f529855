"""What a document says beside what it should say."""

from dataclasses import dataclass
from typing import Any

from rbm_ledger.domain.ledger import DocumentPath, Merge
from rbm_ledger.domain.timeline import describe_record


@dataclass(frozen=True, slots=True)
class Difference:
    """`mend`: a merge that makes it right, whatever was written meanwhile. None: no merge does.

    `creates`: there is no such document; it may have been purged or forgotten.
    """

    document: DocumentPath
    field: str
    stored: Any
    rebuilt: Any
    why: str
    mend: Merge | None = None
    creates: bool = False

    def describe(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "document": "/".join(self.document),
            "field": self.field,
            **describe_record({"stored": self.stored, "rebuilt": self.rebuilt}),
            "why": self.why,
            "mendable": self.mend is not None,
        }
