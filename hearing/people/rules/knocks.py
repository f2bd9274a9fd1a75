"""Knocks: how often each door may be tried, so that guessing stays hopeless and no neighbour is locked out.

Sources: OWASP ASVS 5.0 2.4.1, 6.1.1, 6.3.1 and 6.6.3; reliability.md A2 rows 25 and 42. An address stands for its
neighbourhood on the network (IPv4 /24, IPv6 /56), behind which a whole meeting may sign in within the hour.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Knocks:
    """At most `limit` in any window of `per`."""

    limit: int
    per: timedelta


HOUR, DAY = timedelta(hours=1), timedelta(days=1)

CODES_FROM_ADDRESS = Knocks(300, HOUR)
TRIES_FROM_ADDRESS = Knocks(300, HOUR)
LETTERS_FROM_ADDRESS = Knocks(300, HOUR)
ONE_LETTER = Knocks(30, DAY)
"""How often one household code may be shown: a letter that hangs in the stairwell must not let a street in."""
CODES_TO_STRANGERS = Knocks(300, DAY)
"""Text messages to numbers that we do not know, all together: more are not sent, and nobody is told."""
CODES_TO_NEIGHBOURS = Knocks(20_000, DAY)
"""The same for numbers that we know: what an installation spends on codes in a day at most."""
STAFF_FROM_ADDRESS = Knocks(100, HOUR)
STAFF_HERE = Knocks(10, timedelta(minutes=15))
"""Passwords tried for one phone from one address. A stranger elsewhere cannot lock the person out with it."""
STAFF_PHONE = Knocks(100, DAY)
SECOND_FACTOR = Knocks(10, timedelta(minutes=15))
INVITATIONS_FROM_ADDRESS = Knocks(30, HOUR)
