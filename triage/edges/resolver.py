"""The keys of signatures, asked of DNS with dnspython. DNS may be absent: mail is read all
the same.

A resolver lives for one pass over a mailbox. It asks for each name once, for a few names
only and for some seconds in all, and after the first silence it asks nobody any more.
"""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from triage.core.verdict import KeyRecord, Outcome, nobody

PATIENCE = 3.0  # seconds for one name, all servers and repeats together
LONGEST_PASS = 10.0  # seconds for all names, where servers answer late
MOST_NAMES = 40
LONGEST = 8_192  # bytes of a record; a key of 4,096 bits has 750


class Resolver:
    """Asks the servers of this machine, or those named."""

    def __init__(
        self,
        nameservers: Sequence[str] = (),
        *,
        port: int = 53,
        patience: float = PATIENCE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take the servers; none is asked yet."""
        self._nameservers, self._port, self._patience = nameservers, port, patience
        self._known: dict[str, KeyRecord] = {}
        self._silent = False
        self._clock, self._spent = clock, 0.0
        self._stub: Any = None
        self.asked = 0

    def __call__(self, name: str) -> KeyRecord:
        """Return the key record under a name, or why there is none. Never raises."""
        name = name.lower().rstrip(".")
        if name not in self._known:
            if self._silent or self.asked >= MOST_NAMES or self._spent >= LONGEST_PASS:
                return nobody(name)
            self.asked += 1
            began = self._clock()
            self._known[name] = self._ask(name)
            self._spent += self._clock() - began
        return self._known[name]

    def _ask(self, name: str) -> KeyRecord:
        import dns.exception
        import dns.resolver

        try:
            answer = self._resolver().resolve(
                f"{name}.", "TXT", lifetime=self._patience, search=False
            )
            records = [b"".join(record.strings) for record in answer]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return KeyRecord(problem=Outcome.NO_KEY)
        except dns.resolver.NoNameservers:  # they answered, and could not say
            return nobody(name)
        except (OSError, dns.exception.DNSException, ValueError) as error:
            self._silent = not isinstance(error, (ValueError, dns.exception.FormError))
            return nobody(name)
        keys = [record for record in records if b"p=" in record]
        if not keys:
            return KeyRecord(problem=Outcome.NO_KEY)
        text = keys[0][:LONGEST].decode("ascii", "replace")
        return KeyRecord(text, str(answer.nameserver or ""))

    def _resolver(self) -> Any:
        import dns.resolver

        if self._stub is None:
            self._stub = dns.resolver.Resolver(configure=not self._nameservers)
            if self._nameservers:
                self._stub.nameservers = list(self._nameservers)
                self._stub.port = self._port
        return self._stub
