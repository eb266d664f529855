"""`rbm send` and `rbm show`: against the local cloud that runs, else against what the environment names."""

import argparse
import uuid
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter
from rich.console import Console
from rich.text import Text

from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.explanations import explain
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.json_bytes import decode_object, encode_compact
from rbm_ledger.domain.ledger import Record, state_of
from rbm_ledger.domain.timeline import describe_record, timeline
from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.documents import connect_firestore, read_query
from rbm_ops.environment import find_cloud
from rbm_ops.failures import reporting_failures
from rbm_ops.json_text import print_json
from rbm_ops.requests.publishing import connect_send_requests
from rbm_ops.tables import print_line
from rbm_ops.terminal_text import show_controls


class NotFound(Exception):
    """No such document."""


class BadContent(Exception):
    """The file of `--content` can't be used."""


async def run_send(arguments: argparse.Namespace) -> int:
    """Publishes the request and prints the message id that it will have.

    Raises BadContent, NoAnswer and NoCloud.
    """
    key = arguments.key or str(uuid.uuid4())
    request = {
        "agentId": arguments.agent,
        "phoneNumber": arguments.phone_number,
        "idempotencyKey": key,
        "source": "rbm",
        **_read_content(arguments),
        **({"ttl": arguments.ttl} if arguments.ttl else {}),
    }
    cloud = find_cloud()
    with reporting_failures("Pub/Sub"):
        publisher = connect_send_requests(cloud.project, cloud.pubsub_host)
        await publisher.publish(encode_compact(request), {})
    message_id = derive_message_id(arguments.agent, key)
    Console().print(f"published; rbm show {message_id}", soft_wrap=True)
    return 0


async def run_show(arguments: argparse.Namespace) -> int:
    """Prints the document of a message; raises NoAnswer, NoCloud and NotFound."""
    cloud = find_cloud()
    named = FieldFilter("messageId", "==", arguments.message_id)
    with reporting_failures("Firestore"):
        client = connect_firestore(cloud.project, cloud.firestore_host)
        found = await read_query(client.collection_group("messages").where(filter=named))
    if not found:
        raise NotFound(f"There is no message {arguments.message_id} (yet).")
    for document in found:
        _print_document(Console(), document.reference.path, document.to_dict() or {})
    return 0


def _print_document(console: Console, path: str, record: Record) -> None:
    """The life first, the whole document below it."""
    console.print(Text.assemble((state_of(record).label, "bold"), show_controls(f"  {path}")), soft_wrap=True)
    print_line(f"  {explain(record)}")
    for step in timeline(record):
        at = format_rfc3339(step.at) if step.at else "(no time)"
        print_line(f"  {at:28} {step.what} {step.detail}")
    print_json(describe_record(record), is_sorted=True)


def _read_content(arguments: argparse.Namespace) -> dict[str, Any]:
    """`--content` takes a bare content, or the whole body of a create call."""
    if arguments.content is None:
        return {"contentMessage": {"text": arguments.text}}
    try:
        content = decode_object(arguments.content.read_bytes())
    except (OSError, NotJson) as error:
        raise BadContent(f"{arguments.content}: {error}") from error
    return dict(content) if "contentMessage" in content else {"contentMessage": content}
