"""bench.py: innduct beside innxmit and innfeed, in one run, on one machine.

    ./dev bench [--quick] [--runs N] [--write]

Each feeder sends a whole corpus over one connection to a peer that is never the bottleneck
(receiver.cc), on loopback. Runs are interleaved, one of each feeder after the other, so that whatever
else the machine does meets all of them; what is printed are medians. Compare figures of one run only.
"""

import argparse
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/e2e"))

from fixture import stage as stages  # noqa: E402
from fixture.expect import Unmet  # noqa: E402

import table  # noqa: E402
from feeders import RUN_MAX, Innduct, Innfeed, Innxmit  # noqa: E402
from receiver import Receiver  # noqa: E402
from source import Source  # noqa: E402

FEEDERS = [Innduct(), Innxmit(read=True), Innfeed(read=True), Innxmit(read=False),
           Innfeed(read=False)]
# (storage, bytes of an article, articles)
CORPORA = [("tradspool", 2500, 100_000), ("cnfs", 2500, 100_000), ("tradspool", 30_000, 12_000),
           ("cnfs", 30_000, 12_000), ("tradspool", 700_000, 500), ("cnfs", 700_000, 500)]
SMOKE = [("tradspool", 2500, 300), ("cnfs", 2500, 300)]


class Programs:
    """The receiver and the corpus, where user news may run them."""

    def __init__(self, stage):
        built = pathlib.Path(os.environ.get("INNDUCT_BENCH_PROGRAMS") or
                             stages.REPOSITORY / "build/release/bench")
        self.receiver = shutil.copy2(built / "bench_receiver", stage.folder)
        self.corpus = shutil.copy2(built / "bench_corpus", stage.folder)


def show(text):
    """What is being done, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{text:79}\r", end="", file=sys.stderr, flush=True)


def compare(stage, programs, corpus, feeders, runs):
    """Runs each feeder `runs` times; returns name -> its Figures, medians."""
    storage, size, articles = corpus
    source = Source(stage, programs.corpus, storage, size, articles)
    os.sync()  # that it is written to the disk is no part of any run
    taken = {feeder.name: [] for feeder in feeders}
    for number in range(runs):
        for feeder in feeders:
            show(f"{storage}, {size} bytes: run {number + 1} of {runs}, {feeder.name}")
            receiver = Receiver(stage, programs.receiver, articles)
            taken[feeder.name].append(feeder.run(stage, source, receiver))
    show("")
    shutil.rmtree(source.folder)
    return {name: table.median(each) for name, each in taken.items()}


def inside(arguments, folder, private):
    stage = stages.Stage(folder, private)
    try:
        programs = Programs(stage)
        feeders = [each for each in FEEDERS if arguments.feeder in each.name]
        corpora = SMOKE if arguments.smoke else CORPORA
        corpora = [each for each in corpora if arguments.corpus in f"{each[0]}-{each[1]}"]
        results = []
        for storage, size, articles in corpora:
            if arguments.quick:
                articles = max(articles // 4, 100)
            medians = compare(stage, programs, (storage, size, articles), feeders, arguments.runs)
            results.append((storage, size, medians))
            print(table.text(results[-1:]), flush=True)
        if arguments.write:
            table.write(stages.REPOSITORY / "doc/performance.md", results)
        return 0
    except KeyboardInterrupt:
        return 130
    except Unmet as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    finally:
        stage.close()


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="of each feeder; default: 3")
    parser.add_argument("--quick", action="store_true", help="a quarter of the articles")
    parser.add_argument("--corpus", default="", help="only these, e.g. tradspool-2500 or cnfs")
    parser.add_argument("--feeder", default="", help="only these, e.g. innduct")
    parser.add_argument("--write", action="store_true", help="writes the table of doc/performance.md")
    parser.add_argument("--smoke", action="store_true", help="a few articles: do the counts add up?")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        folder, private = arguments.inside
        sys.exit(inside(arguments, folder, private == "yes"))
    stages.as_root(sys.argv)
    stages.die_with_parent()
    deadline = 60 + len(CORPORA) * (arguments.runs * len(FEEDERS) * RUN_MAX)
    sys.exit(stages.play(sys.argv, deadline))


if __name__ == "__main__":
    main()
