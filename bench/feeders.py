"""feeders.py: those that are compared, each run once over a whole corpus.

A run returns the Figures of one process: articles per second between the first offer and the last
byte as the receiver saw them, and the processor time of the whole process, from its start to its
end.
"""

import dataclasses
import os
import shutil
import threading

from fixture.duct import Duct
from fixture.expect import Unmet, wait_for
from fixture.stand_in import StandIn

RUN_MAX = 120  # seconds; a run that takes longer is no measurement
SITE = "bench"

INNFEED_CONF = """\
backlog-directory: {backlog}
log-file: {log}/innfeed.log
pid-file: {run}/innfeed.pid
status-file: {log}/innfeed.status
gen-html: false
peer {site} {{
  ip-name: 127.0.0.1
  port-number: {port}
  max-connections: 1
  initial-connections: 1
}}
"""


@dataclasses.dataclass
class Figures:
    rate: float        # articles per second
    cpu_us: float      # per article
    megabytes: float   # per second


def ended(process):
    """Waits for a process; returns its processor time in seconds."""
    alarm = threading.Timer(RUN_MAX, process.kill)
    alarm.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Unmet(f"{process.args[-3:]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def figures(source, receiver, cpu_seconds):
    heard = receiver.close()
    if heard["articles"] == source.articles and heard["bytes"] != source.bytes:
        raise Unmet(f"{source.bytes} bytes were to come, not {heard['bytes']}")
    seconds = (heard["last_ns"] - heard["first_ns"]) / 1e9
    return Figures(source.articles / seconds, cpu_seconds * 1e6 / source.articles,
                   heard["bytes"] / seconds / 1e6)


class Innduct:
    """Feeds what it finds in the feed file. All its options are at their defaults, but for one
    connection."""

    name = "innduct"

    def run(self, stage, source, receiver, **options):
        feed = source.outgoing / SITE
        shutil.rmtree(source.outgoing)
        source.outgoing.mkdir()
        stage.own(source.outgoing)
        source.write_lines(feed)
        innd = StandIn(stage, source.run, feed, [b""])
        try:
            duct = Duct(_Lab(stage, source), to=receiver, site=SITE, quick=False,
                        **{"max_connections": 1, **options})
            duct.launch()
            receiver.wait_complete(RUN_MAX)
            flushing = feed.with_name(SITE + "_flushing")
            wait_for(lambda: not flushing.exists() and not feed.read_bytes().strip(),
                     "every line is settled")
            duct.tell("stop")
            return figures(source, receiver, ended(duct.process))
        finally:
            innd.close()
            (source.run / "control").unlink()


class _Lab:
    """What Duct wants to know of a lab."""

    def __init__(self, stage, source):
        self.stage = stage
        self.source = source


class Innxmit:
    """innxmit, from a batch file."""

    def __init__(self, read):
        self.read = read
        self.name = "innxmit, articlemmap false" if read else "innxmit, INN's defaults"

    def run(self, stage, source, receiver):
        batch = source.write_lines(source.outgoing / "batch")
        process = _start(stage, source, self.read, "innxmit",
                         ["-P", receiver.port, "127.0.0.1", batch])
        cpu_seconds = ended(process)
        return figures(source, receiver, cpu_seconds)


class Innfeed:
    """innfeed -x, from a batch file."""

    def __init__(self, read):
        self.read = read
        self.name = "innfeed -x, articlemmap false" if read else "innfeed -x, INN's defaults"

    def run(self, stage, source, receiver):
        backlog = source.spool / "innfeed"
        shutil.rmtree(backlog, ignore_errors=True)
        backlog.mkdir()
        source.write_lines(backlog / SITE)
        stage.own(backlog)
        conf = source.folder / "etc/innfeed.conf"
        conf.write_text(INNFEED_CONF.format(backlog=backlog, log=source.folder / "log",
                                            run=source.run, site=SITE, port=receiver.port))
        process = _start(stage, source, self.read, "innfeed", ["-x"])
        cpu_seconds = ended(process)
        return figures(source, receiver, cpu_seconds)


def _start(stage, source, read, program, arguments):
    environment = stage.environment(source.folder / "log/syslog",
                                    INNCONF=str(source.conf_read if read else source.conf))
    return stage.start(stage.as_news([stage.inn / "usr/lib/news/bin" / program, *arguments]),
                       cwd=source.folder, env=environment)
