"""`rbm doctor`: looks at the local cloud that runs, at a project, or at a plan, and names the mends."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from rbm_ops.doctor.checks import make_checks
from rbm_ops.doctor.deployed import observe_deployed
from rbm_ops.doctor.findings import Finding, exit_status, run_checks
from rbm_ops.doctor.local_cloud import observe_local
from rbm_ops.doctor.observed import Observed, Unseen
from rbm_ops.doctor.planned import NoPlan, observe_plan
from rbm_ops.doctor.platform import observe_platform
from rbm_ops.doctor.report import print_findings
from rbm_ops.doctor.target import find_target
from rbm_ops.doctor.walk import leave_out, walk
from rbm_ops.environment import NoCloud, find_meant_running
from rbm_ops.google_apis import NoCredentials, connect_apis
from rbm_ops.local.addresses import CLIENT_TOKEN, state_folder
from rbm_ops.smoke.target import NoTarget, Target

_COULD_NOT_LOOK = 2
_NOTHING_NAMED = (
    "There is nothing to look at: no local cloud runs (start one: rbm up). Name a project (--project ID), "
    "or a plan (--plan FILE)."
)
_NOT_RUNNING = Unseen("a plan does not run", is_natural=True)


async def run_doctor(arguments: argparse.Namespace) -> int:
    """0: all well, 1: faults, 2: could not look."""
    try:
        observed, walked = await _look(arguments)
    except (NoCloud, NoCredentials, NoPlan, NoTarget) as problem:
        sys.stderr.write(f"rbm: {problem}\n")
        return _COULD_NOT_LOOK
    findings = [*walked, *run_checks(make_checks(observed.system), observed)]
    print_findings(observed.system, findings, as_json=arguments.json)
    return exit_status(findings)


async def _look(arguments: argparse.Namespace) -> tuple[Observed, list[Finding]]:
    """Raises NoCloud, NoCredentials, NoPlan and NoTarget."""
    if arguments.plan is not None:
        return observe_plan(_read_plan(arguments.plan)), leave_out(_NOT_RUNNING)
    project = arguments.project
    running = None if project else find_meant_running()
    if running is not None:
        webhook = f"http://{running.webhook}/"
        target = Target(webhook, running.project, "(default)", CLIENT_TOKEN, running.firestore)
        return await observe_local(running), await _walk(target, arguments, state_folder() / "logs")
    project = project or os.environ.get("GOOGLE_CLOUD_PROJECT", "")
    if not project or (not arguments.project and "PUBSUB_EMULATOR_HOST" in os.environ):
        raise NoTarget(_NOTHING_NAMED)
    return await _look_at_project(project, arguments)


async def _look_at_project(project: str, arguments: argparse.Namespace) -> tuple[Observed, list[Finding]]:
    apis = await asyncio.to_thread(connect_apis)
    deployed = await asyncio.to_thread(
        observe_deployed,
        apis,
        project=project,
        region=arguments.region,
        prefix=arguments.prefix,
        database=arguments.database,
    )
    platform = await observe_platform(deployed, arguments.agent)
    observed = Observed(deployed.system, {**deployed.sections, "platform": platform})
    target = find_target(observed, webhook=arguments.webhook or "", tokens_file=arguments.tokens_file)
    if isinstance(target, Unseen):
        return observed, leave_out(target)
    return observed, await _walk(target, arguments)


async def _walk(
    target: Target, arguments: argparse.Namespace, local_logs: Path | None = None
) -> list[Finding]:
    steps = walk(
        target,
        answer_seconds=arguments.answer_seconds,
        document_seconds=arguments.document_seconds,
        local_logs=local_logs,
    )
    return [finding async for finding in steps]


def _read_plan(file: str) -> dict[str, Any]:
    """Of which `-` is standard input; raises NoPlan."""
    try:
        plan = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text())
    except (OSError, ValueError) as error:
        raise NoPlan(f"{file}: {type(error).__name__}; make it with: terraform show -json PLAN") from None
    if not isinstance(plan, dict):
        raise NoPlan(f"{file} is not what 'terraform show -json PLAN' prints.")
    return plan
