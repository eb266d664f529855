"""Narrow and wide, light and dark, with keys alone, and for who can't see the page."""

import json
import re
from typing import Literal

import pytest
from playwright.async_api import ViewportSize, expect
from tests.infra.console.browser.console import AGENT_ID, NARROW, PLACES, WIDE, Console
from tests.infra.console.browser.contents import CAROUSEL
from tests.infra.console.browser.looks import find_overflowing, find_pale

pytestmark = pytest.mark.asyncio(loop_scope="session")

# --ground of tokens.css.
_LIGHT, _DARK = "rgb(238, 240, 245)", "rgb(15, 17, 22)"
_LANDMARKS: tuple[tuple[Literal["navigation", "region", "log", "list"], str], ...] = (
    ("navigation", "Ledger"),
    ("region", "Phone"),
    ("region", "Ledger"),
    ("region", "Wire"),
    ("log", "Conversation"),
    ("list", "Progress"),
)
# By WCAG 2.2, 1.4.3.
_LEAST_RATIO = 4.5
_MIDDLE = ViewportSize(width=1000, height=700)
_SMALLEST = ViewportSize(width=320, height=600)
_NAMELESS = re.compile(
    r"^\s*- (?:button|link|textbox|searchbox|combobox|switch|checkbox|spinbutton|img|dialog)(?: \[.*\])?:?$",
    re.MULTILINE,
)


async def _send_all_kinds(console: Console) -> str:
    message_id = await console.send(CAROUSEL, source="campaigns", clientReference="autumn-letter-of-2026")
    await console.send({"text": "https://example.com/" + "a-long-address/" * 12})
    await console.send({"text": ""})
    await expect(console.find("bubble")).to_have_count(2)
    await console.expect_state(message_id, "delivered")
    return message_id


async def test_narrow_window_shows_one_pane_at_a_time_and_nothing_overflows(console: Console) -> None:
    message_id = await _send_all_kinds(console)
    await console.page.set_viewport_size(NARROW)
    for place, test_id in (PLACES | {f"ledger/message/{AGENT_ID}/{message_id}": "step"}).items():
        await console.visit(place, test_id)
        await console.unfold("breakers")
        view = place.partition("/")[0]
        await expect(console.page.locator("main > section:visible")).to_have_count(1)
        await expect(console.find(f"pane-{view}")).to_be_visible()
        await expect(console.find(f"view-{view}")).to_have_attribute("aria-current", "page")
        assert await find_overflowing(console.page) == [], place
    await console.find("view-phone").click()
    await expect(console.find("pane-phone")).to_be_visible()
    await console.find("compose").click()
    await expect(console.find("composer-send")).to_be_visible()
    assert await find_overflowing(console.page) == []


@pytest.mark.parametrize("size", [WIDE, _MIDDLE, _SMALLEST])
async def test_nothing_overflows_at_other_widths(console: Console, size: ViewportSize) -> None:
    message_id = await _send_all_kinds(console)
    await console.page.set_viewport_size(size)
    for place, test_id in (PLACES | {f"ledger/message/{AGENT_ID}/{message_id}": "step"}).items():
        await console.visit(place, test_id)
        assert await find_overflowing(console.page) == [], place


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_texts_and_states_can_be_read_in_both_schemes(
    console: Console, scheme: Literal["light", "dark"]
) -> None:
    await console.page.emulate_media(color_scheme=scheme)
    message_id = await _send_all_kinds(console)
    await console.open(f"ledger/message/{AGENT_ID}/{message_id}")
    await console.unfold("breakers")
    await expect(console.find("step")).to_have_count(3)
    await console.find("story").evaluate(
        """async (story) => {
          const { STATES, makeStateChip } = await import("/static/js/states.js");
          story.append(...Object.keys(STATES).map(makeStateChip));
        }"""
    )
    assert await console.find("story").locator("[data-testid=state]").count() > 10
    assert await find_pale(console.page, least_ratio=_LEAST_RATIO) == []


async def test_scheme_is_that_of_the_system_until_the_switch_changes_it(console: Console) -> None:
    ground = console.page.locator("html")
    await console.page.emulate_media(color_scheme="dark")
    await expect(ground).to_have_css("background-color", _DARK)
    await console.page.emulate_media(color_scheme="light")
    await expect(ground).to_have_css("background-color", _LIGHT)
    await console.find("theme").click()
    await console.find("theme").click()
    await expect(console.find("theme")).to_have_accessible_name("Theme: dark")
    await expect(ground).to_have_css("background-color", _DARK)
    await console.page.reload()
    await expect(ground).to_have_css("background-color", _DARK)


async def test_keys_alone_compose_send_and_open_the_story(console: Console) -> None:
    keyboard = console.page.keyboard
    await keyboard.press("c")
    await expect(console.find("composer-template")).to_be_focused()
    for _ in range(3):
        await keyboard.press("Tab")
    await expect(console.find("composer-json")).to_be_focused()
    await keyboard.press("Control+a")
    await keyboard.insert_text(json.dumps({"contentMessage": {"text": "By keys alone"}}))
    await keyboard.press("Control+Enter")
    await expect(console.find("story")).to_contain_text("By keys alone")
    await keyboard.press("l")
    await keyboard.press("Escape")
    await expect(console.find("story")).to_be_hidden()
    await keyboard.press("/")
    await expect(console.find("filter-text")).to_be_focused()
    await keyboard.type(console.phone_number)
    await expect(console.find("ledger-row")).to_have_count(1)
    for _ in range(2):
        await keyboard.press("Tab")
    await expect(console.find("ledger-row").locator("a")).to_be_focused()
    await keyboard.press("Enter")
    await expect(console.find("story")).to_be_focused()
    await expect(console.find("steps")).to_contain_text("requested")
    await keyboard.press("?")
    await expect(console.find("help-dialog")).to_be_visible()
    await keyboard.press("Escape")
    await expect(console.find("help-dialog")).to_have_count(0)
    await expect(console.find("story")).to_be_focused()


async def test_every_control_has_a_name(console: Console) -> None:
    message_id = await _send_all_kinds(console)
    await console.open(f"ledger/message/{AGENT_ID}/{message_id}")
    await console.unfold("breakers")
    for role, name in _LANDMARKS:
        await expect(console.page.get_by_role(role, name=name, exact=True)).to_have_count(1)
    for name in ("Online", "RCS", "Receipts", "Opted in", "Wrong signature", "Reverse order"):
        await expect(console.page.get_by_role("switch", name=name)).to_have_count(1)
    for dialog in ("compose", "phone-settings", "phone-location", "add-phone", "help"):
        await console.find(dialog).click()
        await expect(console.page.get_by_role("dialog")).to_have_count(1)
        assert _NAMELESS.findall(await console.page.locator("body").aria_snapshot()) == []
        await console.page.get_by_role("button", name="Close", exact=True).click()
        await expect(console.page.get_by_role("dialog")).to_have_count(0)
