"""Names of agents and messages, and the documents that they lead to."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.strategies import odd_texts, texts

from rbm_ledger.domain.identifiers import (
    derive_message_id,
    make_document_id,
    name_shortly,
    parse_uuid,
    shorten_agent_id,
)

UUID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
names = texts | odd_texts | st.text("._~%/", max_size=5) | st.text(min_size=90, max_size=200)


@pytest.mark.parametrize("agent_id", ["growing-tree-bank", "growing-tree-bank@rbm.goog"])
def test_agent_id_has_one_short_form(agent_id: str) -> None:
    assert shorten_agent_id(agent_id) == "growing-tree-bank"


def test_agent_id_of_another_domain_is_left_alone() -> None:
    assert shorten_agent_id("growing-tree-bank@example.com") == "growing-tree-bank@example.com"


def test_message_id_of_a_key_is_the_same_uuid_for_ever() -> None:
    assert (
        derive_message_id("growing-tree-bank", "order-1234/shipped") == "7d81d963-45ee-5bc7-8d09-45d54e85781e"
    )


@given(agent_id=st.text("abc", min_size=1), key=st.text())
def test_message_id_is_a_canonical_uuid5_whichever_form_the_agent_id_has(agent_id: str, key: str) -> None:
    derived = derive_message_id(agent_id, key)
    assert derived == derive_message_id(f"{agent_id}@rbm.goog", key) == str(uuid.UUID(derived))
    assert uuid.UUID(derived).version == 5


def test_message_id_differs_by_agent_and_by_key() -> None:
    ids = {derive_message_id(agent_id, key) for agent_id in ("a", "b") for key in ("1", "2", "")}
    assert len(ids) == 6


@pytest.mark.parametrize("text", [UUID, UUID.upper(), UUID.title()])
def test_uuid_is_read_in_any_case_and_written_in_lower_case(text: str) -> None:
    assert parse_uuid(text) == UUID


@pytest.mark.parametrize(
    "text",
    [
        "",
        UUID[:-1],
        UUID + "0",
        UUID.replace("-", ""),
        f"{{{UUID}}}",
        f"urn:uuid:{UUID}",
        "urn:" + UUID.replace("-", ""),
        "{" + UUID.replace("-", "") + "}--",
        UUID.replace("-", "") + "----",
        "5b3b7f0e8-c5e-4c0a-9f0e-2a6f1d6b7c11",
        "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b_c11",
        "0x3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        " b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        "+b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c1\n",
        "５b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        "gb3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        "\ud800b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c1",
    ],
)
def test_other_spelling_of_a_uuid_is_none(text: str) -> None:
    assert parse_uuid(text) is None


@given(st.uuids())
def test_every_uuid_is_read(value: uuid.UUID) -> None:
    assert parse_uuid(str(value)) == str(value)


@given(texts | st.text("0123456789abcdefABCDEF-_ {}", min_size=36, max_size=36))
def test_any_text_is_a_canonical_uuid_or_none(text: str) -> None:
    assert parse_uuid(text) in (None, text.lower())


@pytest.mark.parametrize(
    "name", ["growing-tree-bank", "+14155550101", UUID, "MxIgT-4pWCQu2tH9hMkSTljQ", "a.b_c"]
)
def test_usual_name_is_its_own_document_id(name: str) -> None:
    assert make_document_id(name) == name


def test_slash_and_percent_are_escaped() -> None:
    assert make_document_id("a/b%2F") == "a%2Fb%252F"


@pytest.mark.parametrize("name", ["", ".", "..", "____", "__x__", "__\n__", "x" * 401, "é" * 70, "/" * 134])
def test_name_that_no_document_can_have_is_hashed(name: str) -> None:
    assert re.fullmatch("~[0-9a-f]{64}", make_document_id(name))


def test_longest_name_that_is_kept_has_400_bytes() -> None:
    assert make_document_id("x" * 400) == "x" * 400


def test_name_that_looks_like_a_hash_is_not_the_document_of_another_name() -> None:
    assert make_document_id(make_document_id("")) != make_document_id("")


@given(names)
def test_any_name_makes_a_document_id_that_firestore_takes(name: str) -> None:
    document_id = make_document_id(name)
    assert 0 < len(document_id.encode()) <= 1500
    assert "/" not in document_id
    assert document_id not in (".", "..")
    assert not re.fullmatch("__.*__", document_id, re.DOTALL)


@given(st.lists(names, unique=True, max_size=8))
def test_distinct_names_make_distinct_document_ids(distinct: list[str]) -> None:
    assert len({make_document_id(name) for name in distinct}) == len(distinct)


@pytest.mark.parametrize("name", ["", "MxIgT-4pWCQu2tH9hMkSTljQ", "x" * 256, "é" * 128])
def test_name_of_a_usual_length_is_shown_as_it_is(name: str) -> None:
    assert name_shortly(name) == name


def test_long_names_are_shown_as_digests_that_tell_them_apart() -> None:
    shown = {name_shortly(name) for name in ("x" * 257, "é" * 129, "x" * 600_000)}
    assert len(shown) == 3
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", name) for name in shown)
