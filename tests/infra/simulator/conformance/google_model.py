"""The resources of RCS Business Messaging v1, as the code that Google generated for its own clients has them.

Source of every name and type: github.com/rcs-business-messaging/rcsforbusiness-samples,
java/rcsforbusinessapi/…/rcsbusinessmessaging/v1/model/*.java (from the API's definition of June 2025), and
the older nodejs/rbm-api-helper/src/rcsbusinessmessaging/v1.d.ts of rcs-business-messaging/rbm-api-examples.
Enums are plain strings there. Members that were documented later say so. Left out: paymentRequestAction,
which is documented nowhere, and composeAction, which is documented no more.
"""

import msgspec


class Resource(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True
):
    """Everything is optional, as in the generated code; what is None is not sent."""


class Empty(Resource, frozen=True):
    pass


class LatLng(Resource, frozen=True):
    latitude: float | None = None
    longitude: float | None = None


class DialAction(Resource, frozen=True):
    phone_number: str | None = None


class ViewLocationAction(Resource, frozen=True):
    lat_long: LatLng | None = None
    label: str | None = None
    query: str | None = None


class CreateCalendarEventAction(Resource, frozen=True):
    start_time: str | None = None
    end_time: str | None = None
    title: str | None = None
    description: str | None = None


class OpenUrlAction(Resource, frozen=True):
    url: str | None = None
    application: str | None = None
    webview_view_mode: str | None = None
    description: str | None = None


class ShareLocationAction(Resource, frozen=True):
    pass


class SuggestedReply(Resource, frozen=True):
    text: str | None = None
    postback_data: str | None = None


class SuggestedAction(Resource, frozen=True):
    text: str | None = None
    postback_data: str | None = None
    fallback_url: str | None = None
    dial_action: DialAction | None = None
    view_location_action: ViewLocationAction | None = None
    create_calendar_event_action: CreateCalendarEventAction | None = None
    open_url_action: OpenUrlAction | None = None
    share_location_action: ShareLocationAction | None = None


class Suggestion(Resource, frozen=True):
    reply: SuggestedReply | None = None
    action: SuggestedAction | None = None


class ContentInfo(Resource, frozen=True):
    file_url: str | None = None
    thumbnail_url: str | None = None
    force_refresh: bool | None = None


class UploadedRbmFile(Resource, frozen=True):
    file_name: str | None = None
    thumbnail_name: str | None = None


class Media(Resource, frozen=True):
    """`file_name` is deprecated. `content_description`: guides/build/messages/send, November 2026."""

    height: str | None = None
    content_info: ContentInfo | None = None
    uploaded_rbm_file: UploadedRbmFile | None = None
    file_name: str | None = None
    content_description: str | None = None


class CardContent(Resource, frozen=True):
    title: str | None = None
    description: str | None = None
    media: Media | None = None
    suggestions: list[Suggestion] | None = None


class StandaloneCard(Resource, frozen=True):
    card_orientation: str | None = None
    thumbnail_image_alignment: str | None = None
    card_content: CardContent | None = None


class CarouselCard(Resource, frozen=True):
    card_width: str | None = None
    card_contents: list[CardContent] | None = None


class RichCard(Resource, frozen=True):
    standalone_card: StandaloneCard | None = None
    carousel_card: CarouselCard | None = None


class AgentContentMessage(Resource, frozen=True):
    """`file_name` is deprecated."""

    text: str | None = None
    content_info: ContentInfo | None = None
    uploaded_rbm_file: UploadedRbmFile | None = None
    rich_card: RichCard | None = None
    file_name: str | None = None
    suggestions: list[Suggestion] | None = None


class RichMessageClassification(Resource, frozen=True):
    classification_type: str | None = None
    segment_count: int | None = None


class AgentMessage(Resource, frozen=True):
    """`total_payload_size_bytes` is an int64, which is text in JSON."""

    name: str | None = None
    send_time: str | None = None
    content_message: AgentContentMessage | None = None
    message_traffic_type: str | None = None
    expire_time: str | None = None
    ttl: str | None = None
    rich_message_classification: RichMessageClassification | None = None
    total_payload_size_bytes: str | None = None
    carrier: str | None = None


class AgentEvent(Resource, frozen=True):
    name: str | None = None
    send_time: str | None = None
    event_type: str | None = None
    message_id: str | None = None


class Capabilities(Resource, frozen=True):
    features: list[str] | None = None
    carrier: str | None = None


class BatchGetUsersRequest(Resource, frozen=True):
    users: list[str] | None = None
    agent_id: str | None = None


class ReachableUsers(Resource, frozen=True):
    """reference/rest/v1/users/batchGet, December 2025."""

    reachable_users: list[str] | None = None


class BatchGetUsersResponse(Resource, frozen=True):
    """`reachable_users_map`: reference/rest/v1/users/batchGet, December 2025."""

    reachable_users: list[str] | None = None
    total_random_sample_user_count: int | None = None
    reachable_random_sample_user_count: int | None = None
    reachable_users_map: dict[str, ReachableUsers] | None = None


class Tester(Resource, frozen=True):
    name: str | None = None
    invite_status: str | None = None


class DialogflowEvent(Resource, frozen=True):
    name: str | None = None
    event_name: str | None = None
    language_code: str | None = None
    parameters: dict[str, object] | None = None


class CreateFileRequest(Resource, frozen=True):
    """`blob` and `mediaRequestInfo`, which Google's own servers fill in, are left out."""

    agent_id: str | None = None
    file_url: str | None = None
    thumbnail_url: str | None = None
    content_description: str | None = None


class File(Resource, frozen=True):
    name: str | None = None


class Error(Resource, frozen=True):
    """What Google's APIs answer instead of a resource; not part of the generated model."""

    code: int
    message: str
    status: str


class ErrorAnswer(Resource, frozen=True):
    error: Error
