"""Walks through the content of a message that has passed its checks."""

from collections.abc import Iterator

from rbm_ops.simulator.resources import JsonObject


def find_cards(content: JsonObject) -> Iterator[JsonObject]:
    """The one card, or all of a carousel."""
    rich_card = content.get("richCard", {})
    if standalone := rich_card.get("standaloneCard"):
        yield standalone["cardContent"]
    if carousel := rich_card.get("carouselCard"):
        yield from carousel["cardContents"]


def find_suggestions(content: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The chips below the message, then those in its cards, each with its kind: `reply` or `action`.

    Kinds of suggestions that are newer than this simulator are left out.
    """
    for holder in (content, *find_cards(content)):
        for suggestion in holder.get("suggestions", ()):
            yield from ((kind, suggestion[kind]) for kind in ("reply", "action") if kind in suggestion)


def find_media(content: JsonObject) -> Iterator[JsonObject]:
    """What holds a file in the cards: objects with `contentInfo` or `uploadedRbmFile`."""
    for card in find_cards(content):
        if "media" in card:
            yield card["media"]
