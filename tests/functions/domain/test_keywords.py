"""Which texts opt out or in, and which are only texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import NO_KEYWORDS

from rbm_ledger.domain.consent import Decision, Keywords
from rbm_ledger.domain.keywords import find_keyword
from rbm_ops.simulator.keywords import keyword_for

FRANCE, UNITED_STATES = "+33612345678", "+14155550101"
OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN

TEXTS = {
    "STOP": OUT,
    "stop": OUT,
    "Stop.": OUT,
    "  STOP!\n": OUT,
    "«stop»": OUT,
    "STOP 🛑": OUT,
    "stop ❤️": OUT,
    "ＳＴＯＰ": OUT,
    "\u200eSTOP\u200f": OUT,
    "BAJA": OUT,
    "¡Baja!": OUT,
    "parar": OUT,
    "START": IN,
    "alta": IN,
    "Démarrer": IN,
    "DÉMARRER": IN,
    "De\u0301marrer": IN,
    "demarrer": IN,
    "começar": IN,
    "COMECAR": IN,
}
NO_KEYWORD_TEXTS = [
    *("", " ", "!", "🛑", "\u0301", "\ud800"),
    *("STOPP", "STO P", "S.T.O.P", "please stop", "stop it", "stop\nstart", "STOP STOP", "restart", "stop2"),
    *("stóp", "bája", "stop" * 50, "." * 200 + "stop"),
]


@pytest.mark.parametrize(("text", "decision"), TEXTS.items(), ids=map(ascii, TEXTS))
def test_text_that_is_a_keyword_decides(text: str, decision: Decision) -> None:
    found = find_keyword(text, FRANCE, NO_KEYWORDS)
    assert found is not None
    assert found[0] is decision


@pytest.mark.parametrize("text", NO_KEYWORD_TEXTS, ids=ascii)
def test_text_that_is_more_or_less_than_a_keyword_decides_nothing(text: str) -> None:
    assert find_keyword(text, UNITED_STATES, NO_KEYWORDS) is None


@pytest.mark.parametrize("country", ["+1", "+91", "+44", "+49", "+33", "+34", "+52", "+55", "+81"])
@pytest.mark.parametrize("is_subscribing", [True, False])
def test_what_the_platform_writes_for_its_users_decides(country: str, *, is_subscribing: bool) -> None:
    number = f"{country}5550100"
    found = find_keyword(keyword_for(number, is_subscribing=is_subscribing), number, NO_KEYWORDS)
    assert found is not None
    assert found[0] is (IN if is_subscribing else OUT)


@pytest.mark.parametrize("text", ["Quit", "end", "REVOKE", "opt  out", "Cancel!", "unsubscribe"])
def test_words_of_american_law_count_from_american_numbers_alone(text: str) -> None:
    found = find_keyword(text, UNITED_STATES, NO_KEYWORDS)
    assert found is not None
    assert found[0] is OUT
    assert find_keyword(text, FRANCE, NO_KEYWORDS) is None


def test_found_keyword_is_told_in_its_plain_form() -> None:
    assert find_keyword(" ¡BAJA! ", FRANCE, NO_KEYWORDS) == (OUT, "baja")


OWN = Keywords(
    opt_out=frozenset({"Désinscription", "kein Werbung", "रोकें", "停止", "start", "Schließen"}),
    opt_in=frozenset({"Weiter"}),
)


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("désinscription", OUT),
        ("DESINSCRIPTION", OUT),
        ("Kein  Werbung.", OUT),
        ("रोकें!", OUT),
        ("停止。", OUT),
        ("SCHLIESSEN", OUT),
        ("weiter", IN),
        ("STOP", OUT),
        ("alta", IN),
        ("रोक", None),
    ],
)
def test_words_of_the_deployment_stand_beside_those_built_in(text: str, decision: Decision | None) -> None:
    found = find_keyword(text, FRANCE, OWN)
    assert (found[0] if found else None) is decision


def test_word_that_would_mean_both_is_an_opt_out() -> None:
    assert find_keyword("START", FRANCE, OWN) == (OUT, "start")


@pytest.mark.parametrize("word", ["", "!", " "])
def test_own_word_without_a_letter_matches_nothing(word: str) -> None:
    keywords = Keywords(opt_out=frozenset({word}))
    assert find_keyword(word, FRANCE, keywords) is None
    assert find_keyword("", FRANCE, keywords) is None


@given(st.text(max_size=120))
def test_any_text_is_told_from_a_keyword_without_fail(text: str) -> None:
    found = find_keyword(text, UNITED_STATES, OWN)
    assert found is None or found[1] in text.casefold() or not text.isascii()


@given(st.sampled_from(["stop", "baja", "démarrer"]), st.text(" \t\n.,!?¿¡…-'\"()", max_size=10))
def test_blanks_and_punctuation_around_a_keyword_do_not_matter(word: str, around: str) -> None:
    assert find_keyword(f"{around}{word.upper()}{around}", FRANCE, NO_KEYWORDS) is not None
