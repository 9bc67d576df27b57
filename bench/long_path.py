"""long_path.py: a peer that is far away.

long_path: the receiver gives each answer 50 ms after what it answers. What then bounds a feeder is
its window: the articles that may be unanswered, divided by the round trip. The rate is that since the
last connection was opened.

tun: the same over a real TCP path of that length, through a TUN device (long_path.cc), at the senders'
wide windows: then TCP's own windows and its slow start count, too.
"""

import subprocess

from fixture.expect import Unmet
from fixture.stage import Skip

import table
from feeders import Innduct, Innfeed

ROUND_TRIP_MS = 50
# (feeder, articles that may be unanswered, lines in full)
WIDE = {"max_queue_per_conn": 1000, "max_queue_per_file": 4000}
TEN = {"max_connections": 10, "reconnect_interval": "1s", "period_interval": "1s",
       "max_queue_per_file": 8000}
CASES = [
    (Innduct("innduct, one connection, defaults"), 200, 24_000),
    (Innfeed(read=True, name="innfeed -x, one connection, defaults"), 20, 2_000),
    (Innduct("innduct, one connection, --max-queue-per-conn=1000 --max-queue-per-file=4000", **WIDE),
     1000, 100_000),
    (Innfeed(read=True, name="innfeed -x, one connection, max-queue-size 500",
             peer=["max-queue-size: 500"]), 500, 50_000),
    (Innduct("innduct, ten connections, --max-queue-per-file=8000", **TEN), 2000, 600_000),
]
HEAD = ["<sender", "window", "articles/s", "of window / round trip", "CPU us/article"]
CORPUS = 100_000


def rows(play, cases, deliver):
    """deliver(feeder, lines) -> Figures. A short run never leaves the time in which the peer is asked
    before each article, so only `full` tells something of the rate."""
    medians = {}
    for feeder, window, lines in cases:
        lines = play.scale.of(lines, lines // 2, 200)
        medians.update(play.medians([feeder], lambda feeder: deliver(feeder, lines)))
    return [[feeder.name, f"{window:,}", f"{medians[feeder.name].last_rate:,.0f}",
             table.ratio(medians[feeder.name].last_rate, window * 1000 / ROUND_TRIP_MS),
             f"{medians[feeder.name].cpu_us:.1f}"]
            for feeder, window, _ in cases if feeder.name in medians]


def long_path(play):
    source = play.source(play.scale.of(CORPUS, CORPUS, 300))

    def deliver(feeder, lines):
        return feeder.run(play.stage, source, play.receiver(
            lines, distinct=min(lines, source.articles), delay_ms=ROUND_TRIP_MS))

    found = rows(play, [case for case in CASES if play.feeder in case[0].name], deliver)
    source.close()
    return table.text(HEAD, found)


class Tun:
    """The path through the device, while it is there."""

    NEAR, FAR = "10.99.0.1", "10.99.0.2"
    NO_DEVICE = 77

    def __init__(self, play):
        play.stage.need_private("a network device of its own")
        self.process = play.stage.start(
            [play.program["long_path"], self.NEAR, self.FAR, ROUND_TRIP_MS // 2],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            said = self.process.stderr.read().decode().strip()
            if self.process.wait() == self.NO_DEVICE:
                raise Skip(f"this machine gives no TUN device: {said}")
            raise Unmet(f"the long path does not work: {said}")

    def close(self):
        """Ends it; returns how many packets it has carried."""
        self.process.stdin.close()
        return int(self.process.stdout.read().decode().removeprefix("packets="))


def tun(play):
    source = play.source(play.scale.of(CORPUS, CORPUS, 300))
    path = Tun(play)

    def deliver(feeder, lines):
        receiver = play.receiver(lines, distinct=min(lines, source.articles), at=Tun.NEAR)
        return feeder.run(play.stage, source, receiver, to=Tun.FAR)

    found = rows(play, [case for case in CASES[2:] if play.feeder in case[0].name], deliver)
    if path.close() == 0:
        raise Unmet("no packet came by the long path")
    source.close()
    return table.text(HEAD, found)
