"""Texts of strangers stay texts, in every place that shows one."""

import json
from urllib.parse import quote

import pytest
from playwright.async_api import Route, expect
from tests.infra.console.browser.cloud import Cloud
from tests.infra.console.browser.console import AGENT_ID, NARROW, PLACES, WIDE, Console
from tests.infra.console.browser.looks import find_overflowing, find_turned
from tests.infra.console.publishing import publish

pytestmark = pytest.mark.asyncio(loop_scope="session")

_ATTACK = "attacked=1"
_TURN = "\N{RIGHT-TO-LEFT OVERRIDE}"
_MARKER = "xq"
HOSTILE = (
    f'{_TURN}{_MARKER}"><script>{_ATTACK}</script><img src=x onerror="{_ATTACK}"><svg onload="{_ATTACK}">'
    f'<a href="javascript:{_ATTACK}">click</a>\'`${{{_ATTACK}}}'
)
_ENDLESS = _MARKER + "W" * 2998
_IN_ADDRESS = quote(HOSTILE, safe="")
_SCRIPT_URL = f"javascript:{_ATTACK}"
# Of a chip: at most 25 characters.
_CHIP = f"{_TURN}{_MARKER}<b onclick=x>"


async def test_hostile_texts_never_run_and_never_leave_their_box(console: Console, cloud: Cloud) -> None:
    message_id = await _fill_everything(console, cloud)
    await console.expect_state(message_id, "delivered")
    opened = {
        f"ledger/message/{AGENT_ID}/{message_id}": "step",
        f"ledger/conversations/{AGENT_ID}/{console.phone_number}": "conversation-detail",
    }
    for size in (WIDE, NARROW):
        await console.page.set_viewport_size(size)
        for place, test_id in (PLACES | opened).items():
            await console.open(place)
            await expect(console.find(test_id).first).to_be_visible()
            await _unfold_everything(console)
            await _expect_harmless(console, place)


async def test_hostile_message_is_harmless_in_the_preview(console: Console) -> None:
    await console.find("compose").click()
    await console.find("composer-json").fill(json.dumps({"contentMessage": _make_card()}))
    await expect(console.find("composer-preview")).to_contain_text(_MARKER)
    await _expect_harmless(console, "composer")


async def test_hostile_address_shows_the_page_and_nothing_else(console: Console) -> None:
    await console.open(f"ledger/message/{_IN_ADDRESS}/{_IN_ADDRESS}", state=HOSTILE, q=HOSTILE)
    await expect(console.find("story")).to_contain_text(_MARKER)
    await _expect_harmless(console, "address")


async def test_colour_that_is_no_colour_is_not_used(console: Console) -> None:
    async def answer_with_css(route: Route) -> None:
        answer = await route.fetch()
        agents = [{"agentId": AGENT_ID, "color": "red; background: url(https://evil.example/)"}]
        await route.fulfill(response=answer, json={"agents": agents})

    await console.page.route("**/api/simulator/agents", answer_with_css)
    await console.page.reload()
    await expect(console.find("agent-name")).to_have_text(AGENT_ID)
    color = "getComputedStyle(document.querySelector('[data-testid=phone]')).getPropertyValue('--agent')"
    assert await console.page.evaluate(color) == "#0b57d0"


async def _fill_everything(console: Console, cloud: Cloud) -> str:
    """Every text that a caller, a user, an agent's owner or the platform can choose; a message's id."""
    simulator, phone_number = cloud.simulator, console.phone_number
    simulator.change_agent(AGENT_ID, display_name=HOSTILE)
    phone = simulator.phone(phone_number)
    phone.update(carrier=HOSTILE)
    message_id = await console.send(
        {"text": f"{HOSTILE} {_SCRIPT_URL}"}, source=HOSTILE, clientReference=_ENDLESS[:250]
    )
    await console.send({"text": _ENDLESS})
    await console.send(_make_card())
    for text in (HOSTILE, _ENDLESS):
        phone.perform("text", agent_id=AGENT_ID, text=text)
    phone.perform(
        "file", agent_id=AGENT_ID, file_name=HOSTILE + _ENDLESS, mime_type=HOSTILE, file_size_bytes=1
    )
    event = {"agentId": f"{AGENT_ID}@rbm.goog", "senderPhoneNumber": phone_number, "eventType": HOSTILE}
    simulator.call("POST", "callbacks", {"event": {**event, "messageId": message_id, "eventId": HOSTILE}})
    simulator.call("POST", "callbacks", {"event": {"agentId": HOSTILE, _ENDLESS: HOSTILE}})
    attributes = {"CloudPubSubDeadLetterSourceSubscription": HOSTILE, HOSTILE[:60]: HOSTILE}
    await publish(cloud.addresses, "rbm-dead-letters", HOSTILE.encode(), **attributes)
    return message_id


def _make_card() -> dict[str, object]:
    media = {"height": "SHORT", "contentInfo": {"fileUrl": f"https://evil.example/{_ENDLESS[:2000]}"}}
    action = {"text": _CHIP, "postbackData": HOSTILE, "openUrlAction": {"url": "https://evil.example/x"}}
    card = {
        "title": HOSTILE,
        "description": _ENDLESS[:2000],
        "media": media,
        "suggestions": [{"action": action}, {"reply": {"text": _CHIP, "postbackData": HOSTILE}}],
    }
    return {"richCard": {"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": card}}}


async def _unfold_everything(console: Console) -> None:
    folds = console.page.locator("details")
    await folds.evaluate_all("folds => folds.forEach((fold) => { fold.open = true; })")


async def _expect_harmless(console: Console, place: str) -> None:
    page = console.page
    assert await page.evaluate("typeof attacked") == "undefined", place
    await expect(page.locator("body script")).to_have_count(0)
    await expect(page.locator("img:not([src='/static/icon.svg'])")).to_have_count(0)
    await expect(page.locator("[href^=javascript], [onclick], [onload], [onerror]")).to_have_count(0)
    assert await find_overflowing(page) == [], place
    assert await find_turned(page, marker=_MARKER) == [], place
