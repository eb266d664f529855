"""The functions, the jobs that call them, and their secrets."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rbm_ledger.config import parse_client_tokens
from rbm_ops.doctor import mends
from rbm_ops.doctor.expected import CLIENT_TOKENS, CREDENTIALS, FUNCTIONS, JOBS, Job
from rbm_ops.doctor.findings import Check, Fault
from rbm_ops.doctor.grant_checks import spills, uses_key
from rbm_ops.doctor.observed import AFTER_APPLY, Kind, NotSeen, Observed, System, Unseen, known

_KEY_MEMBERS = ("client_email", "private_key", "token_uri")


def make_checks(system: System) -> list[Check]:
    prefix = system.prefix
    return [
        *(Check(f"function {prefix}-{name}", partial(_find_function, name=name)) for name in FUNCTIONS),
        *(Check(f"job {prefix}-{job.name}", partial(_find_job, job=job)) for job in JOBS),
        Check(f"secret {prefix}-{CLIENT_TOKENS}", _find_client_tokens),
        Check(f"secret {prefix}-{CREDENTIALS}", _find_credentials),
    ]


def _find_function(observed: Observed, name: str) -> Iterator[Fault]:
    system = observed.system
    terraform = f'google_cloudfunctions2_function.function["{name}"]'
    logs = mends.read_logs(system, name)
    function = observed.section("functions").get(name)
    if function is None:
        yield Fault("is missing", "terraform apply, or infra/deploy.sh", terraform)
        return
    state = function.get("state", "ACTIVE")
    if state != "ACTIVE":
        yield Fault(f"is {state}", logs, terraform)
    if system.kind is Kind.LOCAL:
        return
    service = function.get("serviceConfig", {})
    account = service.get("serviceAccountEmail", "")
    if account not in (system.account(name), AFTER_APPLY):
        update = f"gcloud run services update {system.prefix}-{name} --service-account={system.account(name)}"
        mend = f"{update} --region={system.region} --project={system.project}"
        yield Fault(f"runs as {account or 'nobody'}, not as {system.account(name)}", mend, terraform)
    for variable, file in service.get("environmentVariables", {}).items():
        if variable.endswith("_FILE") and file not in _mounted_files(service):
            yield Fault(f"{variable} names {file}, where no secret is mounted", "", terraform)


def _mounted_files(service: Mapping[str, Any]) -> set[str]:
    return {
        f"{volume['mountPath']}/{version['path']}".replace("//", "/")
        for volume in service.get("secretVolumes", [])
        for version in volume.get("versions", [])
    }


def _find_job(observed: Observed, job: Job) -> Iterator[Fault]:
    system = observed.system
    if job.is_of_spill and not spills(observed):
        raise NotSeen(Unseen("webhook spills nothing (SPILL)", is_natural=True))
    name = f"{system.prefix}-{job.name}"
    found = observed.section("jobs").get(name)
    uri = observed.section("functions").get(job.function, {}).get("serviceConfig", {}).get("uri", "")
    where = f"--location={system.region} --project={system.project}"
    flags = (
        f"--schedule='* * * * *' --uri={uri}{job.path} --http-method=post "
        f"--oidc-service-account-email={system.account('scheduler')} --oidc-token-audience={uri}"
    )
    if found is None:
        create = f"gcloud scheduler jobs create http {name} {where} {flags}"
        yield Fault(f"is missing: nobody calls {job.path} of {job.function}", create, job.terraform)
        return
    update = f"gcloud scheduler jobs update http {name} {where} {flags}"
    for problem in _describe_job(system, found, uri, job):
        yield Fault(problem, update, job.terraform)
    if found.get("state", "ENABLED") != "ENABLED":
        yield Fault(f"is {found['state']}", f"gcloud scheduler jobs resume {name} {where}", job.terraform)
    if found.get("status", {}).get("code"):
        logs = mends.read_logs(system, job.function)
        yield Fault(f"its last call failed (code {found['status']['code']})", logs, job.terraform)


def _describe_job(system: System, found: Mapping[str, Any], uri: str, job: Job) -> Iterator[str]:
    target = found.get("httpTarget", {})
    called = target.get("uri", "")
    # Of an address that is not known yet, a plan does not say what is added to it.
    if called not in (f"{uri}{job.path}", uri if uri.startswith(AFTER_APPLY) else None):
        yield f"calls {called or 'nothing'}, not {uri}{job.path}"
    account = target.get("oidcToken", {}).get("serviceAccountEmail", "")
    if account != system.account("scheduler"):
        yield f"calls as {account or 'nobody'}, not as {system.account('scheduler')}"
    if found.get("schedule") != "* * * * *":
        yield f"runs at {found.get('schedule')!r}, not each minute"


def _find_client_tokens(observed: Observed) -> Iterator[Fault]:
    name = f"{observed.system.prefix}-{CLIENT_TOKENS}"
    mend = mends.add_version(observed.system, name)
    for value in _enabled_value(observed, name):
        if value is None:
            yield Fault("has no enabled version: webhook does not start", mend, _secret(CLIENT_TOKENS))
            continue
        try:
            parse_client_tokens(value)
        except ValueError as error:
            yield Fault(f"its value {error}", mend, _secret(CLIENT_TOKENS))


def _find_credentials(observed: Observed) -> Iterator[Fault]:
    if not uses_key(observed):
        raise NotSeen(Unseen("send calls as its own identity", is_natural=True))
    name = f"{observed.system.prefix}-{CREDENTIALS}"
    mend = (
        f"{mends.add_version(observed.system, name)} (the key file of the partner account's service account)"
    )
    for value in _enabled_value(observed, name):
        if value is None:
            yield Fault("has no enabled version: send does not start", mend, _secret(CREDENTIALS))
        elif not _is_key(value):
            yield Fault("its value is no key file of a service account", mend, _secret(CREDENTIALS))


def _enabled_value(observed: Observed, name: str) -> Iterator[str | None]:
    """The latest version's value, None without one that is enabled; raises NotSeen."""
    secret = observed.section("secrets").get(name)
    latest = known(secret["latest"]) if secret else None
    yield known(secret["value"]) if secret and latest and latest.get("state") == "ENABLED" else None


def _is_key(value: str) -> bool:
    try:
        key = json.loads(value)
    except ValueError:
        return False
    return isinstance(key, dict) and all(isinstance(key.get(member), str) for member in _KEY_MEMBERS)


def _secret(name: str) -> str:
    return f'google_secret_manager_secret.secret["{name.replace("-", "_")}"]'
