"""A file that the platform keeps for an agent, under a name that messages use.

The platform forgets it after 60 days (guides/build/messages/send, read 2026-04).
"""

from typing import Any

from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Record, agent_path
from rbm_ledger.domain.outcomes import Attempt
from rbm_ledger.domain.requests import SendRequest
from rbm_ledger.domain.times import format_rfc3339


def file_path(agent_id: str, request_id: str) -> DocumentPath:
    return (*agent_path(agent_id), "files", make_document_id(request_id))


def merge_file(request: SendRequest, attempt: Attempt) -> Merge:
    """What the platform answered; a repeat may give the file another name, and the last one counts."""
    name = attempt.answer.body.get("name")
    values: dict[FieldPath, Any] = {
        ("agentId",): request.agent_id,
        ("requestId",): request.message_id,
        **{(member,): value for member, value in request.details.items()},
    }
    if attempt.answer.http_status == 200 and isinstance(name, str):
        values |= {("name",): name, ("uploadedTime",): attempt.at}
    return Merge(
        file_path(request.agent_id, request.message_id),
        values,
        unions={
            ("attempts",): (attempt.element("upload"),),
            ("fingerprints",): (request.fingerprint,),
        },
    )


def names_file(merge: Merge) -> bool:
    """Whether it settles the upload: after anything else a repeat uploads again."""
    return ("name",) in merge.values


def describe_file(record: Record) -> dict[str, Any]:
    uploaded_at = record.get("uploadedTime")
    return {
        "agentId": record["agentId"],
        "messageId": record["requestId"],
        "state": "uploaded" if "name" in record else "rejected",
        "fileUrl": record["fileUrl"],
        **({"name": record["name"]} if "name" in record else {}),
        **({"uploadedTime": format_rfc3339(uploaded_at)} if uploaded_at else {}),
    }
