"""Lists in pages: names in order, the page token is the first name of the next page."""

from collections.abc import Iterable

_PAGE_SIZE_MAX = 1_000


def take_page(names: Iterable[str], *, page_size: int, page_token: str) -> tuple[list[str], str]:
    """The names of this page and the token of the next one (empty at the end)."""
    size = page_size if 0 < page_size <= _PAGE_SIZE_MAX else _PAGE_SIZE_MAX
    remaining = sorted(name for name in names if name >= page_token)
    return remaining[:size], "".join(remaining[size : size + 1])
