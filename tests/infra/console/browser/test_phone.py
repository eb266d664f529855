"""What a user does on the phone, and what the ledger knows of it."""

import pytest
from playwright.async_api import Locator, expect
from tests.infra.console.browser.cloud import Cloud
from tests.infra.console.browser.console import AGENT_ID, Console
from tests.infra.console.browser.contents import CARD, CAROUSEL

pytestmark = pytest.mark.asyncio(loop_scope="session")


def find_conversation(console: Console) -> Locator:
    """Its row in the ledger; the page writes numbers of the US in groups."""
    number = f"+1 415 777 {console.phone_number[-4:]}"
    return console.find("conversation-row").filter(has_text=number)


async def test_composed_text_is_delivered_and_read_without_reload(console: Console) -> None:
    await console.page.evaluate("window.isSamePage = true")
    message_id = await console.compose({"contentMessage": {"text": "Your card is ready."}})
    bubble = console.find("bubble", message_id=message_id)
    await expect(bubble).to_contain_text("Your card is ready.")
    await console.expect_state(message_id, "delivered")
    await expect(bubble).to_have_attribute("data-state", "delivered")
    await console.find("open-conversation").click()
    await console.expect_state(message_id, "read")
    await expect(bubble).to_have_attribute("data-state", "read")
    assert await console.page.evaluate("window.isSamePage") is True


async def test_message_to_an_offline_phone_waits_outside_the_screen_until_it_is_online(
    console: Console,
) -> None:
    await console.find("switch-online").click()
    await expect(console.find("phone-status")).to_contain_text("offline")
    await expect(console.find("phone-text")).to_be_disabled()
    message_id = await console.compose({"contentMessage": {"text": "Are you there?"}})
    waiting = console.find("outside-message", message_id=message_id)
    await expect(waiting).to_contain_text("on its way")
    await console.expect_state(message_id, "accepted")
    await expect(console.find("awaited")).to_contain_text("DELIVERED, as soon as the phone is online")
    await expect(console.find("bubble")).to_have_count(0)
    await console.find("switch-online").click()
    await expect(console.find("bubble", message_id=message_id)).to_be_visible()
    await console.expect_state(message_id, "delivered")
    await expect(waiting).to_have_count(0)


async def test_message_to_a_phone_without_rcs_is_unreachable(console: Console) -> None:
    await console.find("switch-rcs").click()
    await expect(console.find("switch-rcs")).to_have_attribute("aria-checked", "false")
    message_id = await console.compose({"contentMessage": {"text": "Hello"}})
    await console.expect_state(message_id, "unreachable")
    await expect(console.find_wire_row("phones.agentMessages.create")).to_contain_text("404")
    await expect(console.find("bubble")).to_have_count(0)


@pytest.mark.parametrize(
    ("content", "chip", "postback"), [(CAROUSEL, "Card #2", "card_2"), (CARD, "Book it", "book_oak")]
)
async def test_tapped_chip_sends_its_postback(
    console: Console, content: dict[str, object], chip: str, postback: str
) -> None:
    message_id = await console.send(content)
    bubble = console.find("bubble", message_id=message_id)
    await bubble.locator("[data-testid=chip]").filter(has_text=chip).click()
    await expect(console.find("notice").last).to_contain_text(f"Postback sent: {postback}")
    tap = console.find_wire_row("suggestionResponse")
    await tap.locator("summary").first.click()
    await expect(tap).to_contain_text(f'"postbackData": "{postback}"')
    await expect(console.find("bubble", kind="userMessage")).to_contain_text(chip)
    await console.open(f"ledger/conversations/{AGENT_ID}/{console.phone_number}")
    await expect(console.find("conversation-detail")).to_contain_text(f"Tap: {chip}")


async def test_text_location_and_file_of_the_user_arrive_in_the_ledger(console: Console) -> None:
    await console.open("ledger/conversations")
    await console.find("phone-text").fill("Is it open today?")
    await expect(console.find_wire_row("IS_TYPING")).to_contain_text("acknowledged")
    await console.find("phone-send").click()
    await expect(console.find("bubble", kind="userMessage")).to_contain_text("Is it open today?")
    await find_conversation(console).get_by_role("link").click()

    await console.find("phone-location").click()
    await console.find("latitude").fill("52.52")
    await console.page.get_by_role("button", name="Send location", exact=True).click()
    await expect(console.find("user-location")).to_contain_text("52.52, -122.084056")

    await console.find("phone-file").click()
    await console.find("file-name").fill("deed.pdf")
    await console.find("mime-type").fill("application/pdf")
    await console.page.get_by_role("button", name="Send file", exact=True).click()
    await expect(console.find("user-file")).to_contain_text("deed.pdf")

    detail = console.find("conversation-detail")
    for summary in ("Text: Is it open today?", "Location", "File: deed.pdf"):
        await expect(detail.locator("summary").filter(has_text=summary)).to_have_count(1)


async def test_unsubscribing_and_subscribing_change_the_consent(console: Console) -> None:
    await console.open("ledger/conversations")
    subscribed = console.find("switch-subscribed")
    await subscribed.click()
    await expect(console.find("unsubscribed")).to_be_visible()
    await expect(console.find("note")).to_contain_text("The user unsubscribed")
    row = find_conversation(console)
    await expect(row).to_contain_text("opted out")
    await subscribed.click()
    await expect(console.find("unsubscribed")).to_have_count(0)
    await expect(row).to_contain_text("may be sent to")


async def test_revoked_message_never_arrives(console: Console) -> None:
    await console.find("switch-online").click()
    message_id = await console.send({"text": "A mistake"})
    await console.expect_state(message_id, "accepted")
    await console.compose({"revoke": {"messageId": message_id}})
    await console.expect_state(message_id, "revoked")
    await expect(console.find("outside-message", message_id=message_id)).to_contain_text("revoked")


async def test_two_phones_are_separate(console: Console, cloud: Cloud) -> None:
    other = cloud.take_phone()
    mine = await console.send({"text": "For the first phone"})
    theirs = await console.send({"text": "For the second phone"}, phoneNumber=other)
    await expect(console.find("bubble")).to_contain_text("For the first phone")
    await console.find("switch-receipts").click()
    await console.find("phone-select").select_option(other)
    await expect(console.find("bubble", message_id=theirs)).to_be_visible()
    await expect(console.find("bubble", message_id=mine)).to_have_count(0)
    await expect(console.find("switch-receipts")).to_have_attribute("aria-checked", "true")


async def test_added_phone_does_what_was_chosen_for_it(console: Console, cloud: Cloud) -> None:
    number = cloud.take_phone()
    await console.find("add-phone").click()
    await console.find("new-phone-number").fill(number)
    await console.find("new-phone-script").select_option("0107")
    await console.page.get_by_role("button", name="Add phone", exact=True).click()
    await expect(console.find("script")).to_contain_text("replies with a text")
    message_id = await console.send({"text": "How was it?"}, phoneNumber=number)
    await console.expect_state(message_id, "read")
    await expect(console.find("bubble", kind="userMessage")).to_contain_text("Thank you!")
