"""Point 8: every way INN stores articles, articles that are gone, a store that is in trouble, and
articles that are not what the token promised."""

from fixture import account
from fixture.articles import Articles
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, same_set, stays, true, wait_for
from fixture.inject import Injector, inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer

METHODS = [("tradspool", {}),
           ("tradspool_native", {"inn_conf": {"wireformat": "false"}}),
           ("tradspool_read", {"inn_conf": {"articlemmap": "false"}}),
           ("timehash", {"storage": "timehash"}),
           ("timecaf", {"storage": "timecaf"}),
           ("cnfs", {"storage": "cnfs", "cnfs_kb": 32768}),
           ("cnfs_read", {"storage": "cnfs", "cnfs_kb": 32768,
                          "inn_conf": {"articlemmap": "false"}})]


def every_article(stage, options):
    lab = Lab(stage, **options)
    before = inject(lab.source, 150, tag="before", seed=5)
    Duct(lab).start()
    during = inject(lab.source, 150, tag="during", seed=6)
    account.wait_arrived(lab.peer, before + during)
    account.complete(lab, before + during)


def register(name, options):
    def play(stage):
        every_article(stage, options)
    play.__name__ = name
    play.__doc__ = f"{name}: stored before and after the start, small and large: byte for byte."
    case()(play)


for name_, options_ in METHODS:
    register(name_, options_)


def tradspool_file(lab, number):
    """The file of article `number` of misc.test."""
    return lab.source.articles / "misc/test" / str(number)


def wait_lines(lab, count):
    wait_for(lambda: len(lab.source.recorded()) == count, f"{count} lines are written")


def same_bytes(peer, sent):
    """Demands that each article the scripted peer accepted is the one that was injected."""
    for message_id, article in peer.articles.items():
        equal(account.without_trace(article), account.without_trace(sent[message_id]), message_id)


# ---------------------------------------------------------------- gone


@case()
def cancelled_and_expired(stage):
    """A cancelled article and one whose file expire removed count as missing; their lines are
    settled, the others are fed."""
    for storage in ("tradspool", "timehash", "timecaf", "cnfs"):
        gone = inject_and_remove(stage, storage)
        true(gone >= 1, storage)
        break_up(stage)


def inject_and_remove(stage, storage):
    lab = Lab(stage, storage=storage)
    ids = inject(lab.source, 20, size=1000, group="misc.test")
    wait_lines(lab, 20)
    gone = ids[3:5]
    for message_id in gone:
        lab.source.ctl("cancel", message_id)
    if storage == "tradspool":
        gone.append(ids[9])
        tradspool_file(lab, 10).unlink()
    duct = Duct(lab).start()
    left = [message_id for message_id in ids if message_id not in gone]
    account.wait_arrived(lab.peer, left)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    same_set(account.arrived(lab.peer), left, "articles at the peer")
    equal(duct.show()["missing"], len(gone), f"missing from {storage}, by show")
    duct.stop()
    lab.source.crash()
    lab.peer.crash()
    return len(gone)


def break_up(stage):
    """Makes room for another lab on the same stage."""
    count = len(list(stage.folder.glob("old*")))
    for name in ("source", "peer"):
        (stage.folder / name).rename(stage.folder / f"old{count}-{name}")


# ---------------------------------------------------------------- in trouble


def survives(stage, lab, spoil, restore, **options):
    """Spoils the store, starts innduct: nothing may be settled; after `restore` all arrive."""
    ids = inject(lab.source, 20, size=1000, group="misc.test")
    wait_lines(lab, 20)
    spoil()
    duct = Duct(lab, **options).start()
    stays(lambda: len(lab.files.unsettled()) >= 20, "no article is given up", 2)
    equal(duct.show()["missing"], 0, "missing, by show")
    true(duct.alarms(), "the log asks an administrator to look")
    true(len(duct.said()) < 40, f"{len(duct.said())} lines in the log")
    restore()
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    duct.demand_running()


@case()
def unreadable(stage):
    """A spool that user news may not read is trouble, not a thousand missing articles."""
    lab = Lab(stage)
    survives(stage, lab, lambda: (lab.source.articles / "misc").chmod(0),
             lambda: (lab.source.articles / "misc").chmod(0o755))


@case()
def unmounted(stage):
    """A spool that is not mounted (patharticles is an empty folder) is trouble."""
    lab = Lab(stage)
    articles, hidden = lab.source.articles, lab.source.spool / "hidden"

    def unmount():
        articles.rename(hidden)
        articles.mkdir()
        stage.own(articles)

    def mount():
        articles.rmdir()
        hidden.rename(articles)

    survives(stage, lab, unmount, mount)


@case()
def patharticles_gone(stage):
    """A spool whose folder is not even there is trouble."""
    lab = Lab(stage)
    articles, hidden = lab.source.articles, lab.source.spool / "hidden"
    survives(stage, lab, lambda: articles.rename(hidden), lambda: hidden.rename(articles))


@case()
def store_that_does_not_start(stage):
    """Without a usable storage.conf innduct does not start: exit 12, naming it."""
    lab = Lab(stage)
    storage = lab.source.folder / "etc/storage.conf"
    for spoil in (lambda: storage.write_text("nonsense {"), storage.unlink):
        spoil()
        duct = Duct(lab, leaks=False)  # INN's own parser leaks when it fails
        equal(duct.run_to_end(), 12, "exit status")
        true(duct.said(r"storage\.conf"), "storage.conf is named")


@case()
def method_that_appears_later(stage):
    """Articles of a method that storage.conf does not name yet prove nothing: they wait, and are
    fed once it does, without a restart. Of one that is not found without INN's library."""
    lab = Lab(stage, storage="timecaf")
    timecaf = inject(lab.source, 10, size=1000, tag="timecaf")
    wait_lines(lab, 10)
    lab.source.crash()
    lab.source.write_storage("tradspool")
    duct = Duct(lab).start()
    stays(lambda: len(lab.files.unsettled()) >= 10, "no article is given up", 1.5)
    equal(duct.show()["missing"], 0, "missing, by show")
    (lab.source.folder / "etc/storage.conf").write_text(
        "method timecaf {\n  newsgroups: *\n  class: 0\n}\n")
    account.wait_arrived(lab.peer, timecaf)


@case()
def fresh_group(stage):
    """An article in a group that was made while innduct ran is found: a fresh tradspool group."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    first = inject(lab.source, 5, group="misc.test", tag="first")
    account.wait_arrived(lab.peer, first)
    for server in (lab.source, lab.peer):
        server.ctl("newgroup", "misc.fresh", "y", "test")
    fresh = inject(lab.source, 5, group="misc.fresh", tag="fresh")
    account.wait_arrived(lab.peer, fresh)
    equal(duct.show()["missing"], 0, "missing, by show")
    account.complete(lab, first + fresh)


# ---------------------------------------------------------------- not what was promised


@case(timeout=90)
def cnfs_that_wraps(stage):
    """A small CNFS buffer wraps while its articles are being sent: whatever is sent is the article
    of its message-id, whole; the others count as missing."""
    lab = Lab(stage, peer=False, storage="cnfs", cnfs_kb=1024)
    peer = ScriptedPeer(stage)
    peer.hold()
    duct = Duct(lab, to=peer, max_connections=1).start()
    sent = {}
    articles = Articles(seed=7, size=8000)
    ids = inject(lab.source, 100, articles=articles, keep=sent)
    wait_for(lambda: len(peer.offers) == 100, "offers of what will be overwritten")
    ids += inject(lab.source, 400, articles=articles, keep=sent)
    peer.release()
    ids += inject(lab.source, 400, articles=articles, keep=sent, rate=400)
    # innd answers before it writes the line.
    wait_for(lambda: duct.show()["read"] == len(ids), "every line is read", 60)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled", 60)
    figures = duct.show()
    equal(figures["accepted"] + figures["missing"], len(ids), "accepted and missing, by show")
    equal(figures["accepted"], len(peer.articles), "accepted, by show")
    true(figures["missing"] >= 50, f"{figures['missing']} missing: the buffer has wrapped")
    same_bytes(peer, sent)


@case()
def another_article(stage):
    """A token that leads to another article than the line says: never sent, missing."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    ids = inject(lab.source, 10, size=1000, group="misc.test")
    wait_lines(lab, 10)
    one, other = tradspool_file(lab, 3), tradspool_file(lab, 4)
    one.write_bytes(other.read_bytes())
    duct = Duct(lab, to=peer).start()
    peer.wait_accepted([message_id for message_id in ids if message_id != ids[2]])
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    equal(duct.show()["missing"], 1, "missing, by show")
    true(ids[2] not in peer.articles, "it was not sent")


DAMAGES = [
    ("cut", lambda text: text[:len(text) // 2]),
    ("cut_at_a_line", lambda text: text[:text.rindex(b"\r\n", 0, len(text) // 2) + 2]),
    ("without_dot", lambda text: text[:-3]),
    ("empty", lambda text: b""),
    ("nul", lambda text: text[:500] + b"\0" + text[501:]),
    ("dot_within", lambda text: text[:500] + b"\r\n.\r\n" + text[500:]),
    ("unstuffed_dot", lambda text: text[:500] + b"\r\n.x\r\n" + text[500:]),
    ("no_message_id", lambda text: text.replace(b"Message-ID:", b"Massage-ID:", 1)),
]


def damaged(stage, harm, size):
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    sent = {}
    ids = inject(lab.source, 10, size=size, group="misc.test", keep=sent)
    wait_lines(lab, 10)
    path = tradspool_file(lab, 3)
    path.write_bytes(harm(path.read_bytes()))
    duct = Duct(lab, to=peer, max_connections=1).start()
    peer.wait_accepted([message_id for message_id in ids if message_id != ids[2]])
    wait_for(duct.alarms, "the log asks an administrator to look")
    true(any(ids[2] in line for line in duct.said()), "the log names the article")
    stays(lambda: ids[2] not in peer.articles, "it is never sent")
    duct.demand_running()
    equal(duct.show()["missing"], 0, "missing, by show")
    kept = b"\n".join(lab.files.unsettled()) + b"".join(
        path.read_bytes() for path in lab.files.all() if path.name.endswith("_quarantine"))
    true(ids[2].encode() in kept, "it is kept for a person to judge")
    same_bytes(peer, sent)


def register_damage(name, harm, size):
    def play(stage):
        damaged(stage, harm, size)
    play.__name__ = name
    play.__doc__ = "A damaged article is never sent, is said, and is kept; the others are fed."
    case()(play)


for name_, harm_ in DAMAGES:
    register_damage(f"damaged_{name_}", harm_, 2000)
for name_, harm_ in DAMAGES[:3]:
    register_damage(f"damaged_{name_}_large", harm_, 300_000)


@case()
def odd_but_whole(stage):
    """Bare CR, bare LF, 8-bit bytes, a line of 100,000 bytes, an empty body, large ones full of dots:
    sent as stored."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    bodies = [b"bare \r CR", b"bare \n LF", b"\xff\xfe 8 bit", b"x" * 100_000, b"", b"..",
              b"...", b"a\r\n\r\n\r\nb", b"..\r\n..\r\n.."]
    bodies += [b"..\r\n" * (size // 4) + b"x" * (size % 4) for size in (131_072, 500_001, 900_000)]
    sent, injector = {}, Injector(lab.source)
    for number, body in enumerate(bodies):
        message_id = f"<odd.{number}@test.invalid>"
        _, article = Articles(seed=number, size=100).next(message_id)
        sent[message_id] = article.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n" + body + b"\r\n.\r\n"
        injector.send(message_id, sent[message_id])
    injector.finish()
    Duct(lab, to=peer).start()
    peer.wait_accepted(sent)
    same_bytes(peer, sent)


# ---------------------------------------------------------------- paths instead of tokens


@case(without_inn=True)
def paths_instead_of_tokens(stage):
    """A line may name a file below patharticles, native or wire format; what leads out of it, or is
    not there, is not sent. This is all an innduct without INN's libraries can do."""
    lab = Lab(stage, peer=False, start=False)
    peer = ScriptedPeer(stage)
    folder = lab.source.articles / "any/where"
    folder.mkdir(parents=True)
    lines, sent = [], {}
    for number in range(1, 7):
        message_id, article = Articles(seed=number, size=1000).next(f"<path.{number}@test.invalid>")
        sent[message_id] = article
        native = article[:-3].replace(b"\r\n..", b"\r\n.").replace(b"\r\n", b"\n")
        (folder / str(number)).write_bytes(native if number % 2 else article)
        lines.append(f"any/where/{number} {message_id}\n")
    (folder / "link").symlink_to("1")
    outside = lab.source.spool / "outside"
    outside.write_bytes(article)
    (folder / "out").symlink_to(outside)
    stage.own(lab.source.articles)
    lines.insert(2, "any/where/99 <not.there@test.invalid>\n")
    lab.files.feed.write_text("".join(lines))
    stage.own(lab.files.feed)
    duct = Duct(lab, to=peer).start()
    peer.wait_accepted(sent)
    same_bytes(peer, sent)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    equal(duct.show()["missing"], 1, "missing, by show")
    with open(lab.files.feed, "a") as feed:
        feed.write("any/where/out <path.6@test.invalid>\n")
    before = len(peer.offered("TAKETHIS"))
    stays(lambda: len(peer.offered("TAKETHIS")) == before, "nothing outside is sent", 1)


if __name__ == "__main__":
    main()
