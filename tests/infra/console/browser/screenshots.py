"""Screenshots of the console, made by one command: python -m tests.infra.console.browser.screenshots

Without arguments the two that the README shows are made anew; `--to DIR` makes all of them there.
"""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, expect
from tests.infra.console.browser.chromium import running_chromium
from tests.infra.console.browser.cloud import Cloud, running_cloud
from tests.infra.console.browser.console import AGENT_ID, NARROW, WIDE, Console, console_page
from tests.infra.console.browser.scene import HOMES, PHONE_NUMBER, play_scene

_FOLDER = Path(__file__).parents[4] / "infra" / "screenshots"
_OF_README = ("console-light", "story-dark")
_MOST_BYTES = 300_000
_SIZES = {"": WIDE, "-narrow": NARROW}
_SCHEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class View:
    """`place` as in the page's address; `prepare` is what a hand does there before the picture is taken."""

    name: str
    place: str
    prepare: Callable[[Console], Awaitable[None]]


async def _wait_for_carousel(console: Console) -> None:
    await expect(console.find("carousel")).to_have_count(1)


async def _wait_for_story(console: Console) -> None:
    await console.expect_step("DELIVERED", "READ outranks DELIVERED: the state stays read")
    await console.find("story").blur()


async def _wait_for_charts(console: Console) -> None:
    await expect(console.find("chart")).to_have_count(3)


async def _compose_with_faults(console: Console) -> None:
    await console.find("compose").click()
    await console.find("composer-template").select_option("rich-card-carousel")
    text = json.dumps({"contentMessage": HOMES}, indent=2)
    faulty = text.replace("Book a visit", "Book a visit for Saturday or Sunday")
    await console.find("composer-json").fill(faulty)
    await console.find("composer-json").evaluate("editor => { editor.scrollTop = 0; }")
    await expect(console.find("fault")).to_have_count(2)


async def _break_callbacks(console: Console) -> None:
    await console.unfold("breakers")
    await console.find("break-signature").click()
    await expect(console.find("broken-text")).to_be_visible()
    await console.send({"text": "Your visit is on Saturday at two."}, source="homes")
    await expect(console.find("waiting")).not_to_have_count(0)


def _list_views(message_id: str) -> Sequence[View]:
    """The broken wire comes last: its message stands in the others' way."""
    return (
        View("console", "ledger", _wait_for_carousel),
        View("phone", "phone", _wait_for_carousel),
        View("story", f"ledger/message/{AGENT_ID}/{message_id}", _wait_for_story),
        View("statistics", "ledger/statistics", _wait_for_charts),
        View("composer", "ledger", _compose_with_faults),
        View("wire-broken", "wire", _break_callbacks),
    )


async def _take_all(browser: Browser, cloud: Cloud, folder: Path, wanted: Sequence[str]) -> None:
    url = cloud.console_url
    async with console_page(browser, url, phone_number=PHONE_NUMBER) as console:
        await console.open("ledger")
        message_id = await play_scene(console, cloud)
    for view, suffix, scheme in itertools.product(_list_views(message_id), _SIZES, _SCHEMES):
        name = f"{view.name}{suffix}-{scheme}"
        if wanted and name not in wanted:
            continue
        look = {"viewport": _SIZES[suffix], "color_scheme": scheme, "reduced_motion": "reduce"}
        async with console_page(browser, url, phone_number=PHONE_NUMBER, **look) as console:
            await _take(console, view, folder / f"{name}.png")
        cloud.simulator.mend()


async def _take(console: Console, view: View, file: Path) -> None:
    await console.open(view.place)
    for test_id in ("ledger-row", "wire-row", "bubble"):
        await expect(console.find(test_id)).not_to_have_count(0)
    await view.prepare(console)
    picture = await console.page.screenshot(path=file, animations="disabled")
    console.watch.check()
    if len(picture) > _MOST_BYTES:
        sys.exit(f"{file} has more than {_MOST_BYTES} bytes.")


async def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="DIR", help="make all of them, in this folder")
    folder: Path | None = parser.parse_args().to
    with tempfile.TemporaryDirectory() as state_folder, running_cloud(Path(state_folder)) as cloud:
        async with running_chromium() as browser:
            await _take_all(browser, cloud, folder or _FOLDER, () if folder else _OF_README)


if __name__ == "__main__":
    asyncio.run(_main())
