"""demo.py: two innd servers, innduct between them, killed in the middle: nothing is lost.

    ./dev demo

Injects 5,000 articles into the source while a line shows what goes on, ends innduct with SIGKILL in
the middle, starts it again, and closes the account. Exit status 1 if an article was lost. Runs on a
stage of its own (fixture/stage.py): when it ends, by Ctrl-C too, nothing of it is left.
"""

import os
import sys
import threading
import time

from fixture import account
from fixture import stage as stages
from fixture.articles import Articles
from fixture.display import Display
from fixture.duct import Duct
from fixture.expect import Unmet
from fixture.inject import Injector
from fixture.lab import Lab

ARTICLES = 5000
RATE = 400       # articles per second: some 12 seconds to look at
DEADLINE = 120
PERIOD = "1s"
RECENT = 1.0     # seconds over which rate and latency are shown


class Tail:
    """The message-ids in a growing ledger, each line read once, with a time before which it was not
    there."""

    def __init__(self, path):
        self.path = path
        self.file = None
        self.rest = b""
        self.looked = time.monotonic()
        self.since = {}

    def look(self):
        """Reads what is new; returns the message-ids."""
        if self.file is None:
            if not self.path.exists():
                return []
            self.file = open(self.path, "rb")
        data = self.rest + self.file.read()
        *lines, self.rest = data.split(b"\n")
        fresh = [line.split(b" ", 1)[1] for line in lines if b" " in line]
        for message_id in fresh:
            self.since.setdefault(message_id, self.looked)
        self.looked = time.monotonic()
        return fresh


class Watcher(threading.Thread):
    """Looks at both ledgers all the time: who has what, and since when. A latency is measured from
    the last look that did not see the article at the source, and so rather too long."""

    def __init__(self, lab):
        super().__init__(daemon=True)
        self.source = Tail(lab.source.ledger)
        self.peer = Tail(lab.peer.ledger)
        self.recent = []  # (when it was seen at the peer, seconds since it came to the source)

    def run(self):
        while True:
            self.source.look()
            fresh, now = self.peer.look(), time.monotonic()
            if fresh:
                self.recent = [each for each in self.recent if each[0] > now - RECENT]
            for message_id in fresh:
                self.recent.append((now, now - self.source.since.get(message_id, now)))
            time.sleep(0.0003)

    def rate(self):
        return sum(when > time.monotonic() - RECENT for when, _ in self.recent) / RECENT

    def latency_ms(self):
        """(median, 99th percentile) of the last second."""
        times = sorted(latency for _, latency in list(self.recent)) or [0]
        return 1000 * times[len(times) // 2], 1000 * times[len(times) * 99 // 100]


class Injecting(threading.Thread):
    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.message_ids = []
        self.failure = None
        self.finished = False

    def run(self):
        try:
            articles, injector = Articles(seed=2, tag="demo"), Injector(self.server)
            self.message_ids = injector.accepted
            start = time.monotonic()
            for number in range(ARTICLES):
                time.sleep(max(0.0, start + number / RATE - time.monotonic()))
                injector.send(*articles.next())
            injector.finish()
        except (Unmet, OSError) as failure:
            self.failure = failure
        self.finished = True


class Demo:
    def __init__(self, stage):
        self.display = Display()
        self.display.say(f"two innd servers and innduct between them, in {stage.folder}")
        self.lab = Lab(stage)
        self.duct = Duct(self.lab, period_interval=PERIOD, earliest_deferred_retry="1s",
                         flush_retry_interval="1s")
        self.duct.start()
        self.watcher = Watcher(self.lab)
        self.watcher.start()
        self.injecting = Injecting(self.lab.source)
        self.before = {"offered": 0, "accepted": 0}  # of innducts that are no more
        self.figures = {}

    def line(self):
        try:
            self.figures = self.duct.show()
        except (OSError, Unmet):
            pass  # between SIGKILL and the next start
        total = {name: self.before[name] + self.figures.get(name, 0) for name in self.before}
        middle, late = self.watcher.latency_ms()
        return (f"{self.watcher.rate():4.0f}/s  injected {len(self.injecting.message_ids):4}  "
                f"offered {total['offered']:4}  accepted {total['accepted']:4}  "
                f"in flight {self.figures.get('inflight', 0):2}  "
                f"latency {middle:.1f} ms  (99%: {late:.1f} ms)")

    def watch(self, until, what):
        end = time.monotonic() + DEADLINE
        while not until():
            if self.injecting.failure:
                raise self.injecting.failure
            if time.monotonic() > end:
                raise Unmet(f"not within {DEADLINE} s: {what}")
            self.display.show(self.line())
            time.sleep(0.1)
        self.display.show(self.line(), final=True)

    def kill(self):
        self.line()
        self.duct.kill()
        for name in self.before:
            self.before[name] += self.figures.get(name, 0)
        self.figures = {}
        self.display.say(f"SIGKILL after {len(self.watcher.peer.since)} articles at the peer; "
                         "started again (its counts since the last line are lost with it)")
        self.duct.start()

    def run(self):
        self.injecting.start()
        self.watch(lambda: len(self.watcher.peer.since) >= ARTICLES // 2, "half the articles")
        self.kill()
        self.watch(lambda: self.injecting.finished, "all articles are injected")
        try:
            self.watch(lambda: len(self.watcher.peer.since) >= ARTICLES
                       and not self.lab.files.unsettled(), "all articles at the peer")
        except Unmet as lack:
            self.display.say(str(lack))
        self.duct.stop()
        return self.close_account()

    def close_account(self):
        injected = set(self.injecting.message_ids)
        arrived = account.arrived(self.lab.peer)
        lost = injected - set(arrived)
        self.lab.peer.stop()  # it says its counts when connections are closed
        again = account.offered_again(self.lab.peer)
        print(f"""
injected         {len(injected):6}
at the peer      {len(set(arrived) & injected):6}
lost             {len(lost):6}
offered twice    {again:6}""")
        for message_id in sorted(lost)[:10]:
            print(f"  lost: {message_id}")
        return 1 if lost or len(injected) != ARTICLES else 0


def inside(folder, private):
    stage = stages.Stage(folder, private)
    try:
        return Demo(stage).run()
    except KeyboardInterrupt:
        print("\nstopped; everything is cleaned up")
        return 130
    except Unmet as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    finally:
        stage.close()


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--inside":
        sys.exit(inside(sys.argv[2], sys.argv[3] == "yes"))
    stages.as_root(sys.argv)
    stages.die_with_parent()
    sys.exit(stages.play([sys.argv[0]], 3 * DEADLINE))


if __name__ == "__main__":
    main()
