"""comparison.py: a whole corpus over one connection, by everybody."""

import table
from feeders import Floor, Innduct, Innfeed, Innxmit

FLOOR = Floor()
FEEDERS = [Innduct(), Innxmit(read=True), Innfeed(read=True), Innxmit(read=False),
           Innfeed(read=False), FLOOR]
# (storage, bytes of an article, articles)
CORPORA = [("tradspool", 2500, 100_000), ("cnfs", 2500, 100_000), ("tradspool", 30_000, 48_000),
           ("cnfs", 30_000, 48_000), ("tradspool", 700_000, 2_000), ("cnfs", 700_000, 2_000)]
HEAD = ["<store, article", "<sender", "articles/s", "MB/s", "CPU us/article",
        "rate of the best peer", "CPU of the best peer", "CPU of the floor"]
OURS = FEEDERS[0].name


def compare(play, storage, size, articles):
    """The rows of one corpus."""
    source = play.source(articles, storage, size)
    FLOOR.program = play.program["floor"]
    medians = play.medians(
        play.wanted(FEEDERS),
        lambda feeder: feeder.run(play.stage, source, play.receiver(articles)))
    source.close()
    peers = [each for name, each in medians.items() if name not in (OURS, FLOOR.name)]
    rows = []
    for name, each in medians.items():
        ratios = ["", "", ""]
        if name == OURS and peers:
            ratios[:2] = [table.ratio(each.rate, max(peer.rate for peer in peers)),
                          table.ratio(each.cpu_us, min(peer.cpu_us for peer in peers))]
        if name == OURS and FLOOR.name in medians:
            ratios[2] = table.ratio(each.cpu_us, medians[FLOOR.name].cpu_us)
        rows.append([f"{storage}, {size / 1000:g} KB", name, f"{each.rate:,.0f}",
                     f"{each.megabytes:,.0f}", f"{each.cpu_us:.1f}", *ratios])
    return rows


def play(play):
    rows = []
    for storage, size, articles in CORPORA:
        if play.scale.name == "smoke" and size != 2500:
            continue
        if play.corpus in f"{storage}-{size}":
            rows += compare(play, storage, size, play.scale.of(articles, articles // 4, 300))
    return table.text(HEAD, rows)
