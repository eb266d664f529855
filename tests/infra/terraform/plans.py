"""A plan of Terraform, as the tests ask it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do what, on what: `topic rbm-events`, `project`."""

    member: str
    role: str
    resource: str


# The attribute that names what a grant is on, by the type of the grant; `project` has no name of its own.
_GRANTED_ON = {
    "google_artifact_registry_repository_iam_member": ("repository", "repository"),
    "google_bigquery_dataset_iam_member": ("dataset", "dataset_id"),
    "google_bigquery_table_iam_member": ("table", "table_id"),
    "google_cloud_run_v2_service_iam_member": ("service", "name"),
    "google_kms_crypto_key_iam_member": ("key", "crypto_key_id"),
    "google_project_iam_member": ("project", "project"),
    "google_pubsub_subscription_iam_member": ("subscription", "subscription"),
    "google_pubsub_topic_iam_member": ("topic", "topic"),
    "google_secret_manager_secret_iam_member": ("secret", "secret_id"),
    "google_service_account_iam_member": ("account", "service_account_id"),
}


class Plan:
    """What Terraform would make of one set of variables."""

    def __init__(self, planned: dict[str, Any]) -> None:
        self._resources: list[dict[str, Any]] = [
            change for change in planned["resource_changes"] if change["mode"] == "managed"
        ]
        self._data = [change for change in planned["resource_changes"] if change["mode"] == "data"]

    def as_terraform_shows_it(self) -> dict[str, Any]:
        """As far as other tools read what `terraform show -json` prints."""
        resources = [{**resource, "values": resource["change"]["after"]} for resource in self._resources]
        return {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": resources}},
            "resource_changes": self._resources,
            "configuration": {},
        }

    def types(self) -> set[str]:
        return {resource["type"] for resource in self._resources}

    def data_types(self) -> set[str]:
        return {data["type"] for data in self._data}

    def data(self, kind: str) -> list[dict[str, Any]]:
        """Everything of a type that is asked for and not made."""
        return [data["change"]["after"] for data in self._data if data["type"] == kind]

    def changes(self) -> Iterator[dict[str, Any]]:
        """All that the state will hold, with what is marked as sensitive."""
        yield from (*self._resources, *self._data)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every resource of a type."""
        return [resource["change"]["after"] for resource in self._resources if resource["type"] == kind]

    def indexed(self, kind: str, name: str) -> dict[str, dict[str, Any]]:
        """The instances of one resource of the configuration, by their index."""
        return {
            resource.get("index"): resource["change"]["after"]
            for resource in self._resources
            if (resource["type"], resource["name"]) == (kind, name)
        }

    def functions(self) -> dict[str, dict[str, Any]]:
        return self.indexed("google_cloudfunctions2_function", "function")

    def one(self, kind: str, name: str) -> dict[str, Any]:
        (found,) = self.indexed(kind, name).values()
        return found

    def named(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by the name that they will have in the cloud."""
        return {values["name"]: values for values in self.all(kind)}

    def grants(self) -> set[Grant]:
        return {grant for grant, _ in self.grants_with_conditions()}

    def grants_with_conditions(self) -> Iterator[tuple[Grant, str]]:
        """Each grant, and the expression that confines it (empty: nothing does)."""
        for resource in self._resources:
            if resource["type"] in _GRANTED_ON:
                kind, attribute = _GRANTED_ON[resource["type"]]
                values = resource["change"]["after"]
                condition = values["condition"][0]["expression"] if values["condition"] else ""
                # Who a grant is for may be known after the apply only: Google's own accounts.
                member = values.get("member", "(known after apply)")
                yield Grant(member, values["role"], f"{kind} {values[attribute]}"), condition
