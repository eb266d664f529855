"""What callbacks say."""

from tests.infra.simulator.conformance.rule import not_of_the_api, shown, undocumented

_PAYLOADS = "conformance/test_payloads.py::test_"
_FIXED = "conformance/test_fixed_numbers.py::test_"
_LAST_EVENT = f"{_PAYLOADS}last_event_has_the_documented_shape"
_ABOUT_NO_MESSAGE = f"{_PAYLOADS}event_about_no_message_has_the_documented_shape"
_ANY_EVENT = f"{_PAYLOADS}any_documented_event_can_be_sent_as_it_is"
_FOLLOWED = f"{_FIXED}accepted_message_is_followed_by_its_events"
_LAUNCH = f"{_PAYLOADS}launch_event_has_the_documented_shape"

RULES = {
    "What can arrive": (
        shown(
            "No member is common to all kinds; each event is of one kind by its members. [inferred]",
            f"{_PAYLOADS}event_is_of_one_kind_only",
        ),
        shown(
            "Google adds kinds of events without notice (…0115, POST /control/callbacks). [REL]",
            _FOLLOWED,
            _ANY_EVENT,
        ),
    ),
    "UserEvent": (
        shown(
            "Receipts name sender, eventType, eventId, our messageId, sendTime, agent. [REF RCV]",
            _LAST_EVENT,
        ),
        shown(
            "eventId is made by the user's client and is no UUID. [RCV]",
            "test_fates.py::test_receipt_has_the_documented_members",
        ),
        shown(
            "IS_TYPING, UNSUBSCRIBE and SUBSCRIBE have no messageId. [REF]",
            _ABOUT_NO_MESSAGE,
            "test_fates.py::test_opt_out_names_no_message",
        ),
        shown(
            "sendTime is RFC 3339 and the time at which the client acted. [RCV]",
            "conformance/test_lifecycle.py::test_send_time_is_when_the_user_acted",
        ),
        shown(
            "Events without sendTime are documented too, if not seen (POST /control/callbacks). [REV]",
            _ANY_EVENT,
        ),
        shown(
            "READ: the user opened the conversation after the delivery. [REF]",
            "test_actions.py::test_phone_in_hand_reads_when_the_conversation_is_opened",
        ),
    ),
    "ServerEvent": (
        shown(
            "TTL events name phoneNumber, messageId, agentId, eventType, eventId, sendTime. [REF REV]",
            _LAST_EVENT,
            f"{_PAYLOADS}inconclusive_expiry_has_the_documented_shape",
        ),
        shown(
            "Their eventId is made by Google, their sendTime is of Google's clock. [REF]",
            "test_fates.py::test_expiry_has_the_documented_members",
            f"{_PAYLOADS}inconclusive_expiry_has_the_documented_shape",
        ),
        shown(
            "Nothing tells of acceptance, failure, revoke or deletion after 30 days. [REF SND]",
            "conformance/test_methods.py::test_revoked_message_is_never_delivered",
            "test_deliveries.py::test_message_is_silently_deleted_after_thirty_days_offline",
        ),
    ),
    "UserMessage": (
        shown(
            "A user's text, location or tap names agent, sender, messageId, sendTime. [REF RCV]",
            _LAST_EVENT,
        ),
        shown(
            "A user's file: mimeType, fileSizeBytes, fileName, fileUri; thumbnail is optional. [REF]",
            f"{_PAYLOADS}file_has_the_documented_shape",
        ),
        shown(
            "messageId of a user's message is made by the phone. [RCV]",
            "test_fates.py::test_user_message_has_an_id_of_its_own",
        ),
        shown(
            "A tap answers postbackData, text and type, REPLY or ACTION. [REF]",
            "test_fates.py::test_tap_answers_the_first_suggestion",
        ),
        shown(
            "A tap does not name the message that carried the chip. [REF]",
            f"{_FIXED}accepted_message_is_followed_by_its_events",
        ),
        shown(
            "postbackData comes back as it was sent, base64 or not. [RCV REF]",
            "conformance/test_lifecycle.py::test_postback_data_comes_back_as_it_was_sent",
        ),
        shown(
            "User messages with eventId in place of messageId, taps without text or type. [REV]",
            _ANY_EVENT,
        ),
        shown(
            "A tapped action in the US is classified SUGGESTED_ACTION_CLICK. [3rd]",
            f"{_PAYLOADS}tapped_action_in_the_us_has_the_shape_that_was_seen",
        ),
    ),
    "AgentLaunchEvent": (
        shown(
            "A launch event has the documented members, in an envelope of its own type. [REF REV]",
            _LAUNCH,
        ),
        shown("It is sent at each change of the launch state, with the old and the new. [REF]", _LAUNCH),
        shown(
            "It goes to the agent's webhook, or else to the partner's. [REV]",
            "conformance/test_delivery.py::test_launch_event_goes_where_the_agents_other_callbacks_go",
        ),
    ),
    "Newer members": (
        shown(
            "CapabilityCallbackResponse is deprecated; POST /control/callbacks sends one. [REF]",
            _ANY_EVENT,
        ),
        shown(
            "carrier and richMessageClassification are there for US numbers only. [REF]",
            "rest/test_create_message.py::test_us_number_answers_classification_size_and_carrier",
            "conformance/test_methods.py::test_capabilities_of_a_us_number_name_its_carrier",
            "test_actions.py::test_what_is_sent_arrives_and_stands_in_the_conversation",
            _LAST_EVENT,
        ),
        undocumented("How a carrier's name is written is not documented. [REF]", setting="phones"),
        shown(
            "RICH_MESSAGE counts 160 bytes of UTF-8 as a segment; all else is RICH_MEDIA_MESSAGE. [USB]",
            "rest/test_answers.py::test_message_of_an_agent_is_classified",
            "rest/test_answers.py::test_message_of_a_user_is_classified",
        ),
        shown(
            "totalPayloadSizeBytes is an int64, text in JSON, and counts the files. [REF JAVA]",
            "conformance/test_methods.py::test_uploaded_file_is_sent_with_its_thumbnail",
        ),
        not_of_the_api(
            "There is no session id, payment, reaction, edit, group, or reason of an opt-out. [REF]",
            why="the generated model and the shapes above know none",
        ),
        not_of_the_api(
            "Since July 2026 carriers set who acted in a launch event. [REL]",
            why="the name is the carrier's; POST /control/callbacks sends any",
        ),
        shown(
            "Nothing in a payload marks a tester. [inferred]",
            f"{_PAYLOADS}nothing_tells_a_tester_from_other_users",
        ),
    ),
    "Duplicates and order": (
        shown(
            "Deliveries are repeated; duplicates have the same ids (…0106). [BP]",
            "test_fates.py::test_repeated_receipts_are_identical_and_told_in_reverse",
        ),
        undocumented(
            "How often an ordinary message is doubled. [BP]", setting="ordinary_phone.duplicate_ratio"
        ),
        shown(
            "A repeated callback carries the same data. [WH]",
            "test_callbacks.py::test_only_200_acknowledges",
        ),
        undocumented(
            "Whether it keeps the envelope's messageId, as it does here. [WH]",
            setting="envelope_style",
        ),
        shown("Nothing promises an order: READ before DELIVERED (…0106). [inferred]", _FOLLOWED),
        undocumented(
            "How often an ordinary phone is told of in reverse. [inferred]",
            setting="ordinary_phone.reversed_ratio",
        ),
        undocumented("How often READ never comes. [inferred]", setting="ordinary_phone.read_ratio"),
    ),
}
