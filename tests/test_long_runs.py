"""A run of one sign costs its length and no more, whichever pattern looks at it."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
from triage.core import form, lexicon, masking
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
text = (sys.argv[2] * {length})[:{length}]
match sys.argv[1]:
    case "goods":
        lexicon._NAMED.sub("", text)
    case "mask":
        list(masking._TOKEN.finditer(text))
    case "mark":
        form._mark(text), form._holds_card(text), form._holds_code(text)
"""
LENGTH = 240_000  # where one second at 24 kB would be a hundred
SECONDS = 20


@pytest.mark.parametrize("pattern", ["goods", "mask", "mark"])
@pytest.mark.parametrize(
    "sign", ["a", "я", "1", "1 ", "1.", "«", "-", ".", "\u00ad", "Aa-", "a."]
)
def test_a_long_run_is_looked_at_in_a_moment(pattern, sign):
    script = SCRIPT.format(seconds=SECONDS, length=LENGTH)

    done = subprocess.run(
        [sys.executable, "-c", script, pattern, sign], capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()[-500:]
