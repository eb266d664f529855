"""What is deployed, by Google's REST APIs; what one of them refuses leaves the rest as it is."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from rbm_ops.doctor.expected import (
    CLIENT_TOKENS,
    CREDENTIALS,
    FUNCTIONS,
    JOBS,
    KEPT_DEAD_LETTERS,
    PUSHED,
    TOPICS,
)
from rbm_ops.doctor.observed import Kind, Observed, System, Unseen, short_name
from rbm_ops.google_apis import GoogleApis, Refused
from rbm_ops.google_secrets import read_secret

# Both are needed to hear of every change of a field (FirestoreAdmin.ListFields, read 2026-11).
_CHANGED_FIELDS = ("indexConfig.usesAncestorConfig:false", "ttlConfig:*")
_WITH_CONDITIONS = {"options.requestedPolicyVersion": "3"}


def observe_deployed(apis: GoogleApis, *, project: str, region: str, prefix: str, database: str) -> Observed:
    """All sections but `platform`."""
    system = System(Kind.DEPLOYED, project, region, prefix, database, _find_pubsub_agent(apis, project))
    return Observed(
        system,
        {
            "topics": _see(lambda: _by_name(apis, system, "topics")),
            "subscriptions": _see(lambda: _by_name(apis, system, "subscriptions")),
            "functions": _see(lambda: _find_functions(apis, system)),
            "services": _see(lambda: _find_services(apis, system)),
            "policies": _find_policies(apis, system),
            "database": _see(lambda: apis.find("ledger", _database(system)) or {}),
            "fields": _see(lambda: _find_fields(apis, system)),
            "indexes": _see(lambda: _find_indexes(apis, system)),
            "jobs": _see(lambda: _find_jobs(apis, system)),
            "secrets": {
                name: _find_secret(apis, f"projects/{project}/secrets/{name}")
                for name in (f"{prefix}-{CLIENT_TOKENS}", f"{prefix}-{CREDENTIALS}")
            },
        },
    )


def _see(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except Refused as refusal:
        return Unseen(str(refusal))


def _find_pubsub_agent(apis: GoogleApis, project: str) -> str:
    """Empty where the project's number can't be read."""
    found = _see(lambda: apis.get("projects", f"projects/{project}"))
    if isinstance(found, Unseen):
        return ""
    return f"serviceAccount:service-{found['projectNumber']}@gcp-sa-pubsub.iam.gserviceaccount.com"


def _by_name(apis: GoogleApis, system: System, kind: str) -> dict[str, Any]:
    listed = apis.list("pubsub", f"projects/{system.project}/{kind}", kind)
    return {short_name(each["name"]): each for each in listed}


def _find_functions(apis: GoogleApis, system: System) -> dict[str, Any]:
    found = {name: apis.find("functions", _located(system, "functions", name)) for name in FUNCTIONS}
    return {name: function for name, function in found.items() if function is not None}


def _find_services(apis: GoogleApis, system: System) -> dict[str, Any]:
    return {name: apis.find("run", _located(system, "services", name)) or {} for name in FUNCTIONS}


def _find_jobs(apis: GoogleApis, system: System) -> dict[str, Any]:
    found = {job.name: apis.find("scheduler", _located(system, "jobs", job.name)) for job in JOBS}
    return {f"{system.prefix}-{name}": job for name, job in found.items() if job is not None}


def _find_fields(apis: GoogleApis, system: System) -> dict[str, Any]:
    path = f"{_database(system)}/collectionGroups/-/fields"
    found = [
        field
        for chosen in _CHANGED_FIELDS
        for field in apis.list("ledger", path, "fields", {"filter": chosen})
    ]
    return {".".join(_group_and_name(field["name"])): field for field in found}


def _find_indexes(apis: GoogleApis, system: System) -> dict[str, Any]:
    listed = apis.list("ledger", f"{_database(system)}/collectionGroups/-/indexes", "indexes")
    return {
        " ".join((_group_and_name(index["name"])[0], *_searched(index["fields"]))): index for index in listed
    }


def _searched(fields: Iterable[dict[str, Any]]) -> list[str]:
    """Every index ends with the name of the document."""
    return [field["fieldPath"] for field in fields if field["fieldPath"] != "__name__"]


def _find_policies(apis: GoogleApis, system: System) -> dict[str, Any]:
    """Each by itself: who may see the topics may not see the project."""
    project = f"projects/{system.project}"
    pubsub = {
        **{f"topic {system.prefix}-{name}": f"topics/{system.prefix}-{name}" for name in TOPICS.values()},
        **{
            f"subscription {system.prefix}-{name}": f"subscriptions/{system.prefix}-{name}"
            for name in (KEPT_DEAD_LETTERS, *(pushed.name for pushed in PUSHED))
        },
    }
    paths = {
        **{name: ("pubsub", f"{project}/{path}") for name, path in pubsub.items()},
        **{
            f"service {system.prefix}-{name}": ("run", _located(system, "services", name))
            for name in FUNCTIONS
        },
        **{
            f"secret {system.prefix}-{name}": ("secrets", f"{project}/secrets/{system.prefix}-{name}")
            for name in (CLIENT_TOKENS, CREDENTIALS)
        },
    }
    return {
        **{name: _see(partial(_find_policy, apis, *found)) for name, found in paths.items()},
        "project": _see(
            lambda: apis.post(
                "projects", f"{project}:getIamPolicy", {"options": {"requestedPolicyVersion": 3}}
            )
        ),
    }


def _find_policy(apis: GoogleApis, api: str, path: str) -> dict[str, Any]:
    """Nobody may do anything with what is not there."""
    try:
        return apis.get(api, f"{path}:getIamPolicy", _WITH_CONDITIONS)
    except Refused as refusal:
        if refusal.http_status == 404:
            return {}
        raise


def _find_secret(apis: GoogleApis, path: str) -> dict[str, Any]:
    latest = _see(lambda: apis.find("secrets", f"{path}/versions/latest"))
    return {"latest": latest, "value": _see(lambda: read_secret(apis, path)) if latest else ""}


def _group_and_name(full_name: str) -> tuple[str, str]:
    """Of projects/P/databases/D/collectionGroups/GROUP/fields/NAME."""
    words = full_name.split("/")
    return words[5], words[-1]


def _database(system: System) -> str:
    return f"projects/{system.project}/databases/{system.database}"


def _located(system: System, kind: str, name: str) -> str:
    return f"projects/{system.project}/locations/{system.region}/{kind}/{system.prefix}-{name}"
