"""One cloud and one browser for all tests; for each a page and a phone of its own."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.infra.console.browser.chromium import CHROMIUM, running_chromium
from tests.infra.console.browser.cloud import Cloud, running_cloud
from tests.infra.console.browser.console import Console, console_page

_NO_CHROMIUM = f"These tests need {CHROMIUM}: apt-get install chromium"


@pytest.fixture(scope="session")
def _chromium_is_here() -> None:
    if CHROMIUM.exists():
        return
    if os.environ.get("CI"):
        pytest.fail(_NO_CHROMIUM)
    pytest.skip(_NO_CHROMIUM)


@pytest.fixture(scope="session")
def cloud(_chromium_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(_chromium_is_here: None) -> AsyncIterator[Browser]:
    async with running_chromium() as running:
        yield running


@pytest.fixture
def phone_number(cloud: Cloud) -> str:
    return cloud.take_phone()


@pytest_asyncio.fixture(loop_scope="session")
async def console(browser: Browser, cloud: Cloud, phone_number: str) -> AsyncIterator[Console]:
    """Open, and at the end free of faults that the test did not expect."""
    async with console_page(browser, cloud.console_url, phone_number=phone_number) as console:
        await console.open()
        yield console
        shown = await console.find("error").all_inner_texts()
        console.watch.faults += [f"error bar: {text}" for text in shown]
        console.watch.check()


@pytest_asyncio.fixture(loop_scope="session")
async def mended_afterwards(console: Console) -> AsyncIterator[None]:
    """Whatever the test breaks, the next one finds it whole."""
    yield
    if await console.find("broken").is_visible():
        await console.find("mend-everything").click()
    await expect(console.find("broken")).to_be_hidden()
