"""situation.py: what every situation is given to be played with."""

import dataclasses
import pathlib
import shutil
import sys

import table
from receiver import Receiver
from source import Source


@dataclasses.dataclass
class Scale:
    """How much is done: `full`, `quick` or `smoke`, and how often."""

    name: str
    runs: int

    def of(self, full, quick, smoke):
        return {"full": full, "quick": quick, "smoke": smoke}[self.name]


class Play:
    """The stage, the programs of the benchmarks where user news may run them, and what the caller
    wants to see: only the `feeders` and `corpora` whose names hold these words."""

    def __init__(self, stage, built, scale, feeder="", corpus=""):
        self.stage = stage
        self.scale = scale
        self.feeder = feeder
        self.corpus = corpus
        self.program = {name: shutil.copy2(pathlib.Path(built) / f"bench_{name}", stage.folder)
                        for name in ("receiver", "corpus", "floor", "appender", "long_path")}

    def wanted(self, feeders):
        return [each for each in feeders if self.feeder in each.name]

    def source(self, articles, storage="tradspool", size=2500):
        self.show(f"writing {articles} articles of {size} bytes into {storage}")
        return Source(self.stage, self.program["corpus"], storage, size, articles)

    def receiver(self, articles, **options):
        return Receiver(self.stage, self.program["receiver"], articles, **options)

    def medians(self, feeders, run, runs=None):
        """Has run(feeder) done for one after the other, again and again; name -> medians."""
        runs = runs or self.scale.runs
        taken = {feeder.name: [] for feeder in feeders}
        for number in range(runs):
            for feeder in feeders:
                self.show(f"run {number + 1} of {runs}: {feeder.name}")
                taken[feeder.name].append(run(feeder))
        self.show("")
        return {name: table.median(each) for name, each in taken.items()}

    @staticmethod
    def show(what):
        """What is being done, on a terminal."""
        if sys.stderr.isatty():
            print(f"\r{what:79}\r", end="", file=sys.stderr, flush=True)
