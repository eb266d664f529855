"""Whoever guesses at a secret learns nothing from how long the answer takes: reviewed in the source.

Every comparison in functions/ that has a secret on either side goes through `hmac.compare_digest`. What else
looks at one (is it there, is it a text) stands in REVIEWED, and a new one fails until somebody has read it.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rbm_ledger.domain.signature import Handshake, knows_token, match_token, sign

SOURCE = Path(__file__).parents[2] / "functions"
SECRET_WORDS = frozenset(
    {"token", "tokens", "signature", "secret", "secrets", "claimed", "digest", "hmac", "sign"}
)
COMPARING_METHODS = frozenset(
    {
        "__eq__",
        "count",
        "endswith",
        "find",
        "fullmatch",
        "index",
        "match",
        "removeprefix",
        "rfind",
        "startswith",
    }
)

# No stranger chooses either side, or nothing is compared but whether they are there.
REVIEWED = {
    # Whether another request has fetched a token of Google's meanwhile.
    "rbm_ledger/adapters/google_tokens.py": {"token != expired"},
    # Exactly one of two settings.
    "rbm_ledger/config.py": {"(settings.client_tokens is None) == (settings.client_tokens_file is None)"},
}


def find_comparisons(source: str) -> list[str]:
    """Each place that compares what is called like a secret, as text."""
    return sorted({ast.unparse(node) for node in ast.walk(ast.parse(source)) if _compares_secret(node)})


def _compares_secret(node: ast.AST) -> bool:
    match node:
        case ast.Compare(left=left, comparators=others, ops=operators):
            if all(isinstance(operator, ast.Is | ast.IsNot) for operator in operators):
                return False
            return any(map(_names_secret, (left, *others)))
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=arguments):
            return method in COMPARING_METHODS and any(map(_names_secret, (value, *arguments)))
        case ast.Match(subject=subject):
            return _names_secret(subject)
    return False


def _names_secret(value: ast.AST) -> bool:
    return any(SECRET_WORDS & set(name.lower().strip("_").split("_")) for name in _list_names(value))


def _list_names(value: ast.AST) -> Iterator[str]:
    for node in ast.walk(value):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Constant(value=str(text)) if text.isidentifier():
                yield "".join(f"_{letter}" if letter.isupper() else letter for letter in text)


def list_files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("file", list_files(), ids=lambda file: str(file.relative_to(SOURCE)))
def test_secrets_are_compared_by_compare_digest_alone(file: Path) -> None:
    found = set(find_comparisons(file.read_text()))
    assert found == REVIEWED.get(str(file.relative_to(SOURCE)), set())


PLANTED = {
    "==": "sign(payload, token) == signature",
    "!=": "signature != sign(payload, token)",
    "in": "handshake.client_token in tokens",
    "not in": "claimed not in (sign(payload, token) for token in tokens)",
    "member": "envelope['clientToken'] == 'SJENCPGJESMGUFPY'",
    "part by part": "sign(payload, token).startswith(signature)",
    "by index": "tokens.index(claimed)",
    "order": "signature <= claimed",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_planted_comparison_is_found(planted: str) -> None:
    assert find_comparisons(f"if {planted}:\n    accept()") == [planted]


def test_planted_match_on_a_secret_is_found() -> None:
    assert find_comparisons("match signature:\n    case 'x':\n        accept()")


@pytest.mark.parametrize("function", ["match_token", "knows_token"])
def test_decision_over_a_caller_is_made_by_compare_digest(function: str) -> None:
    tree = ast.parse((SOURCE / "rbm_ledger/domain/signature.py").read_text())
    [found] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    assert "hmac.compare_digest(" in ast.unparse(found)


class Looked(Sequence[str]):
    """Tokens that count how many of them were looked at."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = tokens
        self.count = 0

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        token = self._tokens[index]
        self.count += 1
        return token


TRUE = sign(b"{}", "SECOND")
GUESSES = ("", TRUE[:-1], TRUE[:44] + "A" * 44, "A" + TRUE[1:], TRUE[:-3] + "A==", TRUE + "=", "\xff" * 88)


@pytest.mark.parametrize("guess", GUESSES)
def test_every_token_is_tried_for_each_wrong_signature_however_near_it_comes(guess: str) -> None:
    tokens = Looked("FIRST", "SECOND", "THIRD")
    assert match_token(b"{}", guess, tokens) is None
    assert tokens.count == len(tokens)


@pytest.mark.parametrize("guess", ["", "SECON", "SECOND ", "second", "SECONE"])
def test_every_token_is_tried_for_each_wrong_handshake_however_near_it_comes(guess: str) -> None:
    tokens = Looked("FIRST", "SECOND", "THIRD")
    assert not knows_token(Handshake(guess, "secret"), tokens)
    assert tokens.count == len(tokens)
