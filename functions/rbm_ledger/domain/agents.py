"""What is known of an agent: whether sending as it is paused, and where carriers have launched it."""

from datetime import datetime

from rbm_ledger.domain.ledger import Merge, Record, agent_path
from rbm_ledger.domain.times import to_millis


def is_paused(record: Record) -> bool:
    """Paused while it was paused later than it was resumed."""
    return paused_at_ms(record) > resumed_at_ms(record)


def paused_at_ms(record: Record) -> int:
    """0: never."""
    return record.get("pausedAtMs") or 0


def resumed_at_ms(record: Record) -> int:
    """0: never."""
    return record.get("resumedAtMs") or 0


def merge_pause(agent_id: str, now: datetime) -> Merge:
    return _merge_switch(agent_id, "pausedAtMs", now)


def merge_resume(agent_id: str, now: datetime) -> Merge:
    return _merge_switch(agent_id, "resumedAtMs", now)


def launch_states_of(record: Record) -> dict[str, str]:
    """Region → the state that was announced last for it; `unknown` is the region of none."""
    announced = record.get("launchStateAtMs", {})
    return {
        region: max(sorted(at_ms_by_state), key=at_ms_by_state.__getitem__)
        for region, at_ms_by_state in sorted(announced.items())
        if at_ms_by_state
    }


def _merge_switch(agent_id: str, field: str, now: datetime) -> Merge:
    return Merge(agent_path(agent_id), values={("agentId",): agent_id}, maxima={(field,): to_millis(now)})
