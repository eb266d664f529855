"""What the screenshots show: a bank that finds its customer a new home, and messages of many fates."""

import asyncio
from typing import Any

from playwright.async_api import expect
from tests.infra.console.browser.cloud import Cloud
from tests.infra.console.browser.console import AGENT_ID, Console

PHONE_NUMBER = "+14155550142"
_ORDINARY_PHONES = range(14155560001, 14155560037)
_CAMPAIGN = (
    "New homes near you, every Friday.",
    "Your statement of November is ready.",
    "Thank you for your visit. How was it?",
    "The branch in Elm Street opens at nine.",
    "Your deposit of $ 1,200 has arrived.",
    "Save the date: open day on 5 December.",
)
# By what becomes of it: the number's fate, what is said, for whom, and the state in which it stays.
_OTHERS = (
    ("+14155550107", "Was everything as you wished?", "branch", "read"),
    ("+14155550102", "Your rate was fixed at 3.1 %.", "loans", "delivered"),
    ("+14155550106", "Your code is 471 102.", "login", "read"),
    ("+14155550103", "Your new card is on its way.", "cards", "accepted"),
    ("+14155550109", "Shall we remind you of the open day?", "marketing", "delivered"),
    ("+14155550104", "Your appointment is on Friday at ten.", "branch", "unreachable"),
    ("+14155550111", "Welcome to Growing Tree Bank!", "marketing", "rejected"),
)


def _reply(text: str, postback: str) -> dict[str, Any]:
    return {"reply": {"text": text, "postbackData": postback}}


def _open_page(text: str, url: str) -> dict[str, Any]:
    return {"action": {"text": text, "postbackData": url, "openUrlAction": {"url": url}}}


def _card(title: str, description: str, file_name: str) -> dict[str, Any]:
    media = {"height": "MEDIUM", "contentInfo": {"fileUrl": f"https://homes.example/{file_name}"}}
    suggestions = [
        _reply("Book a visit", f"visit {title}"),
        _open_page("See the plan", "https://homes.example/plan"),
    ]
    return {"title": title, "description": description, "media": media, "suggestions": suggestions}


_GREETING = {
    "text": "Good morning, Ada! We found two homes within your budget. Shall we show you?",
    "suggestions": [_reply("Yes, please", "show"), _reply("Not now", "later")],
}
_CARDS = [
    _card("Maple Street 12", "Three rooms under old trees, with a small garden.", "maple-street-12.jpg"),
    _card("Harbour View", "Two bright rooms, and the sea at breakfast.", "harbour-view.jpg"),
]
HOMES = {
    "richCard": {"carouselCard": {"cardWidth": "MEDIUM", "cardContents": _CARDS}},
    "suggestions": [_reply("More homes", "more"), _reply("Talk to Ben", "person")],
}


async def play_scene(console: Console, cloud: Cloud) -> str:
    """The id of the message whose story is worth telling: READ came before DELIVERED."""
    simulator, phone = cloud.simulator, cloud.simulator.phone(PHONE_NUMBER)
    simulator.change_agent(AGENT_ID, display_name="Growing Tree Bank", color="#0f6b4f")
    phone.update(script="hand")
    await _send_campaign(console)
    greeting = await _send(console, _GREETING, "homes")
    await console.expect_state(greeting, "delivered")
    phone.perform("tap", agent_id=AGENT_ID, message_id=greeting, suggestion=0)
    phone.perform("open", agent_id=AGENT_ID)
    for phone_number, text, source, state in _OTHERS:
        message_id = await _send(console, {"text": text}, source, phoneNumber=phone_number)
        await console.expect_state(message_id, state)
    simulator.disturb(is_reversed=True)
    homes = await _send(console, HOMES, "homes")
    await expect(console.find("bubble", message_id=homes)).to_be_visible()
    phone.perform("open", agent_id=AGENT_ID)
    await console.expect_state(homes, "read")
    simulator.mend()
    return homes


async def _send_campaign(console: Console) -> None:
    sending = (
        _send(console, {"text": _CAMPAIGN[place % len(_CAMPAIGN)]}, "news", phoneNumber=f"+{number}")
        for place, number in enumerate(_ORDINARY_PHONES)
    )
    for message_id in await asyncio.gather(*sending):
        await expect(console.find("ledger-row", message_id=message_id, state="read")).to_have_count(1)


async def _send(console: Console, content: dict[str, Any], source: str, **to: str) -> str:
    return await console.send(content, source=source, **to)
