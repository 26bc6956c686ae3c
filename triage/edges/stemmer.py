"""Russian words brought to their stems, so that «возвраты» finds «возврата»."""

from functools import cache, lru_cache
from typing import Any


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """Return the stem of a small word; letters repeat themselves, so it is remembered."""
    return str(_russian().stemWord(word))


@cache
def _russian() -> Any:
    import snowballstemmer  # with all its languages: many a command needs none

    return snowballstemmer.stemmer("russian")
