"""growth.py: does an article cost the same whatever the feed has grown to?

growth: feed files of more and more lines, and as many lines in a backlog file; the articles of the
corpus come again and again. The peak of resident memory is the kernel's; `private` is what of it is
no file's.

connections: one and the same feed over more and more connections. innduct opens one in each reconnect
interval, so the figures of all of the run hold a time with fewer; the rate is that since the last one
was opened.
"""

import table
from feeders import Innduct

CORPUS = 100_000  # different articles


def growth(play):
    corpus = play.scale.of(CORPUS, CORPUS // 4, 300)
    sizes = play.scale.of([10_000, 100_000, 1_000_000, 5_000_000], [10_000, 100_000, 1_000_000],
                          [300, 900])
    source = play.source(corpus)
    rows = []
    for feeder, lines in [*((Innduct("feed file"), size) for size in sizes),
                          (Innduct("backlog file", backlog=True), sizes[-1])]:
        each = play.medians([feeder], lambda feeder: feeder.run(
            play.stage, source, play.receiver(lines, distinct=min(lines, corpus))),
            runs=1 if lines > CORPUS else None)[feeder.name]
        rows.append([f"{lines:,}", feeder.name, f"{each.rate:,.0f}", f"{each.cpu_us:.1f}",
                     f"{each.peak_mb:.1f}", f"{each.private_mb:.1f}"])
    source.close()
    return table.text(["lines", "<of a", "articles/s", "CPU us/article", "peak RSS MB",
                       "of it private"], rows)


def connections(play):
    corpus = play.scale.of(CORPUS, CORPUS // 4, 300)
    lines = play.scale.of(1_000_000, 300_000, 900)
    source = play.source(corpus)
    feeders = [Innduct(str(count), max_connections=count, reconnect_interval="0.1s",
                       period_interval="0.1s", max_queue_per_file=8000) for count in (1, 2, 5, 10)]
    medians = play.medians(feeders, lambda feeder: feeder.run(
        play.stage, source, play.receiver(lines, distinct=corpus)))
    source.close()
    rows = [[name, f"{each.connections:.0f}", f"{each.last_rate:,.0f}", f"{each.cpu_us:.1f}"]
            for name, each in medians.items()]
    return table.text(["--max-connections", "opened", "articles/s", "CPU us/article"], rows)
