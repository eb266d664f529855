"""The AgentMessage, its members and limits."""

from tests.infra.simulator.conformance.rule import not_of_the_api, shown, undocumented

_CONTENTS = "conformance/test_contents.py::test_"
_AS_SENT = f"{_CONTENTS}content_is_answered_as_sent_and_delivered"
_AT_LIMIT = (
    f"{_CONTENTS}content_at_its_limit_is_accepted",
    f"{_CONTENTS}content_beyond_its_limit_is_refused",
)
_FAULTY = f"{_CONTENTS}content_that_means_nothing_is_refused"
_CREATE = "rest/test_create_message.py::test_"
_FILES = "rest/test_files.py::test_"
_RULES = "rest/test_content.py::test_"

RULES = {
    "AgentMessage": (
        shown(
            "name, sendTime and the US members are the platform's, whoever sends them. [REF]",
            f"{_CREATE}output_fields_in_request_are_not_taken",
        ),
        shown(
            "messageTrafficType is one of five. [REF]",
            f"{_CONTENTS}traffic_type_is_answered_as_sent",
            f"{_CONTENTS}other_traffic_type_is_refused",
        ),
        shown(
            "It may be left out, but not by a multi-use agent. [REF UC]",
            f"{_RULES}agent_with_several_uses_has_to_name_traffic_type",
        ),
        not_of_the_api(
            "Left out, it follows from the agent's use case. [UC]",
            why="whether an answer shows it is not documented; here none does",
        ),
        not_of_the_api("Up to 160 bytes of text are a basic message. [SND]", why="a matter of the bill"),
        shown(
            "expireTime is RFC 3339, at most 15 days ahead, and echoed. [REF]",
            f"{_RULES}expire_time_is_at_most_15_days_ahead",
            f"{_CREATE}expire_time_is_echoed",
        ),
        shown(
            "ttl is a duration of at most 15 days, answered as expireTime. [REF JAVA]",
            f"{_CONTENTS}ttl_is_answered_as_expire_time",
            f"{_CONTENTS}life_beyond_15_days_is_refused",
        ),
        shown(
            "ttl and expireTime exclude each other. [REF]",
            f"{_RULES}ttl_and_expire_time_exclude_each_other",
        ),
        shown(
            "US numbers answer classification, size and carrier. [REF USB]",
            f"{_CREATE}us_number_answers_classification_size_and_carrier",
        ),
        shown(
            "Exactly one of text, contentInfo, uploadedRbmFile, richCard, fileName (deprecated). [REF]",
            _AS_SENT,
            _FAULTY,
        ),
        shown(
            "Persistent suggestions and other new members pass. [REL]",
            f"{_CREATE}unknown_fields_pass_through",
        ),
        shown("Files by address, with thumbnail and forceRefresh. [SND REF]", _AS_SENT),
        shown(
            "Files that were uploaded, with thumbnail. [SND REF]",
            "conformance/test_methods.py::test_uploaded_file_is_sent_with_its_thumbnail",
        ),
        undocumented(
            "What a files/… name of nobody is answered. [SND]", setting="choices.takes_unknown_files"
        ),
        shown(
            "Cards: orientation, alignment, height, width; only known values. [SND REF]",
            _AS_SENT,
            _FAULTY,
        ),
        shown("contentDescription of a card's media (November 2026). [REL]", _AS_SENT),
        shown("Replies, and every documented action with its members. [SND REF]", _AS_SENT),
        shown("A suggestion holds one action; dialAction digits, +, * and #. [SND REF]", _FAULTY),
        shown("A calendar event needs times and title. [SND]", _FAULTY),
        shown(
            "composeAction is withdrawn. [JAVA]",
            "rest/test_devices.py::test_withdrawn_action_is_refused_by_every_device",
        ),
        not_of_the_api(
            "paymentRequestAction is documented nowhere. [JAVA]",
            why="refused as an action of no known kind",
        ),
        not_of_the_api(
            "Whether a TALL image fits a SMALL carousel is not said clearly. [SND]",
            why="a matter of the phone's screen; it is accepted",
        ),
        shown(
            "The whole message has at most 250 KB as JSON. [SND]",
            f"{_RULES}whole_message_has_at_most_250_kb",
        ),
        shown("Text: 3072 characters. [SND JAVA]", *_AT_LIMIT),
        shown(
            "11 chips below a message, 4 in a card (a later client's comment says 10). [SND]",
            *_AT_LIMIT,
        ),
        shown("Suggestions: text 25, postbackData and addresses 2048 characters. [SND JAVA]", *_AT_LIMIT),
        shown("Cards: title 200, description 2000 characters. [JAVA]", *_AT_LIMIT),
        shown("Calendar events: title 100, description 500 characters. [SND]", *_AT_LIMIT),
        shown("Carousels: 2 to 10 cards. [SND]", *_AT_LIMIT),
        shown(
            "A file, and all files of a message together: 100 MiB. [SND]",
            f"{_FILES}file_has_at_most_100_mib",
            f"{_FILES}files_of_a_message_have_at_most_100_mib_together",
        ),
        shown(
            "A thumbnail is a jpeg, gif or png of at most 100 kB. [SND]",
            f"{_FILES}thumbnail_is_a_small_image",
        ),
        shown("Files are kept for 60 days. [SND]", f"{_FILES}file_is_kept_for_60_days"),
        not_of_the_api(
            "Redirects: none for a message's file, one for files.create. [JAVA]",
            why="nothing is fetched",
        ),
        shown(
            "Only the documented media types are taken. [SND REF]",
            f"{_FILES}documented_media_type_is_taken",
            f"{_FILES}other_media_type_is_refused",
        ),
        shown(
            "No audio in cards; PDF in cards where the phone shows it. [SND]",
            f"{_FILES}audio_in_a_card_is_refused",
            f"{_FILES}uploaded_pdf_in_a_card_needs_a_device_that_shows_it",
        ),
        not_of_the_api(
            "Media is fetched, may be transcoded; many unique addresses are not supported. [REL SND]",
            why="nothing is fetched",
        ),
    ),
}
