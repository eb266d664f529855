"""Bugs between a request and its record: ids, answers, guards, fallback; and of the deployment."""

from tests.mutations.bug import Bug, Kind

_SEND = "functions/rbm_ledger/usecases/send.py"
_IDENTIFIERS = "functions/rbm_ledger/domain/identifiers.py"
_OUTCOMES = "functions/rbm_ledger/domain/outcomes.py"
_FALLBACK = "functions/rbm_ledger/usecases/fallback.py"

_SENDS = "tests/functions/usecases/test_send.py"
_KNOWN = "tests/functions/usecases/test_send_known.py"
_KILLED = "tests/functions/usecases/test_send_killed.py"
_INTERLEAVED = "tests/functions/usecases/test_fallback_interleavings.py"

_CALL = "        answer = await self.api.call(call_for(shorten_ttl(request, self.recorder.now())))\n"
_ANOTHER_ID = '__import__("dataclasses").replace(request, message_id=str(__import__("uuid").uuid4()))'

BUGS_OF_SENDING = (
    Bug(
        "message id is random",
        Kind.MESSAGE_ID,
        _IDENTIFIERS,
        'return str(uuid.uuid5(_MESSAGE_ID_NAMESPACE, f"{shorten_agent_id(agent_id)}/{key}"))',
        "return str(uuid.uuid4())",
        tests=(
            "tests/functions/domain/test_identifiers.py::test_message_id_of_a_key_is_the_same_uuid_for_ever",
            f"{_KILLED}::test_kill_at_every_step_ends_in_one_message_recorded_and_told",
        ),
        is_quick=True,
    ),
    Bug(
        "message id of a push without a key is random",
        Kind.MESSAGE_ID,
        "functions/rbm_ledger/domain/requests.py",
        'key = fields.get("idempotencyKey", origin.fallback_key)',
        'key = fields.get("idempotencyKey", str(__import__("uuid").uuid4()))',
        tests=(
            "tests/functions/domain/test_requests.py"
            "::test_message_id_without_either_is_made_from_the_delivery",
        ),
    ),
    Bug(
        "message id is decided at the call",
        Kind.MESSAGE_ID,
        _SEND,
        _CALL,
        f"        request = {_ANOTHER_ID}\n{_CALL}",
        tests=(
            f"{_SENDS}::test_message_id_is_decided_before_the_call",
            f"{_SENDS}::test_crash_between_call_and_record_ends_in_one_message_and_one_record",
        ),
    ),
    Bug(
        "repeat after a timeout has another id",
        Kind.MESSAGE_ID,
        _SEND,
        _CALL,
        f"        if was_called(known):\n            request = {_ANOTHER_ID}\n{_CALL}",
        tests=(f"{_SENDS}::test_repeat_of_a_pending_call_has_the_same_id_and_both_attempts_are_kept",),
    ),
    Bug(
        "recipients of a bulk share an id",
        Kind.MESSAGE_ID,
        "functions/rbm_ledger/domain/bulk.py",
        "f\"{key}/{recipient['phoneNumber']}\"",
        'f"{key}"',
        tests=(
            "tests/functions/domain/test_bulk.py"
            "::test_id_follows_from_the_key_and_the_number_on_every_repeat_and_in_any_company",
        ),
    ),
    Bug(
        "outcome that is known is called for again",
        Kind.MESSAGE_ID,
        _SEND,
        "        if is_settled(request, record, self.recorder.now()):\n"
        "            return await self._repeat_outcome",
        "        if False:\n            return await self._repeat_outcome",
        tests=(f"{_KNOWN}::test_repeat_of_a_settled_request_has_the_first_outcome_and_calls_nobody",),
    ),
    Bug(
        "other content under a known id is sent",
        Kind.MESSAGE_ID,
        _SEND,
        "        if is_conflicting(request, record):\n"
        "            await self._refuse(request, record, origin)\n"
        "        return record",
        "        return record",
        tests=(f"{_KNOWN}::test_same_id_for_something_else_is_refused_recorded_told_and_never_sent",),
    ),
    Bug(
        "call without an answer is given up",
        Kind.EVENT_DROPPED,
        _OUTCOMES,
        "    Reply.NO_ANSWER: _OPEN,\n",
        "    Reply.NO_ANSWER: _REFUSED,\n",
        tests=(
            "tests/functions/domain/test_outcomes.py"
            "::test_answer_that_is_neither_success_nor_refusal_leaves_the_outcome_open",
            "tests/functions/domain/test_outcomes.py"
            "::test_answer_that_is_not_the_platform_s_own_leaves_the_outcome_open",
        ),
    ),
    Bug(
        "refused credentials reject the message",
        Kind.EVENT_DROPPED,
        _OUTCOMES,
        "    Reply.UNAUTHENTICATED: _OPEN,\n",
        "    Reply.UNAUTHENTICATED: _REFUSED,\n",
        tests=("tests/functions/domain/test_outcomes.py::test_answer_to_a_create_decides_the_state",),
    ),
    Bug(
        "transient failure of a published request is acknowledged",
        Kind.EARLY_ANSWER,
        "functions/send.py",
        "        raise\n    else:\n",
        "    else:\n",
        tests=(
            "tests/functions/entrypoints/test_send_published.py"
            "::test_transient_failure_is_not_acknowledged_and_the_redelivery_is_the_same_message",
        ),
    ),
    Bug(
        "acceptance is told without being written",
        Kind.EARLY_ANSWER,
        "functions/rbm_ledger/usecases/recording.py",
        "        reached = await self.ledger.merge(stamped)\n",
        "        reached = {}\n",
        tests=(f"{_SENDS}::test_accepted_message_is_recorded_whole",),
    ),
    Bug(
        "opted-out users are sent to",
        Kind.DECISION,
        _SEND,
        "return self._find_expiry(request) or await self.consent.find_suppression(request, policy)",
        "return self._find_expiry(request)",
        tests=(
            "tests/functions/usecases/test_send_guards.py::test_opted_out_user_gets_what_the_policy_allows",
        ),
    ),
    Bug(
        "revoked message is sent by its repeat",
        Kind.DECISION,
        _SEND,
        "        if is_taken_back(record):\n            return Suppression.REVOKED_BEFORE\n",
        "",
        tests=(
            "tests/functions/usecases/test_send_revoke.py"
            "::test_message_whose_revoke_came_while_it_was_pending_is_not_sent_after_all",
        ),
    ),
    Bug(
        "fallback is told again",
        Kind.DECISION,
        _FALLBACK,
        "    if decision is None or is_told(record) or is_delivered(record):\n",
        "    if decision is None or is_delivered(record):\n",
        tests=(
            "tests/functions/usecases/test_send_aftermath.py"
            "::test_404_asks_for_the_fallback_at_once_and_a_repeat_does_not_ask_again",
            "tests/functions/usecases/test_sweep.py"
            "::test_decision_that_was_told_since_the_page_was_read_is_not_told_again",
        ),
    ),
    Bug(
        "each of two who decide tells a fallback",
        Kind.DECISION,
        _FALLBACK,
        "    return await tell_decision(recorder, record) if first_decision(record) == decision else record",
        "    await tell_decision(recorder, record)\n    return await tell_decision(recorder, record)",
        tests=(f"{_INTERLEAVED}::test_two_at_once_agree_in_whatever_order",),
    ),
    Bug(
        "fallback is told though it was delivered",
        Kind.DECISION,
        _FALLBACK,
        "    if decision is None or is_told(record) or is_delivered(record):\n",
        "    if decision is None or is_told(record):\n",
        tests=(
            "tests/functions/usecases/test_sweep.py"
            "::test_receipt_that_comes_while_it_is_revoked_keeps_the_fallback_back",
        ),
    ),
    Bug(
        "subscriptions have no dead letters",
        Kind.DEPLOYMENT,
        "infra/subscriptions.tf",
        "  dead_letter_policy {\n"
        '    dead_letter_topic     = "projects/${var.project_id}/topics/'
        '${google_pubsub_topic.topic["dead_letters"].name}"\n'
        "    max_delivery_attempts = var.max_delivery_attempts\n"
        "  }\n",
        "",
        tests=(
            "tests/infra/terraform/test_identities.py"
            "::test_every_subscription_has_dead_letters_and_the_grants_that_they_need",
        ),
    ),
)
