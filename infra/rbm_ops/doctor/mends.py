"""The gcloud command that mends a fault of what is deployed."""

import shlex
from collections.abc import Mapping

from rbm_ops.doctor.observed import System

_ADD_GRANT: Mapping[str, str] = {
    "topic": "gcloud pubsub topics add-iam-policy-binding",
    "subscription": "gcloud pubsub subscriptions add-iam-policy-binding",
    "service": "gcloud run services add-iam-policy-binding",
    "secret": "gcloud secrets add-iam-policy-binding",
}


def add_grant(system: System, resource: str, role: str, member: str) -> str:
    """`resource` is the key of a policy."""
    kind, _, name = resource.partition(" ")
    grant = f"--member={member} --role={role}"
    if kind == "project":
        condition = f'resource.name == "projects/{system.project}/databases/{system.database}"'
        chosen = shlex.quote(f"expression={condition},title={system.prefix}-ledger-only")
        return f"gcloud projects add-iam-policy-binding {system.project} {grant} --condition={chosen}"
    return f"{_ADD_GRANT[kind]} {name} {_where(system, kind)} {grant}"


def remove_invoker(system: System, service: str, member: str) -> str:
    return (
        f"gcloud run services remove-iam-policy-binding {service} {_where(system, 'service')} "
        f"--member={member} --role=roles/run.invoker"
    )


def check_invokers(system: System, service: str) -> str:
    return f"gcloud run services update {service} --invoker-iam-check {_where(system, 'service')}"


def read_logs(system: System, function: str) -> str:
    return f"gcloud run services logs read {system.prefix}-{function} {_where(system, 'service')}"


def create_topic(system: System, topic: str) -> str:
    return (
        f"gcloud pubsub topics create {topic} --project={system.project} "
        f"--message-storage-policy-allowed-regions={system.region}"
    )


def create_subscription(system: System, subscription: str, topic: str, flags: str) -> str:
    return (
        f"gcloud pubsub subscriptions create {subscription} --project={system.project} --topic={topic} "
        f"--expiration-period=never {flags}"
    )


def update_subscription(system: System, subscription: str, flags: str) -> str:
    return f"gcloud pubsub subscriptions update {subscription} --project={system.project} {flags}"


def change_field(system: System, collection: str, field: str, flag: str) -> str:
    """`flag`: --enable-ttl or --disable-indexes."""
    change = "fields ttls" if flag == "--enable-ttl" else "indexes fields"
    return (
        f"gcloud firestore {change} update {field} --collection-group={collection} {flag} "
        f"--database={system.database} --project={system.project}"
    )


def create_index(system: System, collection: str, fields: tuple[str, ...]) -> str:
    configs = " ".join(f"--field-config=field-path={field},order=ascending" for field in fields)
    return (
        f"gcloud firestore indexes composite create --collection-group={collection} "
        f"--query-scope=collection-group {configs} --database={system.database} --project={system.project}"
    )


def add_version(system: System, secret: str) -> str:
    return f"gcloud secrets versions add {secret} --project={system.project} --data-file=-"


def _where(system: System, kind: str) -> str:
    region = f"--region={system.region} " if kind == "service" else ""
    return f"{region}--project={system.project}"
