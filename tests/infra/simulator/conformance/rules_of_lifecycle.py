"""What becomes of messages, agents and users over time."""

from tests.infra.simulator.conformance.rule import not_of_the_api, shown

_FIXED = "conformance/test_fixed_numbers.py::test_"
_FOLLOWED = f"{_FIXED}accepted_message_is_followed_by_its_events"
_LIFE = "conformance/test_lifecycle.py::test_"
_DELIVERIES = "test_deliveries.py::test_"
_METHODS = "conformance/test_methods.py::test_"
_LAUNCHES = "rest/test_launches.py::test_"

RULES = {
    "States of a message": (
        shown(
            "A create is accepted at once, for a user who is offline too (…0103). [SYN SND]",
            _FOLLOWED,
            f"{_LIFE}message_for_an_offline_user_is_accepted_at_once",
        ),
        shown(
            "sendTime of the answer is the platform's time. [SYN]",
            "rest/test_create_message.py::test_valid_message_answers_agent_message",
        ),
        shown(
            "DELIVERED comes when the phone has it, up to 30 days later. [SND]",
            f"{_DELIVERIES}offline_phone_gets_the_message_when_it_is_back",
        ),
        shown(
            "One opening of the conversation reads every message in it. [inferred]",
            f"{_LIFE}opening_the_conversation_reads_every_message",
        ),
        shown(
            "READ never comes where read receipts are off. [inferred]",
            f"{_DELIVERIES}read_receipts_that_are_off_are_not_told",
        ),
        shown(
            "At its TTL a message is taken from the queue, and that is told. [SND REF]",
            f"{_DELIVERIES}message_expires_at_its_ttl_and_that_is_told",
            f"{_DELIVERIES}phone_that_is_back_too_late_never_gets_an_expired_message",
        ),
        shown("A message can both expire and be delivered (…0118). [SND]", _FOLLOWED),
        shown(
            "Neither can come, which is extremely rare. [SND]",
            "test_disturbances.py::test_next_callbacks_are_lost_and_no_more",
        ),
        shown("TTL_EXPIRATION_REVOKE_FAILED, and DELIVERED after it (…0110). [REV]", _FOLLOWED),
    ),
    "Merging of events": (
        not_of_the_api(
            "Events are merged by rank, and never step down. [inferred]", why="that is the receiver's"
        ),
    ),
    "Offline queue": (
        shown(
            "A message waits 30 days for an offline phone, then it is deleted silently. [SND]",
            f"{_DELIVERIES}message_is_silently_deleted_after_thirty_days_offline",
            f"{_FIXED}offline_phone_gets_nothing_for_30_days_without_a_ttl",
        ),
        shown(
            "ttl and expireTime reach at most 15 days ahead. [SND]",
            "conformance/test_contents.py::test_life_beyond_15_days_is_refused",
        ),
        not_of_the_api(
            "READ of an agent waits 30 days for the phone, IS_TYPING does not wait. [SEV]",
            why="no answer and no callback tells whether the phone has seen it",
        ),
        shown(
            "The typing indicator lasts about 20 s. [SEV]",
            "test_actions.py::test_agent_events_show_on_the_phone",
        ),
    ),
    "Capability checks": (
        shown(
            "A number that was offline for 31 days answers a capability check with 404. [CAP]",
            "rest/test_capabilities.py::test_phone_offline_for_31_days_answers_not_found",
        ),
        not_of_the_api("Online devices check in every 1-4 h. [CAP]", why="no call or callback comes of it"),
        shown(
            "Capabilities name the documented features, without those that the device lacks. [CAP]",
            f"{_METHODS}capabilities_are_those_of_the_guide",
            "rest/test_capabilities.py::test_features_that_the_device_lacks_are_left_out",
        ),
        shown(
            "A batch answers who is reachable, a sample of about 75 %, and no features. [CAP REF]",
            f"{_METHODS}batch_answers_who_can_be_reached_at_the_regional_endpoint",
            "rest/test_batch.py::test_users_are_answered_with_sample_and_carriers",
        ),
        shown(
            "The sample counts all carriers, reachableUsers those of the launch. [CAP REF]",
            "rest/test_batch.py::test_sample_counts_all_carriers_and_reachable_those_of_the_launch",
        ),
        shown(
            "reachableUsersMap goes by carrier, for US numbers. [REF]",
            "rest/test_batch.py::test_map_of_carriers_is_for_us_numbers_only",
        ),
    ),
    "Opt-out": (
        shown(
            "UNSUBSCRIBE and SUBSCRIBE come with the keyword of the country (…0109). [REV]",
            "test_actions.py::test_leaving_and_coming_back_send_event_and_keyword",
            _FOLLOWED,
        ),
        shown(
            "Elsewhere a text alone may come: any text can be sent by hand. [inferred]",
            "test_actions.py::test_what_is_sent_arrives_and_stands_in_the_conversation",
        ),
        shown(
            "The platform does not hold back messages after UNSUBSCRIBE. [BP]",
            f"{_METHODS}message_after_opting_out_is_accepted_all_the_same",
        ),
        not_of_the_api(
            "Consent is withdrawn from the brand, not from the agent. [REL]",
            why="the partner keeps the list",
        ),
    ),
    "Testers and launch": (
        shown(
            "An agent that is not launched reaches accepted testers only, 403 otherwise. [TST]",
            f"{_LAUNCHES}unlaunched_agent_answers_permission_denied",
            f"{_LAUNCHES}unlaunched_agent_reaches_testers_who_accepted",
        ),
        shown(
            "An invite is PENDING, then ACCEPTED or DECLINED. [TST REF]",
            f"{_METHODS}invited_tester_is_pending",
            "rest/test_testers.py::test_tester_who_accepted_stays_one",
        ),
        shown(
            "A tester who declined has to be removed before a new invite. [TST]",
            "rest/test_testers.py::test_tester_who_declined_has_to_be_removed_first",
        ),
        shown(
            "Launches are by carrier; PENDING, REJECTED and SUSPENDED are none. [REF]",
            f"{_LAUNCHES}launch_with_a_carrier_counts_more_than_that_with_the_rest",
            f"{_LAUNCHES}unlaunched_agent_answers_permission_denied",
        ),
    ),
    "Other facts": (
        not_of_the_api(
            "Link previews fetch addresses from Google's machines. [REL]", why="nothing is fetched"
        ),
        not_of_the_api("Traffic types and categories affect the bill. [UC USB]", why="nothing is billed"),
        not_of_the_api("Google offers no fallback to SMS. [inferred]", why="the model has no member for it"),
    ),
}
