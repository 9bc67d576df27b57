"""Point 2: the dance with innd: when the feed is flushed, which files appear and vanish, and what
innduct does when somebody else moves them."""

import re
import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, stays, true, wait_for
from fixture.inject import Background, inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer


def inode(path):
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return None


def wait_settled(files):
    """F is there, and nothing else holds an article."""
    wait_for(lambda: files.feed.exists() and not files.flushing.exists() and not files.unsettled(),
             lambda: f"only F remains: {files.all()}, {files.unsettled()[:3]}")


def scripted(stage, **options):
    """A source, a peer that keeps its answers back, innduct between them."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    return lab, peer, Duct(lab, to=peer, **options).start()


@case()
def names_appear_and_vanish(stage):
    """A flush makes F into F_flushing (the same file) and a new F; F_flushing stays until its last
    article is answered, while the new F is fed; then it vanishes."""
    lab, peer, duct = scripted(stage)
    files = lab.files
    ids = inject(lab.source, 5, size=1000, tag="old")
    wait_for(lambda: len(peer.offers) == 5, "five offers")
    old = inode(files.feed)
    duct.ask("flush")
    wait_for(lambda: files.flushing.exists() and inode(files.feed) not in (None, old),
             "F_flushing and a new F")
    equal(inode(files.flushing), old, "F_flushing is the file that was F")
    more = inject(lab.source, 5, size=1000, tag="new")
    wait_for(lambda: len(peer.offers) == 10, "the new F is read while the old one waits")
    stays(files.flushing.exists, "F_flushing stays while articles of it are unanswered", 1)
    peer.release()
    peer.wait_accepted(ids + more)
    wait_settled(files)


@case()
def by_size(stage):
    """The feed is flushed when its file exceeds --feedfile-flush-size."""
    lab = Lab(stage)
    Duct(lab, feedfile_flush_size=2000).start()
    first = inode(lab.files.feed)
    few = inject(lab.source, 10, size=1000, tag="few")
    account.wait_arrived(lab.peer, few)
    stays(lambda: inode(lab.files.feed) == first, "no flush below the size", 1)
    ids = inject(lab.source, 100, size=1000)
    wait_for(lambda: inode(lab.files.feed) not in (None, first), "a new F")
    account.wait_arrived(lab.peer, ids)
    wait_settled(lab.files)


@case()
def by_age(stage):
    """The feed is flushed when --max-flush-interval has passed, small as it may be."""
    lab = Lab(stage)
    Duct(lab, max_flush_interval="1s").start()
    ids = inject(lab.source, 1)
    first = inode(lab.files.feed)
    wait_for(lambda: inode(lab.files.feed) not in (None, first), "a new F")
    account.wait_arrived(lab.peer, ids)
    wait_settled(lab.files)


@case()
def by_command(stage):
    """`flush` flushes now; repeated while articles come, nothing is lost."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    injecting = Background(lab.source, 300, rate=100)
    flushed = 0
    while not injecting.done():
        duct.flush()
        true(lab.files.feed.exists() and not lab.files.flushing.exists(), "only F remains")
        flushed += 1
    ids = injecting.join()
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    true(flushed >= 3, f"{flushed} flushes")
    wait_settled(lab.files)


@case()
def no_flush_storm(stage):
    """Lines that come fast do not make innd flush more often than once in ten seconds, or in a
    period where that is shorter."""
    lab = Lab(stage)
    duct = Duct(lab, feedfile_flush_size=500, period_interval="30s").start()
    ids = inject(lab.source, 400, rate=100, size=1000)
    account.wait_arrived(lab.peer, ids)
    true(lab.source.flushes("peer") <= 1, f"{lab.source.flushes('peer')} flushes in 4 s")
    duct.stop()
    before, start = lab.source.flushes("peer"), time.monotonic()
    Duct(lab, feedfile_flush_size=500, period_interval="1s").start()
    ids = inject(lab.source, 400, rate=100, size=1000, tag="more")
    account.wait_arrived(lab.peer, ids)
    flushes, most = lab.source.flushes("peer") - before, time.monotonic() - start + 2
    true(1 <= flushes <= most, f"{flushes} flushes with a period of 1 s, wanted 1 to {most:.0f}")


@case()
def foreign_flushes_do_no_harm(stage):
    """`ctlinnd flush` and `reload newsfeeds` by others, while articles come, change nothing."""
    lab = Lab(stage)
    duct = Duct(lab, feedfile_flush_size=3000).start()
    injecting = Background(lab.source, 300, rate=150)
    while not injecting.done():
        lab.source.ctl("flush", "peer")
        lab.source.ctl("reload", "newsfeeds", "test")
    ids = injecting.join()
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    wait_settled(lab.files)
    equal(duct.alarms(), [], "alarms")


@case()
def finish_timeout_makes_a_backlog_file(stage):
    """When --flush-finish-timeout has passed F_flushing itself becomes a backlog file, the stuck
    connections are closed, and its articles are offered again from there."""
    lab, peer, duct = scripted(stage, flush_finish_timeout="1s")
    ids = inject(lab.source, 5, size=1000)
    wait_for(lambda: len(peer.offers) == 5, "five offers")
    old = inode(lab.files.feed)
    duct.ask("flush")
    [backlog] = wait_for(lab.files.backlogs, "a backlog file")
    found = re.fullmatch(r"peer_backlog\.(\d+)\.(\d+)", backlog.name)
    true(found, f"{backlog.name} is peer_backlog.<time>.<inode>")
    true(abs(int(found.group(1)) - time.time()) < 30, "the time in its name is now")
    equal(int(found.group(2)), old, "the inode in its name")
    equal(inode(backlog), old, "its inode is that of F_flushing")
    wait_for(lambda: not lab.files.flushing.exists(), "F_flushing vanishes")
    wait_for(lambda: peer.conversations[0].ended, "the stuck connection is closed")
    peer.release()
    peer.wait_accepted(ids)
    wait_for(lambda: not lab.files.backlogs(), "the backlog file vanishes")
    wait_settled(lab.files)


@case()
def flush_expires_the_finish_timeout(stage):
    """`flush` while F_flushing waits for its last articles does what the finish timeout does."""
    lab, peer, duct = scripted(stage)
    ids = inject(lab.source, 5, size=1000)
    wait_for(lambda: len(peer.offers) == 5, "five offers")
    duct.ask("flush")
    wait_for(lambda: lab.files.flushing.exists() and lab.files.feed.exists(), "a new F")
    stays(lambda: not lab.files.backlogs(), "no backlog file before it is asked for", 0.6)
    duct.ask("flush")
    wait_for(lambda: lab.files.backlogs() and not lab.files.flushing.exists(), "a backlog file")
    peer.release()
    peer.wait_accepted(ids)
    wait_settled(lab.files)


@case()
def ok_without_a_new_feed_file(stage):
    """innd says Ok to the flush of a funnel's member and does nothing. The old file goes on being
    read, it is said what to look at, and nothing is lost when the funnel is flushed at last."""
    funnel = f"f!:!*:Tf,Wnm*:{stage.folder}/source/spool/outgoing/peer"
    lab = Lab(stage, feed=[funnel, "peer:*:Tm:f!"])
    duct = Duct(lab).start()
    first = inject(lab.source, 10, tag="first")
    account.wait_arrived(lab.peer, first)
    duct.ask("flush")
    wait_for(duct.alarms, "a warning")
    second = inject(lab.source, 10, tag="second")
    account.wait_arrived(lab.peer, second)
    true(not lab.files.feed.exists(), "innd has opened no new F")
    lab.source.ctl("flush", "f!")
    third = inject(lab.source, 10, tag="third")
    account.wait_arrived(lab.peer, third)
    wait_settled(lab.files)
    account.complete(lab, first + second + third)


@case()
def moved_away(stage):
    """`mv F x`: innd goes on writing to x and innduct goes on reading it, says so, and asks for
    flushes until there is an F again; all articles arrive."""
    lab, peer, duct = scripted(stage)
    first = inject(lab.source, 5, size=1000, tag="first")
    wait_for(lambda: len(peer.offers) == 5, "five offers")
    lab.files.feed.rename(lab.files.folder / "x")
    second = inject(lab.source, 5, size=1000, tag="second")
    peer.release()
    wait_for(lab.files.feed.exists, "innd opens F again")
    third = inject(lab.source, 5, size=1000, tag="third")
    peer.wait_accepted(first + second + third)
    wait_settled(lab.files)
    true(duct.said(r"news\.err"), "an error is logged")


@case()
def moved_away_and_flushed(stage):
    """`mv F x; ctlinnd flush`: x is read to its end, then the new F; all articles arrive."""
    lab, peer, duct = scripted(stage)
    first = inject(lab.source, 300, size=1000, tag="first")
    wait_for(lambda: len(peer.offers) >= 100, "some offers")
    lab.files.feed.rename(lab.files.folder / "x")
    lab.source.ctl("flush", "peer")
    second = inject(lab.source, 20, size=1000, tag="second")
    peer.release()
    peer.wait_accepted(first + second)
    wait_settled(lab.files)
    duct.demand_running()


@case()
def emptied(stage):
    """`> F` takes the lines that were in it and nothing else: what innd writes later arrives, and
    innduct writes nothing where the lines were."""
    lab, peer, duct = scripted(stage)
    inject(lab.source, 5, size=1000, tag="gone")
    wait_for(lambda: len(peer.offers) == 5, "five offers")
    with open(lab.files.feed, "r+b") as feed:
        feed.truncate(0)
    wait_for(lambda: duct.said(r"news\.err"), "an error is logged")
    equal(lab.files.feed.stat().st_size, 0, "size of F")
    peer.release()
    later = inject(lab.source, 5, size=1000, tag="later")
    peer.wait_accepted(later)
    wait_settled(lab.files)
    equal(lab.files.feed.read_bytes().count(b"\n"), 5, "lines in F")
    duct.demand_running()


# ---------------------------------------------------------------- what a start finds


def started(stage, arrange):
    """Ten articles in F, then `arrange(files, source)` by hand, then innduct; all must arrive."""
    lab = Lab(stage)
    ids = inject(lab.source, 10)
    wait_for(lambda: len(lab.source.recorded()) == 10, "ten lines")
    ids += arrange(lab.files, lab.source) or []
    Duct(lab, earliest_deferred_retry="0.2s").start()
    account.wait_arrived(lab.peer, ids)
    more = inject(lab.source, 10, tag="more")
    account.wait_arrived(lab.peer, more)
    account.complete(lab, ids + more)
    wait_settled(lab.files)
    wait_for(lambda: not lab.files.backlogs() and not lab.files.defer.exists(), "no other file")


@case()
def start_after_link(stage):
    """F_flushing and F are the same file: a crash between link and unlink."""
    started(stage, lambda files, source: files.flushing.hardlink_to(files.feed))


@case()
def start_after_unlink(stage):
    """F_flushing without F: a crash before innd was asked; innd still writes to it."""
    def arrange(files, source):
        files.feed.rename(files.flushing)
        return inject(source, 5, tag="behind")
    started(stage, arrange)


@case()
def start_after_flush(stage):
    """F_flushing and another F: a crash after innd had opened the new file."""
    def arrange(files, source):
        files.feed.rename(files.flushing)
        source.ctl("flush", "peer")
        return inject(source, 5, tag="behind")
    started(stage, arrange)


@case()
def start_without_files(stage):
    """Neither F nor F_flushing: innd is asked to flush until F appears."""
    lab = Lab(stage)
    lab.files.feed.unlink()
    lab.source.crash()
    duct = Duct(lab).start()
    stays(lambda: not lab.files.feed.exists(), "innduct makes no F itself", 1)
    true(len(duct.said()) < 15, "little is said while innd is away")
    lab.source.start()
    lab.files.feed.unlink()
    wait_for(lab.files.feed.exists, "innd was asked to open F")
    ids = inject(lab.source, 10)
    account.wait_arrived(lab.peer, ids)


@case()
def start_within_the_move_of_defer(stage):
    """F_defer and a backlog file are the same file: only one of the names goes on."""
    def arrange(files, source):
        files.feed.rename(files.flushing)
        source.ctl("flush", "peer")
        files.flushing.rename(files.defer)
        files.backlog(".1000000000.1").hardlink_to(files.defer)
    started(stage, arrange)


@case()
def start_within_the_move_of_flushing(stage):
    """F_flushing and a backlog file are the same file: the backlog file goes on."""
    def arrange(files, source):
        files.feed.rename(files.flushing)
        source.ctl("flush", "peer")
        files.backlog(".1000000000.1").hardlink_to(files.flushing)
    started(stage, arrange)


@case()
def start_with_half_a_record_in_defer(stage):
    """A record that was only half written to F_defer is cut off; the whole ones are offered."""
    def arrange(files, source):
        files.feed.rename(files.flushing)
        source.ctl("flush", "peer")
        files.flushing.rename(files.defer)
        with open(files.defer, "ab") as defer:
            defer.write(files.defer.read_bytes()[:30])
    started(stage, arrange)


@case()
def start_with_a_feed_that_is_no_file(stage):
    """F or F_flushing that is a link or a folder is not touched: exit 16."""
    lab = Lab(stage)
    lab.source.crash()
    files = lab.files
    elsewhere = files.folder / "elsewhere"
    files.feed.rename(elsewhere)
    for path in (files.feed, files.flushing):
        path.symlink_to(elsewhere)
        Duct(lab).launch().demand_exit(16)
        path.unlink()
        path.mkdir()
        Duct(lab).launch().demand_exit(16)
        path.rmdir()


if __name__ == "__main__":
    main()
