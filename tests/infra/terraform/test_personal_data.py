"""infra/docs/PERSONAL_DATA.md: every place that the code writes to and Terraform makes, with its time."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra.terraform.plans import Plan

from rbm_ledger.domain import ledger, spilling
from rbm_ledger.usecases import senders

_ROOT = Path(__file__).parents[3]
_DOMAIN = _ROOT / "functions" / "rbm_ledger" / "domain"
_ROW = re.compile(r"^\| `([\w-]+|rbm_analytics\.updates)` \| .+? \| (.+?) \|$", re.MULTILINE)
_DAY_SECONDS = 86400
# The folder of consents that agents share; it has no document of its own.
_NO_COLLECTION = {"brands"}


def read_page() -> dict[str, str]:
    """The name of each place on the page → how long."""
    return dict(_ROW.findall((_ROOT / "infra" / "docs" / "PERSONAL_DATA.md").read_text()))


def collections_written() -> set[str]:
    """Those in the paths of documents that the domain makes."""
    return {name for file in _DOMAIN.glob("*.py") for name in find_collections(file.read_text())}


def find_collections(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    constants = {
        ast.unparse(node.targets[0]): node.value for node in ast.walk(tree) if isinstance(node, ast.Assign)
    }
    for path in _document_paths(tree):
        for part in path.elts:
            found = constants.get(part.id) if isinstance(part, ast.Name) else part
            if isinstance(found, ast.Constant) and isinstance(found.value, str):
                yield found.value


def _document_paths(tree: ast.AST) -> Iterator[ast.Tuple]:
    """What functions return as a path, and what a merge is told to write to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "DocumentPath":
            yield from (each for each in ast.walk(node) if isinstance(each, ast.Tuple))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Merge" and node.args:
            yield from (node.args[0],) if isinstance(node.args[0], ast.Tuple) else ()


def test_every_collection_that_is_written_is_on_the_page_and_in_terraform(any_plan: Plan) -> None:
    written = collections_written() - _NO_COLLECTION
    assert len(written) > 10
    in_terraform = {field["collection"] for field in any_plan.all("google_firestore_field")}
    assert written == in_terraform | {"agents"}
    assert written <= read_page().keys()


@pytest.mark.parametrize(
    "source",
    [
        'def path(agent: str) -> DocumentPath:\n    return (*agent_path(agent), "planted", "x")',
        'PLACE = "planted"\ndef path() -> DocumentPath:\n    return (PLACE, "x")',
        'merge = Merge((*conversation, "planted", "x"))',
    ],
)
def test_collection_that_is_new_would_be_found(source: str) -> None:
    assert "planted" in set(find_collections(source))


def test_documents_are_kept_as_long_as_the_page_says(any_plan: Plan) -> None:
    page = read_page()
    for_ever = {name for name in collections_written() - _NO_COLLECTION if page[name].startswith("for ever")}
    purged = {field["collection"] for field in any_plan.all("google_firestore_field") if field["ttl_config"]}
    assert for_ever == ledger._KEPT_COLLECTIONS
    assert purged == collections_written() - _NO_COLLECTION - for_ever
    own = {"spill": f"until it is published; {spilling.DRAINED_KEPT.days} day after that"}
    own["senders"] = f"{senders._RETENTION.days} day"
    assert {name: page[name] for name in purged} == {name: own.get(name, "retention") for name in purged}


def test_topics_and_subscriptions_are_kept_as_long_as_the_page_says(any_plan: Plan) -> None:
    page = read_page()
    for kind in ("google_pubsub_topic", "google_pubsub_subscription"):
        for name, values in any_plan.named(kind).items():
            retention = values["message_retention_duration"]
            days = f"{int(retention.removesuffix('s')) // _DAY_SECONDS} days" if retention else "no longer"
            assert page[name].startswith(days), name


def test_copies_tables_and_buckets_are_kept_as_long_as_the_page_says(any_plan: Plan) -> None:
    page, text = read_page(), (_ROOT / "infra" / "docs" / "PERSONAL_DATA.md").read_text()
    for table in any_plan.all("google_bigquery_table"):
        if table["time_partitioning"]:
            days = int(table["time_partitioning"][0]["expiration_ms"]) // (1000 * _DAY_SECONDS)
            assert page[f"{table['dataset_id']}.{table['table_id']}"].startswith(f"{days} days")
    for bucket in any_plan.all("google_storage_bucket"):
        assert bucket["name"] in page
    for backup in any_plan.all("google_firestore_backup_schedule"):
        days = int(backup["retention"].removesuffix("s")) // _DAY_SECONDS
        assert f"| daily backups | {days} days " in text
    database = any_plan.one("google_firestore_database", "ledger")
    assert database["point_in_time_recovery_enablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"
    functions = any_plan.functions().values()
    settings = [function["service_config"][0]["environment_variables"] for function in functions]
    assert {each["RETENTION_DAYS"] for each in settings if "RETENTION_DAYS" in each} == {"90"}
