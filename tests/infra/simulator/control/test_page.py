"""The page for people."""

import re
from html.parser import HTMLParser

import aiohttp
import pytest

from rbm_ops.simulator.control.api import OPERATIONS
from rbm_ops.simulator.control.openapi import build_document
from rbm_ops.simulator.control.page import render_page

HOSTILE = "</code><script>alert(1)</script>\"'&`"


@pytest.fixture(scope="module")
def document() -> dict:
    return build_document(OPERATIONS)


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.found.append((tag, dict(attrs)))


async def read_page(business, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
    async with business.session.get(business.url + path, headers=headers) as response:
        return response, await response.text()


async def test_page_shows_every_operation_and_schema(business, document: dict) -> None:
    response, page = await read_page(business, "/control/")
    assert (response.status, response.content_type) == (200, "text/html")
    identifiers = [attributes["id"] for tag, attributes in Elements(page).found if tag == "article"]
    operations = [
        operation["operationId"] for path in document["paths"].values() for operation in path.values()
    ]
    schemas = [f"schema-{name}" for name in document["components"]["schemas"]]
    assert sorted(identifiers) == sorted(operations + schemas)


async def test_every_link_within_the_page_leads_somewhere(business) -> None:
    elements = Elements((await read_page(business, "/control/"))[1]).found
    targets = {attributes["id"] for _, attributes in elements if "id" in attributes}
    links = {attributes["href"] for tag, attributes in elements if tag == "a"}
    inner = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert len(inner) > 20
    assert inner <= targets
    assert links - {f"#{each}" for each in inner} == {"/control/openapi.json"}


async def test_page_has_no_script_and_nothing_of_another_host(business) -> None:
    response, page = await read_page(business, "/control/")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'self'"
    tags = {tag for tag, _ in Elements(page).found}
    assert not tags & {"script", "img", "style", "iframe"}
    sources = [attributes["href"] for tag, attributes in Elements(page).found if tag == "link"]
    assert sources == ["/control/style.css"]
    style, text = await read_page(business, "/control/style.css")
    assert (style.status, style.content_type) == (200, "text/css")
    assert not re.search(r"url\(|@import", text)


@pytest.mark.parametrize(
    "command",
    [
        "curl -X PATCH http://127.0.0.1:1/control/phones/+14155550107 -d '{\"isOnline\": false}'",
        "curl -N http://127.0.0.1:1/control/stream",
        "curl -X DELETE http://127.0.0.1:1/control/disturbances",
        "curl http://127.0.0.1:1/control/agents/growing-tree-bank",
    ],
)
def test_commands_can_be_pasted(document: dict, command: str) -> None:
    page = render_page(document, base_url="http://127.0.0.1:1")
    commands = re.findall(r"<pre tabindex=\"0\"><code>(.*?)</code></pre>", page)
    assert command in [text.replace("&#39;", "'").replace("&#34;", '"') for text in commands]


async def test_hostile_host_is_text(business) -> None:
    _, page = await read_page(business, "/control/", Host="<script>alert(1)</script>")
    assert "script" not in {tag for tag, _ in Elements(page).found}
    assert "&lt;script&gt;" in page


def test_hostile_text_of_the_document_is_text(document: dict) -> None:
    """Whatever stands in it: names, descriptions, examples, defaults."""

    def poison(value: object) -> object:
        match value:
            case {"$ref": _}:
                return value
            case dict():
                return {name: poison(member) for name, member in value.items()}
            case list():
                return [poison(member) for member in value]
            case str():
                return value + HOSTILE
        return value

    poisoned = {**document, "info": poison(document["info"]), "components": poison(document["components"])}
    page = render_page(poisoned, base_url=HOSTILE)
    assert page.count("&lt;script&gt;") > 100
    assert "script" not in {tag for tag, _ in Elements(page).found}
