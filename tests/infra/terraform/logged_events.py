"""What the functions log, read from their source: each event, with all fields that it can have.

An event's name is a constant, or one that entry.py puts the name of an answer in front of. Or it comes with
its severity from a table of constants, or with its fields from a function that describes it:

    log(*_TABLE[key], …)        event, fields = describe(…); log(event, **fields)

Or the entry points hand it over, as a constant, to a function whose parameter it is.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FUNCTIONS = Path(__file__).parents[3] / "functions"
ENTRY_POINTS = sorted(FUNCTIONS.glob("*.py"))

Fields = frozenset[str]
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def logged_events() -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    for function in _functions():
        for call in _calls(function, "log"):
            for event, fields in _read_call(call, function):
                found[event] = found.get(event, frozenset()) | fields
    return found


def answer_names() -> dict[str, list[str]]:
    """Of each function: what its events of entry.py begin with."""
    return {entry_point.stem: list(_answer_names(entry_point)) for entry_point in ENTRY_POINTS}


def _answer_names(entry_point: Path) -> Iterator[str]:
    for call in _calls(_parse(entry_point), "answer_request"):
        (name,) = (keyword.value for keyword in call.keywords if keyword.arg == "name")
        yield str(ast.literal_eval(name))


@cache
def _parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def _functions() -> tuple[_Function, ...]:
    files = (*ENTRY_POINTS, *sorted((FUNCTIONS / "rbm_ledger").rglob("*.py")))
    return tuple(node for file in files for node in ast.walk(_parse(file)) if isinstance(node, _Function))


def _calls(tree: ast.AST, function: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last_name(node.func) == function:
            yield node


def _last_name(callee: ast.expr) -> str:
    return ast.unparse(callee).rpartition(".")[2]


def _read_call(call: ast.Call, within: _Function) -> Iterator[tuple[str, Fields]]:
    named = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
    spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
    event = call.args[0]
    if isinstance(event, ast.Name) and event.id == within.args.args[0].arg:
        for name in _names_handed_over(within):
            yield name, named
        return
    if isinstance(event, ast.Name):
        (fields,) = spread
        assert isinstance(fields, ast.Name)
        for name, described in _described(event.id, fields.id, within):
            yield name, named | described
        return
    for name in _event_names(event):
        yield name, named.union(*(_keys(fields, within) for fields in spread))


def _names_handed_over(function: _Function) -> Iterator[str]:
    """As its first argument, by the entry points."""
    for entry_point in ENTRY_POINTS:
        for call in _calls(_parse(entry_point), function.name):
            yield str(ast.literal_eval(call.args[0]))


def _event_names(event: ast.expr) -> list[str]:
    """One for a constant; all of a table; one for each answer where entry.py puts its name in front."""
    text = ast.unparse(event)
    if isinstance(event, ast.Starred):
        return _names_in_table(text[1:].partition("[")[0])
    if isinstance(event, ast.Constant):
        return [ast.literal_eval(text)]
    assert re.fullmatch(r"f'\{name\}_\w+'", text), f"{text} is no constant name of an event"
    return [text[2:-1].replace("{name}", name) for names in answer_names().values() for name in names]


def _names_in_table(table: str) -> list[str]:
    """The first of each of its values."""
    (rows,) = (
        node.value
        for entry_point in ENTRY_POINTS
        for node in _parse(entry_point).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == table
    )
    assert isinstance(rows, ast.Dict)
    return [ast.literal_eval(row.elts[0]) for row in rows.values if isinstance(row, ast.Tuple)]


def _described(event: str, fields: str, within: _Function) -> Iterator[tuple[str, Fields]]:
    """The pairs that a function returns, which the call unpacks into the names `event` and `fields`."""
    for describer in _functions_called(_assigned(f"({event}, {fields})", within)):
        for pair in _returned(describer):
            assert isinstance(pair, ast.Tuple), f"{ast.unparse(pair)} is no event with its fields"
            yield ast.literal_eval(pair.elts[0]), _keys(pair.elts[1], describer)


def _keys(fields: ast.expr, within: _Function) -> Fields:
    """All keys that a dict can have: written out here, or where it comes from."""
    match fields:
        case ast.Dict():
            spread = [value for key, value in zip(fields.keys, fields.values, strict=True) if key is None]
            written = frozenset(ast.literal_eval(key) for key in fields.keys if key is not None)
            return written.union(*(_keys(value, within) for value in spread))
        case ast.IfExp():
            return _keys(fields.body, within) | _keys(fields.orelse, within)
        case ast.Name():
            return _keys(_assigned(fields.id, within), within)
        case ast.Call():
            found = [_keys(value, each) for each in _functions_called(fields) for value in _returned(each)]
            assert found, f"nobody can tell the fields of {ast.unparse(fields)}"
            return frozenset[str]().union(*found)
    raise AssertionError(f"nobody can tell the fields of {ast.unparse(fields)}")


def _assigned(target: str, within: _Function) -> ast.expr:
    values = {
        ast.unparse(node.value): node.value
        for node in ast.walk(within)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == target
    }
    (value,) = values.values()
    return value


def _functions_called(call: ast.expr) -> list[_Function]:
    assert isinstance(call, ast.Call)
    return [function for function in _functions() if function.name == _last_name(call.func)]


def _returned(function: _Function) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
