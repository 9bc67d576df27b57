"""Point 24: under systemd the log goes to the journal, with fields; elsewhere to syslog. The journal is
played by a datagram socket in its place."""

import os
import re
import signal
import socket
import struct
import subprocess

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab


class Journal:
    """What journald would hear."""

    def __init__(self, stage):
        stage.need_private("a journal of its own")
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        os.makedirs("/run/systemd/journal")
        self.path = "/run/systemd/journal/socket"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o666)
        self.socket.setblocking(False)
        self.lines = []

    def hears(self):
        """The fields of each line so far."""
        try:
            while True:
                line = self.fields(self.socket.recv(100_000))
                if line:
                    self.lines.append(line)
        except BlockingIOError:
            return self.lines

    @staticmethod
    def fields(datagram):
        """As journald reads it: NAME=value, or NAME, eight bytes of size, value."""
        found = {}
        while datagram:
            head, rest = datagram.split(b"\n", 1)
            name, equals, value = head.partition(b"=")
            if not equals:
                [size] = struct.unpack("<Q", rest[:8])
                value, rest = rest[8:8 + size], rest[8 + size:]
                true(rest[:1] == b"\n", f"a newline behind a field of {datagram!r}")
                rest = rest[1:]
            found[name.decode()] = value.decode()
            datagram = rest
        return found

    def said(self, pattern):
        return [line for line in self.hears() if re.search(pattern, line["MESSAGE"])]

    def fill(self):
        """Stands still: nobody's line finds room any more."""
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sender.setblocking(False)
        try:
            while True:
                sender.sendto(b"", self.path)
        except BlockingIOError:
            pass


def under_systemd(lab, **options):
    duct = Duct(lab, **options)
    stderr = duct.stderr.stat()
    duct.environment = {**duct.environment, "JOURNAL_STREAM": f"{stderr.st_dev}:{stderr.st_ino}"}
    return duct


@case()
def lines_with_fields(stage):
    """Every line goes to the journal, with site, peer, level and facility, and none to syslog, nor a
    second time to standard error; it reads as in syslog."""
    journal = Journal(stage)
    lab = Lab(stage, peer=False)
    duct = under_systemd(lab, port=stage.port(), outcome_log="/nowhere/log")
    equal(duct.run_to_end(), 12, "exit status")
    [line] = journal.hears()
    equal({name: line.get(name) for name in ("SYSLOG_IDENTIFIER", "SYSLOG_FACILITY", "PRIORITY",
                                             "INNDUCT_SITE", "INNDUCT_PEER")},
          {"SYSLOG_IDENTIFIER": "innduct", "SYSLOG_FACILITY": "7", "PRIORITY": "3",
           "INNDUCT_SITE": "peer", "INNDUCT_PEER": "127.0.0.1"}, "the fields")
    true(line["MESSAGE"].startswith("peer: ") and "leave --outcome-log out" in line["MESSAGE"],
         line["MESSAGE"])
    duct = under_systemd(lab, port=stage.port()).start()
    inject(lab.source, 1)
    wait_for(lambda: journal.said("^peer: cannot connect to the peer"), journal.hears)
    equal(journal.said("^peer: cannot connect to the peer")[0]["PRIORITY"], "4", "a warning's")
    duct.stop()
    wait_for(lambda: journal.said("^peer: statistics in all: "), journal.hears)
    equal({line["INNDUCT_SITE"] for line in journal.hears()}, {"peer"}, "each names its site")
    equal(duct.said(), [], "syslog")
    equal(duct.stderr.read_text(), "", "standard error")


@case()
def a_journal_that_stands_still(stage):
    """It delays no article; when it goes on it is told that lines are missing. One that is gone: the
    lines go to syslog."""
    journal = Journal(stage)
    lab = Lab(stage)
    duct = under_systemd(lab).start()
    journal.fill()
    ids = inject(lab.source, 100)
    duct.ask("logstats")
    account.wait_arrived(lab.peer, ids, 10)
    equal(duct.said(), [], "syslog")
    journal.hears()
    journal.lines.clear()
    duct.ask("logstats")
    wait_for(lambda: journal.said("statistics: "), journal.hears)
    wait_for(lambda: journal.said("lines of the log are missing"), journal.hears)
    duct.ask("logstats")
    wait_for(lambda: len(journal.said("statistics: ")) == 2, journal.hears)
    equal(len(journal.said("lines of the log are missing")), 1, "it is said once")
    os.unlink(journal.path)
    duct.process.send_signal(signal.SIGHUP)
    wait_for(lambda: duct.said("SIGHUP ignored"), "the line is in syslog")
    duct.stop()


@case()
def standard_error_elsewhere(stage):
    """Who has its standard error somewhere else writes to syslog, though a journal is there."""
    journal = Journal(stage)
    lab = Lab(stage, peer=False)
    duct = under_systemd(lab, port=stage.port())
    duct.environment["JOURNAL_STREAM"] += "0"
    duct.start()
    wait_for(lambda: duct.said("starting, feeding"), "the line is in syslog")
    duct.stop()
    equal(journal.hears(), [], "the journal")


if __name__ == "__main__":
    main()
