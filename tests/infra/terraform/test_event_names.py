"""What the functions log is what Terraform counts and watches: the same names, read from both sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from rbm_ledger.domain.errors import LedgerError
from rbm_ledger.domain.events import UnknownEvent
from rbm_ledger.domain.ledger import State
from rbm_ledger.logs import describe_crash
from rbm_ledger.usecases.send import CallAgain, Throttled

ROOT = Path(__file__).parents[3]
FUNCTIONS, INFRA = ROOT / "functions", ROOT / "infra"
ENTRY_POINTS = sorted(FUNCTIONS.glob("*.py"))

# Events that are logged and not counted, and that are counted and not watched; each with the reason.
WITHOUT_METRIC: dict[str, str] = {}
WITHOUT_ALERT = {
    "webhook_handshake_answered": "It is right that somebody registers the webhook; a wrong token is watched."
}

Fields = frozenset[str]

_COUNTER = re.compile(r'^ +(\w+) += \{ function = "(\w+)", labels = \[(.*?)\] \}$', re.M)
_DURATION = re.compile(r'event += "(\w+)"\n +field += "(\w+)"')
_QUOTED = re.compile(r'\\?"(\w+)\\?"')


# The code's side


def logged_events() -> dict[str, Fields]:
    """Each event that a function can log, with all fields that it can have."""
    found: dict[str, Fields] = {}
    prefixes = [_answer_name(entry_point) for entry_point in ENTRY_POINTS]
    for file in (*ENTRY_POINTS, *sorted((FUNCTIONS / "rbm_ledger").rglob("*.py"))):
        for call in _calls(file, "log"):
            for event in _event_names(call, prefixes):
                found[event] = found.get(event, frozenset()) | _fields(call)
    return found


def _calls(file: Path, function: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == function:
            yield node


def _answer_name(entry_point: Path) -> str:
    """What this function's events of entry.py begin with."""
    (call,) = _calls(entry_point, "answer_request")
    (name,) = (keyword.value for keyword in call.keywords if keyword.arg == "name")
    return str(ast.literal_eval(name))


def _event_names(call: ast.Call, prefixes: list[str]) -> list[str]:
    """One for a constant; one for each function where entry.py puts the function's name in front."""
    text = ast.unparse(call.args[0])
    if isinstance(call.args[0], ast.Constant):
        return [ast.literal_eval(text)]
    assert re.fullmatch(r"f'\{name\}_\w+'", text), f"{text} is no constant name of an event"
    return [text[2:-1].replace("{name}", prefix) for prefix in prefixes]


def _fields(call: ast.Call) -> Fields:
    spread = [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg is None]
    assert spread in ([], ["describe_crash(error)"])
    crash = describe_crash(ValueError()) if spread else {}
    return frozenset([*crash, *(keyword.arg for keyword in call.keywords if keyword.arg)])


# Terraform's side


def counted_events() -> dict[str, tuple[str, list[str]]]:
    """Each event of metrics.tf, with the function that logs it and the fields that are labels."""
    rows = _COUNTER.findall((INFRA / "metrics.tf").read_text())
    return {event: (function, _QUOTED.findall(labels)) for event, function, labels in rows}


def watched_events() -> set[str]:
    """The events that a condition of an alert is about."""
    texts = "\n".join(file.read_text() for file in INFRA.glob("alerts*.tf"))
    return {event for event in counted_events() if f'"{event}"' in texts}


def label_values(label: str) -> set[str]:
    """What alerts and dashboard compare this label of an event with."""
    texts = "\n".join(file.read_text() for file in INFRA.glob("*.tf"))
    compared = re.findall(rf'metric\.labels\.{label}=(one_of\(.*?\)|\\"\w+\\")', texts)
    return {value for part in compared for value in _QUOTED.findall(part)}


def test_every_event_that_is_logged_is_counted_or_says_why_not() -> None:
    events = logged_events()
    assert len(events) > 10
    assert events.keys() - counted_events().keys() == WITHOUT_METRIC.keys()


def test_every_event_that_is_counted_is_logged() -> None:
    assert counted_events().keys() <= logged_events().keys()


def test_event_is_counted_where_its_function_logs_it() -> None:
    functions = {entry_point.stem for entry_point in ENTRY_POINTS}
    for event, (function, _) in counted_events().items():
        assert function in functions
        assert event.startswith(f"{function}_")


def test_labels_are_fields_of_their_event() -> None:
    logged = logged_events()
    missing = {
        event: sorted(set(labels) - logged[event])
        for event, (_, labels) in counted_events().items()
        if not set(labels) <= logged[event]
    }
    assert missing == {}


def test_durations_are_fields_of_their_event() -> None:
    durations = _DURATION.findall((INFRA / "metrics.tf").read_text())
    assert len(durations) == 2
    logged = logged_events()
    assert [(event, field) for event, field in durations if field not in logged[event]] == []


def test_every_event_that_is_counted_is_watched_or_says_why_not() -> None:
    assert counted_events().keys() - watched_events() == WITHOUT_ALERT.keys()


def test_alerts_tell_apart_errors_that_exist() -> None:
    known = {CallAgain, Throttled, *_subclasses(LedgerError)}
    values = label_values("error")
    assert len(values) > 5
    assert values <= {kind.__name__ for kind in known}


def test_alerts_tell_apart_states_and_families_that_exist() -> None:
    assert label_values("state") - {"active"} <= {state.label for state in State}
    assert {"rejected", "accepted"} <= label_values("state")
    assert label_values("family") == {UnknownEvent.family}


def _subclasses(kind: type) -> Iterator[type]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
