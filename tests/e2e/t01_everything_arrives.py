"""Point 1: what innd stores arrives, complete and at once; the limits of memory and of waking."""

import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, stays, true, wait_for
from fixture.inject import Background, inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer

CHECKS_MAX = 127
WINDOW = 200


@case(timeout=180)
def mixed_articles(stage):
    """3,000 articles of 1 KB to 900 KB injected while innduct runs arrive, each byte for byte what
    the source stored; none is offered twice, no line is left, nobody is alarmed."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    ids = inject(lab.source, 3000, seed=1)
    account.wait_arrived(lab.peer, ids, 120)
    account.complete(lab, ids)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    figures = duct.show()
    equal(figures["accepted"], 3000, "accepted, by show")
    equal(duct.alarms(), [], "alarms")
    duct.stop()
    wait_for(lambda: len(lab.peer.said(" closed seconds ")) >= len(lab.peer.said(" connected ")),
             "the peer's connections are closed")
    equal(account.offered_again(lab.peer), 0, "articles offered twice")


@case(timeout=60)
def in_real_time(stage):
    """With every interval at its default an article is at the peer within a moment of its line."""
    lab = Lab(stage)
    Duct(lab, quick=False).start()
    for number in range(20):
        [message_id] = inject(lab.source, 1, tag=f"now{number}", size=2000)
        account.wait_arrived(lab.peer, [message_id], deadline=2)


@case(timeout=60)
def articles_before_the_start(stage):
    """What was injected while innduct did not run arrives when it is started."""
    lab = Lab(stage)
    ids = inject(lab.source, 200)
    Duct(lab).start()
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)


@case(timeout=60)
def checks_fill_their_window(stage):
    """One connection keeps 127 CHECKs on their way without an answer, and never more: a real innd
    remembers the last 128 of a connection."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    ids = inject(lab.source, 300, size=1000)
    Duct(lab, to=peer, max_connections=1).start()
    wait_for(lambda: len(peer.offers) >= CHECKS_MAX, lambda: f"{len(peer.offers)} CHECKs at once")
    stays(lambda: len(peer.offers) == CHECKS_MAX, "no more CHECKs than 127", 1)
    peer.release()
    peer.wait_accepted(ids)


@case(timeout=60)
def takes_fill_their_window(stage):
    """Once the peer accepts nearly all, one connection keeps 200 articles on their way."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    Duct(lab, to=peer, max_connections=1, no_check_response_time=5).start()
    first = inject(lab.source, 100, size=1000, tag="first")
    peer.wait_accepted(first)
    peer.hold()
    ids = inject(lab.source, 300, size=1000)
    unanswered = lambda: peer.conversations[-1].outstanding()
    wait_for(lambda: unanswered() == WINDOW, lambda: f"{unanswered()} of 200 on their way")
    stays(lambda: unanswered() == WINDOW, "no more than 200", 1)
    peer.release()
    peer.wait_accepted(ids)


@case(timeout=60)
def more_connections_when_one_is_full(stage):
    """When the open connections cannot take the queue, others are opened, up to the limit."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    inject(lab.source, 500, size=1000)
    Duct(lab, to=peer, max_connections=3, reconnect_interval="0.2s", max_queue_per_conn=50,
         max_queue_per_file=400).start()
    wait_for(lambda: len(peer.conversations) == 3, "three connections")
    stays(lambda: len(peer.conversations) == 3, "no more than three connections", 1)


@case(timeout=90)
def memory_does_not_grow_with_the_backlog(stage):
    """A backlog of 300,000 lines takes no more memory than a few hundred entries do."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    inject(lab.source, 1, size=1000)
    duct = Duct(lab, to=peer, earliest_deferred_retry="0.2s").start()
    wait_for(lambda: peer.offers, "the first offer")
    before = duct.resident_kb()
    token = lab.source.recorded()[0][0]
    waiting = lab.files.folder / "waiting"
    waiting.write_text("".join(f"{token} <many.{n}@test.invalid>\n" for n in range(300_000)))
    stage.own(waiting).rename(lab.files.backlog("Many"))
    wait_for(lambda: len(peer.offers) > 100, "offers from the backlog")
    true(duct.resident_kb() < before + 20_000,
         f"{before} KB resident before, {duct.resident_kb()} KB after")


@case(timeout=60)
def asleep_when_idle(stage):
    """With nothing to do innduct does not wake between its periods, and takes no time."""
    lab = Lab(stage)
    duct = Duct(lab, quick=False).start()
    ids = inject(lab.source, 50)
    account.wait_arrived(lab.peer, ids)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    time.sleep(1)
    woken, used = duct.wakeups(), duct.cpu_seconds()
    time.sleep(3)
    true(duct.wakeups() - woken <= 5, f"woken {duct.wakeups() - woken} times in three idle seconds")
    true(duct.cpu_seconds() - used <= 0.05, "takes time when idle")


@case(timeout=90)
def steady_trickle(stage):
    """Articles that come one by one, 50 a second, with flushes by size between them, all arrive."""
    lab = Lab(stage)
    duct = Duct(lab, feedfile_flush_size=2000).start()
    injecting = Background(lab.source, 500, rate=50, size=1500)
    ids = injecting.join()
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    true(lab.source.flushes("peer") >= 5, "flushes by size")
    duct.stop()


if __name__ == "__main__":
    main()
