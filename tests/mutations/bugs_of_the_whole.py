"""Bugs that the fault harness has to see, of each kind: it knows nothing of the code that it runs."""

from tests.mutations.bug import Bug, Kind

# The sound tree settles within seconds; what a bug has left unsettled stays so.
_HARNESS = ("-m", "tests.faults", "--seed", "1", "--fault-seconds", "0.5", "--patience-seconds", "60")
_CORRELATION = "functions/rbm_ledger/domain/correlation.py"
_SHARD = "            SHARD: shard_of(message_id),\n"
_RANK = (
    '            ("stateRank",): STATES_BY_EVENT_TYPE.get(event.event_type, State.UNKNOWN_MESSAGE).value,\n'
)

BUGS_OF_THE_WHOLE = (
    Bug(
        "whole system: an event is dropped",
        Kind.EVENT_DROPPED,
        "functions/correlate.py",
        "    correlated = await _correlate_event()(arrival)\n",
        '    if push.attributes.get("type") == "READ":\n'
        "        return Response(status_code=204)\n"
        "    correlated = await _correlate_event()(arrival)\n",
        command=_HARNESS,
    ),
    Bug(
        "whole system: an event is acknowledged before its write",
        Kind.EARLY_ANSWER,
        "functions/correlate.py",
        "InputTooLarge: 413, LedgerError: 503}",
        "InputTooLarge: 413, LedgerError: 200}",
        command=_HARNESS,
    ),
    Bug(
        "whole system: a message id is random",
        Kind.MESSAGE_ID,
        "functions/rbm_ledger/domain/requests.py",
        '    key = fields.get("idempotencyKey", origin.fallback_key)\n',
        '    key = str(__import__("uuid").uuid4())\n',
        command=_HARNESS,
    ),
    Bug(
        "whole system: a merge does not commute",
        Kind.MERGE,
        _CORRELATION,
        f"{_SHARD}        }},\n        maxima={{\n{_RANK}",
        f"{_SHARD}{_RANK}        }},\n        maxima={{\n",
        command=_HARNESS,
    ),
    Bug(
        "whole system: any signature is believed",
        Kind.SIGNATURE,
        "functions/rbm_ledger/domain/signature.py",
        "        if token and hmac.compare_digest(sign(payload, token).encode(), claimed):\n",
        "        if token and claimed:\n",
        command=_HARNESS,
    ),
)
