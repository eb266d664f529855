"""`rbm send` and `rbm show`, where there is something to find and where a service says no."""

from collections.abc import Callable

import pytest
from tests.support.operators import Operator

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.domain.ledger import Merge, message_path

SEND = ("send", "+14155550101", "--text", "Hello")


async def test_message_is_shown_from_whichever_agent_has_it(
    operator: Operator, open_ledger: Callable[[], FirestoreLedger]
) -> None:
    ledger = open_ledger()
    for agent_id in ("bank", "shop"):
        await ledger.merge(Merge(message_path(agent_id, "m-1"), {("messageId",): "m-1"}))
    shown = operator.run("show", "m-1")
    assert shown.returncode == 0, shown.stderr
    assert all(f"agents/{agent_id}/messages/m-1" in shown.stdout for agent_id in ("bank", "shop"))


def test_message_that_nobody_knows_is_told(operator: Operator) -> None:
    told = operator.run("show", "m-1")
    assert (told.returncode, told.stderr) == (1, "rbm: There is no message m-1 (yet).\n")


@pytest.mark.parametrize(("arguments", "service"), [(SEND, "Pub/Sub"), (("show", "m-1"), "Firestore")])
def test_refusal_of_a_service_is_told_without_a_traceback(
    operator: Operator, arguments: tuple[str, ...], service: str
) -> None:
    refused = Operator({**operator.environment, "FIRESTORE_DATABASE": "no/name"}).run(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"rbm: {service} ")
    assert "Traceback" not in refused.stderr
