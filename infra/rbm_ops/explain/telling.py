"""All that is known of one id, as JSON. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from rbm_ledger.domain.consent import Decision, decide, describe_consent
from rbm_ledger.domain.ledger import Record, state_of
from rbm_ledger.domain.records import Suppression
from rbm_ledger.domain.timeline import describe_record
from rbm_ops.explain.finding import Subject
from rbm_ops.explain.happenings import list_happenings, weave
from rbm_ops.explain.outlook import list_actions, list_deadlines
from rbm_ops.explain.surroundings import Surroundings
from rbm_ops.stories.story import tell_story

_BY_CONSENT = (Suppression.OPTED_OUT, Suppression.ACKNOWLEDGED_BEFORE)
_REFUSED = "it refused this message"
_IN_FORCE = "opted out now: what needs consent is not sent; a message that had gone out before is not touched"
_FREE = "not opted out"


def describe_message(
    subject: Subject, surroundings: Surroundings, wire: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """`story` in its order, `awaited` and `deadlines` of what may come, `actions` of what one can do."""
    record = subject.record
    told = tell_story(record, wire)
    document = describe_record(record)
    return {
        "kind": subject.kind,
        "path": subject.path,
        "state": state_of(record).label,
        "explanation": document["explanation"],
        "story": weave(told["story"], list_happenings(record, surroundings.user_messages)),
        "consents": _describe_consents(record, surroundings.consents),
        "awaited": told["awaited"],
        "deadlines": [deadline.describe() for deadline in list_deadlines(record)],
        "actions": list_actions(record),
        "document": document,
    }


def describe_user_message(subject: Subject) -> dict[str, Any]:
    """What a user sent: it has no state, and nothing is awaited."""
    return {
        "kind": subject.kind,
        "path": subject.path,
        "explanation": _explain_user_message(subject.record),
        "document": dict(subject.record),
    }


def _explain_user_message(record: Record) -> str:
    said = f"A user sent it ({record.get('kind', 'of unknown kind')})."
    if "repliesTo" in record:
        said += f" It answers {record['repliesTo']}: rbm explain {record['repliesTo']}."
    if "agentReadTime" in record:
        said += " The agent told the user that it was read."
    return said


def _describe_consents(record: Record, consents: Mapping[str, Record]) -> list[dict[str, Any]]:
    is_refused = record.get("suppressedReason") in _BY_CONSENT
    return [
        {
            "of": owner,
            "state": decide(consent).value,
            **describe_consent(consent),
            "note": _explain_consent(consent, is_refused=is_refused),
        }
        for owner, consent in consents.items()
    ]


def _explain_consent(consent: Record, *, is_refused: bool) -> str:
    if decide(consent) is not Decision.OPTED_OUT:
        return _FREE
    return _REFUSED if is_refused else _IN_FORCE
