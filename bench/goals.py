"""What a measurement came to, as one line of JSON, and which goals it meets."""

import json
import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that is to be no larger than a limit, or no smaller."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        """Say in one line how it went."""
        sign = "at least" if self.at_least else "at most"
        said = f"{self.name}: {self.value:g}, {sign} {self.limit:g} wanted"
        if math.isnan(self.value):
            return f"  ?      {self.name}: not measured"
        met = self.value >= self.limit if self.at_least else self.value <= self.limit
        return f"  {'met   ' if met else 'MISSED'} {said}"


def report(result: dict[str, object], *goals: Goal) -> None:
    """Print both."""
    print(json.dumps(result))
    for goal in goals:
        print(goal)
