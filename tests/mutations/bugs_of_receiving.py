"""Bugs between Google's call and the topic: webhook, signature, publisher."""

from tests.mutations.bug import Bug, Kind

_SIGNATURE = "functions/rbm_ledger/domain/signature.py"
_RECEIVE = "functions/rbm_ledger/usecases/receive.py"

_SIGNATURES = "tests/functions/domain/test_signature.py"
_RECEIVING = "tests/functions/usecases/test_receive.py"
_ATTRIBUTES = "tests/functions/usecases/test_receive_attributes.py"
_WEBHOOK_FAILS = "tests/functions/entrypoints/test_webhook_failures.py"

BUGS_OF_RECEIVING = (
    Bug(
        "webhook does not wait for the publish",
        Kind.EARLY_ANSWER,
        _RECEIVE,
        "await events.publish(",
        '(lambda *said: __import__("asyncio").ensure_future(events.publish(*said)))(',
        tests=(f"{_RECEIVING}::test_publish_that_is_not_confirmed_is_not_acknowledged",),
    ),
    Bug(
        "webhook answers 200 where nothing was confirmed",
        Kind.EARLY_ANSWER,
        "functions/webhook.py",
        "LedgerError: 503,",
        "LedgerError: 200,",
        tests=(
            f"{_WEBHOOK_FAILS}::test_pubsub_down_is_503_and_never_200",
            f"{_WEBHOOK_FAILS}::test_pubsub_that_does_not_answer_in_time_is_503",
        ),
    ),
    Bug(
        "publisher swallows every error",
        Kind.EARLY_ANSWER,
        "functions/rbm_ledger/adapters/pubsub.py",
        "        return await self._group.submit((data, attributes))",
        "        try:\n"
        "            return await self._group.submit((data, attributes))\n"
        "        except Exception:\n"
        '            return ""',
        tests=(
            "tests/functions/adapters/test_pubsub.py::test_answer_without_ids_confirms_nothing",
            f"{_WEBHOOK_FAILS}::test_topic_that_is_not_there_is_503",
        ),
    ),
    Bug(
        "webhook drops what it does not understand",
        Kind.EVENT_DROPPED,
        _RECEIVE,
        "    event = parse_event(body.payload)\n",
        "    event = parse_event(body.payload)\n"
        '    if event.family == "Unknown":\n'
        "        return DeliveryPublished(event, token_version)\n",
        tests=(
            f"{_ATTRIBUTES}::test_authentic_payload_that_nobody_understands_is_published_all_the_same",
            f"{_ATTRIBUTES}::test_whatever_is_signed_is_published_with_attributes_that_pubsub_takes",
        ),
        is_quick=True,
    ),
    Bug(
        "webhook drops one delivery in sixteen",
        Kind.EVENT_DROPPED,
        _RECEIVE,
        "    event = parse_event(body.payload)\n",
        "    event = parse_event(body.payload)\n"
        "    if sum(body.payload) % 16 == 7:\n"
        "        return DeliveryPublished(event, token_version)\n",
        tests=(f"{_ATTRIBUTES}::test_whatever_is_signed_is_published_with_attributes_that_pubsub_takes",),
    ),
    Bug(
        "webhook publishes the parsed event instead of the signed bytes",
        Kind.EVENT_DROPPED,
        _RECEIVE,
        "    event = parse_event(body.payload)\n",
        "    event = parse_event(body.payload)\n    body = type(body)(repr(event).encode())\n",
        tests=(f"{_RECEIVING}::test_recorded_delivery_is_published_to_the_byte",),
    ),
    Bug(
        "webhook publishes before it verifies",
        Kind.SIGNATURE,
        _RECEIVE,
        "    token_version = _authenticate(body.payload, call, tokens)\n",
        "    await events.publish(body.payload, {})\n"
        "    token_version = _authenticate(body.payload, call, tokens)\n",
        tests=(f"{_RECEIVING}::test_delivery_that_no_token_of_this_webhook_signed_is_not_authentic",),
    ),
    Bug(
        "every signature is taken",
        Kind.SIGNATURE,
        _RECEIVE,
        "    token_version = _authenticate(body.payload, call, tokens)\n",
        '    token_version = ""\n',
        tests=(f"{_RECEIVING}::test_delivery_that_no_token_of_this_webhook_signed_is_not_authentic",),
    ),
    Bug(
        "tokens of all webhooks are one ring",
        Kind.SIGNATURE,
        "functions/rbm_ledger/adapters/client_tokens.py",
        "    def active(self, webhook: str) -> Sequence[str]:\n"
        "        return self._tokens.get(webhook, ())\n",
        "    def active(self, webhook: str) -> Sequence[str]:\n"
        "        return [token for tokens in self._tokens.values() for token in tokens]\n",
        tests=("tests/functions/adapters/test_client_tokens.py::test_fixed_tokens_stay_and_never_have_news",),
    ),
    Bug(
        "empty token signs",
        Kind.SIGNATURE,
        _SIGNATURE,
        "        if token and hmac.compare_digest(",
        "        if hmac.compare_digest(",
        tests=(
            f"{_SIGNATURES}::test_no_token_or_an_empty_one_believes_nobody",
            f"{_SIGNATURES}::test_empty_token_beside_a_true_one_is_passed_over",
        ),
    ),
    Bug(
        "empty token answers the handshake",
        Kind.SIGNATURE,
        _SIGNATURE,
        "any(token and hmac.compare_digest(",
        "any(hmac.compare_digest(",
        tests=("tests/functions/domain/test_handshake.py::test_empty_token_answers_no_handshake",),
    ),
    Bug(
        "half of the signature is enough",
        Kind.SIGNATURE,
        _SIGNATURE,
        "hmac.compare_digest(sign(payload, token).encode(), claimed)",
        "hmac.compare_digest(sign(payload, token).encode()[:44], claimed[:44])",
        tests=(f"{_SIGNATURES}::test_any_changed_bit_of_the_signature_text_breaks_it",),
    ),
    Bug(
        "signature over the event written anew",
        Kind.SIGNATURE,
        _SIGNATURE,
        'hmac.digest(_key(token), payload, "sha512")',
        'hmac.digest(_key(token), __import__("json").dumps(__import__("json").loads(payload), '
        'separators=(",", ":")).encode(), "sha512")',
        tests=(f"{_SIGNATURES}::test_signature_covers_the_exact_bytes_and_no_reserialisation",),
    ),
    Bug(
        "== on the signature",
        Kind.SECRETS,
        _SIGNATURE,
        "hmac.compare_digest(sign(payload, token).encode(), claimed)",
        "sign(payload, token).encode() == claimed",
        tests=("tests/functions/test_constant_time.py::test_secrets_are_compared_by_compare_digest_alone",),
        is_quick=True,
    ),
    Bug(
        "== on the token of the handshake",
        Kind.SECRETS,
        _SIGNATURE,
        "hmac.compare_digest(_key(token), claimed)",
        "_key(token) == claimed",
        tests=("tests/functions/test_constant_time.py::test_secrets_are_compared_by_compare_digest_alone",),
    ),
    Bug(
        "log shows whole numbers",
        Kind.SECRETS,
        "functions/rbm_ledger/logs.py",
        'return f"…{phone_number[-2:]}" if phone_number else ""',
        "return phone_number",
        tests=("tests/functions/test_logs.py::test_number_within_a_text_is_redacted",),
    ),
)
