"""soak.py: innduct among real servers and cruel peers, killed and stopped again and again: nothing
is lost.

    ./dev soak [--minutes M] [--seed S] [--rate R]

One real innd feeds three sites, each with an innduct of its own:

    real   to another real innd, which is stopped, killed, throttled and frozen
    cruel  to a peer that defers, refuses, closes at any byte, keeps silent, talks nonsense
    small  to such a peer, with the feed files on a disk that is full now and then

What is done when follows from the seed; how the processes meet it does not. In the end everybody is
well, what was quarantined is retried, and every article that the source was given must be accounted
for: answered by the peer, waiting in a queue file or the quarantine, or taken out of the spool. Exit
status 1 if one is not, or still waits.

Some 200 MB of disk for every ten minutes; runs on a stage of its own (fixture/stage.py).
"""

import argparse
import random
import subprocess
import sys
import threading
import time

from fixture import stage as stages
from fixture.cruel_peer import CruelPeer
from fixture.display import Display
from fixture.expect import Unmet
from fixture.innd import Innd
from fixture.soak_actors import Disk, Killer, Moods, Plan, RealPeer, Source
from fixture.soak_sites import Dead, Feeder, RealSite, Site

SMALL_DISK_KB = 128
POISON = 400  # one article in so many is more than the cruel peer can bear
MERCY = 180   # seconds in which everything must be finished when everybody is well again


class Soak:
    def __init__(self, stage, seed, minutes, rate):
        self.stage = stage
        self.seed = seed
        self.minutes = minutes
        self.over = threading.Event()
        self.closed = threading.Event()  # never set: threads end with the process
        self.calm = threading.Lock()  # who holds it is alone in doing something to the source
        self.failures = []
        self.removed = set()
        self.display = Display(every=10)
        self.began = time.monotonic()

        self.small = stage.folder / "small"
        stage.tmpfs(self.small, SMALL_DISK_KB)
        feeds = [f"{name}:*:Tf,Wnm:{folder}" for name, folder in
                 [("real", ""), ("cruel", ""), ("small", self.small / "small")]]
        self.source = Innd(stage, "source", feeds=feeds).start()
        self.peer = Innd(stage, "peer").start()
        self.cruel = CruelPeer(stage, f"{seed}/cruel",
                               poison=lambda message_id: hash_of(message_id) % POISON == 0)
        self.mild = CruelPeer(stage, f"{seed}/small")
        self.sites = [RealSite(self, "real", self.source.outgoing, self.peer),
                      Site(self, "cruel", self.source.outgoing, self.cruel),
                      Site(self, "small", self.small, self.mild)]
        self.feeder = Feeder(self, rate)
        self.actors = self.cast()

    def cast(self):
        def plan(actor, shortest, longest, **weights):
            return Plan(self.seed, actor, shortest, longest, **weights)

        return [
            *(Killer(self, plan(f"innduct {site.name}", 0.05, 5, kill=12, freeze=4, terminate=1,
                                stop=2, flush=4), site) for site in self.sites),
            Source(self, plan("source", 1, 6, flush=6, begin_again=4, reload=2, restart=2, crash=2,
                              pause=1, throttle=1, freeze=2, remove_articles=4, drop_in=4)),
            RealPeer(self, plan("peer real", 1, 10, restart=2, crash=2, throttle=1, pause=2, freeze=2)),
            *(Moods(self, plan(f"peer {name}", 1, 6, feel=9, go_away=1), peer)
              for name, peer in (("cruel", self.cruel), ("small", self.mild))),
            Disk(self, plan("disk", 5, 30, fill=1)),
        ]

    def fail(self, why):
        self.failures.append(why)
        self.over.set()

    def newest(self, count):
        """(token, message-id) of articles that the source has stored lately."""
        try:
            lines = self.source.ledger.read_text().splitlines()[-count:]
        except OSError:
            return []
        return [tuple(line.split(" ", 1)) for line in lines if " " in line]

    # ------------------------------------------------------------ the run

    def run(self):
        self.display.say(f"seed {self.seed}, {self.minutes:g} minutes, in {self.stage.folder}")
        self.feeder.start()
        for actor in self.actors:
            actor.start()
        end = self.began + 60 * self.minutes
        while time.monotonic() < end and not self.over.is_set():
            self.display.show(self.line())
            self.over.wait(0.5)
        self.over.set()
        for each in [*self.actors, self.feeder]:
            each.ended.wait(60)
        self.display.show(self.line(), final=True)
        if self.failures:
            raise Dead("\n".join(self.failures))
        self.heal()
        return self.close_account()

    def line(self):
        seconds = time.monotonic() - self.began
        text = f"{int(seconds // 60):2}:{int(seconds % 60):02}  fed {len(self.feeder.fed)}"
        for site in self.sites:
            waiting = len(site.files.unsettled())
            text += f"  {site.name}: {waiting} waiting, {site.starts} starts"
        return text

    def heal(self):
        """Everybody is well again, and everything must be finished."""
        self.display.say("now everybody is well; waiting until everything is finished")
        for peer in (self.cruel, self.mild):
            peer.feel("calm")
            peer.come_back()
        for site in self.sites:
            self.source.ctl("flush", site.name)
        self.wait_finished()
        # The peers can bear everything now; so what was set aside is offered once more.
        for site in self.sites:
            site.set_aside = len(site.quarantined().splitlines())
            if site.set_aside:
                site.duct.ask("quarantine retry all")
        self.wait_finished()
        self.display.show(self.line(), final=True)

    def wait_finished(self):
        end = time.monotonic() + MERCY
        while time.monotonic() < end and not all(site.finished() for site in self.sites):
            for site in self.sites:
                if not site.look():
                    site.launch()
            self.display.show(self.line())
            time.sleep(0.2)

    def close_account(self):
        """Prints what became of every article; returns the exit status."""
        fed = set(self.feeder.fed)
        sure = fed - self.feeder.uncertain
        well = True
        print(f"\n{len(fed)} articles fed, of which innd was killed over "
              f"{len(fed & self.feeder.uncertain)} and may have lost the line\n")
        print(f"{'site':8}{'answered':>10}{'again':>8}{'quarantined':>13}{'waiting':>9}"
              f"{'missing':>9}{'lost':>6}{'starts':>8}{'largest KB':>12}")
        for site in self.sites:
            answered, owed, quarantined = site.answered(), site.owed(), site.quarantined()
            rest = sure - answered
            waiting = {each for each in rest if each in owed or each in quarantined}
            missing = (rest - waiting) & self.removed
            lost = rest - waiting - missing
            print(f"{site.name:8}{len(answered & fed):10}{site.again():8}{site.set_aside:13}"
                  f"{len(waiting):9}{len(missing):9}{len(lost):6}{site.starts:8}"
                  f"{site.largest_kb:12}")
            for message_id in sorted(lost)[:10]:
                print(f"  lost: {message_id}")
            well = well and not lost and not waiting and self.unharmed(site)
        print()
        for actor in self.actors:
            deeds = ", ".join(f"{deed} {count}" for deed, count in sorted(actor.done.items()))
            print(f"{actor.name + ':':18}{deeds}")
        return 0 if well and self.nothing_strange() else 1

    def unharmed(self, site):
        """Whether what the peer has is what the source was given."""
        has = site.spooled() if isinstance(site, RealSite) else site.peer.articles
        harmed = [each for each, sum_ in has.items()
                  if each in self.feeder.checksums and self.feeder.checksums[each] != sum_]
        for message_id in harmed[:10]:
            print(f"  not as it was: {message_id}")
        return not harmed

    def nothing_strange(self):
        strange = [f"{peer.port}: {fault}" for peer in (self.cruel, self.mild)
                   for fault in peer.faults]
        strange += self.stage.sanitizer_reports()
        strange += [line for site in self.sites for line in site.duct.said(r" news\.crit ")]
        for each in strange[:20]:
            print(f"  strange: {each[:500]}")
        return not strange


def hash_of(message_id):
    return int(message_id.split(".")[1].split("@")[0])


def inside(arguments, folder, private):
    stage = stages.Stage(folder, private)
    try:
        return Soak(stage, arguments.seed, arguments.minutes, arguments.rate).run()
    except KeyboardInterrupt:
        print("\nstopped; everything is cleaned up")
        return 130
    except (Dead, Unmet, subprocess.SubprocessError) as failure:
        print(f"\n{failure}\nseed {arguments.seed}", file=sys.stderr)
        return 1
    finally:
        stage.close()


def main():
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="default: 10")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--rate", type=float, default=25, help="articles per second at most: 25")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        folder, private = arguments.inside
        sys.exit(inside(arguments, folder, private == "yes"))
    stages.as_root(sys.argv)
    stages.die_with_parent()
    told = [sys.argv[0], f"--minutes={arguments.minutes}", f"--seed={arguments.seed}",
            f"--rate={arguments.rate}"]
    sys.exit(stages.play(told, 60 * arguments.minutes + 2 * MERCY))


if __name__ == "__main__":
    main()
