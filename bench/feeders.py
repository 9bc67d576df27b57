"""feeders.py: those that are compared, each run once over feed lines that are there already.

A run returns the Figures of one process: articles per second between the first offer and the last
byte as the receiver saw them, and the processor time of the whole process, from its start to its
end.
"""

import dataclasses
import os
import shutil
import subprocess

from fixture.duct import Duct
from fixture.expect import wait_for
from fixture.stand_in import StandIn

import process
from source import SITE

RUN_MAX = 240  # seconds; a run that takes longer is no measurement


@dataclasses.dataclass
class Figures:
    rate: float              # articles per second
    cpu_us: float            # per article
    megabytes: float         # per second
    peak_mb: float = 0       # of resident memory
    private_mb: float = 0    # of these, what is no file's
    connections: float = 1
    last_rate: float = 0     # articles per second since the last connection was made


def figures(receiver, spent):
    """What the receiver heard, at what cost."""
    heard = receiver.close()
    came = heard["articles"]
    seconds = (heard["last_ns"] - heard["first_ns"]) / 1e9
    rest = (heard["last_ns"] - heard["opened_ns"]) / 1e9
    return Figures(came / seconds, spent.cpu_seconds * 1e6 / came, heard["bytes"] / seconds / 1e6,
                   spent.peak_mb, spent.private_mb, heard["connections"],
                   (came - heard["before"]) / rest)


class Innduct:
    """Feeds what it finds in the feed file, or in a backlog file. All its options are at their
    defaults, but for one connection."""

    def __init__(self, name="innduct", backlog=False, shim=None, **options):
        self.name = name
        self.backlog = backlog
        self.shim = shim
        self.options = {"max_connections": 1, **options}

    def run(self, stage, source, receiver, to="127.0.0.1"):
        feed = source.fresh_outgoing() / SITE
        lines = feed.with_name(SITE + "_backlog.0") if self.backlog else feed
        source.write_lines(lines, receiver.articles)
        if self.backlog:
            os.utime(lines, (0, 0))  # it has waited long enough
        innd = StandIn(stage, source.run, feed, [b"", b""])
        try:
            duct = Duct(source, to=receiver, site=SITE, fqdn=to, quick=False, **self.options)
            if self.shim:
                duct.environment["LD_PRELOAD"] += f":{self.shim}"
            duct.launch()
            with process.Watched(duct.process) as watched:
                receiver.wait_complete(RUN_MAX)
                wait_for(lambda: settled(feed), "every line is settled")
            duct.tell("stop")
            return figures(receiver, watched.ended(RUN_MAX))
        finally:
            innd.close()
            (source.run / "control").unlink()


def settled(feed):
    """Whether the feed holds no entry any more, in whatever file."""
    for suffix in ("_flushing", "_backlog.0"):
        if feed.with_name(feed.name + suffix).exists():
            return False
    return not feed.exists() or not feed.read_bytes().strip()


class Innxmit:
    """innxmit, from a batch file."""

    def __init__(self, read, name=None, shim=None):
        self.read = read
        self.shim = shim
        self.name = name or ("innxmit, articlemmap false" if read else "innxmit, INN's defaults")

    def run(self, stage, source, receiver, to="127.0.0.1"):
        batch = source.write_lines(source.fresh_outgoing() / "batch", receiver.articles)
        started = source.start_inn(self.read, "innxmit", ["-P", receiver.port, to, batch],
                                   shim=self.shim)
        with process.Watched(started) as watched:
            return figures(receiver, watched.ended(RUN_MAX))


class Floor:
    """The same articles from the same store, and nothing else (floor.cc)."""

    name = "the floor"

    def __init__(self):
        self.program = None

    def run(self, stage, source, receiver, to="127.0.0.1"):
        lines = source.write_lines(source.fresh_outgoing() / "lines", receiver.articles)
        started = stage.start(stage.as_news([self.program, source.conf, lines, receiver.port]),
                              env=stage.environment(source.folder / "log/syslog"),
                              stdout=subprocess.PIPE)
        with process.Watched(started) as watched:
            spent = watched.ended(RUN_MAX)
        spent.cpu_seconds = int(started.stdout.read().split(b"=")[1]) / 1e6
        return figures(receiver, spent)


class Innfeed:
    """innfeed -x, from a batch file. `peer`: more lines of its peer's entry in innfeed.conf."""

    def __init__(self, read, name=None, peer=()):
        self.read = read
        self.name = name or ("innfeed -x, articlemmap false" if read else
                             "innfeed -x, INN's defaults")
        self.peer = peer

    def run(self, stage, source, receiver, to="127.0.0.1"):
        backlog = source.spool / "innfeed"
        shutil.rmtree(backlog, ignore_errors=True)
        backlog.mkdir()
        source.write_lines(backlog / SITE, receiver.articles)
        stage.own(backlog)
        source.write_innfeed_conf(to, receiver.port, self.peer)
        started = source.start_inn(self.read, "innfeed", ["-x"])
        with process.Watched(started) as watched:
            return figures(receiver, watched.ended(RUN_MAX))
