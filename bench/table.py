"""table.py: medians, and the table that people read."""

import re
import statistics

from feeders import Figures

BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->\n"
OURS = "innduct"
HEAD = ("| store, article | sender | articles/s | MB/s | CPU us/article | rate of the best peer | "
        "CPU of the best peer |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n")


def median(figures):
    """The median of each figure by itself."""
    return Figures(*(statistics.median(getattr(each, name) for each in figures)
                     for name in ("rate", "cpu_us", "megabytes")))


def text(results):
    """`results`: (storage, bytes, name -> Figures) of each corpus."""
    lines = [HEAD]
    for storage, size, medians in results:
        peers = [each for name, each in medians.items() if name != OURS]
        for name, each in medians.items():
            ratios = ["", ""]
            if name == OURS and peers:
                ratios = [f"{each.rate / max(peer.rate for peer in peers):.2f}",
                          f"{each.cpu_us / min(peer.cpu_us for peer in peers):.2f}"]
            lines.append(f"| {storage}, {size / 1000:g} KB | {name} | {each.rate:,.0f} | "
                         f"{each.megabytes:,.0f} | {each.cpu_us:.1f} | {ratios[0]} | {ratios[1]} |\n")
    return "".join(lines)


def write(path, results):
    """Replaces the table between the marks of `path`."""
    before = path.read_text()
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not pattern.search(before):
        raise ValueError(f"{path} has no marks for the table")
    path.write_text(pattern.sub(lambda _: BEGIN + text(results) + END, before))
