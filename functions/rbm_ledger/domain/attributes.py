"""The attributes of a message on a topic."""

from collections.abc import Mapping

# cloud.google.com/pubsub/quotas, read 2026-11: a longer value would make the publish fail for ever.
_MAX_ATTRIBUTE_BYTES = 1024


def keep_short(attributes: Mapping[str, str]) -> dict[str, str]:
    """Those that say something and that Pub/Sub takes."""
    return {name: value for name, value in attributes.items() if value and _fits(value)}


def _fits(value: str) -> bool:
    """A character has at most 4 bytes."""
    return 4 * len(value) <= _MAX_ATTRIBUTE_BYTES or len(value.encode()) <= _MAX_ATTRIBUTE_BYTES
