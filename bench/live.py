"""live.py: feeders that wait for news, as innd has them: innduct at its feed file, innfeed at the
pipe of its channel.

    with feeder.start(stage, source, receiver) as live:
        live.append(appender, lines, rate, times)   # all but the first; returns at once
        ... live.end()                              # what it Spent

When start() returns the first line has been fed: the connection is open.
"""

import os
import shutil
import subprocess

from fixture.duct import Duct
from fixture.expect import Unmet, wait_for
from fixture.stand_in import StandIn

import process
from source import SITE

END_MAX = 60
WARM_UP_MAX = 30


class Live:
    """A feeder that runs; lines go to the file `output`."""

    def __init__(self, source, running, output, ask_to_end, end_status, close, site=None):
        self.source = source
        self.running = running
        self.output = output
        self.ask_to_end = ask_to_end
        self.end_status = end_status
        self.close = close
        self.site = site
        self.watched = process.Watched(running)
        self.appender = None

    def warm_up(self, receiver):
        line = self.source.lines[0]
        os.write(self.output, line.replace(b"\n", f" {self.site}\n".encode()) if self.site else line)
        if not receiver.begins(WARM_UP_MAX):
            raise Unmet(f"the first article did not come within {WARM_UP_MAX} s")
        return self

    def append(self, program, count, rate, times):
        lines = self.source.folder / "lines-now"
        lines.write_bytes(b"".join(self.source.lines[1:count]))
        command = [program, lines, rate, times, *([self.site] if self.site else [])]
        self.appender = self.source.stage.start(command, stdout=self.output)

    def end(self, whole):
        """Ends it; returns what it Spent. `whole`: it has sent all."""
        self.watched.look()
        self.ask_to_end(whole)
        spent = self.watched.ended(END_MAX, self.end_status)
        os.close(self.output)
        self.appender.wait(END_MAX)
        return spent

    def __enter__(self):
        self.watched.__enter__()
        return self

    def __exit__(self, *failure):
        self.watched.__exit__()
        self.close()


class LiveInnduct:
    """All its options are at their defaults, but for one connection; and it asks for no flush, as
    no innd is there that would write to the new feed file."""

    name = "innduct"

    def start(self, stage, source, receiver):
        feed = source.fresh_outgoing() / SITE
        source.write_lines(feed, 0)
        innd = StandIn(stage, source.run, feed, [])
        duct = Duct(source, to=receiver, site=SITE, quick=False, max_connections=1,
                    feedfile_flush_size=10**12)
        duct.start()

        def ask_to_end(whole):
            if whole:
                wait_for(lambda: not feed.read_bytes().strip(), "every line is settled")
            duct.tell("stop")

        def close():
            innd.close()
            (source.run / "control").unlink()

        return Live(source, duct.process, os.open(feed, os.O_WRONLY | os.O_APPEND), ask_to_end, 0,
                    close).warm_up(receiver)


class LiveInnfeed:
    """As innd starts it, as a channel: the lines come through a pipe."""

    def __init__(self, read):
        self.read = read
        self.name = "innfeed, as a channel"

    def start(self, stage, source, receiver):
        backlog = source.spool / "innfeed"
        shutil.rmtree(backlog, ignore_errors=True)
        backlog.mkdir()
        stage.own(backlog)
        source.write_innfeed_conf("127.0.0.1", receiver.port)
        readable, writable = os.pipe()
        running = source.start_inn(self.read, "innfeed", [], stdin=readable,
                                   stdout=subprocess.DEVNULL)
        os.close(readable)
        # What it has not sent by then, it is not to send.
        return Live(source, running, writable, lambda _: running.kill(), -9, lambda: None, SITE).warm_up(receiver)
