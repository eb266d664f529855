"""The words by which users leave and come back, by the calling code of their country.

Source: guides/build/events/receive-events, April 2026. Elsewhere STOP and START are assumed.
"""

_KEYWORDS = {
    "+1": ("STOP", "START"),
    "+91": ("STOP", "START"),
    "+44": ("STOP", "START"),
    "+49": ("STOP", "START"),
    "+33": ("STOP", "Démarrer"),
    "+34": ("BAJA", "ALTA"),
    "+52": ("BAJA", "ALTA"),
    "+55": ("parar", "começar"),
}
_ELSEWHERE = ("STOP", "START")


def keyword_for(phone_number: str, *, is_subscribing: bool) -> str:
    found = (words for code, words in _KEYWORDS.items() if phone_number.startswith(code))
    leave, come_back = next(found, _ELSEWHERE)
    return come_back if is_subscribing else leave
