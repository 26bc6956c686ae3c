"""Writing a letter out: in the packs' words for others, in the owner's for himself.

Some letters are memos to the owner, and below others stands what he is to heed before he
sends them. In a language that is not the packs' own both are in his, where it has words.
"""

from dataclasses import replace

from triage.core.case import Fact
from triage.core.letter import lacking, render
from triage.core.particulars import PACK, Facts
from triage.core.sheet import NOTE
from triage.core.step import Letter
from triage.core.tongue import PLAIN, Tongue


def write(letter: Letter, facts: Facts, rule: str, tongue: Tongue) -> str:
    """Fill a letter in, of a case of a rule.

    Raises:
        LookupError: facts are lacking; the message names them.
    """
    if tongue is PLAIN:
        return render(letter, facts)
    memo = replace(letter, text=tongue.memos.get(letter.id, ""))
    told = tongue.facts(facts)
    if what := tongue.happened.get(rule):
        told["what"] = Fact("what", what, PACK)
    if memo.text and not lacking(memo, told):
        return tongue.of(render(memo, told))
    text, mark, note = render(letter, facts).partition(f"\n{NOTE}\n")
    return text + mark + tongue.of(note)
