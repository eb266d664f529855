"""The database: kept, purged in time, without indexes that would slow its writes down (DESIGN, section 6)."""

import pytest
from tests.infra.terraform.plans import Plan

# Collection → what is never searched by: times (an index on a rising value holds a collection to 500 writes a
# second), and contents. agents is not among them: one document for each agent, which seldom changes.
UNINDEXED = {
    "messages": {
        *("events", "attempts", "content", "faults", "platform"),
        *("requestedTime", "acceptedTime", "revokedTime", "expireTime", "updatedTime", "purgeTime"),
    },
    "conversations": {"consent", "lastInboundAtMs", "updatedTime", "purgeTime"},
    "userMessages": {
        *("text", "contentText", "userFile", "location", "suggestionResponse", "repliesTo"),
        *("sendTime", "updatedTime", "purgeTime"),
    },
    "quarantine": {"raw", "reason", "updatedTime", "purgeTime"},
}


def test_what_is_never_searched_by_has_no_index(any_plan: Plan) -> None:
    found: dict[str, set[str]] = {}
    for field in any_plan.all("google_firestore_field"):
        if field["index_config"] == [{"indexes": []}]:
            found.setdefault(field["collection"], set()).add(field["field"])
    assert found == UNINDEXED


@pytest.mark.parametrize("collection", UNINDEXED)
def test_documents_are_purged_at_their_time(any_plan: Plan, collection: str) -> None:
    timed = {
        field["field"]
        for field in any_plan.all("google_firestore_field")
        if field["ttl_config"] and field["collection"] == collection
    }
    assert timed == {"purgeTime"}


def test_message_is_found_without_knowing_its_agent(default_plan: Plan) -> None:
    (field,) = (
        field
        for field in default_plan.all("google_firestore_field")
        if (field["collection"], field["field"]) == ("messages", "messageId")
    )
    scopes = {index["query_scope"] for index in field["index_config"][0]["indexes"]}
    assert scopes == {"COLLECTION", "COLLECTION_GROUP"}


def test_every_field_is_in_the_ledger(any_plan: Plan) -> None:
    fields = any_plan.all("google_firestore_field")
    assert {field["database"] for field in fields} == {"rbm-ledger"}


def test_destroy_leaves_the_ledger(any_plan: Plan) -> None:
    database = any_plan.one("google_firestore_database", "ledger")
    assert database["delete_protection_state"] == "DELETE_PROTECTION_ENABLED"
    assert database["deletion_policy"] == "ABANDON"
    assert database["point_in_time_recovery_enablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"


def test_no_secret_passes_through_the_state(any_plan: Plan) -> None:
    assert "google_secret_manager_secret_version" not in any_plan.types()
    assert any_plan.all("google_secret_manager_secret")
