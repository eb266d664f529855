"""Contents of messages that the tests send."""

from typing import Any

_PICTURE = "https://media.example.com/oak.jpg"


def _reply(text: str, postback: str) -> dict[str, Any]:
    return {"reply": {"text": text, "postbackData": postback}}


def _card(title: str, chip: str, postback: str) -> dict[str, Any]:
    return {
        "title": title,
        "description": f"All about {title}",
        "media": {"height": "MEDIUM", "contentInfo": {"fileUrl": _PICTURE}},
        "suggestions": [_reply("Tell me more", "more"), _reply(chip, postback)],
    }


CARD: dict[str, Any] = {
    "richCard": {
        "standaloneCard": {
            "cardOrientation": "VERTICAL",
            "cardContent": _card("An oak", "Book it", "book_oak"),
        }
    },
    "suggestions": [_reply("No, thanks", "no")],
}
CAROUSEL: dict[str, Any] = {
    "richCard": {
        "carouselCard": {
            "cardWidth": "MEDIUM",
            "cardContents": [_card("Oak", "Card #1", "card_1"), _card("Elm", "Card #2", "card_2")],
        }
    }
}
