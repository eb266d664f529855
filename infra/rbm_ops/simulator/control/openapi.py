"""The OpenAPI 3.1 document of the control API, made from its operations."""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

import msgspec

from rbm_ops.simulator.control.models import Error
from rbm_ops.simulator.control.operation import AnyOperation, Group, Nothing, Operation, RawOperation
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.resources import JsonObject

_REF_TEMPLATE = "#/components/schemas/{name}"
_SNAKE_CASE = re.compile(r"`[a-z]+(?:_[a-z]+)+`")


def build_document(operations: Iterable[AnyOperation]) -> JsonObject:
    operations = tuple(operations)
    types = [Error, *_list_types(operations)]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF_TEMPLATE)
    refs = {id(each): schema for each, schema in zip(types, schemas, strict=True)}
    paths: dict[str, JsonObject] = {}
    for operation in operations:
        path = paths.setdefault(operation.path, {})
        if isinstance(operation, RawOperation):
            path["get"] = _describe_raw(operation)
        else:
            path[operation.method.lower()] = _describe(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "RBM simulator: control API",
            "version": version("rbm-ledger"),
            "description": "Everything that a person or a test may see of the simulator, and do to it.",
        },
        "tags": [{"name": group} for group in Group],
        "paths": paths,
        "components": {"schemas": {name: _spell_as_json(schema) for name, schema in components.items()}},
    }


def _list_types(operations: tuple[AnyOperation, ...]) -> Iterator[Any]:
    for operation in operations:
        if isinstance(operation, Operation):
            yield operation.answer
            if operation.body is not Nothing:
                yield operation.body


def _describe_raw(operation: RawOperation) -> JsonObject:
    content = {operation.media_type: {"schema": {"type": "string"}}}
    return {
        "tags": [operation.group],
        "operationId": operation.respond.__name__.strip("_"),
        "summary": operation.summary,
        "responses": {"200": {"description": "OK", "content": content}},
    }


def _describe(operation: Operation[Any, Any], refs: dict[int, JsonObject]) -> JsonObject:
    described: JsonObject = {
        "tags": [operation.group],
        "operationId": operation.handle.__name__.strip("_"),
        "summary": operation.summary,
        "responses": {
            "200": {"description": "OK", "content": _json_content(refs[id(operation.answer)])},
            **_describe_errors(operation, refs[id(Error)]),
        },
    }
    if parameters := _describe_parameters(operation):
        described["parameters"] = parameters
        if operation.parameters.__doc__:
            described["description"] = _spell_as_json(operation.parameters.__doc__)
    if operation.body is not Nothing:
        content = _json_content(refs[id(operation.body)])
        content["application/json"]["example"] = operation.example
        described["requestBody"] = {"required": True, "content": content}
    return described


def _describe_parameters(operation: Operation[Any, Any]) -> list[JsonObject]:
    _, components = msgspec.json.schema_components([operation.parameters])
    schema = components[operation.parameters.__name__]
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in operation.path else "query",
            "required": name in schema["required"],
            "schema": member,
        }
        for name, member in schema["properties"].items()
    ]


def _describe_errors(operation: Operation[Any, Any], error: JsonObject) -> dict[str, JsonObject]:
    """By HTTP status; several statuses of Google can share one."""
    names: dict[str, list[str]] = {}
    for status in (Status.INVALID_ARGUMENT, *operation.errors):
        names.setdefault(str(int(ApiError(status).http_status)), []).append(status)
    return {
        http_status: {"description": " or ".join(statuses), "content": _json_content(error)}
        for http_status, statuses in names.items()
    }


def _json_content(schema: JsonObject) -> dict[str, JsonObject]:
    return {"application/json": {"schema": schema}}


def _spell_as_json(value: Any) -> Any:
    """What the docstrings of the models call `phone_number` is `phoneNumber` here."""
    match value:
        case str():
            return _SNAKE_CASE.sub(
                lambda name: re.sub("_(.)", lambda letter: letter[1].upper(), name[0]), value
            )
        case dict():
            return {name: _spell_as_json(member) for name, member in value.items()}
        case list():
            return [_spell_as_json(member) for member in value]
    return value
