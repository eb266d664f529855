"""What the functions log is what Terraform counts and watches: the same names, read from both sources."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.infra.terraform.logged_events import answer_names, logged_events

from rbm_ledger.domain.errors import LedgerError
from rbm_ledger.domain.events import UnknownEvent
from rbm_ledger.domain.ledger import State
from rbm_ledger.usecases.send import CallAgain, Throttled

INFRA = Path(__file__).parents[3] / "infra"

# Events that are logged and not counted, and that are counted and not watched; each with the reason.
WITHOUT_METRIC: dict[str, str] = {}
WITHOUT_ALERT = {
    "webhook_handshake_answered": "Somebody registers the webhook, as is right; a wrong token is watched.",
    "send_request_validated": "Somebody tried a request out; nothing is sent.",
    "send_request_split": "Each of its messages is a request of its own.",
    "send_fallback_requested": "The request asked for it; the dashboard tells how often and why.",
    "correlate_fallback_requested": "As that of send.",
    "correlate_event_conflicts": "Nothing is lost: the document holds both contents, and says so.",
    "sweep_message_unresolved": "Phones stay off for good every day; the dashboard shows how many.",
}

_COUNTER = re.compile(r'^ +(\w+) += \{ function = "(\w+)", labels = \[(.*?)\] \}$', re.M)
_DURATION = re.compile(r'event += "(\w+)"\n +field += "(\w+)"')
_QUOTED = re.compile(r'\\?"(\w+)\\?"')


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
    subjects = {
        name.partition("_")[0]: function for function, names in answer_names().items() for name in names
    }
    own = {"webhook": "webhook", "correlate": "correlate", "send": "send"}
    assert subjects == {**own, "sweep": "send", "drain": "correlate"}
    for event, (function, _) in counted_events().items():
        assert subjects[event.partition("_")[0]] == function


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
    assert len(durations) == 3
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
