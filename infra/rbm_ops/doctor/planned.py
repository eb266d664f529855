"""What Terraform would deploy, from `terraform show -json` of a plan, as Google's REST APIs would give it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rbm_ops.doctor.observed import Kind, Observed, System, Unseen
from rbm_ops.doctor.references import Configuration

Resource = Mapping[str, Any]

# Blocks of which there is one at most: lists in a plan, objects in the APIs.
_SINGLE = {
    *("push_config", "oidc_token", "retry_policy", "dead_letter_policy", "expiration_policy"),
    *("service_config", "build_config", "http_target", "ttl_config", "index_config", "retry_config"),
}
# What is named by people, not by Google.
_VERBATIM = {"environment_variables", "labels", "attributes", "headers"}

# The attribute that names what a grant is on, by the type of the grant.
_GRANTED_ON = {
    "google_cloud_run_v2_service_iam_member": ("service", "name"),
    "google_project_iam_member": ("project", ""),
    "google_pubsub_subscription_iam_member": ("subscription", "subscription"),
    "google_pubsub_topic_iam_member": ("topic", "topic"),
    "google_secret_manager_secret_iam_member": ("secret", "secret_id"),
}

_NOT_RUNNING = Unseen("a plan does not run", is_natural=True)
_NO_VALUE = Unseen("its values never pass through Terraform", is_natural=True)
_BY_HAND = Unseen(
    "its invoker check is turned off by hand after the apply (output after_apply)", is_natural=True
)


class NoPlan(Exception):
    """The file is not what `terraform show -json` prints of a plan."""


def observe_plan(plan: Mapping[str, Any]) -> Observed:
    """Raises NoPlan."""
    try:
        configuration = Configuration(plan)
        resources = [
            {**resource, "values": configuration.resolve(resource)}
            for resource in plan["resource_changes"]
            if resource["mode"] == "managed" and resource["change"]["after"] is not None
        ]
        return Observed(_find_system(resources), _make_sections(resources, plan.get("variables", {})))
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise NoPlan(f"this is not what 'terraform show -json PLAN' prints here: {error!r}") from None


def _find_system(resources: Sequence[Resource]) -> System:
    functions = _of_type(resources, "google_cloudfunctions2_function")
    databases = _of_type(resources, "google_firestore_database")
    if not functions:
        raise NoPlan("there are no functions in this plan")
    # google_pubsub_topic_iam_member.dead_letters: of whoever is the agent, only Google makes up the address.
    agents = {
        resource["values"]["member"]
        for resource in resources
        if "gcp-sa-pubsub" in str(resource["values"].get("member", ""))
    }
    function = functions[0]
    return System(
        Kind.PLANNED,
        project=function["values"]["service_config"][0]["environment_variables"]["GOOGLE_CLOUD_PROJECT"],
        region=function["values"]["location"],
        prefix=function["values"]["name"].removesuffix(f"-{function['index']}"),
        database=databases[0]["values"]["name"] if databases else "rbm-ledger",
        pubsub_agent=min(agents, default="the Pub/Sub service agent"),
    )


def _make_sections(resources: Sequence[Resource], variables: Mapping[str, Any]) -> dict[str, Any]:
    public_access = variables.get("public_access", {}).get("value", "invoker")
    unchecked = _BY_HAND if public_access.endswith("no_check") else False
    return {
        "topics": _named(resources, "google_pubsub_topic"),
        "subscriptions": _named(resources, "google_pubsub_subscription"),
        "functions": {
            resource["index"]: _as_rest(resource["values"])
            for resource in _of_type(resources, "google_cloudfunctions2_function")
        },
        "services": {"webhook": {"invokerIamDisabled": unchecked}},
        "policies": _make_policies(resources),
        "database": next(_values(resources, "google_firestore_database"), {}),
        "fields": {
            f"{each['collection']}.{each['field']}": _as_rest(each)
            for each in _values(resources, "google_firestore_field")
        },
        "indexes": {
            " ".join((each["collection"], *(field["field_path"] for field in each["fields"]))): _as_rest(each)
            for each in _values(resources, "google_firestore_index")
        },
        "jobs": {
            name: {**job, "state": "PAUSED" if job.get("paused") is True else "ENABLED"}
            for name, job in _named(resources, "google_cloud_scheduler_job").items()
        },
        "secrets": {
            each["secret_id"]: {"latest": _NO_VALUE, "value": _NO_VALUE}
            for each in _values(resources, "google_secret_manager_secret")
        },
        "platform": _NOT_RUNNING,
    }


def _make_policies(resources: Sequence[Resource]) -> dict[str, Any]:
    policies: dict[str, Any] = {}
    for resource in resources:
        if resource["type"] not in _GRANTED_ON:
            continue
        kind, attribute = _GRANTED_ON[resource["type"]]
        values = resource["values"]
        name = f"{kind} {values[attribute]}" if attribute else kind
        binding = {"role": values["role"], "members": [values["member"]]}
        if values.get("condition"):
            binding["condition"] = {"expression": values["condition"][0]["expression"]}
        policies.setdefault(name, {"bindings": []})["bindings"].append(binding)
    return policies


def _of_type(resources: Sequence[Resource], kind: str) -> list[Resource]:
    return [resource for resource in resources if resource["type"] == kind]


def _values(resources: Sequence[Resource], kind: str) -> Iterator[Mapping[str, Any]]:
    return (resource["values"] for resource in _of_type(resources, kind))


def _named(resources: Sequence[Resource], kind: str) -> dict[str, Any]:
    return {values["name"]: _as_rest(values) for values in _values(resources, kind)}


def _as_rest(values: Mapping[str, Any]) -> dict[str, Any]:
    """In the names of the APIs; what is null there is left out, and what only the cloud can say."""
    return {
        _camel(name): _convert(name, value)
        for name, value in values.items()
        if value is not None and name != "state" and not (name in _SINGLE and value == [])
    }


def _convert(name: str, value: Any) -> Any:
    if name in _VERBATIM:
        return value
    match value:
        case [{} as block] if name in _SINGLE:
            return _as_rest(block)
        case [*elements]:
            return [_convert("", element) for element in elements]
        case {}:
            return _as_rest(value)
    return value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
