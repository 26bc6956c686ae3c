"""A poll with nothing new: round trips and bytes, counted by a relay, and seconds.

python bench/poll.py 100 2000 20000       # letters in the mailbox
"""

import sys
import tempfile
from pathlib import Path

from bulk import letters
from goals import Goal, report
from installed import NOW, Dovecot, configured, run
from relay import Relay


def main() -> None:
    for count in map(int, sys.argv[1:]):
        folder = Path(tempfile.mkdtemp(prefix="bench"))
        with Dovecot() as server, Relay(server.tls) as relay:
            user = server.user()
            server.fill(user, letters(count, 0.02))
            first = configured(server, user, folder)
            run([*first, "tick"])
            second = configured(server, user, folder, relay.port)
            later = ["2026-11-23T10:00:00+03:00" if w == NOW else w for w in second]
            polled = run([*later, "tick"])
            result = {
                "letters": count,
                "round_trips": relay.round_trips,
                "bytes_down": relay.down,
                "seconds": round(polled.seconds, 2),
                "cpu_s": round(polled.cpu, 2),
                "peak_mb": round(polled.peak_mb),
            }
            report(result, Goal("round trips", relay.round_trips, 6))


if __name__ == "__main__":
    main()
