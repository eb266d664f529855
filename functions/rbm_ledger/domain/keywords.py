"""The words by which users leave and come back: a text that is such a word and nothing else."""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rbm_ledger.domain.consent import Decision, Keywords

# What Google Messages writes for its users, by country (guides/build/events/receive-events, read 2026-04):
# taken from any number, for users travel and move.
_EVERYWHERE: Mapping[Decision, tuple[str, ...]] = {
    Decision.OPTED_OUT: ("STOP", "BAJA", "PARAR"),
    Decision.OPTED_IN: ("START", "ALTA", "DÉMARRER", "COMEÇAR"),
}
# What must count as an opt-out in the United States (47 CFR 64.1200(a)(10), read 2026-11). Elsewhere "end"
# and "cancel" are answers as well.
_FROM_NORTH_AMERICA: Mapping[Decision, tuple[str, ...]] = {
    Decision.OPTED_OUT: ("STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE"),
}
_NORTH_AMERICA = "+1"

_MAX_CHARACTERS = 100
_WORD, _MARK = frozenset("LN"), "M"


def find_keyword(text: str, phone_number: str, keywords: Keywords) -> tuple[Decision, str] | None:
    """What a text from this number decides, and the keyword that it is; None for any other text."""
    if len(text) > _MAX_CHARACTERS:
        return None
    word = _normalise(text)
    decision = _decisions(keywords, phone_number.startswith(_NORTH_AMERICA)).get(word)
    return (decision, word) if decision else None


@lru_cache(maxsize=8)
def _decisions(keywords: Keywords, is_north_american: bool) -> Mapping[str, Decision]:
    """A word that would mean both is an opt-out."""
    own = {Decision.OPTED_OUT: keywords.opt_out, Decision.OPTED_IN: keywords.opt_in}
    tables = (_EVERYWHERE, _FROM_NORTH_AMERICA if is_north_american else {}, own)
    return {
        spelling: decision
        for decision in (Decision.OPTED_IN, Decision.OPTED_OUT)  # the later one stays
        for table in tables
        for spelling in _spell(table.get(decision, ()))
    }


def _spell(words: Iterable[str]) -> set[str]:
    """Each with its accents, and as written on a phone that has none."""
    spellings = {_normalise(word) for word in words}
    return {spelling for word in spellings for spelling in (word, _strip_accents(word)) if spelling}


def _normalise(text: str) -> str:
    """Without case, without blanks, punctuation and signs around it; one blank where it has some inside."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    categories = [unicodedata.category(character)[0] for character in text]
    places = [place for place, category in enumerate(categories) if category in _WORD]
    if not places:
        return ""
    end = places[-1] + 1
    while end < len(text) and categories[end] == _MARK:  # a vowel sign belongs to the letter before it
        end += 1
    return " ".join(text[places[0] : end].split())


def _strip_accents(word: str) -> str:
    """Of letters that have a plain form; in other scripts a mark is part of the word."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", word) if unicodedata.category(letter) != "Mn"
    )
    return plain if plain.isascii() else word
