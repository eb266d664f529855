"""The methods of the REST API, ids, revoke, errors, quotas."""

from tests.infra.simulator.conformance.rule import not_of_the_api, shown, undocumented

_REQUESTS = "rest/test_requests.py::test_"
_REGIONS = "rest/test_regions.py::test_"
_BATCH = "rest/test_batch.py::test_"
_USED = "rest/test_used_ids.py::test_"
_METHODS = "conformance/test_methods.py::test_"
_FIXED = "conformance/test_fixed_numbers.py::test_"
_TESTERS = "rest/test_testers.py::test_"

RULES = {
    "Endpoints and authorisation": (
        shown(
            "The API is there globally and at us-, europe- and asia-. [JAVA AGT]",
            f"{_REGIONS}methods_are_there_under_each_prefix",
            f"{_REGIONS}every_region_sends_everywhere",
        ),
        shown(
            "Agents of every region reach every carrier. [AGT]",
            f"{_REGIONS}every_region_sends_everywhere",
        ),
        shown(
            "A bearer token is needed for every method. [REF]",
            f"{_REQUESTS}no_bearer_token_answers_unauthenticated",
            f"{_METHODS}caller_without_token_is_unauthenticated",
        ),
        not_of_the_api(
            "The token is of a service account of the partner, with the scope of the API. [PA REF]",
            why="Google's token server decides that; here any token will do",
        ),
        not_of_the_api("The DNS records of the API live for 300 s. [BP]", why="a matter of the client"),
        shown(
            "One account calls for all agents of its partner; agentId chooses. [PA]",
            f"{_REQUESTS}agent_of_this_account_is_found_by_either_spelling",
        ),
        shown(
            "An agent of another account answers 403, with the text of issue 24. [EX]",
            f"{_REQUESTS}agent_of_another_account_answers_permission_denied",
        ),
        undocumented(
            "Whether agentId is taken with @rbm.goog too. [EX 3rd]",
            setting="choices.takes_full_agent_ids",
        ),
    ),
    "Methods": (
        shown(
            "phones.agentMessages.create answers the AgentMessage. [REF JAVA]",
            "conformance/test_contents.py::test_content_is_answered_as_sent_and_delivered",
        ),
        shown(
            "phones.agentMessages.delete has no body and answers {}. [REF JAVA]",
            f"{_METHODS}revoked_message_is_never_delivered",
        ),
        shown(
            "phones.agentEvents.create takes READ with messageId, and IS_TYPING without. [REF SEV]",
            f"{_METHODS}agent_event_is_answered_with_name_and_time",
            "rest/test_agent_events.py::test_faulty_agent_event_is_named",
        ),
        shown(
            "phones.getCapabilities answers features and carrier; requestId is optional. [REF CAP]",
            f"{_METHODS}capabilities_are_those_of_the_guide",
            "rest/test_capabilities.py::test_request_id_is_optional",
        ),
        shown(
            "phones.capability.requestCapabilityCallback is gone. [REF]",
            f"{_METHODS}method_that_is_documented_no_more_is_not_found",
        ),
        shown(
            "users.batchGet takes users and agentId in the body (or agentId in the query). [REF CAP]",
            f"{_METHODS}batch_answers_who_can_be_reached_at_the_regional_endpoint",
            f"{_BATCH}agent_may_stand_in_the_query",
        ),
        shown(
            "users.batchGet: numbers of one region, at that region's endpoint. [REF REL]",
            f"{_BATCH}only_the_endpoint_of_their_region_is_right",
            f"{_METHODS}batch_at_the_global_endpoint_is_refused",
        ),
        shown(
            "phones.testers.create answers name and inviteStatus. [REF JAVA]",
            f"{_METHODS}invited_tester_is_pending",
        ),
        not_of_the_api(
            "Testers are listed and removed at businesscommunications.googleapis.com. [TST]",
            why="the management API; here /control/agents/{agentId}/testers",
        ),
        shown(
            "phones.dialogflowMessages.create needs the integration, else 403. [REF JAVA]",
            f"{_METHODS}dialogflow_event_of_an_agent_without_dialogflow_is_refused",
        ),
        shown(
            "files.create takes an address as JSON, and answers files/…. [REF JAVA]",
            f"{_METHODS}file_by_address_gets_a_name",
        ),
        shown(
            "files.create takes the bytes at /upload/v1/files?agentId=…. [REF]",
            f"{_METHODS}uploaded_file_is_sent_with_its_thumbnail",
        ),
        shown(
            "Generated clients upload bytes and description at once (multipart/related). [JAVA EX]",
            f"{_METHODS}file_described_and_uploaded_at_once_gets_a_name",
        ),
        shown(
            "phones.agentMessagesSigned.create is documented nowhere and not offered. [JAVA]",
            f"{_METHODS}method_that_is_documented_no_more_is_not_found",
        ),
        shown(
            "The number stands in the path as it is; ids and agentId are required. [REF]",
            f"{_REQUESTS}faulty_address_is_named",
            f"{_REQUESTS}no_agent_is_named_as_missing",
        ),
    ),
    "Ids": (
        undocumented(
            "Ids must be UUIDs, though Google's own samples send others. [REF EX]",
            setting="choices.strict_ids",
        ),
        shown(
            "An id is used once per agent, over messages and events together. [REF]",
            f"{_USED}event_with_the_id_of_a_message_is_ignored",
            "rest/test_agent_events.py::test_message_with_the_id_of_an_event_is_ignored",
            f"{_USED}same_id_of_another_agent_is_another_message",
        ),
        shown(
            "A create with a used id is ignored. [REF]",
            f"{_METHODS}repeated_message_is_answered_as_the_first_and_delivered_once",
            f"{_USED}same_id_at_once_delivers_once",
        ),
        undocumented("What such a create is answered: 200 or 409. [REF]", setting="choices.reused_id_status"),
        undocumented("How many ids are remembered, how long. [REF]", setting="limits.messages"),
    ),
    "Revoke": (
        shown(
            "A revoke in time answers 200, and the message never arrives. [REF RVK]",
            f"{_METHODS}revoked_message_is_never_delivered",
            "test_revoke.py::test_revoke_while_the_phone_is_offline_cancels_it",
        ),
        shown(
            "A revoke after delivery answers 404. [REF RVK]",
            f"{_METHODS}revoke_after_delivery_is_not_found",
        ),
        shown(
            "In rare cases DELIVERED follows a revoke that answered 200 (…0122). [RVK JAVA]",
            f"{_FIXED}revoke_in_time_answers_nothing",
        ),
        shown(
            "An unknown id answers 404 too. [inferred]",
            "test_revoke.py::test_revoke_of_unknown_message_answers_not_found",
        ),
    ),
    "Errors": (
        shown(
            "Errors have Google's shape: code, message, status. [inferred]",
            "conformance/test_client.py::test_refusal_in_another_shape_than_googles_is_a_failure",
            f"{_FIXED}refused_message_is_followed_by_nothing",
        ),
        shown(
            "400 for what the device lacks (…0121). [CAP]",
            f"{_FIXED}phone_that_shows_text_only_refuses_the_rest",
            "rest/test_devices.py::test_message_beyond_the_device_is_refused",
        ),
        shown(
            "403 for an unlaunched agent and a number that is no accepted tester (…0111). [TST JAVA]",
            f"{_FIXED}refused_message_is_followed_by_nothing",
            "rest/test_launches.py::test_unlaunched_agent_answers_permission_denied",
        ),
        shown(
            "The same meets a capability check with 404. [REF TST]",
            f"{_METHODS}unlaunched_agent_meets_a_stranger_with_the_two_documented_answers",
        ),
        shown(
            "404 for a phone without RCS, by message, event and check (…0104). [REF CAP]",
            f"{_FIXED}refused_message_is_followed_by_nothing",
            "rest/test_agent_events.py::test_event_to_a_phone_without_rcs_answers_not_found",
            f"{_METHODS}capabilities_of_a_phone_without_rcs_are_not_found",
        ),
        shown(
            "404 where the agent is launched, but not with this carrier. [REF]",
            "rest/test_launches.py::test_agent_launched_with_another_carrier_answers_not_found",
        ),
        shown(
            "429 where a user's limit is reached, every time (…0120). [3rd]",
            f"{_FIXED}refused_message_is_followed_by_nothing",
        ),
        shown(
            "429, and the repeat is accepted (…0112). [BP]",
            f"{_FIXED}message_refused_once_is_delivered_once",
        ),
        shown(
            "After 500 or a timeout the message may have been accepted (…0113, …0114). [BP]",
            f"{_FIXED}message_refused_once_is_delivered_once",
            f"{_FIXED}held_answer_comes_when_its_time_is_over",
        ),
        not_of_the_api(
            "Errors and timeouts are retried with the same id and growing waits. [BP]",
            why="the caller's part",
        ),
        shown(
            "Any other error, at will (PUT /control/disturbances). [BP]",
            "test_disturbances.py::test_disturbed_create_is_refused_and_takes_nothing",
        ),
    ),
    "Quotas": (
        shown(
            "users.batchGet: 600 calls a minute. [CAP REF]",
            f"{_BATCH}more_than_600_calls_a_minute_are_too_many",
        ),
        shown(
            "users.batchGet: 500 to 10,000 different numbers. [CAP]",
            f"{_BATCH}batch_has_500_to_10000_numbers",
            f"{_BATCH}repeated_number_counts_once",
        ),
        undocumented(
            "Fewer than 500: refused, or answered without a sample. [CAP REF]",
            setting="choices.small_batch_status",
        ),
        not_of_the_api(
            "getCapabilities: no number, about 1,000 calls/s were reached. [CAP]",
            why="no limit is published, none is set",
        ),
        undocumented(
            "agentMessages.create: no rate is published. [SND]", setting="choices.creates_per_second"
        ),
        shown(
            "Testers: 20 invites a day, 200 in all, then 429. [JAVA TST]",
            f"{_TESTERS}agent_has_20_invites_a_day",
            f"{_TESTERS}agent_has_200_invites_in_all",
        ),
        undocumented("How many messages wait for users who are offline. [SND]", setting="limits.messages"),
        not_of_the_api(
            "India: messages per user and hours, by the agent's reputation. [UC]",
            why="a policy whose only trace is the 429 of …0120",
        ),
    ),
}
