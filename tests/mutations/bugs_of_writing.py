"""Bugs between the topic and the documents: correlate, merges, Firestore, group commit."""

from tests.mutations.bug import Bug, Kind

_CORRELATE = "functions/rbm_ledger/usecases/correlate.py"
_CORRELATION = "functions/rbm_ledger/domain/correlation.py"
_LEDGER = "functions/rbm_ledger/domain/ledger.py"
_VALUES = "functions/rbm_ledger/adapters/firestore_values.py"
_GROUP = "functions/rbm_ledger/adapters/group_commit.py"

_TOLD = "tests/functions/usecases/test_correlate_updates.py"
_CORRELATES = "tests/functions/usecases/test_correlate.py"
_CONVERGES = "tests/functions/domain/test_convergence.py"
_CONVERGES_IN_FIRESTORE = "tests/functions/adapters/test_convergence.py"
_EVENTS = "tests/functions/domain/test_correlation.py"
_CONTRACT = "tests/functions/adapters/test_ledger_contract.py"
_GROUPS = "tests/functions/adapters/test_group_commit.py"

BUGS_OF_WRITING = (
    Bug(
        "correlate acknowledges before the write",
        Kind.EARLY_ANSWER,
        _CORRELATE,
        "        answers = await self.recorder.write(*merges)\n",
        '        __import__("asyncio").ensure_future(self.recorder.write(*merges))\n        answers = [{}]\n',
        tests=(
            f"{_TOLD}::test_write_that_is_not_confirmed_is_not_told_and_the_repeat_is",
            f"{_TOLD}::test_event_of_two_writes_fails_with_either_and_the_repeat_completes_it",
        ),
        is_quick=True,
    ),
    Bug(
        "correlate acknowledges what was not confirmed",
        Kind.EARLY_ANSWER,
        "functions/correlate.py",
        "LedgerError: 503}",
        "LedgerError: 204}",
        tests=(
            "tests/functions/entrypoints/test_correlate_failures.py"
            "::test_firestore_down_is_503_for_correlate_and_send",
        ),
    ),
    Bug(
        "refused write of a batch counts as written",
        Kind.EARLY_ANSWER,
        "functions/rbm_ledger/adapters/firestore.py",
        "    if status.code:\n",
        "    if status.code and not result:\n",
        tests=(
            "tests/functions/adapters/test_firestore.py"
            "::test_each_write_has_its_own_fate_and_a_refused_one_is_tried_alone",
            f"{_CONTRACT}::test_document_that_would_be_too_large_is_refused_alone",
        ),
    ),
    Bug(
        "all of a batch get the first one's answer",
        Kind.EARLY_ANSWER,
        _GROUP,
        "_hand_out(futures, await self._settle(items))",
        "_hand_out(futures, (await self._settle(items))[:1] * len(items))",
        tests=(f"{_GROUPS}::test_refused_batch_is_tried_member_by_member_and_only_the_bad_one_fails",),
        is_quick=True,
    ),
    Bug(
        "last item of a full batch is left out, and answered",
        Kind.EVENT_DROPPED,
        _GROUP,
        "            outcomes = list(await self._commit(items))\n",
        "            outcomes = list(await self._commit(items[: self._limits.max_items - 1] or items))\n"
        "            outcomes += outcomes[-1:] * (len(items) - len(outcomes))\n",
        tests=(
            f"{_GROUPS}::test_batch_holds_at_most_max_items",
            "tests/functions/adapters/test_group_commit_fuzzed.py"
            "::test_any_script_gives_every_caller_its_own_outcome",
        ),
    ),
    Bug(
        "READ is dropped",
        Kind.EVENT_DROPPED,
        _CORRELATE,
        "        event = parse_event(arrival.payload)\n",
        "        event = parse_event(arrival.payload)\n"
        '        if event.event_type == "READ":\n'
        "            return Correlated(event)\n",
        tests=(f"{_CORRELATES}::test_every_documented_event_writes_its_documents_and_tells_its_update",),
    ),
    Bug(
        "event without a time is dropped",
        Kind.EVENT_DROPPED,
        _CORRELATION,
        '        unions={("events",): (event_element(event),)},\n',
        '        unions={("events",): (event_element(event),) if event.send_time else ()},\n',
        tests=(f"{_EVENTS}::test_event_without_a_time_is_stored_without_one",),
    ),
    Bug(
        "unknown payload is cut in quarantine",
        Kind.EVENT_DROPPED,
        _CORRELATION,
        '            ("raw",): arrival.payload,\n',
        '            ("raw",): arrival.payload[:16],\n',
        tests=(f"{_EVENTS}::test_payload_that_nobody_understands_is_kept_raw_in_quarantine",),
    ),
    Bug(
        "state is a plain value",
        Kind.MERGE,
        _LEDGER,
        "    for path, maximum in merge.maxima.items():\n        stored = _get(folded, path)\n",
        "    for path, maximum in merge.maxima.items():\n        stored = None\n",
        tests=(f"{_CONVERGES}::test_any_order_and_repetition_ends_in_the_same_documents",),
        is_quick=True,
    ),
    Bug(
        "state is a plain value in Firestore",
        Kind.MERGE,
        _VALUES,
        "        transforms.add(field_path=encode_field_path(path)).maximum.integer_value = maximum\n",
        "        _fill(_member_at(fields, path), maximum)\n"
        "        write.update_mask.field_paths.append(encode_field_path(path))\n",
        tests=(f"{_CONTRACT}::test_maximum_only_rises",),
    ),
    Bug(
        "minimum instead of maximum in Firestore",
        Kind.MERGE,
        _VALUES,
        ".maximum.integer_value = maximum",
        ".minimum.integer_value = maximum",
        tests=(
            f"{_CONVERGES_IN_FIRESTORE}"
            "::test_any_order_repetition_and_interleaving_gives_the_document_that_the_fold_gives",
        ),
    ),
    Bug(
        "lowest of a batch counts",
        Kind.MERGE,
        _LEDGER,
        "maxima[path] = max(maximum, maxima.get(path, maximum))",
        "maxima[path] = min(maximum, maxima.get(path, maximum))",
        tests=(
            "tests/functions/domain/test_ledger.py::test_folding_two_merges_is_folding_their_combination",
        ),
    ),
    Bug(
        "union replaces what was there",
        Kind.MERGE,
        _VALUES,
        "        added = transforms.add(field_path=encode_field_path(path)).append_missing_elements.values\n",
        "        write.update_mask.field_paths.append(encode_field_path(path))\n"
        "        added = _member_at(fields, path).array_value.values\n",
        tests=(
            f"{_CONTRACT}::test_union_adds_what_is_not_there_yet_in_order",
            f"{_CONTRACT}::test_many_merges_into_one_document_lose_nothing",
        ),
    ),
    Bug(
        "write without a mask replaces the document",
        Kind.MERGE,
        _VALUES,
        "    write.update_mask.field_paths.extend(map(encode_field_path, merge.values))\n",
        '    write.ClearField("update_mask")\n',
        tests=(f"{_CONTRACT}::test_merge_replaces_what_it_names_and_keeps_the_rest",),
    ),
    Bug(
        "element of an event holds when it was received",
        Kind.MERGE,
        _CORRELATION,
        '("events",): (event_element(event),)',
        '("events",): ({**event_element(event), "receivedTime": arrival.received_at},)',
        tests=(f"{_EVENTS}::test_receipt_holds_signed_content_only_but_for_when_its_request_is_missed",),
    ),
    Bug(
        "last word of consent wins, not the latest",
        Kind.MERGE,
        "functions/rbm_ledger/domain/consent.py",
        "document, values, maxima={(FIELDS_BY_DECISION[evidence.decision],): evidence.at_ms}",
        "document, {**values, (FIELDS_BY_DECISION[evidence.decision],): evidence.at_ms}",
        tests=(
            "tests/functions/domain/test_consent.py"
            "::test_any_order_and_repetition_of_words_ends_in_the_same_documents",
        ),
    ),
    Bug(
        "revocation beats delivery",
        Kind.MERGE,
        _LEDGER,
        "    REVOKED = 51\n",
        "    REVOKED = 61\n",
        tests=(
            "tests/functions/usecases/test_send_revoke.py"
            "::test_revoke_of_a_delivered_message_leaves_it_delivered",
            "tests/functions/domain/test_ledger.py::test_state_labels_are_those_of_the_contract",
        ),
    ),
    Bug(
        "update that was not confirmed is forgotten",
        Kind.EARLY_ANSWER,
        "functions/rbm_ledger/usecases/recording.py",
        "            await self.updates.publish(update.data, update.attributes)\n",
        "            try:\n"
        "                await self.updates.publish(update.data, update.attributes)\n"
        "            except Exception:\n"
        "                pass\n",
        tests=(f"{_TOLD}::test_update_that_is_not_confirmed_after_the_write_fails_and_the_repeat_converges",),
    ),
    Bug(
        "consent is purged",
        Kind.DECISION,
        _LEDGER,
        'frozenset({"agents", "consents", "evidence"})',
        'frozenset({"agents", "evidence"})',
        tests=("tests/functions/usecases/test_consent.py::test_consent_is_never_purged",),
    ),
)
