"""Each method of the API, called as Google's own clients call it."""

import uuid

import pytest
from tests.infra.simulator.conformance.conftest import MESSAGE_ID, text_of
from tests.infra.simulator.conformance.google_client import GoogleError, RcsBusinessMessaging
from tests.infra.simulator.conformance.google_model import (
    AgentContentMessage,
    AgentEvent,
    AgentMessage,
    BatchGetUsersRequest,
    CreateFileRequest,
    DialogflowEvent,
    Empty,
    File,
    Tester,
    UploadedRbmFile,
)
from tests.infra.simulator.conftest import AGENT_ID
from tests.support.payloads import load_json

from rbm_ops.simulator.agents import LaunchState

US_NUMBER, GERMAN_NUMBER = "+14155550102", "+491715550102"
USERS = [f"+1415555{2000 + number}" for number in range(600)]


async def test_capabilities_are_those_of_the_guide(client) -> None:
    answer = await client.call(
        "phones.getCapabilities",
        name=f"phones/{GERMAN_NUMBER}",
        requestId=str(uuid.uuid4()),
        agentId=AGENT_ID,
    )
    assert set(answer.features) == set(load_json("responses/capabilities.json")["features"])
    assert answer.carrier is None


async def test_capabilities_of_a_us_number_name_its_carrier(client) -> None:
    answer = await client.call("phones.getCapabilities", name=f"phones/{US_NUMBER}", agentId=AGENT_ID)
    assert answer.carrier


async def test_capabilities_of_a_phone_without_rcs_are_not_found(client) -> None:
    with pytest.raises(GoogleError, match="404 NOT_FOUND"):
        await client.call("phones.getCapabilities", name="phones/+14155550104", agentId=AGENT_ID)


async def test_unlaunched_agent_meets_a_stranger_with_the_two_documented_answers(
    client, google, simulator
) -> None:
    simulator.simulation.agents.find(AGENT_ID).launches = {"*": LaunchState.UNLAUNCHED}
    with pytest.raises(GoogleError, match="403 PERMISSION_DENIED"):
        await google.send(US_NUMBER, text_of())
    with pytest.raises(GoogleError, match="404 NOT_FOUND"):
        await client.call("phones.getCapabilities", name=f"phones/{US_NUMBER}", agentId=AGENT_ID)


async def test_batch_answers_who_can_be_reached_at_the_regional_endpoint(session, simulator) -> None:
    regional = RcsBusinessMessaging(session, f"{simulator.url}/us")
    request = BatchGetUsersRequest(users=[*USERS, "+14155550104"], agent_id=AGENT_ID)
    answer = await regional.call("users.batchGet", request)
    assert answer.reachable_users == USERS
    by_carrier = [reached.reachable_users for reached in answer.reachable_users_map.values()]
    assert by_carrier == [USERS]
    assert 0 < answer.reachable_random_sample_user_count <= answer.total_random_sample_user_count < 601


async def test_batch_at_the_global_endpoint_is_refused(client) -> None:
    with pytest.raises(GoogleError, match="400 INVALID_ARGUMENT"):
        await client.call("users.batchGet", BatchGetUsersRequest(users=USERS, agent_id=AGENT_ID))


async def test_invited_tester_is_pending(client) -> None:
    answer = await client.call(
        "phones.testers.create", Tester(), parent=f"phones/{US_NUMBER}", agentId=AGENT_ID
    )
    assert answer == Tester(name=f"phones/{US_NUMBER}/testers", invite_status="PENDING")


async def test_dialogflow_event_of_an_agent_without_dialogflow_is_refused(client) -> None:
    parameters = {"parent": f"phones/{US_NUMBER}", "messageIdPrefix": "a", "agentId": AGENT_ID}
    with pytest.raises(GoogleError, match="403 PERMISSION_DENIED"):
        await client.call(
            "phones.dialogflowMessages.create", DialogflowEvent(event_name="WELCOME"), **parameters
        )


@pytest.mark.parametrize(
    "event", [AgentEvent(event_type="IS_TYPING"), AgentEvent(event_type="READ", message_id="MxIgT")], ids=str
)
async def test_agent_event_is_answered_with_name_and_time(client, event) -> None:
    answer = await client.call(
        "phones.agentEvents.create",
        event,
        parent=f"phones/{US_NUMBER}",
        eventId=MESSAGE_ID,
        agentId=AGENT_ID,
    )
    assert answer.name == f"phones/{US_NUMBER}/agentEvents/{MESSAGE_ID}"
    assert answer.send_time == "2026-11-22T10:00:00.000000Z"
    assert (answer.event_type, answer.message_id) == (event.event_type, event.message_id)


async def test_file_by_address_gets_a_name(client) -> None:
    request = CreateFileRequest(
        agent_id=AGENT_ID, file_url="https://example.com/a.png", content_description="A tree"
    )
    answer = await client.call("files.create", request)
    assert answer.name.startswith("files/")


async def test_uploaded_file_is_sent_with_its_thumbnail(client, google, simulator, webhook) -> None:
    file = await client.upload(b"video" * 1000, "video/mp4", agentId=AGENT_ID)
    thumbnail = await client.upload(b"image", "image/jpeg", agentId=AGENT_ID)
    assert isinstance(file, File)
    upload = UploadedRbmFile(file_name=file.name, thumbnail_name=thumbnail.name)
    answer = await google.send(
        US_NUMBER, AgentMessage(content_message=AgentContentMessage(uploaded_rbm_file=upload))
    )
    assert answer.content_message.uploaded_rbm_file == upload
    assert answer.rich_message_classification.classification_type == "RICH_MEDIA_MESSAGE"
    assert answer.total_payload_size_bytes == "5000"
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED"]


async def test_file_described_and_uploaded_at_once_gets_a_name(client, simulator) -> None:
    described = CreateFileRequest(agent_id=AGENT_ID, content_description="A tree")
    file = await client.upload_described(b"image", "image/png", described)
    assert simulator.simulation.files.read_preview(file.name) == b"image"


async def test_revoked_message_is_never_delivered(google, simulator, webhook) -> None:
    await google.send(US_NUMBER, text_of())
    assert await google.revoke(US_NUMBER) == Empty()
    await simulator.advance(31 * 24 * 3600)
    assert webhook.requests == []


async def test_revoke_after_delivery_is_not_found(google, simulator) -> None:
    await google.send(US_NUMBER, text_of())
    await simulator.advance(60)
    with pytest.raises(GoogleError, match="404 NOT_FOUND"):
        await google.revoke(US_NUMBER)


async def test_repeated_message_is_answered_as_the_first_and_delivered_once(
    google, simulator, webhook
) -> None:
    first = await google.send(US_NUMBER, text_of())
    assert await google.send(US_NUMBER, text_of("Something else")) == first
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED"]


async def test_standard_parameters_of_googles_clients_change_nothing(google) -> None:
    parameters = {"alt": "json", "prettyPrint": "false", "$.xgafv": "2", "quotaUser": "a", "key": "b"}
    answer = await google.send(US_NUMBER, text_of(), **parameters)
    assert answer.content_message == text_of().content_message


async def test_caller_without_token_is_unauthenticated(session, simulator) -> None:
    stranger = RcsBusinessMessaging(session, simulator.url, token="")
    with pytest.raises(GoogleError, match="401 UNAUTHENTICATED"):
        await stranger.call("phones.getCapabilities", name=f"phones/{US_NUMBER}", agentId=AGENT_ID)


@pytest.mark.parametrize("path", ["agentMessagesSigned", "capability:requestCapabilityCallback"])
async def test_method_that_is_documented_no_more_is_not_found(business, path: str) -> None:
    status, _ = await business.call("POST", f"/v1/phones/{US_NUMBER}/{path}", params={"agentId": AGENT_ID})
    assert status == 404


async def test_message_after_opting_out_is_accepted_all_the_same(google, client, simulator, webhook) -> None:
    await google.send("+14155550109", text_of())
    await simulator.advance(60)
    await google.send("+14155550109", text_of("You have opted out."), messageId=str(uuid.uuid4()))
    await simulator.advance(60)
    assert webhook.kinds == ["DELIVERED", "UNSUBSCRIBE", "text"] * 2
