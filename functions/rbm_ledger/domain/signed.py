"""What was signed under an id, written so that no other content under the same id can take its place.

    signed.{digest}                 the content as JSON, its members in order: a path of its own for each
    idClaims.{id}.highest, .lowest  of the digests: the answer to a write tells of another content
    contentConflicts[]              ids under which more than one content was signed

Neither blanks nor the order of members make another content, nor does the domain in an agentId.
"""

import hashlib
from dataclasses import dataclass

from rbm_ledger.domain.identifiers import name_shortly, shorten_agent_id
from rbm_ledger.domain.json_bytes import JsonObject, encode_canonical
from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Reached

# Far above what a user can write; a document has at most 1 MiB, and what is longer goes to quarantine.
_MAX_BYTES = 16_000
# Contents of one id may differ in all of their members, of which five are fields (correlation.py).
_MAX_FIELDS_BYTES = 100_000
_SIGNED, _CLAIMS = "signed", "idClaims"


@dataclass(frozen=True, slots=True)
class Signed:
    """One content: the id that it came under, of what kind, and all its members."""

    id: str
    kind: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:32]

    @property
    def name(self) -> str:
        """The id as it is shown."""
        return name_shortly(self.id)

    @property
    def fits_document(self) -> bool:
        """Whether many such may stand in one document."""
        return len(self.content) <= _MAX_BYTES

    @property
    def fits_fields(self) -> bool:
        """Whether its members may stand beside those of others of the same id."""
        return len(self.content) <= _MAX_FIELDS_BYTES


def read_signed(signed_id: str, fields: JsonObject, *, kind: str = "") -> Signed:
    """Ids of different kinds may collide, and say nothing of each other then."""
    agent_id = fields.get("agentId")
    known = {"agentId": shorten_agent_id(agent_id)} if isinstance(agent_id, str) else {}
    return Signed(signed_id, kind, encode_canonical({**fields, **known}))


def merge_signed(document: DocumentPath, signed: Signed, *, is_kept: bool) -> Merge:
    """Beside what the document says anyway. Not kept, it is still known by its digest."""
    digest = signed.digest
    number = int(digest[:12], 16)
    values: dict[FieldPath, str] = {(_SIGNED, digest, "id"): signed.name}
    if is_kept and signed.fits_document:
        values[_SIGNED, digest, "json"] = signed.content.decode()
    return Merge(
        document,
        values,
        maxima={(*_claim_path(signed), "highest"): number},
        minima={(*_claim_path(signed), "lowest"): number},
    )


def find_conflict(merge: Merge, reached: Reached) -> Merge | None:
    """What says that there is more than one content, where the answer to this write tells of another.

    Whoever writes second is told, in whatever order and however often; a repeat that is alone never is.
    """
    claimed = {
        path: number for path, number in (*merge.maxima.items(), *merge.minima.items()) if path[0] == _CLAIMS
    }
    if all(reached.get(path, number) == number for path, number in claimed.items()):
        return None
    ids = tuple(value for path, value in merge.values.items() if path[0] == _SIGNED and path[-1] == "id")
    return Merge(merge.document, unions={("contentConflicts",): ids})


def _claim_path(signed: Signed) -> FieldPath:
    """An id may be anything that is text; not so the name of a field."""
    return (_CLAIMS, hashlib.sha256(f"{signed.kind}/{signed.id}".encode()).hexdigest()[:16])
