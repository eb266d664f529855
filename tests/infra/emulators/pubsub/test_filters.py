"""Filters: the language, and that it is applied. Ours only: Google's emulator stores and ignores them."""

import pytest
from tests.infra.emulators.pubsub.project import PubSubProject, datas

from rbm_ops.emulators.pubsub.filters import FilterInvalid, compile_filter

DELIVERED = {"type": "DELIVERED", "family": "UserEvent"}
MATCHES = [
    ('attributes.type = "DELIVERED"', DELIVERED, True),
    ('attributes.type="READ"', DELIVERED, False),
    ('attributes.absent = "x"', DELIVERED, False),
    ('attributes.type != "READ"', DELIVERED, True),
    ('attributes.type != "DELIVERED"', DELIVERED, False),
    ('attributes.absent != "x"', DELIVERED, True),
    ("attributes:type", DELIVERED, True),
    ("attributes:absent", DELIVERED, False),
    ("NOT attributes:absent", DELIVERED, True),
    ('hasPrefix(attributes.type, "DELI")', DELIVERED, True),
    ('hasPrefix(attributes.type, "READ")', DELIVERED, False),
    ('hasPrefix(attributes.absent, "")', DELIVERED, False),
    ('attributes.type = "DELIVERED" AND attributes.family = "UserEvent"', DELIVERED, True),
    ('attributes.type = "DELIVERED" AND attributes:absent', DELIVERED, False),
    ('attributes.type = "READ" OR attributes.family = "UserEvent"', DELIVERED, True),
    ("attributes:absent OR attributes:other", DELIVERED, False),
    ('attributes:type AND (attributes:absent OR attributes.family = "UserEvent")', DELIVERED, True),
    ("NOT (attributes:type OR attributes:absent)", DELIVERED, False),
    ("NOT attributes:type OR attributes:family", DELIVERED, True),
    ('attributes:"iana.org/language_tag"', {"iana.org/language_tag": "de"}, True),
    (r'attributes.k = "say \"\u00fc\""', {"k": 'say "ü"'}, True),
    ('attributes.AND = "AND"', {"AND": "AND"}, True),
    ("", {}, True),
]
INVALID = [
    "type",
    "attributes",
    "attributes.type",
    "attributes.type = ",
    "attributes.type = DELIVERED",
    "attributes.type == 'DELIVERED'",
    'attributes.type > "a"',
    'attributes.type = "unfinished',
    r'attributes.type = "\x"',
    'attributes.type = "a" attributes.type = "b"',
    "attributes:type AND",
    "attributes:a AND attributes:b OR attributes:c",
    "(attributes:type",
    "attributes:type)",
    'hasPrefix(attributes.type "a")',
    'hasSuffix(attributes.type, "a")',
    'data = "x"',
    'attributes.type = "' + "x" * 256 + '"',
]


@pytest.mark.parametrize(("expression", "attributes", "passes"), MATCHES)
def test_filter_decides_by_attributes(expression: str, attributes: dict[str, str], passes: bool) -> None:
    predicate = compile_filter(expression)
    assert (predicate is None or predicate(attributes)) == passes


@pytest.mark.parametrize("expression", INVALID)
def test_invalid_filter_is_refused(expression: str) -> None:
    with pytest.raises(FilterInvalid):
        compile_filter(expression)


def test_filtered_out_message_counts_as_acknowledged(embedded_pubsub: PubSubProject) -> None:
    topic = embedded_pubsub.create_topic()
    filtered = embedded_pubsub.create_subscription(topic, filter='hasPrefix(attributes.type, "D")')
    unfiltered = embedded_pubsub.create_subscription(topic, "unfiltered")
    embedded_pubsub.publish(
        topic,
        {"data": b"1", "attributes": {"type": "READ"}},
        {"data": b"2", "attributes": {"type": "DELIVERED"}},
        {"data": b"3"},
    )
    assert datas(embedded_pubsub.pull(filtered)) == [b"2"]
    assert sorted(datas(embedded_pubsub.pull_all(unfiltered, 3))) == [b"1", b"2", b"3"]
    assert embedded_pubsub.get_subscription(filtered).filter == 'hasPrefix(attributes.type, "D")'
