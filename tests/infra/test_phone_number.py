"""How people write a number."""

import pytest

from rbm_ops.phone_number import BadNumber, read_phone_number

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
