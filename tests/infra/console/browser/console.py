"""The console in a browser, with the hands of a user."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect
from tests.infra.console.browser.watch import Watch

AGENT_ID = "growing-tree-bank"
PATIENCE_MS = 15_000
WIDE = ViewportSize(width=1440, height=900)
NARROW = ViewportSize(width=390, height=844)

# Every view, and what stands in it once something has happened.
PLACES = {
    "phone": "bubble",
    "ledger": "ledger-row",
    "ledger/conversations": "conversation-row",
    "ledger/quarantine": "quarantine-row",
    "ledger/dead-letters": "dead-letter-row",
    "ledger/statistics": "chart",
    "wire": "wire-row",
}

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, slots=True)
class Console:
    """One page of it. It shows `phone_number` and AGENT_ID unless a test goes elsewhere."""

    page: Page
    url: str
    watch: Watch
    phone_number: str

    async def open(self, place: str = "phone", **params: str) -> None:
        """`place` as in the address: `ledger/quarantine`."""
        query = urlencode({"phone": self.phone_number, "agent": AGENT_ID, **params})
        await self.page.goto(f"{self.url}#/{place}?{query}")
        await expect(self.find("connection")).to_have_text("Live")

    async def visit(self, place: str, test_id: str) -> None:
        """Opens it and waits until it shows such an element, or says that there is none."""
        await self.open(place)
        shown = self.find(test_id).or_(self.find("empty")).filter(visible=True)
        await expect(shown).not_to_have_count(0)

    def find(self, test_id: str, **data: str) -> Locator:
        """By data-testid and further data attributes: `find("ledger-row", message_id=…)`."""
        attributes = {"testid": test_id, **data}
        selectors = (f'[data-{name.replace("_", "-")}="{value}"]' for name, value in attributes.items())
        return self.page.locator("".join(selectors))

    def find_wire_row(self, name: str) -> Locator:
        """The latest call or callback of this name about the page's own phone: the wire is everybody's."""
        row = self.find("wire-row", name=name)
        return row.filter(has_text=f"…{self.phone_number[-4:]}").first

    async def compose(self, body: Mapping[str, Any]) -> str:
        """Writes the request in the composer and sends it; the message id."""
        await self.find("compose").click()
        await self.find("composer-json").fill(json.dumps(body, indent=2))
        await self.find("composer-send").click()
        return await self.read_sent_id()

    async def read_sent_id(self) -> str:
        """Of the message whose story the composer has opened."""
        await expect(self.find("composer")).to_have_count(0)
        place = urlsplit(self.page.url).fragment.partition("?")[0]
        return unquote(place.rpartition("/")[2])

    async def send(self, content: Mapping[str, Any], **members: Any) -> str:
        """Publishes a send request behind the page's back; the message id."""
        request = {"agentId": AGENT_ID, "phoneNumber": self.phone_number, "contentMessage": content}
        answer = await self.page.request.post(f"{self.url}api/send", data=request | members)
        return str((await answer.json())["messageId"])

    async def expect_state(self, message_id: str, state: str) -> None:
        """Of the message's row in the ledger."""
        row = self.find("ledger-row", message_id=message_id)
        await expect(row).to_have_attribute("data-state", state)

    async def expect_step(self, title: str, note: str) -> None:
        """The story that is open has such a step, with these words among those about it."""
        step = self.find("step", title=title).filter(has_text=note)
        await expect(step).not_to_have_count(0)

    async def unfold(self, *test_ids: str) -> None:
        """Opens folds that are closed."""
        for test_id in test_ids:
            await self.find(test_id).evaluate("fold => { fold.open = true; }")


@contextlib.asynccontextmanager
async def console_page(
    browser: Browser, url: str, *, phone_number: str, **options: Any
) -> AsyncIterator[Console]:
    """A page with nothing stored, and nothing opened yet. `options` of the browser's context."""
    context = await browser.new_context(**{"viewport": WIDE, **options})
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(url)
    watch.attach(context)
    try:
        yield Console(await context.new_page(), url, watch, phone_number)
    finally:
        await context.close()
