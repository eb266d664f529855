"""The functions as they are deployed by default: infra/variables_functions.tf, held to it by a test."""

from dataclasses import dataclass

from rbm_ops.capacity.life import CORRELATE, SEND, WEBHOOK


@dataclass(frozen=True, slots=True)
class Function:
    """What an instance has and takes, and how many there may be."""

    name: str
    max_instances: int
    min_instances: int = 0
    cpu: int = 1
    memory_mib: int = 512
    concurrency: int = 80


FUNCTIONS = (
    Function(WEBHOOK, max_instances=20, min_instances=1),
    Function(CORRELATE, max_instances=20),
    Function(SEND, max_instances=10),
)

# The most that the variable takes, and that Cloud Run gives one service without asking.
MOST_INSTANCES = 1000
