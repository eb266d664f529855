"""The story for people: one step a block, with both times where both are known."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rbm_ledger.domain.times import EPOCH, format_rfc3339, from_millis
from rbm_ops.tables import say_time, shorten_number

_WIDTH_OF_A_TIME = 28
_NO_TIME = "(no time)"
_NOT_RECEIVED = "(see logs)"


def render(told: Mapping[str, Any], *, full_numbers: bool) -> Iterator[str]:
    document = told["document"]
    yield f"{told.get('state', told['kind'])}  {_hide(told['path'], document, full_numbers=full_numbers)}"
    yield f"  {told['explanation']}"
    yield f"  {_describe_sender(document, full_numbers=full_numbers)}"
    if "story" in told:
        yield from _render_story(told["story"])
        yield from _render_outlook(told)


def render_elsewhere(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "" if found else "Nowhere else: not in quarantine, not among the dead letters, not in spill."
    for each in found:
        yield f"in {each['where']}: {each['id']}, {each['why']}; {each['mend']}"


def _render_story(story: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield ""
    yield f"  {'time, by its own word':{_WIDTH_OF_A_TIME}} {'received':{_WIDTH_OF_A_TIME}} what"
    for step in story:
        time = format_rfc3339(step["time"]) if step["time"] else _NO_TIME
        received = _say_received(step)
        what = f"{step['title']}  {step['outcome']}".rstrip()
        yield f"  {time:{_WIDTH_OF_A_TIME}} {received:{_WIDTH_OF_A_TIME}} {what}"
        indent = " " * (2 * _WIDTH_OF_A_TIME + 6)
        for change in step["changed"]:
            yield f"{indent}{_describe_change(change)}"
        if step["note"]:
            yield f"{indent}{step['note']}"


def _render_outlook(told: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    for consent in told["consents"]:
        times = ", ".join(
            f"{name.removesuffix('AtMs')} {format_rfc3339(from_millis(consent[name]))}"
            for name in ("optedOutAtMs", "optedInAtMs")
            if name in consent
        )
        yield f"  consent of {consent['of']}: {consent['note']} ({times})"
    for what in told["awaited"]:
        yield f"  awaited: {what}"
    for deadline in told["deadlines"]:
        yield f"  {say_time(deadline['until'])}: {deadline['then']}, unless something comes before"
    for action in told["actions"]:
        yield f"  you can: {action}"


def _describe_sender(document: Mapping[str, Any], *, full_numbers: bool) -> str:
    number = shorten_number(str(document.get("phoneNumber", "an unknown number")), is_full=full_numbers)
    labels = document.get("labels", {})
    named = (
        document.get("messageTrafficType"),
        f"from {document['source']}" if "source" in document else None,
        f"reference {document['clientReference']}" if "clientReference" in document else None,
        f"labels {', '.join(f'{name}={value}' for name, value in labels.items())}" if labels else None,
    )
    return "; ".join((f"{number} and {document.get('agentId', '?')}", *filter(None, named)))


def _say_received(step: Mapping[str, Any]) -> str:
    """The document does not keep it: an event is signed content only, so that a repeat is the same."""
    if step["receivedTime"]:
        return format_rfc3339(step["receivedTime"])
    return _NOT_RECEIVED if step["kind"] == "callback" else ""


def _describe_change(change: Mapping[str, Any]) -> str:
    before, after = (_say_value(change[name]) for name in ("before", "after"))
    return f"{change['field']}: {before} → {after}"


def _say_value(value: object) -> str:
    if value is None:
        return "–"
    return format_rfc3339(value) if isinstance(value, datetime) and value > EPOCH else str(value)


def _hide(path: str, document: Mapping[str, Any], *, full_numbers: bool) -> str:
    number = str(document.get("phoneNumber", ""))
    return path.replace(number, shorten_number(number, is_full=full_numbers)) if number else path
