"""A message is written, checked as `send` checks it, seen, and sent."""

import json

import pytest
from playwright.async_api import expect
from tests.infra.console.browser.console import Console
from tests.infra.console.browser.contents import CARD

from rbm_ops.console.composer import find_request_faults, list_templates

pytestmark = pytest.mark.asyncio(loop_scope="session")

_FAULTY = """{
  "contentMessage": {
    "text": "Hello",
    "suggestions": [
      {"reply": {"text": "A text that is far too long for a chip", "postbackData": "a"}},
      {"reply": {"text": "No postback"}}
    ]
  },
  "ttl": "soon"
}"""
# By path of the fault; the first line is number 1.
_LINES = {"contentMessage.suggestions[0]": 5, "contentMessage.suggestions[1]": 6, "ttl": 9}


async def test_faults_are_those_of_send_each_with_its_line(console: Console) -> None:
    request = {"agentId": "a", "phoneNumber": console.phone_number, **json.loads(_FAULTY)}
    faults = find_request_faults(json.dumps(request).encode())
    assert len(faults) >= len(_LINES)
    await console.find("compose").click()
    await console.find("composer-json").fill(_FAULTY)
    await expect(console.find("fault")).to_have_count(len(faults))
    for fault in faults:
        line = next(line for path, line in _LINES.items() if fault["path"].startswith(path))
        shown = console.find("fault").filter(has_text=f"{fault['path']}: {fault['problem']}")
        await expect(shown).to_contain_text(f"line {line}")
    await expect(console.page.locator(".gutter-fault")).to_have_text(["5", "6", "9"])
    await console.find("fault").last.get_by_role("button").click()
    chosen = await console.page.evaluate("getSelection().toString()")
    assert chosen == '  "ttl": "soon"'


async def test_faulty_request_can_be_sent_and_is_rejected_with_its_faults(console: Console) -> None:
    message_id = await console.compose(json.loads(_FAULTY))
    await console.expect_state(message_id, "rejected")
    await console.expect_step("requested", "not sent, it can never succeed: ")
    for path in _LINES:
        await console.expect_step("requested", path)
    await expect(console.find("bubble")).to_have_count(0)


async def test_text_that_is_no_json_is_located_and_cannot_be_sent(console: Console) -> None:
    await console.find("compose").click()
    await console.find("composer-json").fill('{\n  "contentMessage": {\n    "text": Hello\n  }\n}')
    await expect(console.find("fault")).to_contain_text("line 3")
    await expect(console.find("fault")).to_contain_text("This is no JSON")
    await expect(console.find("composer-send")).to_be_disabled()


async def test_preview_shows_the_message_as_the_phone_will(console: Console) -> None:
    await console.find("compose").click()
    await console.find("composer-json").fill(json.dumps({"contentMessage": CARD}))
    preview = console.find("composer-preview")
    await expect(preview.locator("[data-testid=card]")).to_contain_text("All about An oak")
    previewed = await preview.locator("[data-testid=chip]").all_inner_texts()
    await expect(console.find("composer-faults")).to_contain_text("No faults")
    await console.find("composer-json").press("Control+Enter")
    message_id = await console.read_sent_id()
    chips = console.find("bubble", message_id=message_id).locator("[data-testid=chip]")
    await expect(chips).to_have_text(previewed)


async def test_each_template_can_be_chosen_and_drawn(console: Console) -> None:
    await console.find("compose").click()
    for template in list_templates():
        await console.find("composer-template").select_option(template["name"])
        await expect(console.find("composer-json")).to_have_value(json.dumps(template["body"], indent=2))
        await expect(console.find("composer-status")).not_to_have_text("Checking…")
        preview = console.find("composer-preview")
        await expect(preview).not_to_be_empty()
        await expect(preview).not_to_contain_text("can't draw")


async def test_draft_outlives_a_reload(console: Console) -> None:
    draft = '{"contentMessage": {"text": "Not finis'
    await console.find("compose").click()
    await console.find("composer-json").fill(draft)
    await console.page.reload()
    await console.find("compose").click()
    await expect(console.find("composer-json")).to_have_value(draft)
