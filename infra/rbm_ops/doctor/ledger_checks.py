"""The database: there, purged in time, searched by what it has to be, and not indexed for nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from rbm_ops.doctor import mends
from rbm_ops.doctor.expected import (
    DEADLINES,
    FOUND_BY_GROUP,
    PURGED_BY,
    SHARD,
    purged_collections,
    unindexed_fields,
)
from rbm_ops.doctor.findings import Check, Fault
from rbm_ops.doctor.observed import Observed, System

_IN_THE_MAKING = {"CREATING": "is being made: look again later", "NEEDS_REPAIR": "needs repair"}


def make_checks(system: System) -> list[Check]:
    return [
        Check(f"database {system.database}", _find_database),
        Check("TTL policies", _find_unpurged),
        Check("index exemptions", _find_indexed),
        Check("index by messageId", _find_not_grouped),
        Check("composite indexes", _find_slow_sweeps),
    ]


def _find_database(observed: Observed) -> Iterator[Fault]:
    system = observed.system
    if not observed.section("database"):
        create = (
            f"gcloud firestore databases create --database={system.database} --project={system.project} "
            f"--location={system.region} --type=firestore-native --delete-protection --enable-pitr"
        )
        yield Fault("is missing", create, "google_firestore_database.ledger")


def _find_unpurged(observed: Observed) -> Iterator[Fault]:
    fields = observed.section("fields")
    for collection in purged_collections():
        config = fields.get(f"{collection}.{PURGED_BY}", {}).get("ttlConfig")
        state = _IN_THE_MAKING.get((config or {}).get("state", ""), "")
        if config is None or state:
            mend = mends.change_field(observed.system, collection, PURGED_BY, "--enable-ttl")
            where = f'google_firestore_field.purge_time["{collection}"]'
            yield Fault(f"{collection}.{PURGED_BY} {state or 'purges nothing'}", mend, where)


def _find_indexed(observed: Observed) -> Iterator[Fault]:
    fields = observed.section("fields")
    for collection, field in unindexed_fields():
        if field == PURGED_BY and f"{collection}.{field}" not in fields:
            continue  # said already, of its TTL
        config = fields.get(f"{collection}.{field}", {}).get("indexConfig")
        if config is None or config.get("indexes") or config.get("usesAncestorConfig"):
            where = (
                f'purge_time["{collection}"]' if field == PURGED_BY else f'unindexed["{collection}.{field}"]'
            )
            mend = mends.change_field(observed.system, collection, field, "--disable-indexes")
            yield Fault(
                f"{collection}.{field} is indexed: writes are slower and dearer, and few a second",
                mend,
                f"google_firestore_field.{where}",
            )


def _find_not_grouped(observed: Observed) -> Iterator[Fault]:
    collection, field = FOUND_BY_GROUP
    config = observed.section("fields").get(f"{collection}.{field}", {}).get("indexConfig", {})
    scopes = {index.get("queryScope") for index in config.get("indexes", [])}
    if "COLLECTION_GROUP" not in scopes:
        yield Fault(
            f"{collection}.{field} is not searched across agents: rbm show and explain find nothing",
            f"infra/deploy_ledger.sh has it (index_message_id); gcloud has no flag for it. Project "
            f"{observed.system.project}, database {observed.system.database}",
            "google_firestore_field.message_id",
        )


def _find_slow_sweeps(observed: Observed) -> Iterator[Fault]:
    collection = FOUND_BY_GROUP[0]
    for deadline in DEADLINES:
        fields = (SHARD, f"sweep.{deadline}")
        index = observed.section("indexes").get(" ".join((collection, *fields)))
        problem = _describe_index(index)
        if problem:
            mend = mends.create_index(observed.system, collection, fields)
            where = f'google_firestore_index.deadline["{deadline}"]'
            yield Fault(f"{collection} by {' and '.join(fields)} {problem}", mend, where)


def _describe_index(index: Mapping[str, Any] | None) -> str:
    if index is None:
        return "is missing: no sweep finds what is due"
    if index.get("queryScope") != "COLLECTION_GROUP":
        return "is not one of the collection group"
    return _IN_THE_MAKING.get(index.get("state", ""), "")
