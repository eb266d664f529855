"""A step that fails names its mend: of a deployed system by gcloud, on this machine by a log."""

from pathlib import Path

import pytest
from tests.infra.smoke.false_webhook import Answer, running_webhook

from rbm_ops.doctor.findings import Finding, Verdict
from rbm_ops.doctor.walk import walk
from rbm_ops.smoke.target import Target

_HANGS = Answer(200, b"", "text/plain", is_late=True)


async def _walk(webhook: str, logs: Path | None) -> dict[str, Finding]:
    target = Target(webhook, "p", "(default)", "LOCALCLIENTTOKEN", "127.0.0.1:9")
    steps = walk(target, answer_seconds=0.3, document_seconds=0.1, local_logs=logs)
    return {finding.check: finding async for finding in steps}


@pytest.mark.parametrize("is_local", [True, False])
async def test_event_that_hangs_on_this_machine_leads_to_its_logs(tmp_path: Path, *, is_local: bool) -> None:
    (tmp_path / "webhook.log").touch()
    with running_webhook(delivery=_HANGS) as webhook:
        found = await _walk(webhook, tmp_path if is_local else None)
    fault = found["signed event"]
    assert (fault.verdict, found["document"].verdict) == (Verdict.FAULT, Verdict.NOT_CHECKED)
    assert ("gcloud" in fault.mend) is not is_local
    for said in (str(tmp_path / "webhook.log"), "rbm up"):
        assert (said in fault.mend) is is_local
