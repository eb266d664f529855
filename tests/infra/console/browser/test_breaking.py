"""Each way to break the platform or the functions, and how the ledger stays right."""

import asyncio

import pytest
from playwright.async_api import Route, expect
from tests.infra.console.browser.console import AGENT_ID, Console

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("mended_afterwards")]


async def test_wrongly_signed_callback_is_refused_until_it_is_mended(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-signature").click()
    await expect(console.find("broken-text")).to_contain_text("callbacks are wrongly signed")
    message_id = await console.send({"text": "Hello"})
    refused = console.find_wire_row("DELIVERED")
    await expect(refused.locator("[data-testid=verdict]")).to_have_text("401 failed")
    await expect(refused).to_contain_text("wrong signature")
    await expect(console.find("waiting").filter(has_text="DELIVERED")).to_contain_text("again in")
    await console.expect_state(message_id, "accepted")
    await console.find("mend-everything").click()
    await expect(console.find("broken")).to_be_hidden()
    await console.expect_state(message_id, "delivered")
    await expect(console.find("waiting")).to_have_count(0)


async def test_rotated_token_is_not_known_until_it_is_restored(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-token").click()
    await expect(console.find("broken-text")).to_contain_text("a token that the webhook does not know")
    message_id = await console.compose({"contentMessage": {"text": "Hello"}})
    await expect(console.find_wire_row("DELIVERED")).to_contain_text("token not known")
    await console.expect_step("DELIVERED", "refused: 401")
    await expect(console.find("awaited")).to_contain_text("DELIVERED: Google repeats it at")
    await console.find("break-token").click()
    await expect(console.find("broken")).to_be_hidden()
    await console.expect_state(message_id, "delivered")


async def test_dropped_callback_is_lost_and_the_ledger_waits_for_it(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-drop").click()
    await expect(console.find("broken-text")).to_contain_text("the next callback is dropped")
    message_id = await console.compose({"contentMessage": {"text": "Hello"}})
    await expect(console.find_wire_row("DELIVERED")).to_contain_text("dropped on purpose")
    await console.expect_step("DELIVERED", "never sent: lost on purpose")
    await expect(console.find("broken")).to_be_hidden()
    await console.expect_state(message_id, "accepted")
    await console.find("open-conversation").click()
    await console.expect_state(message_id, "read")


async def test_callback_that_passes_while_the_story_loads_is_told(console: Console) -> None:
    message_id = await console.send({"text": "Hello"})
    await console.expect_state(message_id, "delivered")
    await console.unfold("breakers")
    await console.find("break-drop").click()
    await expect(console.find("broken-text")).to_contain_text("the next callback is dropped")
    has_passed, is_held = asyncio.Event(), asyncio.Event()

    async def answer_late(route: Route) -> None:
        response = await route.fetch()
        is_held.set()
        await has_passed.wait()
        await route.fulfill(response=response)

    await console.page.route(f"**/api/messages/*/{message_id}", answer_late, times=1)
    await console.open(f"ledger/message/{AGENT_ID}/{message_id}")
    await asyncio.wait_for(is_held.wait(), 15)
    await console.find("open-conversation").click()
    await expect(console.find_wire_row("READ")).to_contain_text("dropped on purpose")
    has_passed.set()
    await console.expect_step("READ", "never sent: lost on purpose")


async def test_copies_of_a_callback_change_nothing_and_the_story_says_why(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-copies").select_option("3")
    await expect(console.find("broken-text")).to_contain_text("each callback comes 3 times")
    await console.compose({"contentMessage": {"text": "Hello"}})
    delivered = console.find("step", title="DELIVERED")
    await expect(delivered).to_have_count(3)
    await expect(delivered.locator("ins").get_by_text("delivered", exact=True)).to_have_count(1)
    repeats = delivered.filter(has_text="a repeat: DELIVERED is recorded already, nothing changes")
    await expect(repeats).to_have_count(2)


async def test_delayed_callback_waits_in_the_queue(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-delay").select_option("1")
    await expect(console.find("broken-text")).to_contain_text("callbacks are 1 s late")
    message_id = await console.send({"text": "Hello"})
    await expect(console.find("waiting").filter(has_text="DELIVERED").first).to_be_visible()
    await console.expect_state(message_id, "delivered")


async def test_reversed_receipts_end_in_read(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-reverse").click()
    await expect(console.find("broken-text")).to_contain_text("in reverse order")
    message_id = await console.compose({"contentMessage": {"text": "Hello"}})
    await console.find("open-conversation").click()
    await console.expect_state(message_id, "read")
    await console.expect_step("DELIVERED", "READ outranks DELIVERED: the state stays read")


async def test_answer_503_leaves_the_message_pending_until_it_is_mended(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-status").select_option("UNAVAILABLE")
    await expect(console.find("broken-text")).to_contain_text("the platform answers UNAVAILABLE")
    message_id = await console.compose({"contentMessage": {"text": "Hello"}})
    await console.expect_state(message_id, "pending")
    await console.expect_step("agentMessages.create", "this settles nothing")
    await console.find("break-status").select_option("")
    await console.expect_state(message_id, "delivered")
    await expect(console.find("bubble")).to_have_count(1)


async def test_stopped_webhook_fails_callbacks_and_catches_up_when_started(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("stop-webhook").click()
    await expect(console.find("flow-webhook")).to_have_attribute("data-state", "stopped")
    await expect(console.find("broken-text")).to_contain_text("webhook is stopped")
    message_id = await console.send({"text": "Hello"})
    await expect(console.find_wire_row("DELIVERED")).to_contain_text("no answer, failed")
    await expect(console.find("queue-counts").locator(".count-bad").first).to_contain_text("failed attempts")
    await console.expect_state(message_id, "accepted")
    await console.find("start-webhook").click()
    await expect(console.find("flow-webhook")).to_have_attribute("data-state", "running")
    await console.expect_state(message_id, "delivered")


async def test_killed_function_is_a_new_process_and_loses_nothing(console: Console) -> None:
    await console.unfold("breakers")
    row = console.find("function-correlate")
    await expect(row).to_contain_text("process ")
    before = await row.inner_text()
    await console.find("kill-correlate").click()
    message_id = await console.send({"text": "Hello"})
    await expect(row).not_to_have_text(before)
    await expect(row).to_have_attribute("data-state", "running")
    await expect(row).to_contain_text("start 2")
    await console.expect_state(message_id, "delivered")
