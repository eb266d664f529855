"""How people write a number, and how bytes name one."""

import json

import pytest

from rbm_ops.forget.phone_number import BadNumber, Naming, names_others, read_phone_number

NUMBER = "+4915512345678"


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "+49 155 12345678",
        "+49 (0) 155/123 456-78",
        "0049 155 12345678",
        " tel:+49.155.12345678 ",
        "+49\u00a0155\u201112345678",
    ],
)
def test_spellings_of_people_are_one_number(text: str) -> None:
    assert read_phone_number(text) == NUMBER


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0155 12345678", "no country code: write it as +4915512345678"),
        ("15512345678", "write it with its country code"),
        ("+0155123456", "no phone number"),
        ("+49 155 CALL-ME", "no phone number"),
        ("+49155123456789012", "no phone number"),
        ("+\u0664\u0669155123456", "no phone number"),
        ("", "no phone number"),
    ],
)
def test_what_may_be_another_number_or_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadNumber) as refused:
        read_phone_number(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"senderPhoneNumber": NUMBER}).encode(),
        b'{"phoneNumber":"\\u002b\\u00349155\\u00312345678"}',
        b"call 004915512345678 now",
        b"4915512345678",
        b"\xff\x00+4915512345678\xff",
    ],
)
def test_bytes_that_name_the_number_do(raw: bytes) -> None:
    assert Naming(NUMBER).is_in(raw)


@pytest.mark.parametrize(
    "raw", [b"+49155123456789", b"+14915512345678", b"+491551234567", b"", b"\\u {", b"{}"]
)
def test_bytes_that_name_a_longer_or_shorter_one_do_not(raw: bytes) -> None:
    assert not Naming(NUMBER).is_in(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"recipients": [{"phoneNumber": "+1"}, {"phoneNumber": "+2"}]}', True),
        (b'{"recipients": [{"phoneNumber": "+1"}]}', False),
        (b'{"recipients": "many"}', False),
        (b"[1]", False),
    ],
)
def test_request_for_many_names_others(raw: bytes, expected: bool) -> None:
    assert names_others(raw) is expected
