"""Point 9: backlog files that an administrator drops in, of every shape, and takes away again."""

import os
import re
import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, same_set, stays, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer, good_check

READY = {"earliest_deferred_retry": "0.2s", "backlog_rescan_interval": "0.4s"}


def stored(lab, count, tag):
    """Articles that the source has and whose lines are in no feed file; returns their records."""
    before = len(lab.source.recorded())
    inject(lab.source, count, size=1000, tag=tag)
    wait_for(lambda: len(lab.source.recorded()) == before + count, "every line is written")
    with open(lab.files.feed, "r+") as feed:
        feed.truncate(0)
    return lab.source.recorded()[before:]


def ids(records):
    return [message_id for _, message_id in records]


def drop_in(stage, path, text):
    """Writes a file beside its place and renames it there, as the manual page asks for."""
    ready = path.with_name("being-written")
    ready.write_text(text)
    stage.own(ready).rename(path)


def lines_of(records):
    return "".join(f"{token} {message_id}\n" for token, message_id in records)


@case()
def as_a_file(stage):
    """A file renamed to F_backlog<anything> is fed and removed."""
    lab = Lab(stage)
    records = stored(lab, 50, "file")
    Duct(lab, **READY).start()
    drop_in(stage, lab.files.backlog("-from-yesterday"), lines_of(records))
    account.wait_arrived(lab.peer, ids(records))
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")


@case()
def much_is_announced(stage):
    """Of a large file that waits at the start is said how much it is and, in `show` and its JSON, how far;
    and when it is read."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, check=lambda offer: offer.id and f"438 {offer.id}")
    [record] = stored(lab, 1, "much")
    lines = "".join(f"{record[0]} <{number}@much>\n" for number in range(20_000))
    drop_in(stage, lab.files.backlog(".much"), lines)
    duct = Duct(lab, to=peer, period_interval="0.2s").start()
    [said] = wait_for(lambda: duct.said("much waits to be offered"), "it is said")
    true(re.search(rf"notice peer: much waits to be offered: 1\.\d MB in 1 file", said), said)
    shown = wait_for(lambda: re.search(rf"name=peer_backlog\.much read_to=(\d+) size={len(lines)} "
                                       r"percent=(\d+) ", duct.ask("show")), "it is being read")
    equal(int(shown[2]), int(shown[1]) * 100 // len(lines), "percent")
    wait_for(lambda: duct.said("what waited is read"), "the end is said", 40)
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")


@case()
def as_a_symlink(stage):
    """A symbolic link is written through; only the link is removed, the file is all blank."""
    lab = Lab(stage)
    records = stored(lab, 20, "link")
    target = lab.source.folder / "target"
    drop_in(stage, target, lines_of(records))
    size = target.stat().st_size
    lab.files.backlog("Link").symlink_to(target)
    Duct(lab, **READY).start()
    account.wait_arrived(lab.peer, ids(records))
    wait_for(lambda: not lab.files.backlogs(), "the link is removed")
    equal(target.stat().st_size, size, "size of the file behind it")
    equal(target.read_bytes().strip(b" \n"), b"", "what is left in the file behind it")


@case()
def of_every_line_a_backlog_file_may_have(stage):
    """Tokens without message-id, trailing fields, empty and blank lines, a last line without LF."""
    lab = Lab(stage)
    records = stored(lab, 6, "line")
    token = [token for token, _ in records]
    message_id = ids(records)
    text = (f"{token[0]}\n"
            f"{token[1]} {message_id[1]} peer other\n"
            "\n"
            f"{' ' * 60}\n"
            f"{token[2]} {message_id[2]} 4711 Mon, 01 Jan\n"
            f"{token[3]}{' ' * 10}\n"
            f"{token[4]} {message_id[4]}\n"
            f"{token[5]} {message_id[5]}")
    duct = Duct(lab, **READY).start()
    drop_in(stage, lab.files.backlog("Lines"), text)
    account.wait_arrived(lab.peer, message_id)
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")
    equal(duct.show()["bad"], 0, "bad lines, by show")


@case()
def removed_while_being_read(stage):
    """A file that the administrator removes is read no further; what is on its way is finished, and
    the name is left alone."""
    lab = Lab(stage, peer=False)
    records = stored(lab, 50, "gone")
    peer = ScriptedPeer(stage)
    peer.hold()
    duct = Duct(lab, to=peer, max_connections=1, max_queue_per_file=10, **READY).start()
    backlog = lab.files.backlog("Gone")
    drop_in(stage, backlog, lines_of(records))
    wait_for(lambda: len(peer.offers) >= 10, "ten offers")
    backlog.unlink()
    fresh = inject(lab.source, 5, size=1000, tag="fresh")
    time.sleep(0.5)  # the removal is seen at the next period, while answers are kept back
    peer.release()
    peer.wait_accepted([*ids(records)[:10], *fresh])
    stays(lambda: len(peer.articles) == 15, "no more is read of it", 1)
    drop_in(stage, backlog, lines_of(records[20:30]))
    peer.wait_accepted(ids(records)[20:30])
    duct.demand_running()


@case()
def replaced_while_being_read(stage):
    """Another file under the same name is another file: it is fed whole and removed."""
    lab = Lab(stage, peer=False)
    records = stored(lab, 40, "two")
    peer = ScriptedPeer(stage)
    peer.hold()
    Duct(lab, to=peer, max_connections=1, max_queue_per_file=10, **READY).start()
    backlog = lab.files.backlog("Two")
    drop_in(stage, backlog, lines_of(records[:20]))
    wait_for(lambda: len(peer.offers) >= 10, "ten offers")
    drop_in(stage, backlog, lines_of(records[20:]))
    time.sleep(0.5)  # as above
    peer.release()
    peer.wait_accepted(ids(records)[:10] + ids(records)[20:])
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")


@case()
def names_that_are_ignored(stage):
    """Names with # or ~, and names of other feeds, are left alone."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    records = stored(lab, 3, "ignored")
    good = stored(lab, 3, "good")
    ignored = [lab.files.backlog(suffix) for suffix in ("~", "1~", "#", "#1#", ".x~y")]
    ignored += [lab.files.folder / name for name in
                ("peer2_backlog", "xpeer_backlog", "peer_backlo", "#peer_backlog")]
    for path in ignored:
        drop_in(stage, path, lines_of(records))
    drop_in(stage, lab.files.backlog(""), lines_of(good))
    Duct(lab, to=peer, **READY).start()
    peer.wait_accepted(ids(good))
    wait_for(lambda: not lab.files.backlog("").exists(), "the good file is removed")
    stays(lambda: len(peer.offers) == 6, "nothing else is offered", 1.5)
    for path in ignored:
        equal(path.read_text(), lines_of(records), f"{path.name}")


@case()
def oldest_first_one_at_a_time(stage):
    """The oldest file is read first, to its end, before the next."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    records = stored(lab, 30, "age")
    for name, first, age in [("a", 0, 100), ("c", 10, 300), ("b", 20, 200)]:
        path = lab.files.backlog(name)
        drop_in(stage, path, lines_of(records[first:first + 10]))
        os.utime(path, (time.time() - age, time.time() - age))
    Duct(lab, to=peer, max_connections=1, **READY).start()
    peer.wait_accepted(ids(records))
    order = ids(records[10:20] + records[20:30] + records[0:10])
    equal(peer.offered("CHECK"), order, "order of the offers")


@case()
def waits_for_its_age(stage):
    """A file younger than --earliest-deferred-retry waits; one from the future does not."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    records = stored(lab, 2, "young")
    Duct(lab, to=peer, earliest_deferred_retry="3s", backlog_rescan_interval="0.4s").start()
    future = lab.files.backlog("Future")
    drop_in(stage, future, lines_of(records[1:]))
    os.utime(future, (time.time() + 1000, time.time() + 1000))
    started = time.monotonic()
    drop_in(stage, lab.files.backlog("Young"), lines_of(records[:1]))
    peer.wait_accepted(ids(records)[1:])
    true(time.monotonic() - started < 2.5, "a file from the future is old enough")
    peer.wait_accepted(ids(records))
    true(time.monotonic() - started > 2.5, "a young file waits")


@case()
def next_blscan(stage):
    """A file is not noticed before --backlog-rescan-interval, but at once after `next blscan`."""
    lab = Lab(stage)
    records = stored(lab, 5, "scan")
    duct = Duct(lab, earliest_deferred_retry="0.2s", backlog_rescan_interval="1h").start()
    wait_for(lambda: "backlog_scan_in=" in duct.ask("show"), "the first look for backlog files")
    drop_in(stage, lab.files.backlog("Later"), lines_of(records))
    stays(lambda: not set(ids(records)) & set(account.arrived(lab.peer)), "it is not noticed", 1.5)
    duct.ask("next blscan")
    account.wait_arrived(lab.peer, ids(records))


@case()
def grows_while_being_read(stage):
    """Lines that are appended while the file is being read are fed too."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    records = stored(lab, 20, "grow")
    path = lab.files.backlog("Grow")
    drop_in(stage, path, lines_of(records[:10]))
    Duct(lab, to=peer, **READY).start()
    wait_for(lambda: len(peer.offers) == 10, "ten offers")
    with open(path, "a") as file:
        file.write(lines_of(records[10:]))
    peer.release()
    peer.wait_accepted(ids(records))
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")


@case()
def that_cannot_be_read(stage):
    """A file that cannot be opened, a folder, a link to nowhere: one warning each, then others are
    read; once it can be opened it is."""
    lab = Lab(stage)
    bad, good = stored(lab, 3, "bad"), stored(lab, 3, "good")
    locked = lab.files.backlog("Locked")
    drop_in(stage, locked, lines_of(bad))
    locked.chmod(0)
    lab.files.backlog("Folder").mkdir()
    lab.files.backlog("Nowhere").symlink_to("does-not-exist")
    duct = Duct(lab, **READY).start()
    drop_in(stage, lab.files.backlog("Good"), lines_of(good))
    account.wait_arrived(lab.peer, ids(good))
    stays(duct.running, "innduct goes on", 1.5)
    for name in ("Locked", "Folder"):
        equal(len([line for line in duct.alarms() if "backlog" + name in line]), 1,
              f"warnings about {name}")
    locked.chmod(0o664)
    os.utime(locked, (1, 1))
    account.wait_arrived(lab.peer, ids(bad))
    true(lab.files.backlog("Folder").is_dir(), "the folder is left alone")


@case()
def backlog_beside_a_busy_feed(stage):
    """While the feed is busy too, of each four articles about one comes from the backlog."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, check=lambda offer: good_check(offer))
    old = stored(lab, 100, "old")
    new = inject(lab.source, 1000, size=1000, tag="new")
    wait_for(lambda: len(lab.source.recorded()) == 1100, "every line is written")
    drop_in(stage, lab.files.backlog("Old"), lines_of(old))
    time.sleep(0.3)  # old enough at the start, so that both are ready
    Duct(lab, to=peer, max_connections=1, max_queue_per_conn=20, **READY).start()
    peer.wait_accepted([*ids(old), *new])
    offered = peer.offered("CHECK") + peer.offered("TAKETHIS")
    same_set(offered, [*ids(old), *new], "articles offered")
    order = list(dict.fromkeys(offer.id for offer in peer.offers))
    first = order[order.index(ids(old)[0]):][:200]
    share = len([message_id for message_id in first if "old" in message_id])
    true(25 <= share <= 100, f"{share} of 200 came from the backlog")


if __name__ == "__main__":
    main()
