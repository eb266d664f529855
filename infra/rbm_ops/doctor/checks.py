"""All checks of a system, in the order in which a person wants to hear of them."""

from rbm_ops.doctor import function_checks, grant_checks, ledger_checks, platform_checks, pubsub_checks
from rbm_ops.doctor.findings import Check
from rbm_ops.doctor.observed import System

_TABLES = (function_checks, pubsub_checks, grant_checks, ledger_checks, platform_checks)


def make_checks(system: System) -> list[Check]:
    return [check for table in _TABLES for check in table.make_checks(system)]
