"""What the ledger's tabs show: stories, what could not go its way, and numbers."""

import json
import re

import pytest
from playwright.async_api import expect
from tests.infra.console.browser.cloud import Cloud
from tests.infra.console.browser.console import AGENT_ID, Console
from tests.infra.console.publishing import publish

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_story_tells_request_call_callbacks_and_what_is_awaited(console: Console) -> None:
    message_id = await console.compose(
        {"contentMessage": {"text": "Your code is 4711"}, "source": "orders", "clientReference": "order 17"}
    )
    story, steps = console.find("story"), console.find("step")
    await expect(steps).to_have_count(3)
    assert [await step.get_attribute("data-title") for step in await steps.all()] == [
        "requested",
        "agentMessages.create",
        "DELIVERED",
    ]
    await expect(story).to_contain_text("orders · order 17")
    await expect(console.find("step", kind="call")).to_contain_text("200 OK")
    delivered = console.find("step", title="DELIVERED")
    await expect(delivered.locator("time")).to_have_count(2)
    await expect(delivered).to_contain_text("happened")
    await expect(delivered).to_contain_text("received")
    await expect(delivered).to_contain_text("the user's device has it")
    await expect(console.find("awaited")).to_contain_text("READ, if the user opens the conversation")
    await console.find("open-conversation").click()
    await console.expect_step("READ", "the user has seen it")
    await expect(console.find("awaited")).to_have_count(0)
    document = console.find("raw-document")
    await document.locator("summary").click()
    await expect(document).to_contain_text(f'"messageId": "{message_id}"')
    await delivered.locator("summary").click()
    await expect(delivered).to_contain_text('"eventType": "DELIVERED"')


async def test_opened_row_shows_its_story_and_leads_back(console: Console) -> None:
    message_id = await console.send({"text": "One of many"})
    await console.find("filter-text").fill(console.phone_number)
    row = console.find("ledger-row", message_id=message_id)
    await expect(console.find("ledger-row")).to_have_count(1)
    await row.click()
    await expect(console.find("story")).to_contain_text("One of many")
    await console.find("story-back").click()
    await expect(console.find("story")).to_be_hidden()
    await console.find("filter-state").select_option("rejected")
    await expect(console.find("pane-ledger")).to_contain_text("No message is like that.")
    await console.page.get_by_role("button", name="Show all", exact=True).click()
    await expect(row).to_be_visible()


async def test_story_of_a_message_that_nobody_sent_says_what_to_look_for(console: Console) -> None:
    await console.open(f"ledger/message/{AGENT_ID}/00000000-0000-0000-0000-000000000000")
    await expect(console.find("story")).to_contain_text("The ledger has no such message yet.")


async def test_callback_of_an_unknown_kind_is_quarantined(console: Console, cloud: Cloud) -> None:
    await console.open("ledger/quarantine")
    event = {
        "agentId": f"{AGENT_ID}@rbm.goog",
        "senderPhoneNumber": console.phone_number,
        "eventType": "REACTION_ADDED",
        "eventId": console.phone_number,
        "messageId": console.phone_number,
        "sendTime": "2026-11-22T10:00:00Z",
    }
    cloud.simulator.call("POST", "callbacks", {"event": event})
    await expect(console.find("wire-row", name="REACTION_ADDED").first).to_contain_text("acknowledged")
    row = console.find("quarantine-row").first
    await expect(row).to_contain_text("unknown eventType")
    await row.locator("summary").first.click()
    await expect(row).to_contain_text('"eventType": "REACTION_ADDED"')


async def test_dead_letter_appears_by_itself(console: Console, cloud: Cloud) -> None:
    await console.open("ledger/dead-letters")
    letter = {"agentId": AGENT_ID, "phoneNumber": console.phone_number}
    source = {
        "CloudPubSubDeadLetterSourceSubscription": "rbm-send-requests-send",
        "CloudPubSubDeadLetterSourceDeliveryCount": "10",
    }
    await publish(cloud.addresses, "rbm-dead-letters", json.dumps(letter).encode(), **source)
    row = console.find("dead-letter-row").first
    await expect(row).to_contain_text("rbm-send-requests")
    await expect(row).to_contain_text("given up after 10 attempts")
    await row.locator("summary").first.click()
    await expect(row).to_contain_text(f'"phoneNumber": "{console.phone_number}"')


async def test_statistics_are_drawn_and_said_in_words(console: Console) -> None:
    message_id = await console.send({"text": "Count me"})
    await console.expect_state(message_id, "delivered")
    await console.open("ledger/statistics")
    charts = console.find("chart")
    await expect(charts.first.get_by_role("img")).to_have_accessible_name(
        re.compile(r"Funnel: .*[1-9]\d* delivered")
    )
    await expect(charts.filter(has_text="From accepted to delivered")).to_contain_text("90 % within")
    await charts.first.locator("summary").click()
    table = charts.first.get_by_role("table")
    await expect(table.get_by_role("row").filter(has_text="delivered")).to_contain_text("message")
