"""The filter language of subscriptions: an expression becomes a predicate over a message's attributes.

    expression = term {"AND" term} | term {"OR" term}       (a mix of both needs parentheses)
    term       = ["NOT"] (comparison | "(" expression ")")
    comparison = "attributes" ":" key
               | "attributes" "." key ("=" | "!=") string
               | "hasPrefix" "(" "attributes" "." key "," string ")"

Source: cloud.google.com/pubsub/docs/subscription-message-filter, read 2026-11.
"""

import ast
import re
from collections.abc import Callable, Mapping

Predicate = Callable[[Mapping[str, str]], bool]

_FILTER_BYTES = 256
_TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[\w-]+)|(?P<sign>!=|[=:.,()]))')


class FilterInvalid(ValueError):
    """The expression is not in the language; the text says where."""


def compile_filter(expression: str) -> Predicate | None:
    """The predicate of `expression`, or None for the empty one, which every message passes."""
    if not expression.strip():
        return None
    if len(expression.encode()) > _FILTER_BYTES:
        raise FilterInvalid(f"A filter has at most {_FILTER_BYTES} bytes.")
    parser = _Parser(_split_tokens(expression))
    predicate = parser.parse_expression()
    parser.expect_end()
    return predicate


def _split_tokens(expression: str) -> list[str]:
    tokens, position, end = [], 0, len(expression.rstrip())
    while position < end:
        found = _TOKEN.match(expression, position)
        if not found:
            raise FilterInvalid(f"The filter can't be read from '{expression[position:]}' on.")
        tokens.append(found.group().strip())
        position = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]
        self._position = 0

    def parse_expression(self) -> Predicate:
        terms = [self._parse_term()]
        operator = self._peek()
        if operator not in ("AND", "OR"):
            return terms[0]
        while self._accept(operator):
            terms.append(self._parse_term())
        combine = all if operator == "AND" else any
        return lambda attributes: combine(term(attributes) for term in terms)

    def expect_end(self) -> None:
        if self._peek():
            raise FilterInvalid(f"The filter should end before '{self._peek()}'.")

    def _parse_term(self) -> Predicate:
        if self._accept("NOT"):
            negated = self._parse_term()
            return lambda attributes: not negated(attributes)
        if self._accept("("):
            inner = self.parse_expression()
            self._expect(")")
            return inner
        if self._accept("hasPrefix"):
            return self._parse_prefix()
        return self._parse_comparison()

    def _parse_prefix(self) -> Predicate:
        self._expect("(")
        self._expect("attributes")
        self._expect(".")
        key = self._take_key()
        self._expect(",")
        prefix = self._take_text()
        self._expect(")")
        return lambda attributes: key in attributes and attributes[key].startswith(prefix)

    def _parse_comparison(self) -> Predicate:
        self._expect("attributes")
        if self._accept(":"):
            present = self._take_key()
            return lambda attributes: present in attributes
        self._expect(".")
        key = self._take_key()
        if self._accept("="):
            wanted = self._take_text()
            return lambda attributes: key in attributes and attributes[key] == wanted
        self._expect("!=")
        unwanted = self._take_text()
        return lambda attributes: key not in attributes or attributes[key] != unwanted

    def _take_key(self) -> str:
        if self._peek().startswith('"'):
            return self._take_text()
        if not re.fullmatch(r"[\w-]+", self._peek()):
            raise FilterInvalid(f"The filter needs an attribute key at '{self._peek()}'.")
        return self._take()

    def _take_text(self) -> str:
        token = self._take()
        if not token.startswith('"'):
            raise FilterInvalid(f"The filter needs a string in double quotes at '{token}'.")
        try:
            return str(ast.literal_eval(token))
        except (SyntaxError, ValueError) as error:
            raise FilterInvalid(f"The string {token} has an unknown escape sequence.") from error

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise FilterInvalid(f"The filter needs '{token}' at '{self._peek()}'.")

    def _accept(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._position += 1
        return True

    def _take(self) -> str:
        token = self._peek()
        self._position += 1
        return token

    def _peek(self) -> str:
        return self._tokens[self._position]
