"""realtime.py: a feed into which news arrives while it is being fed.

latency: lines arrive at even distances, one at a time at 100 a second, and at 10,000 a second; and
one at a time from a peer that answers 50 ms late. How long is it from just before the line is
written until the peer has read the article's last byte? The first half is left out: until then a
peer has proved that it need not be asked before. What has not come PATIENCE seconds after the last
line never counts: innfeed lays aside what it has no room for.

burst: a great many lines at once, onto a feed that waits for them. Who has not sent them after
some seconds is stopped, and what it has sent by then is counted.

innduct has to send all.
"""

import dataclasses

import table
from live import LiveInnduct, LiveInnfeed

FEEDERS = [LiveInnduct(), LiveInnfeed(read=True)]
OURS = FEEDERS[0]
PATIENCE = 5


@dataclasses.dataclass
class Delay:
    came: float     # how many of a hundred
    median_us: float
    late_us: float  # the 99th percentile
    cpu_us: float


def heard_by(receiver, feeder, whole):
    """What the receiver heard of a feeder, of which it is known whether it has sent all."""
    return receiver.close(whole=whole or feeder is OURS)


def by_number(path, first):
    """Nanoseconds by an article's number; the first one that the file has is `first`."""
    return {first + int(number): int(at) for number, at in
            (line.split() for line in path.read_text().splitlines())}


def delays(play, source, feeder, rate, count, delay_ms):
    written, read = source.folder / "written", source.folder / "read"
    receiver = play.receiver(count, delay_ms=delay_ms, times=read)
    with feeder.start(play.stage, source, receiver) as live:
        live.append(play.program["appender"], count, rate, written)
        whole = receiver.completes(count / rate + PATIENCE)
        spent = live.end(whole)
    heard = heard_by(receiver, feeder, whole)
    began, came = by_number(written, 1), by_number(read, 0)
    taken = sorted(came[number] - began[number] for number in range(1 + count // 2, count)
                   if number in came)
    return Delay(100 * heard["articles"] / count, taken[len(taken) // 2] / 1e3,
                 taken[len(taken) * 99 // 100] / 1e3, spent.cpu_seconds * 1e6 / heard["articles"])


def latency(play):
    few, many = play.scale.of((2000, 50_000), (1000, 20_000), (30, 300))
    source = play.source(many)
    rows = []
    for what, rate, count, delay_ms in [("100/s", 100, few, 0), ("10,000/s", 10_000, many, 0),
                                        ("100/s, answers 50 ms late", 100, few, 50)]:
        medians = play.medians(
            play.wanted(FEEDERS),
            lambda feeder: delays(play, source, feeder, rate, count, delay_ms))
        for name, each in medians.items():
            rows.append([what, name, f"{each.came:.1f}", f"{each.median_us:,.0f}",
                         f"{each.late_us:,.0f}", f"{each.cpu_us:.1f}"])
    source.close()
    return table.text(["<arriving", "<sender", "sent, %", "median us", "p99 us", "CPU us/article"],
                      rows)


@dataclasses.dataclass
class Burst:
    articles: float
    rate: float
    cpu_us: float
    peak_mb: float
    private_mb: float


def one_burst(play, source, feeder, count, seconds_max):
    receiver = play.receiver(count)
    with feeder.start(play.stage, source, receiver) as live:
        live.append(play.program["appender"], count, 0, source.folder / "written")
        whole = receiver.completes(seconds_max)
        spent = live.end(whole)
    heard = heard_by(receiver, feeder, whole)
    came = heard["articles"]
    seconds = (heard["last_ns"] - heard["first_ns"]) / 1e9 if whole else seconds_max
    return Burst(came, came / seconds, spent.cpu_seconds * 1e6 / max(came, 1), spent.peak_mb,
                 spent.private_mb)


def burst(play):
    count, seconds_max = play.scale.of((200_000, 20), (100_000, 20), (300, 2))
    source = play.source(count)
    medians = play.medians(play.wanted(FEEDERS),
                           lambda feeder: one_burst(play, source, feeder, count, seconds_max))
    source.close()
    rows = [[f"{count:,}", name, f"{each.articles:,.0f}", f"{each.rate:,.0f}",
             f"{each.cpu_us:.1f}", f"{each.peak_mb:.1f}", f"{each.private_mb:.1f}"]
            for name, each in medians.items()]
    return table.text(["lines at once", "<sender", "sent", "articles/s", "CPU us/article",
                       "peak RSS MB", "of it private"], rows)
