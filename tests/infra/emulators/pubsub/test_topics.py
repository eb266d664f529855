"""Topics: made, found, changed, listed, deleted; and what can be published to them."""

import pytest
from google.api_core.exceptions import AlreadyExists, InvalidArgument, NotFound
from tests.infra.emulators.pubsub.project import CALL, PubSubProject

INVALID_NAMES = {
    "too short": "projects/p-1/topics/ab",
    "too long": "projects/p-1/topics/a" + "b" * 255,
    "digit first": "projects/p-1/topics/1events",
    "reserved": "projects/p-1/topics/google-events",
    "space": "projects/p-1/topics/my events",
    "no project": "topics/events",
    "other kind": "projects/p-1/subscriptions/events",
}


def test_created_topic_is_found_as_it_was_made(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic(labels={"team": "ledger"})
    found = pubsub.publisher.get_topic(topic=topic, **CALL)
    assert (found.name, dict(found.labels)) == (topic, {"team": "ledger"})


def test_topic_created_twice_already_exists(pubsub: PubSubProject) -> None:
    pubsub.create_topic()
    with pytest.raises(AlreadyExists):
        pubsub.create_topic()


@pytest.mark.parametrize("name", INVALID_NAMES.values(), ids=INVALID_NAMES)
def test_invalid_topic_name_is_refused(pubsub: PubSubProject, name: str) -> None:
    with pytest.raises(InvalidArgument):
        pubsub.publisher.create_topic(name=name, **CALL)


@pytest.mark.parametrize("topic_id", ["abc", "A" + "z" * 254, "a.b_c~d+e%f-1"])
def test_unusual_topic_name_is_accepted(pubsub: PubSubProject, topic_id: str) -> None:
    assert pubsub.create_topic(topic_id) == pubsub.topic_name(topic_id)


def test_unknown_topic_is_not_found(pubsub: PubSubProject) -> None:
    topic = pubsub.topic_name("nowhere")
    update = {"topic": {"name": topic}, "update_mask": {"paths": ["message_retention_duration"]}}
    with pytest.raises(NotFound):
        pubsub.publisher.get_topic(topic=topic, **CALL)
    with pytest.raises(NotFound):
        pubsub.publisher.update_topic(request=update, **CALL)
    with pytest.raises(NotFound):
        pubsub.publisher.delete_topic(topic=topic, **CALL)
    with pytest.raises(NotFound):
        pubsub.publish(topic, b"1")


def test_subscriptions_of_unknown_topic_are_not_found(embedded_pubsub: PubSubProject) -> None:
    # Google's emulator answers an empty list.
    topic = embedded_pubsub.topic_name("nowhere")
    with pytest.raises(NotFound):
        embedded_pubsub.publisher.list_topic_subscriptions(topic=topic, **CALL)


def update_topic(pubsub: PubSubProject, topic: str, *paths: str, **fields):
    request = {"topic": {"name": topic, **fields}, "update_mask": {"paths": paths}}
    return pubsub.publisher.update_topic(request=request, **CALL)


def test_topic_update_changes_what_the_mask_names(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic(labels={"team": "ledger"})
    update_topic(pubsub, topic, "message_retention_duration", message_retention_duration={"seconds": 1200})
    found = pubsub.publisher.get_topic(topic=topic, **CALL)
    assert found.message_retention_duration.total_seconds() == 1200
    assert dict(found.labels) == {"team": "ledger"}


def test_topic_labels_are_replaced(embedded_pubsub: PubSubProject) -> None:
    # Google's emulator calls labels an unknown field.
    topic = embedded_pubsub.create_topic(labels={"team": "ledger", "stage": "test"})
    changed = update_topic(embedded_pubsub, topic, "labels", labels={"team": "ops"})
    assert dict(changed.labels) == {"team": "ops"}


@pytest.mark.parametrize("paths", [[], ["name"], ["nonsense"]], ids=["empty", "fixed field", "unknown field"])
def test_invalid_topic_update_mask_is_refused(pubsub: PubSubProject, paths: list[str]) -> None:
    topic = pubsub.create_topic()
    with pytest.raises(InvalidArgument):
        update_topic(pubsub, topic, *paths)


def test_topics_are_listed_by_project_and_page(pubsub: PubSubProject) -> None:
    topics = [pubsub.create_topic(f"events-{number}") for number in range(5)]
    request = {"project": pubsub.project, "page_size": 2}
    pages = pubsub.publisher.list_topics(request=request, **CALL).pages
    assert [[topic.name for topic in page.topics] for page in pages] == [topics[:2], topics[2:4], topics[4:]]
    assert list(pubsub.publisher.list_topics(project="projects/another-one", **CALL)) == []


def test_subscriptions_of_a_topic_are_listed(pubsub: PubSubProject) -> None:
    topic, other = pubsub.create_topic(), pubsub.create_topic("other")
    names = [pubsub.create_subscription(topic, f"reader-{number}") for number in range(3)]
    pubsub.create_subscription(other, "elsewhere")
    request = {"topic": topic, "page_size": 2}
    assert list(pubsub.publisher.list_topic_subscriptions(request=request, **CALL)) == names


def test_deleted_topic_leaves_its_subscriptions(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    subscription = pubsub.create_subscription(topic)
    pubsub.publish(topic, b"before")
    pubsub.publisher.delete_topic(topic=topic, **CALL)
    assert pubsub.get_subscription(subscription).topic == "_deleted-topic_"
    pubsub.create_topic()
    assert list(pubsub.publisher.list_topic_subscriptions(topic=topic, **CALL)) == []
    assert [received.message.data for received in pubsub.pull(subscription)] == [b"before"]


def test_each_published_message_gets_an_id_of_its_own(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    message_ids = pubsub.publish(topic, b"1", b"2") + pubsub.publish(topic, b"3")
    assert len(set(message_ids)) == 3


INVALID_MESSAGES = {
    "none": [],
    "empty": [{}],
    "only an ordering key": [{"ordering_key": "k"}],
    "one of two empty": [{"data": b"1"}, {}],
    "too many": [{"data": b"1"}] * 1_001,
}
# Google's emulator takes these.
INVALID_IN_PRODUCTION = {
    "too large": {"data": b"x" * 10_000_001},
    "key too long": {"attributes": {"k" * 257: "v"}},
    "key empty": {"data": b"1", "attributes": {"": "v"}},
    "key reserved": {"attributes": {"googclient": "v"}},
    "value too long": {"attributes": {"k": "ü" * 513}},
    "too many attributes": {"attributes": {f"k{number}": "v" for number in range(101)}},
    "ordering key too long": {"data": b"1", "ordering_key": "k" * 1_025},
}


@pytest.mark.parametrize("messages", INVALID_MESSAGES.values(), ids=INVALID_MESSAGES)
def test_invalid_publish_is_refused(pubsub: PubSubProject, messages: list[dict]) -> None:
    topic = pubsub.create_topic()
    with pytest.raises(InvalidArgument):
        pubsub.publish(topic, *messages)


@pytest.mark.parametrize("message", INVALID_IN_PRODUCTION.values(), ids=INVALID_IN_PRODUCTION)
def test_message_invalid_in_production_is_refused(embedded_pubsub: PubSubProject, message: dict) -> None:
    topic = embedded_pubsub.create_topic()
    with pytest.raises(InvalidArgument):
        embedded_pubsub.publish(topic, message)


def test_largest_publish_is_accepted(pubsub: PubSubProject) -> None:
    topic = pubsub.create_topic()
    largest_attribute = {"attributes": {"k" * 256: "v" * 1_024}}
    assert len(pubsub.publish(topic, *[largest_attribute] * 1_000)) == 1_000
    assert len(pubsub.publish(topic, b"x" * 9_990_000)) == 1
