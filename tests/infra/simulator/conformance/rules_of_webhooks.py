"""The webhook, its handshake, and how callbacks are delivered."""

from tests.infra.simulator.conformance.rule import not_of_the_api, shown, undocumented

_CALLBACKS = "test_callbacks.py::test_"
_WEBHOOKS = "test_webhooks.py::test_"
_PAYLOADS = "conformance/test_payloads.py::test_"
_DELIVERY = "conformance/test_delivery.py::test_"

RULES = {
    "Webhooks of partner and agent": (
        shown(
            "The partner's webhook serves every agent that has none of its own. [WH PA]",
            f"{_WEBHOOKS}agent_without_its_webhook_is_the_partners_again",
        ),
        shown(
            "An agent's own webhook takes precedence, and has a token of its own. [WH]",
            f"{_WEBHOOKS}agent_webhook_takes_precedence_over_the_partners",
        ),
        shown(
            "The client token is any text that the operator chooses. [WH]",
            f"{_DELIVERY}any_token_is_a_key_as_it_is_written",
        ),
        not_of_the_api(
            "Webhooks are set in the console or by brands.agents.integrations.create. [WH EX]",
            why="that is the management API; here PUT /control/webhooks/…",
        ),
        not_of_the_api(
            "The address of a webhook starts with https://. [WH]",
            why="the console demands it; the webhooks called here are on this machine",
        ),
    ),
    "Handshake": (
        shown(
            "The handshake is a POST of clientToken and secret to the same address. [WH]",
            f"{_PAYLOADS}handshake_has_the_documented_shape",
        ),
        shown(
            "200 with the bare secret verifies the webhook. [WH]",
            f"{_WEBHOOKS}bare_secret_registers_the_webhook",
        ),
        shown(
            "The other two replies of Google's samples do not. [WH EX]",
            f"{_WEBHOOKS}other_replies_of_googles_samples_register_nothing",
        ),
        shown(
            "Any error refuses the handshake. [WH]",
            f"{_WEBHOOKS}other_status_with_the_secret_registers_nothing",
            f"{_WEBHOOKS}address_without_an_answer_registers_nothing",
        ),
        shown(
            "The handshake carries no signature. [WH]",
            f"{_WEBHOOKS}handshake_is_marked_unsigned_and_logged",
        ),
        not_of_the_api(
            "Whether a webhook is verified again later is not documented. [WH]",
            why="nothing to keep; PUT /control/webhooks/… repeats the handshake at will",
        ),
    ),
    "Body of a delivery": (
        shown(
            "A callback is shaped like a Pub/Sub push, with attributes and subscription. [REV 3rd]",
            f"{_PAYLOADS}envelope_has_the_documented_shape_and_signature",
            f"{_PAYLOADS}launch_event_has_the_documented_shape",
        ),
        shown(
            "messageId and publishTime are there in both spellings, for Pub/Sub and not for RBM. [REV]",
            f"{_CALLBACKS}envelope_is_shaped_like_a_pubsub_push",
        ),
        shown(
            "data is the padded standard base64 of the event's JSON in UTF-8. [WH]",
            f"{_CALLBACKS}callback_is_signed_over_the_decoded_bytes",
        ),
        shown(
            "The JSON inside is pretty-printed, with two spaces. [3rd]",
            f"{_CALLBACKS}event_is_written_as_google_writes_it",
        ),
        undocumented("Whether it always is pretty-printed is not documented. [3rd]", setting="payload_style"),
        shown(
            "attributes.type is agent_launch_event for launches, message for user messages. [REV 3rd]",
            f"{_CALLBACKS}attributes_describe_the_event",
        ),
        undocumented(
            "Its value for receipts, message_type but for TEXT, event_type of receipts. [inferred]",
            setting="envelope_style",
        ),
        shown(
            "attributes.business_id is the agent's id with @rbm.goog; product is RBM. [REV]",
            f"{_CALLBACKS}attributes_describe_the_event",
        ),
        shown(
            "agentId inside data ends in @rbm.goog. [REV RCV]",
            "conformance/test_fixed_numbers.py::test_accepted_message_is_followed_by_its_events",
        ),
        shown(
            "A body with message.data alone has to be accepted. [WH]",
            f"{_PAYLOADS}minimal_envelope_has_the_documented_shape",
        ),
    ),
    "Headers": (
        shown(
            "X-Goog-Signature is on every callback. [WH]",
            f"{_PAYLOADS}any_documented_event_can_be_sent_as_it_is",
        ),
        shown(
            "X-Goog-Webhook-Type: verification, message_callback, agent_callback. [REL 3rd]",
            f"{_WEBHOOKS}handshake_is_marked_unsigned_and_logged",
            f"{_CALLBACKS}callback_is_signed_over_the_decoded_bytes",
            f"{_WEBHOOKS}launch_event_is_marked_as_one",
        ),
    ),
    "Signature": (
        shown(
            "The signature is the base64 HMAC-SHA512 of the decoded bytes of data. [WH EX]",
            f"{_CALLBACKS}signature_is_the_documented_one",
        ),
        shown(
            "The key is the token as UTF-8, never decoded, whatever it looks like. [WH]",
            f"{_DELIVERY}any_token_is_a_key_as_it_is_written",
        ),
        shown(
            "Nothing but data is signed, no time either: a delivery can be replayed. [WH]",
            f"{_DELIVERY}same_event_has_the_same_signature_at_another_time",
        ),
    ),
    "Acknowledgement and retry": (
        shown(
            "200 alone acknowledges; 202, 204, redirects and errors do not. [WH]",
            f"{_CALLBACKS}only_200_acknowledges",
        ),
        shown(
            "A timeout or a failed connection is a failed delivery. [WH]",
            f"{_CALLBACKS}slow_answer_is_a_failed_attempt",
            f"{_CALLBACKS}callback_is_kept_for_seven_days_and_then_dropped",
        ),
        undocumented(
            "The deadline for an answer is not documented; that of Pub/Sub push is 10 s. [WH]",
            setting="retry.answer_timeout_seconds",
        ),
        shown(
            "Waits grow up to 600 s. [WH]",
            f"{_CALLBACKS}waits_double_up_to_ten_minutes",
            f"{_DELIVERY}waits_between_attempts_grow_up_to_600_seconds",
        ),
        undocumented(
            "How long the first wait is, and how fast waits grow. [WH]",
            setting="retry.first_wait_seconds",
        ),
        shown(
            "A callback is kept for 7 days, then dropped. [WH]",
            f"{_CALLBACKS}callback_is_kept_for_seven_days_and_then_dropped",
            f"{_CALLBACKS}webhook_that_comes_back_after_six_days_gets_everything",
        ),
        shown(
            "Agents of a partner share a queue; others are called while one waits. [WH]",
            f"{_CALLBACKS}other_callbacks_go_on_while_one_waits",
            f"{_CALLBACKS}no_more_calls_at_once_than_allowed",
        ),
        undocumented(
            "How many calls are made at once, and at what rate. [WH]", setting="retry.calls_at_once"
        ),
        not_of_the_api("No source addresses are published. [WH]", why="callbacks come from this machine"),
        not_of_the_api(
            "Pub/Sub subscriptions of one's own were the former interface. [WH]",
            why="new agents use webhooks",
        ),
    ),
}
