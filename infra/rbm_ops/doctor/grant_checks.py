"""Who may do what: what each part needs, and who may call which function."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from rbm_ops.doctor import mends
from rbm_ops.doctor.expected import (
    CREDENTIALS,
    DEAD_LETTER_GRANTS,
    FUNCTIONS,
    INVOKING_GRANTS,
    LEDGER_GRANTS,
    PUBLISHING_GRANTS,
    SECRET_READERS,
    Grant,
    member_of,
    resource_of,
    role_of,
)
from rbm_ops.doctor.findings import Check, Fault
from rbm_ops.doctor.observed import AFTER_APPLY, Observed, System, known

EVERYBODY = ("allUsers", "allAuthenticatedUsers")
_INVOKER = "roles/run.invoker"
_PUBLIC = "google_cloud_run_v2_service_iam_member.public, variable public_access"


def make_checks(_: System) -> list[Check]:
    tables = {
        "dead-letter grants": DEAD_LETTER_GRANTS,
        "publishing grants": PUBLISHING_GRANTS,
        "invoking grants": INVOKING_GRANTS,
        "grants on the documents": LEDGER_GRANTS,
    }
    return [
        *(Check(title, partial(_find_missing, grants=grants)) for title, grants in tables.items()),
        Check("grants on the secrets", _find_unreadable_secrets),
        Check("webhook is open to Google", _find_closed_webhook),
        Check("correlate and send are closed to others", _find_open_functions),
    ]


def _find_missing(observed: Observed, grants: Sequence[Grant]) -> Iterator[Fault]:
    system = observed.system
    observed.section("policies")
    for grant in grants:
        if grant.is_of_spill and not spills(observed):
            continue
        role = role_of(system, grant)
        resource = resource_of(system, grant.kind, grant.name)
        member = member_of(system, grant.member)
        if member not in _members(observed, resource, role):
            what = f"{member} has no {role} on {resource}: {grant.without}"
            yield Fault(what, mends.add_grant(system, resource, role, member), grant.terraform)


def _find_unreadable_secrets(observed: Observed) -> Iterator[Fault]:
    yield from _find_missing(
        observed,
        [
            Grant(
                *("secret", secret, "roles/secretmanager.secretAccessor", reader, f"{reader} does not start"),
                f'google_secret_manager_secret_iam_member.reader["{secret.replace("-", "_")}"]',
            )
            for secret, reader in SECRET_READERS.items()
            if secret != CREDENTIALS or uses_key(observed)
        ],
    )


def _find_closed_webhook(observed: Observed) -> Iterator[Fault]:
    system = observed.system
    service = resource_of(system, "service", "webhook")
    if "allUsers" in _members(observed, service, _INVOKER):
        return
    if not _is_unchecked(observed, "webhook"):
        what = "allUsers may not invoke it, and its invoker check is on: Google is answered 403"
        yield Fault(what, mends.add_grant(system, service, _INVOKER, "allUsers"), _PUBLIC)


def _find_open_functions(observed: Observed) -> Iterator[Fault]:
    system = observed.system
    for name in FUNCTIONS[1:]:
        service = resource_of(system, "service", name)
        for member in sorted(_strangers(observed, name)):
            remove = mends.remove_invoker(system, f"{system.prefix}-{name}", member)
            yield Fault(f"{member} may invoke {service}", remove, "google_cloud_run_v2_service_iam_member")
        services = observed.sections.get("services")
        if isinstance(services, Mapping) and services.get(name, {}).get("invokerIamDisabled") is True:
            mend = mends.check_invokers(system, f"{system.prefix}-{name}")
            yield Fault(f"anybody may invoke {service}: its invoker check is off", mend)


def _strangers(observed: Observed, name: str) -> set[str]:
    """Only Pub/Sub and the scheduler call correlate; send may have callers of its own, but not everybody."""
    system = observed.system
    bindings = _bindings(observed, resource_of(system, "service", name))
    found = {member for each in bindings if each["role"] == _INVOKER for member in each["members"]}
    ours = {
        member_of(system, grant.member)
        for grant in INVOKING_GRANTS
        if (grant.kind, grant.name) == ("service", name)
    }
    strange = found - ours
    return strange if name == "correlate" else strange & set(EVERYBODY)


def _is_unchecked(observed: Observed, name: str) -> bool:
    """Raises NotSeen."""
    service = observed.section("services").get(name, {})
    return bool(known(service.get("invokerIamDisabled", False)))


def spills(observed: Observed) -> bool:
    """Whether webhook writes documents while Pub/Sub is away; raises NotSeen."""
    webhook = observed.section("functions").get("webhook", {}).get("serviceConfig", {})
    return bool(webhook.get("environmentVariables", {}).get("SPILL") == "true")


def uses_key(observed: Observed) -> bool:
    """Whether send calls the platform with a key; raises NotSeen."""
    send = observed.section("functions").get("send", {}).get("serviceConfig", {})
    return "RBM_CREDENTIALS_FILE" in send.get("environmentVariables", {})


def _members(observed: Observed, resource: str, role: str) -> set[str]:
    """Who has the role there, or on the whole project; raises NotSeen."""
    bindings = [*_bindings(observed, resource)]
    policies = observed.section("policies")
    if resource != "project" and isinstance(policies.get("project"), Mapping):
        bindings += [each for each in _bindings(observed, "project") if not each.get("condition")]
    return _Members(
        member
        for each in bindings
        if each["role"] == role and _fits(observed.system, each.get("condition", {}))
        for member in each["members"]
    )


class _Members(set[str]):
    """Where Terraform does not know yet which of the functions' accounts it is, it may be any of them."""

    def __contains__(self, member: object) -> bool:
        return super().__contains__(member) or super().__contains__(AFTER_APPLY)


def _bindings(observed: Observed, resource: str) -> Sequence[Mapping[str, Any]]:
    """Raises NotSeen."""
    policy = known(observed.section("policies").get(resource, {}))
    bindings: Sequence[Mapping[str, Any]] = policy.get("bindings", [])
    return bindings


def _fits(system: System, condition: Mapping[str, Any]) -> bool:
    """A condition may confine a grant to our database, and to nothing else."""
    expression = condition.get("expression", "")
    return not expression or f"projects/{system.project}/databases/{system.database}" in expression
