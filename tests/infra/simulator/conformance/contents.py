"""One message of each content type, built with the model of Google's own clients."""

from tests.infra.simulator.conformance.google_model import (
    AgentContentMessage,
    CardContent,
    CarouselCard,
    ContentInfo,
    CreateCalendarEventAction,
    DialAction,
    LatLng,
    Media,
    OpenUrlAction,
    RichCard,
    ShareLocationAction,
    StandaloneCard,
    SuggestedAction,
    SuggestedReply,
    Suggestion,
    UploadedRbmFile,
    ViewLocationAction,
)

IMAGE = ContentInfo(file_url="https://example.com/tree.png", force_refresh=False)


def reply(text: str = "Yes", postback_data: str = "yes") -> Suggestion:
    return Suggestion(reply=SuggestedReply(text=text, postback_data=postback_data))


def action(**kind: object) -> Suggestion:
    return Suggestion(action=SuggestedAction(**{"text": "Do it", "postback_data": "done", **kind}))


def with_chips(*suggestions: Suggestion) -> AgentContentMessage:
    return AgentContentMessage(text="Hello, world!", suggestions=list(suggestions))


def card(**members: object) -> CardContent:
    return CardContent(**{"title": "Card", **members})


def standalone(content: CardContent | None = None, **members: object) -> AgentContentMessage:
    members = {"card_orientation": "VERTICAL", "card_content": content or card(), **members}
    return AgentContentMessage(rich_card=RichCard(standalone_card=StandaloneCard(**members)))


def carousel(*cards: CardContent, width: str = "MEDIUM") -> AgentContentMessage:
    return AgentContentMessage(
        rich_card=RichCard(carousel_card=CarouselCard(card_width=width, card_contents=list(cards)))
    )


ACTIONS = {
    "dial": action(dial_action=DialAction(phone_number="+15556667777"), fallback_url="https://example.com/"),
    "dial with * and #": action(dial_action=DialAction(phone_number="*100#")),
    "view location": action(
        view_location_action=ViewLocationAction(
            lat_long=LatLng(latitude=37.422, longitude=-122.084), label="Googleplex"
        )
    ),
    "view what is found": action(view_location_action=ViewLocationAction(query="Growing Tree Bank")),
    "create calendar event": action(
        create_calendar_event_action=CreateCalendarEventAction(
            start_time="2026-12-01T19:00:00Z",
            end_time="2026-12-01T20:00:00Z",
            title="Planting",
            description="Trees",
        )
    ),
    "open URL": action(open_url_action=OpenUrlAction(url="https://example.com/")),
    "open URL in the browser": action(
        open_url_action=OpenUrlAction(url="https://example.com/", application="BROWSER")
    ),
    **{
        f"open URL in a {mode} webview": action(
            open_url_action=OpenUrlAction(
                url="https://example.com/", application="WEBVIEW", webview_view_mode=mode, description="Trees"
            )
        )
        for mode in ("FULL", "HALF", "TALL")
    },
    "share location": action(share_location_action=ShareLocationAction()),
}

CONTENTS = {
    "text": AgentContentMessage(text="Grüße 🌳"),
    "text with replies": with_chips(reply("Yes", "yes"), reply("No", "no")),
    **{f"text with action {name}": with_chips(chip) for name, chip in ACTIONS.items()},
    "text with every action": with_chips(*ACTIONS.values()),
    "file by URL": AgentContentMessage(content_info=IMAGE),
    "file by URL with thumbnail": AgentContentMessage(
        content_info=ContentInfo(
            file_url="https://example.com/tree.mp4", thumbnail_url="https://example.com/tree.png"
        )
    ),
    "file that was uploaded": AgentContentMessage(
        uploaded_rbm_file=UploadedRbmFile(file_name="files/1", thumbnail_name="files/2")
    ),
    "file that was uploaded, deprecated form": AgentContentMessage(file_name="files/1"),
    **{
        f"vertical card, {height}": standalone(
            card(
                description="Trees",
                media=Media(height=height, content_info=IMAGE, content_description="A tree"),
                suggestions=[reply(), *ACTIONS.values()][:4],
            )
        )
        for height in ("SHORT", "MEDIUM", "TALL")
    },
    **{
        f"horizontal card, image {side}": standalone(
            card(media=Media(content_info=IMAGE)),
            card_orientation="HORIZONTAL",
            thumbnail_image_alignment=side,
        )
        for side in ("LEFT", "RIGHT")
    },
    "card with a file that was uploaded": standalone(
        card(media=Media(height="TALL", uploaded_rbm_file=UploadedRbmFile(file_name="files/1")))
    ),
    "card with a file that was uploaded, deprecated form": standalone(card(media=Media(file_name="files/1"))),
    "carousel of 2 small cards": carousel(card(suggestions=[reply()]), card(), width="SMALL"),
    "carousel of 10 cards": carousel(
        *(card(media=Media(height="MEDIUM", content_info=IMAGE)) for _ in range(10))
    ),
}
