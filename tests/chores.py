"""What children are given to do in the tests of the pool."""

import os
import signal
from collections.abc import Callable
from typing import Any

Chore = Callable[[dict[str, Any]], dict[str, Any]]


def obedient(settings: dict[str, Any]) -> Chore:
    """Do what the task says: the names speak."""

    def work(task: dict[str, Any]) -> dict[str, Any]:
        match task["do"]:
            case "loop":
                while True:
                    pass
            case "ignore":
                signal.signal(signal.SIGALRM, signal.SIG_IGN)
                while True:
                    pass
            case "eat":
                return {"eaten": len(bytearray(task["bytes"]))}
            case "die":
                os._exit(1)
            case "raise":
                raise ValueError(task["secret"])
            case "print":
                print("noise", flush=True)
            case "whoami":
                return {"pid": os.getpid()}
            case "hold":
                os.open(task["path"], os.O_WRONLY)  # open as long as this child lives
                while task["loop"]:
                    pass
            case "long":
                return {"text": "x" * task["chars"]}
        return {"said": settings["greeting"], "number": task["number"]}

    return work


def unwilling(settings: dict[str, Any]) -> Chore:
    raise LookupError("a private word")
