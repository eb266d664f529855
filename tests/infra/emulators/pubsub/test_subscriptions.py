"""Subscriptions: what they are made of, what they default to, what of them can change."""

import pytest
from google.api_core.exceptions import AlreadyExists, InvalidArgument, NotFound, OutOfRange
from tests.infra.emulators.pubsub.project import CALL, PubSubProject

ENDPOINT = "http://127.0.0.1:9/never"


def test_subscription_gets_the_defaults_of_production(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    found = pubsub.get_subscription(pubsub.create_subscription(topic))
    assert (found.topic, found.ack_deadline_seconds, found.push_config.push_endpoint) == (topic, 10, "")
    assert found.message_retention_duration.total_seconds() == 7 * 86_400
    assert "retry_policy" not in found
    assert "dead_letter_policy" not in found


def test_subscription_keeps_what_was_asked_for(pubsub: PubSubProject) -> None:
    push_config = {
        "push_endpoint": ENDPOINT,
        "attributes": {"x-goog-version": "v1"},
        "oidc_token": {"service_account_email": "pusher@example.iam.gserviceaccount.com"},
    }
    topic = pubsub.create_topic()
    subscription = pubsub.create_subscription(
        topic, push_config=push_config, ack_deadline_seconds=600, enable_message_ordering=True
    )
    found = pubsub.get_subscription(subscription)
    assert found.push_config.push_endpoint == ENDPOINT
    assert dict(found.push_config.attributes) == {"x-goog-version": "v1"}
    assert found.push_config.oidc_token.service_account_email == "pusher@example.iam.gserviceaccount.com"
    assert (found.ack_deadline_seconds, found.enable_message_ordering) == (600, True)


def test_subscription_created_twice_already_exists(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    pubsub.create_subscription(topic)
    with pytest.raises(AlreadyExists):
        pubsub.create_subscription(topic)


def test_subscription_to_unknown_topic_is_not_found(pubsub: PubSubProject) -> None:
    with pytest.raises(NotFound):
        pubsub.create_subscription(pubsub.topic_name("nowhere"))


@pytest.mark.parametrize("subscription_id", ["ab", "1reader", "googreader", "my reader", "r" * 256])
def test_invalid_subscription_name_is_refused(pubsub: PubSubProject, subscription_id: str) -> None:
    topic = pubsub.create_topic()
    with pytest.raises(InvalidArgument):
        pubsub.create_subscription(topic, subscription_id)


def test_unknown_subscription_is_not_found(pubsub: PubSubProject) -> None:
    name = pubsub.subscription_name("nowhere")
    with pytest.raises(NotFound):
        pubsub.get_subscription(name)
    with pytest.raises(NotFound):
        pubsub.update_subscription(name, "ack_deadline_seconds", ack_deadline_seconds=20)
    with pytest.raises(NotFound):
        pubsub.subscriber.delete_subscription(subscription=name, **CALL)
    with pytest.raises(NotFound):
        pubsub.subscriber.modify_push_config(subscription=name, push_config={}, **CALL)
    with pytest.raises(NotFound):
        pubsub.pull(name)
    with pytest.raises(NotFound):
        pubsub.subscriber.acknowledge(subscription=name, ack_ids=["a"], **CALL)


INVALID_FIELDS = {
    "ack deadline too long": {"ack_deadline_seconds": 601},
    "ack deadline negative": {"ack_deadline_seconds": -1},
    "push endpoint without scheme": {"push_config": {"push_endpoint": "nonsense"}},
    "back-off too long": {"retry_policy": {"maximum_backoff": {"seconds": 601}}},
    "back-off upside down": {
        "retry_policy": {"minimum_backoff": {"seconds": 20}, "maximum_backoff": {"seconds": 10}}
    },
}
# Google's emulator takes these.
INVALID_FIELDS_IN_PRODUCTION = {
    "ack deadline too short": {"ack_deadline_seconds": 9},
    "exactly once with push": {
        "enable_exactly_once_delivery": True,
        "push_config": {"push_endpoint": ENDPOINT},
    },
    "filter": {"filter": 'attributes.type == "DELIVERED"'},
}


@pytest.mark.parametrize("fields", INVALID_FIELDS.values(), ids=INVALID_FIELDS)
def test_invalid_subscription_is_refused(pubsub: PubSubProject, fields: dict) -> None:
    topic = pubsub.create_topic()
    with pytest.raises(InvalidArgument):
        pubsub.create_subscription(topic, **fields)


@pytest.mark.parametrize(
    "fields", INVALID_FIELDS_IN_PRODUCTION.values(), ids=list(INVALID_FIELDS_IN_PRODUCTION)
)
def test_subscription_invalid_in_production_is_refused(embedded_pubsub: PubSubProject, fields: dict) -> None:
    topic = embedded_pubsub.create_topic()
    with pytest.raises(InvalidArgument):
        embedded_pubsub.create_subscription(topic, **fields)


def test_empty_retry_policy_gets_the_default_bounds(pubsub: PubSubProject) -> None:
    subscription = pubsub.create_subscription(pubsub.create_topic(), retry_policy={})
    policy = pubsub.get_subscription(subscription).retry_policy
    assert policy.minimum_backoff.total_seconds() == 10
    assert policy.maximum_backoff.total_seconds() == 600


@pytest.mark.parametrize("attempts", [4, 101])
def test_dead_letter_attempts_out_of_range_are_refused(pubsub: PubSubProject, attempts: int) -> None:
    topic = pubsub.create_topic()
    policy = {"dead_letter_topic": topic, "max_delivery_attempts": attempts}
    with pytest.raises(OutOfRange):
        pubsub.create_subscription(topic, dead_letter_policy=policy)


def test_dead_letter_attempts_default_to_five(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    subscription = pubsub.create_subscription(topic, dead_letter_policy={"dead_letter_topic": topic})
    assert pubsub.get_subscription(subscription).dead_letter_policy.max_delivery_attempts == 5


def test_unknown_dead_letter_topic_is_not_found(pubsub: PubSubProject) -> None:
    policy = {"dead_letter_topic": pubsub.topic_name("nowhere")}
    with pytest.raises(NotFound):
        pubsub.create_subscription(pubsub.create_topic(), dead_letter_policy=policy)


def test_subscription_update_changes_what_the_mask_names(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    subscription = pubsub.create_subscription(topic, retry_policy={"minimum_backoff": {"seconds": 20}})
    changed = pubsub.update_subscription(
        subscription,
        "ack_deadline_seconds",
        "dead_letter_policy",
        ack_deadline_seconds=30,
        dead_letter_policy={"dead_letter_topic": topic, "max_delivery_attempts": 7},
        retry_policy={"minimum_backoff": {"seconds": 99}},
    )
    found = pubsub.get_subscription(subscription)
    assert found == changed
    assert found.ack_deadline_seconds == 30
    assert found.dead_letter_policy.max_delivery_attempts == 7
    assert found.retry_policy.minimum_backoff.total_seconds() == 20


def test_masked_field_without_a_value_is_cleared(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    subscription = pubsub.create_subscription(topic, retry_policy={})
    pubsub.update_subscription(subscription, "retry_policy")
    assert "retry_policy" not in pubsub.get_subscription(subscription)


INVALID_UPDATES = {
    "empty mask": ([], {}),
    "unknown field": (["nonsense"], {}),
    "name": (["name"], {}),
    "topic": (["topic"], {"topic": "projects/p-1/topics/other"}),
    "filter": (["filter"], {"filter": "attributes:k"}),
    "ordering": (["enable_message_ordering"], {"enable_message_ordering": True}),
    "value": (["ack_deadline_seconds"], {"ack_deadline_seconds": 601}),
}


@pytest.mark.parametrize(("paths", "fields"), INVALID_UPDATES.values(), ids=INVALID_UPDATES)
def test_invalid_subscription_update_is_refused(pubsub: PubSubProject, paths: list, fields: dict) -> None:
    subscription = pubsub.create_subscription(pubsub.create_topic())
    before = pubsub.get_subscription(subscription)
    with pytest.raises(InvalidArgument):
        pubsub.update_subscription(subscription, *paths, **fields)
    assert pubsub.get_subscription(subscription) == before


def test_push_config_can_be_set_and_cleared(pubsub: PubSubProject) -> None:
    subscription = pubsub.create_subscription(pubsub.create_topic())
    modify = pubsub.subscriber.modify_push_config
    modify(subscription=subscription, push_config={"push_endpoint": ENDPOINT}, **CALL)
    assert pubsub.get_subscription(subscription).push_config.push_endpoint == ENDPOINT
    with pytest.raises(InvalidArgument):
        modify(subscription=subscription, push_config={"push_endpoint": "nonsense"}, **CALL)
    modify(subscription=subscription, push_config={}, **CALL)
    assert pubsub.get_subscription(subscription).push_config.push_endpoint == ""


def test_subscriptions_are_listed_by_project_and_page(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    names = [pubsub.create_subscription(topic, f"reader-{number}") for number in range(3)]
    request = {"project": pubsub.project, "page_size": 2}
    pages = pubsub.subscriber.list_subscriptions(request=request, **CALL).pages
    assert [[found.name for found in page.subscriptions] for page in pages] == [names[:2], names[2:]]


def test_deleted_subscription_is_gone_with_its_messages(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    subscription = pubsub.create_subscription(topic)
    pubsub.publish(topic, b"lost")
    pubsub.subscriber.delete_subscription(subscription=subscription, **CALL)
    with pytest.raises(NotFound):
        pubsub.get_subscription(subscription)
    pubsub.create_subscription(topic)
    assert pubsub.pull_now(subscription) == []
