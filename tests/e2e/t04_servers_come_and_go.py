"""Point 4: innd and the peer are stopped, crash, come back, pause, are throttled, hang, while
articles are fed: nothing is lost, nothing spins, and the log says it once."""

import signal
import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import stays, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab

OUTAGE = 3  # seconds; with the quick intervals six tries of everything that is tried again
# Each period may leave a file of deferrals, and to each of them belong four lines at most: it waits, it
# is read, it is done, its statistics. Whatever spins says thousands.
LINES_MAX = 4 * OUTAGE * 5
CPU_MAX = 0.3  # of a second, sanitizers included


def calm(duct):
    """While something is away: for OUTAGE seconds innduct lives, takes no time and says little."""
    said, used = len(duct.said()), duct.cpu_seconds()
    stays(duct.running, "innduct runs", OUTAGE)
    true(duct.cpu_seconds() - used < CPU_MAX, f"took {duct.cpu_seconds() - used:.2f} s of CPU")
    lines = duct.said()[said:]
    true(len(lines) <= LINES_MAX, f"{len(lines)} lines in {OUTAGE} s, such as {lines[-2:]}")


def fed(stage, between, **options):
    """Articles before and after something happened; all arrive, complete."""
    lab = Lab(stage)
    duct = Duct(lab, **options).start()
    ids = inject(lab.source, 100, tag="before")
    ids += between(lab, duct) or []
    ids += inject(lab.source, 100, tag="after")
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    duct.demand_running()
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    return duct


# ---------------------------------------------------------------- the source


@case()
def source_stopped(stage):
    """innd is shut down, and a flush is asked for while it is away; it starts again."""
    def between(lab, duct):
        lab.source.stop()
        duct.ask("flush")
        calm(duct)
        true(duct.said("innd"), "it is said that innd is away")
        lab.source.start()
    fed(stage, between)


@case()
def source_crashes(stage):
    """innd is killed three times while it is fed and flushed."""
    def between(lab, duct):
        ids = []
        for number in range(3):
            ids += inject(lab.source, 50, tag=f"life{number}")
            # An article whose line innd has not yet written when it is killed is innd's own loss.
            wait_for(lambda: ids[-1] in account.arrived(lab.source), "every line is written")
            lab.source.crash()
            duct.ask("flush")
            lab.source.start()
        return ids
    fed(stage, between)


@case()
def source_paused_and_throttled(stage):
    """A paused and a throttled innd still flush."""
    def between(lab, duct):
        for stop in (lab.source.pause, lab.source.throttle):
            stop()
            duct.flush()
            calm(duct)
            lab.source.go()
    fed(stage, between)


@case()
def source_hangs(stage):
    """innd does not answer a flush within --stuck-flush-timeout, and carries it out much later."""
    def between(lab, duct):
        lab.source.process.send_signal(signal.SIGSTOP)
        duct.ask("flush")
        calm(duct)
        lab.source.process.send_signal(signal.SIGCONT)
        wait_for(lambda: duct.state() == "NORMAL", "the flush is finished")
        true(lab.files.feed.exists() and not lab.files.flushing.exists(), "only F remains")
    fed(stage, between, stuck_flush_timeout="1s")


@case()
def source_without_its_socket(stage):
    """innd's control socket is gone while innd runs: no flush, but the feed goes on."""
    def between(lab, duct):
        control = lab.source.run / "control"
        control.rename(control.with_name("hidden"))
        duct.ask("flush")
        ids = inject(lab.source, 20, tag="meanwhile")
        account.wait_arrived(lab.peer, ids)
        calm(duct)
        control.with_name("hidden").rename(control)
        wait_for(lambda: duct.state() == "NORMAL", "the flush is finished")
        true(lab.files.feed.exists() and not lab.files.flushing.exists(), "only F remains")
        return ids
    fed(stage, between)


# ---------------------------------------------------------------- the peer


@case()
def peer_stopped(stage):
    """The peer shuts down in the middle, is away, and starts again."""
    def between(lab, duct):
        lab.peer.stop()
        ids = inject(lab.source, 50, tag="meanwhile")
        calm(duct)
        lab.peer.start()
        return ids
    fed(stage, between)


@case()
def peer_crashes(stage):
    """The peer is killed three times with articles on their way."""
    def between(lab, duct):
        ids = []
        for number in range(3):
            ids += inject(lab.source, 200, tag=f"life{number}")
            lab.peer.crash()
            lab.peer.start()
        return ids
    fed(stage, between)


@case()
def peer_paused(stage):
    """A paused peer answers 431, and 400 to articles; when it goes on all articles arrive."""
    def between(lab, duct):
        lab.peer.pause()
        ids = inject(lab.source, 50, tag="meanwhile")
        calm(duct)
        lab.peer.go()
        return ids
    fed(stage, between)


@case()
def peer_throttled(stage):
    """A throttled peer answers 400 to everything and closes, greetings included."""
    def between(lab, duct):
        lab.peer.throttle()
        ids = inject(lab.source, 50, tag="meanwhile")
        calm(duct)
        lab.peer.go()
        return ids
    fed(stage, between)


@case()
def peer_rejects_connections(stage):
    """A peer that takes no connections (400 as greeting) is tried at the interval, no faster."""
    lab = Lab(stage)
    lab.peer.ctl("reject", "no more today")
    ids = inject(lab.source, 50)
    duct = Duct(lab, reconnect_interval="0.5s").start()
    calm(duct)
    tries = len(lab.peer.said(" closed seconds "))
    true(1 <= tries <= OUTAGE / 0.4 + 2, f"{tries} connections in {OUTAGE} s")
    lab.peer.ctl("allow", "no more today")
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)


@case()
def peer_hangs(stage):
    """A peer that stops answering is given up after --idle-timeout, and tried again."""
    def between(lab, duct):
        lab.peer.process.send_signal(signal.SIGSTOP)
        ids = inject(lab.source, 50, tag="meanwhile")
        calm(duct)
        lab.peer.process.send_signal(signal.SIGCONT)
        return ids
    fed(stage, between, idle_timeout="1s")


@case(timeout=90)
def both_restart_again_and_again(stage):
    """Source and peer restart in turn while articles come and the feed is flushed by size."""
    lab = Lab(stage)
    duct = Duct(lab, feedfile_flush_size=3000).start()
    ids = []
    for number in range(4):
        ids += inject(lab.source, 100, tag=f"round{number}")
        (lab.peer if number % 2 else lab.source).stop()
        (lab.peer if number % 2 else lab.source).start()
        time.sleep(0.3)
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    duct.demand_running()


if __name__ == "__main__":
    main()
