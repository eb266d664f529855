"""What Google's REST APIs would say of a deployment: a plan, as if it were applied."""

import base64
import json
from typing import Any

from tests.infra.terraform.variants import PROJECT, PROJECT_NUMBER, account_email
from tests.support.false_google import Answer

from rbm_ops.doctor.observed import Observed

REGION = "us-central1"
LEDGER = f"ledger/projects/{PROJECT}/databases/rbm-ledger"
SUBSCRIPTIONS = f"pubsub/projects/{PROJECT}/subscriptions"
TOKENS = f"secrets/projects/{PROJECT}/secrets/rbm-client-tokens"
KEY = {"client_email": "x@p.iam.gserviceaccount.com", "private_key": "PRIVATE", "token_uri": "https://none"}

_POLICIES = {
    "topic": "pubsub/projects/{project}/topics/{name}",
    "subscription": "pubsub/projects/{project}/subscriptions/{name}",
    "service": "run/projects/{project}/locations/{region}/services/{name}",
    "secret": "secrets/projects/{project}/secrets/{name}",
    "project": "projects/projects/{project}",
}


def located(api: str, kind: str, name: str) -> str:
    return f"{api}/projects/{PROJECT}/locations/{REGION}/{kind}/rbm-{name}"


def answer_for(observed: Observed) -> dict[str, Answer]:
    """By API and path, as FalseGoogle wants it."""
    sections = observed.sections
    secrets = {"rbm-client-tokens": '{"": ["SECRETTOKENOFGOOGLE"]}', "rbm-credentials": json.dumps(KEY)}
    return {
        f"projects/projects/{PROJECT}": {"projectNumber": PROJECT_NUMBER},
        **{
            f"pubsub/projects/{PROJECT}/{kind}": _list(kind, sections[kind])
            for kind in ("topics", "subscriptions")
        },
        **{
            located("functions", "functions", name): _run_as(name, each)
            for name, each in sections["functions"].items()
        },
        **{located("run", "services", name): {"uri": name} for name in sections["functions"]},
        **{
            located("scheduler", "jobs", name.removeprefix("rbm-")): job
            for name, job in sections["jobs"].items()
        },
        **{_policy_path(resource): policy for resource, policy in sections["policies"].items()},
        LEDGER: {"name": "rbm-ledger"},
        f"{LEDGER}/collectionGroups/-/fields": {"fields": [*map(_field, sections["fields"].items())]},
        f"{LEDGER}/collectionGroups/-/indexes": {"indexes": [*map(_index, sections["indexes"].items())]},
        **{path: answer for name, value in secrets.items() for path, answer in _secret(name, value).items()},
    }


def _policy_path(resource: str) -> str:
    kind, _, name = resource.partition(" ")
    return f"{_POLICIES[kind].format(project=PROJECT, region=REGION, name=name)}:getIamPolicy"


def _list(kind: str, named: dict[str, Any]) -> Answer:
    return {kind: [{**each, "name": f"projects/{PROJECT}/{kind}/{name}"} for name, each in named.items()]}


def _run_as(name: str, function: dict[str, Any]) -> Answer:
    service = {**function["serviceConfig"], "serviceAccountEmail": account_email(name)}
    return {**function, "state": "ACTIVE", "serviceConfig": service}


def _field(named: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    collection, _, field = named[0].partition(".")
    config = {"ttlConfig": {"state": "ACTIVE"}} if "ttlConfig" in named[1] else {}
    full_name = f"projects/p/databases/d/collectionGroups/{collection}/fields/{field}"
    return {**named[1], **config, "name": full_name}


def _index(named: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    collection = named[0].partition(" ")[0]
    full_name = f"projects/p/databases/d/collectionGroups/{collection}/indexes/1"
    fields = [*named[1]["fields"], {"fieldPath": "__name__"}]
    return {**named[1], "name": full_name, "state": "READY", "fields": fields}


def _secret(name: str, value: str) -> dict[str, Answer]:
    path = f"secrets/projects/{PROJECT}/secrets/{name}/versions/latest"
    data = base64.b64encode(value.encode()).decode()
    return {path: {"state": "ENABLED"}, f"{path}:access": {"payload": {"data": data}}}
