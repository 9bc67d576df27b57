"""cold.py: a spool on a slow disk.

To open an article takes 10 ms (slow_spool.c), and no article is cached. Who opens one after the other
sends 100 articles a second; reads that overlap send more.
"""

import pathlib
import subprocess

import table
from feeders import Innduct, Innxmit

ONE_AT_A_TIME = 100  # articles per second


def cold(play):
    shim = play.stage.folder / "slow_spool.so"
    subprocess.run(["gcc-12", "-shared", "-fPIC", "-o", shim,
                    pathlib.Path(__file__).with_name("slow_spool.c")], check=True)
    articles = play.scale.of(2000, 600, 60)
    source = play.source(articles)
    medians = play.medians(
        play.wanted([Innduct(shim=shim), Innxmit(read=True, name="innxmit", shim=shim)]),
        lambda feeder: feeder.run(play.stage, source, play.receiver(articles)))
    source.close()
    rows = [[name, f"{each.rate:,.0f}", table.ratio(each.rate, ONE_AT_A_TIME)]
            for name, each in medians.items()]
    return table.text(["<sender", "articles/s", "of one at a time"], rows)
