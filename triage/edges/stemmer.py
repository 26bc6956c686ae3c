"""Russian words brought to their stems, so that «возвраты» finds «возврата»."""

from functools import lru_cache

import snowballstemmer

_russian = snowballstemmer.stemmer("russian")


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """Return the stem of a small word; letters repeat themselves, so it is remembered."""
    return str(_russian.stemWord(word))
