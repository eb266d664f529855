"""What a message says, as the platform's own JSON. Limits are checked with the request that carries it.

Content that is built elsewhere fits in as `Content({...})`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NewType

from rbm_ledger.domain.times import format_rfc3339

Content = NewType("Content", dict[str, Any])
Suggestion = NewType("Suggestion", dict[str, Any])
Media = NewType("Media", dict[str, Any])


def text(text: str, *, suggestions: Sequence[Suggestion] = ()) -> Content:
    return _content({"text": text}, suggestions)


def file(
    url: str, *, thumbnail_url: str = "", force_refresh: bool = False, suggestions: Sequence[Suggestion] = ()
) -> Content:
    """A file by its address, from which the platform fetches it."""
    return _content({"contentInfo": _file_by_url(url, thumbnail_url, force_refresh)}, suggestions)


def uploaded_file(name: str, *, thumbnail_name: str = "", suggestions: Sequence[Suggestion] = ()) -> Content:
    """A file by the name that its upload gave it."""
    return _content({"uploadedRbmFile": _uploaded(name, thumbnail_name)}, suggestions)


def card(
    *,
    title: str = "",
    description: str = "",
    media: Media | None = None,
    suggestions: Sequence[Suggestion] = (),
    orientation: str = "VERTICAL",
    image_alignment: str = "",
) -> Content:
    """A rich card; `suggestions` stand on the card."""
    content = given(title=title, description=description, media=media, suggestions=list(suggestions))
    alone = given(cardOrientation=orientation, thumbnailImageAlignment=image_alignment)
    return Content({"richCard": {"standaloneCard": {**alone, "cardContent": content}}})


def carousel(
    cards: Sequence[Content], *, width: str = "MEDIUM", suggestions: Sequence[Suggestion] = ()
) -> Content:
    """Cards side by side, each from `card(...)`; what only a card that stands alone has is left out."""
    contents = [each["richCard"]["standaloneCard"]["cardContent"] for each in cards]
    return _content(
        {"richCard": {"carouselCard": {"cardWidth": width, "cardContents": contents}}}, suggestions
    )


def media(
    url: str, *, height: str = "MEDIUM", thumbnail_url: str = "", force_refresh: bool = False, alt: str = ""
) -> Media:
    """A picture or a video of a card; `alt` says in words what it shows."""
    info = _file_by_url(url, thumbnail_url, force_refresh)
    return Media(given(height=height, contentInfo=info, contentDescription=alt))


def uploaded_media(name: str, *, height: str = "MEDIUM", thumbnail_name: str = "", alt: str = "") -> Media:
    uploaded = _uploaded(name, thumbnail_name)
    return Media(given(height=height, uploadedRbmFile=uploaded, contentDescription=alt))


def reply(text: str, postback: str) -> Suggestion:
    return Suggestion({"reply": {"text": text, "postbackData": postback}})


def dial(text: str, phone_number: str, *, postback: str = "", fallback_url: str = "") -> Suggestion:
    return _action(text, "dialAction", {"phoneNumber": phone_number}, postback, fallback_url)


def open_url(
    text: str,
    url: str,
    *,
    application: str = "",
    webview_view_mode: str = "",
    description: str = "",
    postback: str = "",
    fallback_url: str = "",
) -> Suggestion:
    action = given(
        url=url, application=application, webviewViewMode=webview_view_mode, description=description
    )
    return _action(text, "openUrlAction", action, postback, fallback_url)


def view_location(
    text: str,
    *,
    place: tuple[float, float] | None = None,
    label: str = "",
    query: str = "",
    postback: str = "",
    fallback_url: str = "",
) -> Suggestion:
    """A map at `place` (latitude and longitude in degrees), or with what is found for `query`."""
    latlong = {"latitude": place[0], "longitude": place[1]} if place else None
    action = given(latLong=latlong, label=label, query=query)
    return _action(text, "viewLocationAction", action, postback, fallback_url)


def share_location(text: str, *, postback: str = "", fallback_url: str = "") -> Suggestion:
    return _action(text, "shareLocationAction", {}, postback, fallback_url)


def calendar_event(
    text: str,
    *,
    title: str,
    start: datetime,
    end: datetime,
    description: str = "",
    postback: str = "",
    fallback_url: str = "",
) -> Suggestion:
    action = given(
        startTime=format_time(start), endTime=format_time(end), title=title, description=description
    )
    return _action(text, "createCalendarEventAction", action, postback, fallback_url)


def given(**members: Any) -> dict[str, Any]:
    """Those that say something. An empty text, an empty list, None and False are what their absence means."""
    return {
        name: value for name, value in members.items() if value not in ("", None, []) and value is not False
    }


def format_time(at: datetime) -> str:
    """RFC 3339; ValueError for a time without a zone, which would mean another one on another machine."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return format_rfc3339(at)


def _content(content: dict[str, Any], suggestions: Sequence[Suggestion]) -> Content:
    return Content({**content, **given(suggestions=list(suggestions))})


def _file_by_url(url: str, thumbnail_url: str, force_refresh: bool) -> dict[str, Any]:
    return {"fileUrl": url, **given(thumbnailUrl=thumbnail_url, forceRefresh=force_refresh)}


def _uploaded(name: str, thumbnail_name: str) -> dict[str, Any]:
    return {"fileName": name, **given(thumbnailName=thumbnail_name)}


def _action(text: str, kind: str, action: dict[str, Any], postback: str, fallback_url: str) -> Suggestion:
    optional = given(postbackData=postback, fallbackUrl=fallback_url)
    return Suggestion({"action": {"text": text, **optional, kind: action}})
