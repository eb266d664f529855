"""The database: kept, purged in time, without indexes that would slow its writes down (DESIGN, section 6)."""

from datetime import UTC, datetime

import pytest
from tests.infra.terraform.plans import Plan

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind, query_nearby
from rbm_ledger.domain.deadlines import DUE, ORPHAN_DUE, SHARD
from rbm_ledger.domain.rates import senders_query
from rbm_ledger.domain.spilling import waiting_events

# Collection → what is never searched by: times (an index on a rising value holds a collection to 500 writes a
# second), and contents. agents is not among them: one document for each agent, which seldom changes.
UNINDEXED = {
    "messages": {
        *(
            "events",
            "attempts",
            "claim",
            "content",
            "faults",
            "platform",
            "fingerprints",
            "conflicts",
            "taps",
            "signed",
            "idClaims",
        ),
        *("fallback", "fallbackDecisions", "sweep", "requestedTime", "acceptedTime", "revokedTime"),
        *("expireTime", "gaveUpTime", "unresolvedTime", "orphanedTime", "updatedTime", "purgeTime"),
    },
    "conversations": {"lastInboundAtMs", "updatedTime", "purgeTime"},
    "userMessages": {
        *("text", "contentText", "userFile", "location", "suggestionResponse", "repliesTo", "attempts"),
        *("sendTime", "agentReadTime", "signed", "idClaims", "updatedTime", "purgeTime"),
        *("eventId", "carrier", "richMessageClassification"),
    },
    "quarantine": {"raw", "reason", "updatedTime", "purgeTime"},
    "spill": {"raw", "attributes", "drainedTime", "updatedTime", "purgeTime"},
    "capabilities": {
        *("reachableAtMs", "unreachableAtMs", "featuresAtMs", "carrier", "updatedTime", "purgeTime"),
    },
    "files": {
        *("fileUrl", "thumbnailUrl", "contentDescription", "name", "fingerprints", "attempts"),
        *("uploadedTime", "updatedTime", "purgeTime"),
    },
    "senders": {"updatedTime", "purgeTime"},
    "consents": {"optedOutAtMs", "optedInAtMs", "heardAtMs", "acknowledgements", "updatedTime"},
    "evidence": {"note", "ownAtMs", "updatedTime"},
}

_EVIDENCE = Evidence(Decision.OPTED_OUT, EvidenceKind.EVENT, "agent", "+49", id="1", at_ms=1)

# Who has opted out stays so, however long nothing is written.
KEPT = {"consents", "evidence"}


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
    assert timed == (set() if collection in KEPT else {"purgeTime"})


def test_message_is_found_without_knowing_its_agent(default_plan: Plan) -> None:
    (field,) = (
        field
        for field in default_plan.all("google_firestore_field")
        if (field["collection"], field["field"]) == ("messages", "messageId")
    )
    scopes = {index["query_scope"] for index in field["index_config"][0]["indexes"]}
    assert scopes == {"COLLECTION", "COLLECTION_GROUP"}


def test_what_is_due_is_found_by_shard_and_deadline_in_all_agents_messages(any_plan: Plan) -> None:
    """As the sweep asks for it: the fields are those of `domain/deadlines.py`."""
    found = {
        tuple((field["field_path"], field["order"]) for field in index["fields"])
        for index in any_plan.all("google_firestore_index")
        if (index["collection"], index["query_scope"]) == ("messages", "COLLECTION_GROUP")
    }
    shard, *deadlines = (".".join(path) for path in (SHARD, DUE, ORPHAN_DUE))
    assert found == {((shard, "ASCENDING"), (deadline, "ASCENDING")) for deadline in deadlines}


def test_index_of_a_single_field_that_is_searched_by_is_left_as_it_is(any_plan: Plan) -> None:
    queries = [
        senders_query("agent", datetime.now(UTC)),
        query_nearby(_EVIDENCE, brand=""),
        waiting_events(limit=1),
    ]
    searched = {(query.collection, ".".join(query.bound)) for query in queries}
    assert searched == {("senders", "seenAtMs"), ("evidence", "atMs"), ("spill", "drained")}
    changed = {(field["collection"], field["field"]) for field in any_plan.all("google_firestore_field")}
    assert not searched & changed


def test_messages_of_a_number_are_found_by_an_index_of_each_agent(any_plan: Plan) -> None:
    """`rbm forget` asks agent by agent, and in the order of names: for that no index of our own is needed."""
    changed = {(field["collection"], field["field"]) for field in any_plan.all("google_firestore_field")}
    assert ("messages", "phoneNumber") not in changed


def test_every_field_and_index_is_in_the_ledger(any_plan: Plan) -> None:
    made = [*any_plan.all("google_firestore_field"), *any_plan.all("google_firestore_index")]
    assert {each["database"] for each in made} == {"rbm-ledger"}


def test_role_of_webhook_reads_nothing_and_deletes_nothing(any_plan: Plan) -> None:
    """The function that everybody may call; test_identities.py has who holds it."""
    role = any_plan.one("google_project_iam_custom_role", "spill")
    assert role["role_id"] == "rbm_spill"
    assert set(role["permissions"]) == {"datastore.entities.create", "datastore.entities.update"}


def test_destroy_leaves_the_ledger(any_plan: Plan) -> None:
    database = any_plan.one("google_firestore_database", "ledger")
    assert database["delete_protection_state"] == "DELETE_PROTECTION_ENABLED"
    assert database["deletion_policy"] == "ABANDON"
    assert database["point_in_time_recovery_enablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"


def test_no_secret_passes_through_the_state(any_plan: Plan) -> None:
    assert "google_secret_manager_secret_version" not in any_plan.types()
    assert any_plan.all("google_secret_manager_secret")
