"""The OpenAPI document: of every route, and of nothing else."""

import json
import re
from collections.abc import Iterator

import msgspec
import pytest

from rbm_ops.simulator.control.api import OPERATIONS, ControlApi
from rbm_ops.simulator.control.openapi import build_document

METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def document() -> dict:
    return build_document(OPERATIONS)


def operations_of(document: dict) -> Iterator[tuple[str, str, dict]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def find_members(value: object, name: str) -> Iterator[object]:
    """Every member of that name, however deep."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in members:
        if key == name:
            yield member
        yield from find_members(member, name)


async def test_document_is_served(business, document: dict) -> None:
    as_json = json.loads(msgspec.json.encode(document))
    assert await business.call("GET", "/control/openapi.json") == (200, as_json)


def test_document_has_every_route_and_nothing_else(simulator, document: dict) -> None:
    routes = {(route.method.lower(), route.path) for route in ControlApi(simulator.simulation).routes()}
    assert {(method, path) for method, path, _ in operations_of(document)} == routes
    assert len(routes) == len(OPERATIONS)


def test_document_has_the_form_of_openapi(document: dict) -> None:
    """What the specification 3.1 demands of the parts that are used here."""
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= document["info"].keys()
    tags = {tag["name"] for tag in document["tags"]}
    identifiers = [operation["operationId"] for _, _, operation in operations_of(document)]
    assert len(set(identifiers)) == len(identifiers)
    for method, path, operation in operations_of(document):
        assert method in METHODS
        assert set(operation["tags"]) <= tags
        named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        assert all(each["required"] for each in operation.get("parameters", ()) if each["in"] == "path")
        assert all("description" in response for response in operation["responses"].values())


def test_every_reference_leads_to_a_schema_and_every_schema_is_used(document: dict) -> None:
    refs = {str(ref).removeprefix("#/components/schemas/") for ref in find_members(document, "$ref")}
    assert refs == set(document["components"]["schemas"])


def test_descriptions_spell_names_as_json_does(document: dict) -> None:
    descriptions = list(find_members(document["components"]["schemas"], "description"))
    assert any("`httpStatus`" in str(description) for description in descriptions)
    assert not [text for text in descriptions if re.search(r"`\w+_\w+`", str(text))]


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("post", "/control/phones/{phone}/actions", {"200", "400", "403", "404"}),
        ("put", "/control/webhooks/partner", {"200", "400"}),
        ("get", "/control/phones/{phone}", {"200", "400"}),
        ("get", "/control/stream", {"200"}),
    ],
)
def test_refusals_stand_by_their_status(document: dict, method: str, path: str, statuses: set[str]) -> None:
    responses = document["paths"][path][method]["responses"]
    assert set(responses) == statuses
    if "403" in statuses:
        assert responses["400"]["description"] == "INVALID_ARGUMENT or FAILED_PRECONDITION"


def test_query_is_optional_and_bounded(document: dict) -> None:
    parameters = document["paths"]["/control/wire"]["get"]["parameters"]
    limit = next(each for each in parameters if each["name"] == "limit")
    assert (limit["in"], limit["required"]) == ("query", False)
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 2000, "default": 500}


@pytest.mark.parametrize(
    ("schema", "member", "values"),
    [("PhoneChange", "script", "hand"), ("Phone", "missingFeatures", "ACTION_DIAL")],
)
def test_names_that_can_be_given_are_listed(document: dict, schema: str, member: str, values: str) -> None:
    described = document["components"]["schemas"][schema]["properties"][member]
    assert any(values in enumeration for enumeration in find_members(described, "enum"))


async def test_every_example_is_accepted(control, document: dict, webhook) -> None:
    """Each is what the page tells people to paste."""
    tried = 0
    for method, path, operation in operations_of(document):
        if "requestBody" not in operation:
            continue
        example = operation["requestBody"]["content"]["application/json"]["example"]
        if "url" in example:
            example = {**example, "url": webhook.url}
        for parameter in operation.get("parameters", ()):
            path = path.replace(f"{{{parameter['name']}}}", parameter["schema"]["examples"][0])
        status, answer = await control(method.upper(), path.removeprefix("/control/"), example)
        assert status == 200 or answer["error"]["status"] == "FAILED_PRECONDITION", (path, answer)
        tried += 1
    assert tried == 11
