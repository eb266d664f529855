"""What something unread says of consent. It is written down before that is erased: an opt-out outlives it."""

from datetime import datetime

from rbm_ledger.config import CorrelateSettings
from rbm_ledger.domain.consent import Evidence, evidence_of_request
from rbm_ledger.domain.correlation import Arrival, find_evidence
from rbm_ledger.domain.errors import MalformedInput
from rbm_ledger.domain.events import UnknownEvent, parse_event
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import Origin, SendRequest


def find_word(raw: bytes, name: str, at: datetime, settings: CorrelateSettings) -> Evidence | None:
    """Of an event or a request that came `at` that time; `name` is its own, whatever it is."""
    event = parse_event(raw)
    if not isinstance(event, UnknownEvent):
        return find_evidence(event, Arrival(raw, at), settings.keywords)
    try:
        request = parse_request(raw, Origin(name, at))
    except MalformedInput:
        return None
    if not isinstance(request, SendRequest) or request.kind is not RequestKind.CONSENT:
        return None
    return evidence_of_request(request, at)
