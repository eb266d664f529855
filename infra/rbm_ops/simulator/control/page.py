"""The OpenAPI document as a page for people. It needs no script."""

import json
import shlex
from typing import Any

import jinja2

from rbm_ops.simulator.resources import JsonObject

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("rbm_ops.simulator.control"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render_page(document: JsonObject, *, base_url: str) -> str:
    operations = [
        {
            **operation,
            "method": method.upper(),
            "path": path,
            "curl": _write_curl(base_url, method, path, operation),
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    chapters = {
        tag["name"]: [operation for operation in operations if tag["name"] in operation["tags"]]
        for tag in document["tags"]
    }
    return _ENVIRONMENT.get_template("page.html").render(
        document=document, chapters=chapters, base_url=base_url, name_type=_name_type
    )


def _write_curl(base_url: str, method: str, path: str, operation: JsonObject) -> str:
    """A line to paste into a shell; parameters of the path stand there as their examples."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["schema"]["examples"][0])
    words = ["curl"]
    if "text/event-stream" in operation["responses"]["200"]["content"]:
        words.append("-N")
    if method != "get":
        words += ["-X", method.upper()]
    words.append(shlex.quote(base_url + path))
    if "requestBody" in operation:
        example = operation["requestBody"]["content"]["application/json"]["example"]
        words += ["-d", shlex.quote(json.dumps(example))]
    return " ".join(words)


def _name_type(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """Words of a sentence, each with the name of the schema that it leads to, or nothing."""
    match schema:
        case {"$ref": ref}:
            name = ref.rpartition("/")[2]
            return [(name, name)]
        case {"anyOf": options}:
            return _join_types(options)
        case {"enum": values}:
            return [(" or ".join(json.dumps(value) for value in values), "")]
        case {"type": "array", "items": items}:
            return [("list of ", ""), *_name_type(items)]
        case {"type": "object", "additionalProperties": dict(members)}:
            return [("map to ", ""), *_name_type(members)]
        case {"type": "null"}:
            return [("null", "")]
        case {"type": str(name)}:
            return [(name + _name_bounds(schema), "")]
    return [("anything", "")]


def _join_types(options: list[dict[str, Any]]) -> list[tuple[str, str]]:
    words = _name_type(options[0])
    for option in options[1:]:
        words += [(" or ", ""), *_name_type(option)]
    return words


def _name_bounds(schema: dict[str, Any]) -> str:
    bounds = {"minimum": ", ≥ ", "exclusiveMinimum": ", > ", "maximum": ", ≤ ", "maxLength": ", length ≤ "}
    return "".join(f"{sign}{schema[name]:,}" for name, sign in bounds.items() if name in schema)
