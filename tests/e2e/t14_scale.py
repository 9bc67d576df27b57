"""Point 14: millions of lines. Memory stays flat, the start takes no longer, nothing is quadratic,
and people are answered meanwhile."""

import os
import shutil
import time

from fixture.bulk_peer import BulkPeer
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true
from fixture.innd import Innd
from fixture.lab import FeedFiles
from fixture.stage import Skip
from fixture.stand_in import StandIn

RECORD = b"@050000000000000000000%08d%07d@ <%08d.%07d@scale.test.invalid>\n"
PER_BLOCK = 10_000
BLOCK = b"".join(RECORD % (99999999, n, 99999999, n) for n in range(PER_BLOCK))
LINE_SIZE = len(BLOCK) // PER_BLOCK
GIGABYTE = 1 << 30
# A start may take as long; half of it is the test's own looking.
START_MAX = 1.0
# What memory may grow by while millions of lines pass; a sanitizer keeps 8 MB of what was freed.
GROWTH_KB = 4096
GROWTH_SANITIZED_KB = 16384
ANSWER_MAX = 0.5  # seconds in which `show` is answered


def write_records(path, count):
    with open(path, "wb") as file:
        for block in range(count // PER_BLOCK):
            file.write(BLOCK.replace(b"99999999", b"%08d" % block))


class Plain:
    """A site among stand-ins: its files, its innduct with every interval at its default, its peer."""

    def __init__(self, stage, need_gb, **options):
        if shutil.disk_usage(stage.folder).free < need_gb * GIGABYTE:
            raise Skip(f"needs {need_gb} GB of disk")
        self.stage = stage
        self.source = Innd(stage, "source")  # its configuration: it is never started
        self.files = FeedFiles(self.source.outgoing / "peer")
        self.peer = BulkPeer(stage)
        self.innd = StandIn(stage, self.source.run, self.files.feed, [b""] * 1000)
        self.duct = Duct(self, to=self.peer, quick=False, **options)
        self.rates = []

    def start(self):
        """Returns how long it took until the feed was being read."""
        began = time.monotonic()
        self.duct.start()
        took = time.monotonic() - began
        true(took < START_MAX, f"the start took {took:.2f} s")
        return took

    def watch(self, finished, what, deadline):
        """Until `finished`: memory, answers to people, and how fast it goes."""
        before = largest = self.duct.resident_kb()
        slowest, seen, since = 0.0, self.peer.refused, time.monotonic()
        end = since + deadline
        while not finished():
            true(time.monotonic() < end, f"not within {deadline} s: {what}")
            asked = time.monotonic()
            self.duct.ask("show")
            now = time.monotonic()
            slowest = max(slowest, now - asked)
            largest = max(largest, self.duct.resident_kb())
            if now - since >= 1:
                self.rates.append((self.peer.refused - seen) / (now - since))
                seen, since = self.peer.refused, now
            time.sleep(0.1)
        print(f"{what}: {before} KB, at most {largest} KB; `show` within {1000 * slowest:.0f} ms; "
              f"lines per second, in the first and in the last quarter: {self.speed()}")
        allowed = GROWTH_SANITIZED_KB if self.stage.sanitized() else GROWTH_KB
        true(largest < before + allowed, f"from {before} KB to {largest} KB")
        true(slowest < ANSWER_MAX, f"`show` took {slowest:.2f} s")

    def speed(self):
        quarter = max(1, len(self.rates) // 4)
        first, last = self.rates[:quarter], self.rates[-quarter:]
        return [int(sum(each) / max(1, len(each))) for each in (first, last)]

    def demand_steady(self):
        first, last = self.speed()
        true(last > first / 2, f"{first} lines per second, then {last}")


@case(timeout=600, full=True)
def backlog_of_five_million_lines(stage):
    """A backlog file of five million lines, of which every one is offered."""
    site = Plain(stage, 2)
    count = 5_000_000
    huge = site.files.backlog("-huge")
    write_records(huge, count)
    os.utime(huge, (1_000_000_000, 1_000_000_000))  # of an age to be read at once
    site.files.feed.write_bytes(b"")
    stage.own(site.source.outgoing)
    site.start()
    site.watch(lambda: site.peer.refused >= count and not site.files.backlogs(), "backlog", 500)
    site.demand_steady()
    equal(site.duct.show()["unwanted"], count, "unwanted, by show")
    site.duct.stop()


@case(timeout=900, full=True)
def feed_file_of_a_gigabyte(stage):
    """A feed file of 1 GB, which is flushed at once, of which every line is offered; meanwhile
    innduct is killed and started again."""
    site = Plain(stage, 3, flush_finish_timeout="1000s")
    count = GIGABYTE // LINE_SIZE // PER_BLOCK * PER_BLOCK
    write_records(site.files.feed, count)
    stage.own(site.source.outgoing)
    site.start()
    site.watch(lambda: site.peer.refused >= count // 2, "the first half of a feed file", 400)
    site.demand_steady()
    site.duct.kill()
    already = site.peer.refused
    site.start()  # half a gigabyte of blanks lies before the first line
    site.watch(lambda: not site.files.flushing.exists(), "its second half", 400)
    true(site.peer.refused >= count, f"{site.peer.refused} of {count} lines were offered")
    again = site.peer.refused - count
    true(again <= 10_000, f"{again} lines were offered twice, {already} before the kill")
    site.duct.stop()


@case(timeout=300, full=True)
def five_million_blank_lines(stage):
    """A feed file of which everything is settled costs one pass over it."""
    site = Plain(stage, 1)
    count = 5_000_000
    blank = b" " * (LINE_SIZE - 1) + b"\n"
    with open(site.files.feed, "wb") as file:
        for _ in range(count // PER_BLOCK):
            file.write(blank * PER_BLOCK)
    stage.own(site.source.outgoing)
    began = time.monotonic()
    site.start()
    site.watch(lambda: site.innd.flushes and not site.files.flushing.exists(), "blank lines", 100)
    print(f"{count} blank lines in {time.monotonic() - began:.2f} s")
    site.duct.stop()


if __name__ == "__main__":
    main()
