"""What a subscription must be follows from what the functions believe, if they believe anything."""

from typing import Any

import pytest

from rbm_ops.doctor.findings import Finding, Verdict, run_checks
from rbm_ops.doctor.observed import Kind, Observed, System
from rbm_ops.doctor.pubsub_checks import make_checks

_SYSTEM = System(Kind.DEPLOYED, "p")
_NAME = "rbm-send-requests-send"


def _examine(attempts: str) -> list[Finding]:
    subscription: dict[str, Any] = {
        "topic": "projects/p/topics/rbm-send-requests",
        "deadLetterPolicy": {
            "deadLetterTopic": "projects/p/topics/rbm-dead-letters",
            "maxDeliveryAttempts": 10,
        },
    }
    send = {"serviceConfig": {"environmentVariables": {"MAX_DELIVERY_ATTEMPTS": attempts}}}
    sections = {"topics": {}, "subscriptions": {_NAME: subscription}, "functions": {"send": send}}
    return [
        finding
        for finding in run_checks(make_checks(_SYSTEM), Observed(_SYSTEM, sections))
        if finding.check == f"subscription {_NAME}" and "MAX_DELIVERY_ATTEMPTS" in finding.detail
    ]


@pytest.mark.parametrize("attempts", ["ten", "-3", "nan", "²"])
def test_attempts_that_are_no_number_are_a_fault_and_no_crash(attempts: str) -> None:
    [fault] = _examine(attempts)
    assert fault.verdict is Verdict.FAULT
    assert repr(attempts) in fault.detail


def test_attempts_that_are_a_number_are_compared() -> None:
    assert _examine(" 10 ") == []
