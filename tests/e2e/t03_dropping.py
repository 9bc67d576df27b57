"""Point 3: innd drops the feed: everything in hand is finished, and only then innduct ends."""

import os

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, stays, true, wait_for
from fixture.inject import Background, inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer, good_check


def nothing_left(lab):
    equal([path.name for path in lab.files.all()], [], "files of the feed")


@case()
def drop(stage):
    """`ctlinnd drop`, then a flush: all articles arrive, no file is left, exit 4."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    ids = inject(lab.source, 200)
    lab.source.ctl("drop", "peer")
    duct.ask("flush")
    duct.demand_exit(4)
    account.complete(lab, ids)
    nothing_left(lab)


@case()
def drop_finishes_deferred_and_backlog(stage):
    """Exit 4 waits for what the peer deferred, and for the backlog files."""
    lab = Lab(stage, peer=False)
    late = inject(lab.source, 5, size=1000, tag="late")
    peer = ScriptedPeer(stage, check=lambda offer: f"431 {offer.id}" if offer.nth <= 2
                        and "late" in offer.id else good_check(offer))
    files = lab.files
    wait_for(lambda: len(lab.source.recorded()) == 5, "five lines")
    files.feed.rename(files.backlog("ByHand"))
    lab.source.ctl("flush", "peer")
    ids = inject(lab.source, 5, size=1000, tag="late.and.new")
    duct = Duct(lab, to=peer).start()
    wait_for(lambda: len(peer.offers) >= 5, "offers")
    lab.source.ctl("drop", "peer")
    duct.ask("flush")
    duct.demand_exit(4)
    equal(len(duct.said("left of the dropped feed: .* in . files?(, .* articles in memory)?.*; ")), 1,
          "whoever waits is told what is left")
    equal(set(peer.articles), set(late + ids), "articles at the peer")
    equal({len(peer.heard_of(message_id, "CHECK")) for message_id in late}, {3}, "offers of each")
    nothing_left(lab)


@case()
def dropped_while_away(stage):
    """A feed that was dropped while innduct did not run is finished by the next start."""
    lab = Lab(stage)
    ids = inject(lab.source, 50)
    lab.source.ctl("drop", "peer")
    duct = Duct(lab).start()
    account.wait_arrived(lab.peer, ids)
    duct.ask("flush")
    duct.demand_exit(4)
    account.complete(lab, ids)
    nothing_left(lab)


@case()
def dropped_and_nothing_there(stage):
    """Without any file, for a site that innd does not know: exit 4."""
    lab = Lab(stage)
    lab.source.ctl("drop", "peer")
    lab.files.feed.unlink()
    equal(Duct(lab).run_to_end(), 4, "exit status")
    nothing_left(lab)


@case()
def begun_again_later(stage):
    """After exit 4, `ctlinnd begin` and a new start go on."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    first = inject(lab.source, 10, tag="first")
    lab.source.ctl("drop", "peer")
    duct.ask("flush")
    duct.demand_exit(4)
    unfed = inject(lab.source, 5, tag="unfed")
    lab.source.ctl("begin", "peer")
    Duct(lab).start()
    second = inject(lab.source, 10, tag="second")
    account.wait_arrived(lab.peer, second)
    equal(set(account.arrived(lab.peer)), set(first + second), "articles at the peer")
    true(not set(unfed) & set(account.arrived(lab.peer)), "innd wrote no lines between")


@case()
def begun_again_in_time(stage):
    """`ctlinnd begin` before the end: innduct goes on by itself."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    duct = Duct(lab, to=peer).start()
    first = inject(lab.source, 5, size=1000, tag="first")
    wait_for(lambda: len(peer.offers) == 5, "five offers")
    lab.source.ctl("drop", "peer")
    duct.ask("flush")
    stays(duct.running, "innduct waits for its answers", 1)
    lab.source.ctl("begin", "peer")
    second = inject(lab.source, 5, size=1000, tag="second")
    peer.release()
    peer.wait_accepted(first + second)
    stays(duct.running, "innduct goes on", 1)
    wait_for(lambda: not lab.files.flushing.exists() and not lab.files.unsettled(), "all settled")


@case()
def site_that_innd_does_not_know(stage):
    """A feed that grows though innd does not know the site: the name is wrong. Exit 16, saying so,
    and nothing is removed."""
    lab = Lab(stage)
    injecting = Background(lab.source, 200, rate=50, size=1000)
    duct = Duct(lab, site="nosuch", feedfile="peer").start()
    duct.ask("flush")
    duct.demand_exit(16)
    true(duct.said(r"\.crit .*nosuch"), "a critical line names the site")
    ids = injecting.join()
    lab.source.ctl("flush", "peer")
    Duct(lab).start()
    account.wait_arrived(lab.peer, ids)


@case()
def unreadable_backlog_holds_the_end_back(stage):
    """A backlog file that cannot be read keeps innduct from ending; once it can be, it is fed."""
    lab = Lab(stage)
    ids = inject(lab.source, 5)
    wait_for(lambda: len(lab.source.recorded()) == 5, "five lines")
    backlog = lab.files.backlog("Locked")
    lab.files.feed.rename(backlog)
    backlog.chmod(0o000)
    lab.source.ctl("flush", "peer")
    lab.source.ctl("drop", "peer")
    duct = Duct(lab, stats_log_interval="1s", earliest_deferred_retry="0.2s").launch()
    wait_for(lambda: duct.said("peer_backlogLocked"), "the file is named")
    duct.ask("flush")
    stays(duct.running, "innduct waits", 1.5)
    backlog.chmod(0o664)
    os.utime(backlog)  # it is looked at again when it has changed
    duct.demand_exit(4)
    account.complete(lab, ids)
    nothing_left(lab)


if __name__ == "__main__":
    main()
