"""The page says when it has lost the console, and finds it again by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.infra.console.browser.cloud import Cloud
from tests.infra.console.browser.console import console_page

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Line:
    """A TCP line to a port that can be cut and mended."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers |= {writer, far_writer}
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._writers -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@pytest_asyncio.fixture(loop_scope="session")
async def line(cloud: Cloud) -> AsyncIterator[Line]:
    line = Line(cloud.addresses.port("console"))
    await line.mend()
    yield line
    line.cut()


async def test_lost_connection_is_shown_and_what_was_missed_comes_when_it_is_back(
    browser: Browser, cloud: Cloud, phone_number: str, line: Line
) -> None:
    url = f"http://127.0.0.1:{line.port}/"
    async with console_page(browser, url, phone_number=phone_number) as console:
        await console.open()
        line.cut()
        await expect(console.find("connection")).to_have_text("Connection lost")
        await expect(console.find("error-bar")).to_contain_text("The connection to the console is lost")
        cloud.simulator.phone(phone_number).perform("text", agent_id="growing-tree-bank", text="Hello?")
        await line.mend()
        await expect(console.find("connection")).to_have_text("Live")
        await expect(console.find("error-bar")).to_be_hidden()
        await expect(console.find("bubble")).to_contain_text("Hello?")
        console.watch.expect("net::ERR|the console does not answer")
        console.watch.check()
