"""A table of bytes by key, in memory or in a SQLite file, so that a restart loses nothing."""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path


class DurableTable:
    """Write-through copy of a dict: `load` once at the start, `save` before a call is answered.

    Without a folder nothing is kept. One file per emulator, one table per kind of thing.
    """

    def __init__(self, folder: Path | None, file: str, table: str) -> None:
        self._connection: sqlite3.Connection | None = None
        self._table = table
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(folder / file)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (key TEXT PRIMARY KEY, value BLOB)")

    def load(self) -> dict[str, bytes]:
        if self._connection is None:
            return {}
        return dict(self._connection.execute(f"SELECT key, value FROM {self._table}"))  # noqa: S608

    def save(self, values: Mapping[str, bytes], deleted: Iterable[str] = ()) -> None:
        """Store and delete in one transaction; on return it is on disk."""
        if self._connection is None:
            return
        with self._connection as transaction:
            transaction.executemany(
                f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)",  # noqa: S608
                list(values.items()),
            )
            transaction.executemany(
                f"DELETE FROM {self._table} WHERE key = ?",  # noqa: S608
                [(key,) for key in deleted],
            )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
