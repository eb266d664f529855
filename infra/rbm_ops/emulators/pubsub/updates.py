"""Update masks: which fields a client may change later, and the change itself."""

import copy
from typing import Any, TypeVar

from google.protobuf.field_mask_pb2 import FieldMask

from rbm_ops.emulators.pubsub.refusals import invalid_argument

_Resource = TypeVar("_Resource")

TOPIC_FIELDS = frozenset({"kms_key_name", "labels", "message_retention_duration", "message_storage_policy"})
SUBSCRIPTION_FIELDS = frozenset(
    {
        "ack_deadline_seconds",
        "dead_letter_policy",
        "enable_exactly_once_delivery",
        "expiration_policy",
        "labels",
        "message_retention_duration",
        "push_config",
        "retain_acked_messages",
        "retry_policy",
    }
)


def apply_update(
    current: _Resource, wanted: _Resource, mask: FieldMask, *, mutable: frozenset[str]
) -> _Resource:
    """A copy of `current` with the fields of `mask` as in `wanted`; unset in `wanted` clears them."""
    if not mask.paths:
        raise invalid_argument("The update_mask must be set, and must contain a non-empty paths list.")
    for path in mask.paths:
        _check_path(current, path, mutable)
    changed = copy.deepcopy(current)
    mask.MergeMessage(wanted, changed, replace_message_field=True, replace_repeated_field=True)
    return changed


def _check_path(message: Any, path: str, mutable: frozenset[str]) -> None:
    kind = message.DESCRIPTOR
    if path not in kind.fields_by_name:
        raise invalid_argument(f"Invalid update_mask: {path} is not a known {kind.name} field.")
    if path not in mutable:
        raise invalid_argument(f"Invalid update_mask: the {path} field in the {kind.name} is not mutable.")
