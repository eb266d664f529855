"""The commands as a person runs them, in a project of the embedded emulator that has no topics."""

from tests.infra.agents.conftest import open_ledger, operator

__all__ = ["open_ledger", "operator"]
