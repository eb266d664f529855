"""Where an agent is not launched, of the networks that a phone number may belong to: why a 404 may have come.

A region of the platform is the network of a carrier (guides/management-api/regions, read 2026-11), and its id
is a name, not a code: Google's pages show `fi-rcs` and `vodafone-idea-india`, and say nothing of the form. So
a country is read from an id where it says one, and from nothing else; an id that says none explains nothing.
"""

import re

from rbm_ledger.domain.agents import launch_states_of
from rbm_ledger.domain.ledger import Record

_LAUNCHED = "LAUNCHED"
_LONGEST_CALLING_CODE = 4

# Calling code → countries, by ISO 3166-1. Codes: ITU-T E.164, list of assigned country codes (Operational
# Bulletin 1114). Countries: where RCS for Business is offered by public coverage lists, read 2026-11; Google
# publishes no list. +1 is shared, and its area codes are not told apart but for the Caribbean.
_COUNTRIES: dict[str, tuple[str, ...]] = {
    "1": ("US", "CA"),
    **dict.fromkeys(("1787", "1939"), ("US",)),
    **dict.fromkeys(("1809", "1829", "1849"), ("DO",)),
    **{"27": ("ZA",), "30": ("GR",), "31": ("NL",), "32": ("BE",), "33": ("FR",), "34": ("ES",)},
    **{"36": ("HU",), "39": ("IT",), "40": ("RO",), "41": ("CH",), "43": ("AT",), "44": ("GB",)},
    **{"45": ("DK",), "46": ("SE",), "47": ("NO",), "48": ("PL",), "49": ("DE",), "51": ("PE",)},
    **{"52": ("MX",), "54": ("AR",), "55": ("BR",), "56": ("CL",), "57": ("CO",), "60": ("MY",)},
    **{"61": ("AU",), "62": ("ID",), "63": ("PH",), "64": ("NZ",), "65": ("SG",), "66": ("TH",)},
    **{"81": ("JP",), "82": ("KR",), "84": ("VN",), "90": ("TR",), "91": ("IN",), "92": ("PK",)},
    **{"94": ("LK",), "234": ("NG",), "254": ("KE",), "351": ("PT",), "352": ("LU",), "353": ("IE",)},
    **{"358": ("FI",), "359": ("BG",), "370": ("LT",), "371": ("LV",), "372": ("EE",), "380": ("UA",)},
    **{"385": ("HR",), "386": ("SI",), "420": ("CZ",), "421": ("SK",), "502": ("GT",), "503": ("SV",)},
    **{"504": ("HN",), "506": ("CR",), "593": ("EC",), "595": ("PY",), "880": ("BD",), "966": ("SA",)},
    **{"971": ("AE",), "972": ("IL",)},
}

# As they may stand in an id. Others than the code itself.
_NAMES: dict[str, tuple[str, ...]] = {
    **{"AE": ("uae", "emirates"), "AR": ("argentina",), "AT": ("austria",), "AU": ("australia",)},
    **{"BD": ("bangladesh",), "BE": ("belgium",), "BG": ("bulgaria",), "BR": ("brazil", "brasil")},
    **{"CA": ("canada",), "CH": ("switzerland",), "CL": ("chile",), "CO": ("colombia",)},
    **{"CR": ("costa-rica",), "CZ": ("czech", "czechia"), "DE": ("germany",), "DK": ("denmark",)},
    **{"DO": ("dominican",), "EC": ("ecuador",), "EE": ("estonia",), "ES": ("spain",), "FI": ("finland",)},
    **{"FR": ("france",), "GB": ("uk", "united-kingdom"), "GR": ("greece",), "GT": ("guatemala",)},
    **{"HN": ("honduras",), "HR": ("croatia",), "HU": ("hungary",), "ID": ("indonesia",)},
    **{"IE": ("ireland",), "IL": ("israel",), "IN": ("india",), "IT": ("italy",), "JP": ("japan",)},
    **{"KE": ("kenya",), "KR": ("korea",), "LK": ("sri-lanka",), "LT": ("lithuania",)},
    **{"LU": ("luxembourg",), "LV": ("latvia",), "MX": ("mexico",), "MY": ("malaysia",)},
    **{"NG": ("nigeria",), "NL": ("netherlands",), "NO": ("norway",), "NZ": ("new-zealand",)},
    **{"PE": ("peru",), "PH": ("philippines",), "PK": ("pakistan",), "PL": ("poland",)},
    **{"PT": ("portugal",), "PY": ("paraguay",), "RO": ("romania",), "SA": ("saudi",), "SE": ("sweden",)},
    **{"SG": ("singapore",), "SI": ("slovenia",), "SK": ("slovakia",), "SV": ("salvador",)},
    **{"TH": ("thailand",), "TR": ("turkey", "turkiye"), "UA": ("ukraine",), "US": ("usa", "united-states")},
    **{"VN": ("vietnam",), "ZA": ("south-africa",)},
}

# Ids that say a country only to whoever knows the carrier. Assumed: Google Fi.
_KNOWN_REGIONS = {"fi-rcs": "US"}


def unlaunched_networks(agent_record: Record, phone_number: str) -> tuple[dict[str, str], ...]:
    """`{"region", "state"}` of the networks in the number's country that announced another state last."""
    countries = find_countries(phone_number)
    return tuple(
        {"region": region, "state": state}
        for region, state in launch_states_of(agent_record).items()
        if state != _LAUNCHED and country_of(region) in countries
    )


def find_countries(phone_number: str) -> tuple[str, ...]:
    """Of an E.164 number, by the longest calling code that fits; empty for a country without RCS."""
    digits = phone_number.removeprefix("+")
    codes = (digits[:length] for length in range(_LONGEST_CALLING_CODE, 0, -1))
    return next((_COUNTRIES[code] for code in codes if code in _COUNTRIES), ())


def country_of(region: str) -> str | None:
    """The country that a region's id names: in words, or by its code at the end or before `-rcs`."""
    name = region.lower()
    if name in _KNOWN_REGIONS:
        return _KNOWN_REGIONS[name]
    words = f"-{name}-"
    named = (country for country, spelt in _NAMES.items() if any(f"-{word}-" in words for word in spelt))
    return next(named, None) or _read_code(name)


def _read_code(name: str) -> str | None:
    found = re.fullmatch(r"(?:.*-)?([a-z]{2})(?:-rcs)?", name)
    code = found[1].upper() if found else ""
    return code if code in _NAMES else None
