"""What `rbm deadletters` says: tables for people, JSON for programs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rbm_ops.deadletters.letters import DeadLetter, describe_letter
from rbm_ops.deadletters.planning import Plan, is_expired
from rbm_ops.tables import make_table, print_line, print_table, say_time, shorten_number

_HEADINGS = ("id", "dead since", "from topic", "what", "agent", "number", "message id or key", "tried", "")
_NONE = "There are no dead letters that match."
_MORE = "There may be more than these: see --limit."
_DRY_RUN = "Nothing was done. Do it with --yes."
_NO_KEY = "no id of its own"


def print_list(
    letters: Sequence[DeadLetter], *, is_all: bool, now: datetime, full_numbers: bool = False
) -> None:
    if not letters:
        print_line(_NONE)
        return
    table = make_table(*_HEADINGS)
    for letter in letters:
        table.add_row(*_describe_columns(letter, full_numbers=full_numbers), _describe_state(letter, now))
    print_table(table)
    if not is_all:
        print_line(_MORE)


def describe_list(letters: Sequence[DeadLetter], *, is_all: bool, now: datetime) -> dict[str, Any]:
    described = [
        {**describe_letter(letter), **_describe_more(letter), "isExpired": is_expired(letter, now)}
        for letter in letters
    ]
    return {"deadLetters": described, "isComplete": is_all}


def print_replay(plans: Sequence[Plan], failed: Mapping[str, str], *, is_done: bool, is_all: bool) -> None:
    if not plans:
        print_line(_NONE)
        return
    table = make_table(*_HEADINGS)
    for plan in plans:
        table.add_row(*_describe_columns(plan.letter), _say_outcome(plan, failed, is_done=is_done))
    print_table(table)
    refused = sum(bool(plan.refusal) for plan in plans)
    published = len(plans) - refused - len(failed)
    verb = "were" if is_done else "would be"
    print_line(f"{published} {verb} published again, {refused + len(failed)} stay where they are.")
    for line in (*(() if is_all else (_MORE,)), *(() if is_done else (_DRY_RUN,))):
        print_line(line)


def describe_replay(plans: Sequence[Plan], failed: Mapping[str, str], *, is_done: bool) -> dict[str, Any]:
    """`outcome`: wouldBeReplayed, replayed, refused (see `reason`) or failed (see `reason`)."""
    return {
        "isDone": is_done,
        "deadLetters": [
            {
                **describe_letter(plan.letter),
                **_describe_more(plan.letter),
                "outcome": _find_outcome(plan, failed, is_done=is_done),
                "reason": failed.get(plan.letter.id, plan.refusal),
                "note": plan.note,
            }
            for plan in plans
        ],
    }


def print_drop(
    letters: Sequence[DeadLetter], file: Path, *, is_done: bool, is_all: bool, now: datetime
) -> None:
    print_list(letters, is_all=is_all, now=now)
    if letters:
        verb = "were" if is_done else "would be"
        print_line(f"{len(letters)} {verb} dropped, and kept in {file} alone.")
    if letters and not is_done:
        print_line(_DRY_RUN)


def describe_drop(
    letters: Sequence[DeadLetter], file: Path, *, is_done: bool, is_all: bool
) -> dict[str, Any]:
    described = [{**describe_letter(letter), **_describe_more(letter)} for letter in letters]
    return {"isDone": is_done, "isComplete": is_all, "file": str(file), "deadLetters": described}


def _describe_columns(letter: DeadLetter, *, full_numbers: bool = False) -> tuple[str, ...]:
    return (
        letter.id,
        say_time(letter.died_at),
        letter.topic or letter.source or "?",
        letter.what,
        letter.agent_id,
        shorten_number(letter.phone_number, is_full=full_numbers),
        _NO_KEY if letter.lacks_id else letter.key,
        "" if letter.deliveries is None else f"{letter.deliveries}×",
    )


def _describe_more(letter: DeadLetter) -> dict[str, Any]:
    return {
        "what": letter.what,
        "agentId": letter.agent_id,
        "sourcePublishTime": letter.published_at,
        "expireTime": letter.find_expiry(),
        "lacksId": letter.lacks_id,
    }


def _describe_state(letter: DeadLetter, now: datetime) -> str:
    expires_at = letter.find_expiry()
    if expires_at is None:
        return ""
    return f"{'expired' if is_expired(letter, now) else 'expires'} {say_time(expires_at)}"


def _find_outcome(plan: Plan, failed: Mapping[str, str], *, is_done: bool) -> str:
    if plan.refusal:
        return "refused"
    if plan.letter.id in failed:
        return "failed"
    return "replayed" if is_done else "wouldBeReplayed"


def _say_outcome(plan: Plan, failed: Mapping[str, str], *, is_done: bool) -> str:
    if plan.refusal:
        return f"left: {plan.refusal}"
    if plan.letter.id in failed:
        return f"left: not published, {failed[plan.letter.id]}"
    verb = "published again" if is_done else "would be published again"
    return f"{verb} {plan.note}".strip()
