"""Measure how well letters nobody tuned for are read: precision and recall by event kind.

python bench/precision.py [tuning|held-out]   # both without a word; held out is fresh*/
python bench/precision.py tuning --kind refund_paid
python bench/precision.py held-out --show     # names the letters: not for who tunes
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from letterset.letter import Half, Truth
from letterset.press import letters
from letterset.verdict import Verdict, figures, judge

from triage.core.event import Event


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("half", nargs="?", choices=[half.value for half in Half])
    asked.add_argument("--show", action="store_true", help="show the failures")
    asked.add_argument("--kind", help="show only the failures of one event kind")
    options = asked.parse_args()
    for half in [Half(options.half)] if options.half else Half:
        if not half.folders:
            continue
        verdicts = [judge(one) for one in letters(half) if not one.template.unsure]
        if options.show or (half is Half.TUNING and options.half):
            for one in verdicts:
                show(one, options.kind)
        table(half, verdicts)


def table(half: Half, verdicts: list[Verdict]) -> None:
    """Print the figures of a half."""
    silent = sum(not one.letter.tells for one in verdicts)
    print(f"{half.value}: {len(verdicts)} letters, {silent} of them tell nothing\n")
    print("| event kind | letters | told | read | wrong | precision | recall |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind, row in figures(verdicts).items():
        shares = " | ".join(map(percent, (row.precision, row.recall)))
        counts = f"{row.letters} | {row.told} | {row.found} | {row.wrong}"
        print(f"| `{kind.value}` | {counts} | {shares} |")
    rows = figures(verdicts).values()
    told, found, wrong = (
        sum(getattr(row, name) for row in rows) for name in ("told", "found", "wrong")
    )
    said = found + wrong
    shares = " | ".join(map(percent, (share(found, said), share(found, told))))
    print(f"| all | {len(verdicts)} | {told} | {found} | {wrong} | {shares} |\n")
    for word, count in Counter(one.word for one in verdicts).most_common():
        print(f"{count:5} {word}")
    sure = Counter(event.certainty.word for one in verdicts for event, _ in one.wrong)
    for word, count in sure.items():
        print(f"{count:5} wrong events that are {word}")
    thin = sum(len(one.thin) for one in verdicts)
    print(f"{thin:5} values said by a letter and not taken from it\n")
    streams = [one for one in verdicts if one.letter.template.stream]
    for stream in sorted({one.letter.template.stream for one in streams if one}):
        those = [one for one in streams if one.letter.template.stream == stream]
        known = sum(one.reading.stream == stream for one in those)
        print(f"{known:5} of {len(those)} known as {stream.value}")
    print()


def share(some: int, whole: int) -> float | None:
    return some / whole if whole else None


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def show(one: Verdict, kind: str | None) -> None:
    """Print what a letter says and what was read instead."""
    concerned = [truth.kind for truth in one.missed] + [e.kind for e, _ in one.wrong]
    if not (concerned or one.silenced or one.thin) or (kind and kind not in concerned):
        return
    letter = one.letter
    print(
        f"{one.word}: {letter.id} · {letter.template.author} · {letter.template.subject}"
    )
    print(f"    outcome {one.reading.outcome} {one.reading.reason}")
    for truth in one.missed:
        print(f"    missed  {truth_line(truth)}")
    for event, why in one.wrong:
        print(f"    wrong   {event_line(event)}  [{why}]")
    for truth, what in one.thin:
        print(f"    thin    {truth_line(truth)}  [no {what}]")
    print()


def truth_line(truth: Truth) -> str:
    return f"{truth.kind} {truth.posting or truth.order} {dict(truth.attributes)}"


def event_line(event: Event) -> str:
    what = f"{event.kind} {event.posting or event.order} {dict(event.attributes)}"
    return f"{what} {event.certainty.word} {event.recogniser} «{event.quote[:90]}»"


if __name__ == "__main__":
    main()
