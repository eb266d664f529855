"""What a conversation's documents say of our own side."""

from typing import Any

from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import FieldPath, Merge, conversation_path
from rbm_ledger.domain.outcomes import Attempt
from rbm_ledger.domain.requests import SendRequest


def merge_agent_event(request: SendRequest, attempt: Attempt) -> Merge:
    """Of an agentEvent about a user's message, beside that message: when the agent had read it.

    Of its attempts the last one: however often it is repeated, the document stays below its limit.
    """
    user_message_id = request.details["messageId"]
    values: dict[FieldPath, Any] = {
        ("agentId",): request.agent_id,
        ("phoneNumber",): request.phone_number,
        ("messageId",): user_message_id,
        ("attempts",): [attempt.element("agentEvent")],
    }
    if attempt.answer.http_status == 200:
        values[("agentReadTime",)] = attempt.at
    return Merge(
        (
            *conversation_path(request.agent_id, request.phone_number),
            "userMessages",
            make_document_id(user_message_id),
        ),
        values,
    )
