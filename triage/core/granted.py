"""What one marketplace grants by its own rules is no right in a case about another."""

from dataclasses import replace
from functools import lru_cache

from triage.core.step import Ladder, Step


@lru_cache(maxsize=16)
def ladder_of(ladder: Ladder, pack: str) -> Ladder:
    """Leave out the norms that only another marketplace grants, wherever a step has them.

    A window of another marketplace's gives way to the edge of the law behind it.
    """
    foreign = {
        norm.id
        for norm in ladder.norms.values()
        if ladder.granted_by.get(norm.kind, pack) != pack
    }
    if not foreign:
        return ladder

    def own(norm_id: str) -> str:
        return "" if norm_id in foreign else norm_id

    def behind(norm_id: str) -> str:
        if norm_id in foreign:
            return own(ladder.norms[norm_id].then)
        return norm_id

    def without(step: Step) -> Step:
        step = replace(
            step,
            basis=tuple(filter(own, step.basis)),
            answer=own(step.answer),
            window=behind(step.window),
        )
        variants = []
        for variant in step.variants:
            changes = dict(variant.changes)
            if "basis" in changes:
                changes["basis"] = tuple(filter(own, changes["basis"]))
            for name, change in (("answer", own), ("window", behind)):
                if name in changes:
                    changes[name] = change(changes[name])
            variants.append(replace(variant, changes=changes))
        return replace(step, variants=tuple(variants))

    return replace(
        ladder,
        norms={name: norm for name, norm in ladder.norms.items() if own(name)},
        plans={rule: tuple(map(without, plan)) for rule, plan in ladder.plans.items()},
    )
