"""Point 22: innduct takes over from innfeed and from nntpsend as doc/operating.md says, with the commands
that stand there: what they left behind arrives, every article of it."""

import os
import re
import signal
import subprocess

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, same_set, stays, true, wait_for
from fixture.inject import inject
from fixture.lab import FeedFiles, Lab
from fixture.scripted_peer import GOOD, ScriptedPeer
from fixture.stage import REPOSITORY

READY = {"earliest_deferred_retry": "0.2s", "backlog_rescan_interval": "0.4s"}

INNFEED_CONF = """\
backlog-directory: innfeed
backlog-rotate-period: 1
backlog-ckpt-period: 1
log-file: {log}/innfeed.log
pid-file: {run}/innfeed.pid
status-file: {log}/innfeed.status
gen-html: false
initial-reconnect-time: 1
max-reconnect-time: 1
{peers}"""
INNFEED_PEER = """\
peer {name} {{
  ip-name: 127.0.0.1
  port-number: {port}
  max-connections: 1
  initial-connections: 1
}}
"""


class Chapter:
    """The commands of a chapter of doc/operating.md, block by block, as root runs them."""

    def __init__(self, lab, title):
        self.lab = lab
        text = (REPOSITORY / "doc/operating.md").read_text()
        chapter = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
        found = re.findall(r"^\n((?: {7}.*\n)+)$", chapter, re.MULTILINE)
        self.blocks = [re.sub(r"^ {7}", "", block, flags=re.MULTILINE) for block in found]

    def block(self, word):
        """The one block with this word in it."""
        blocks = [block for block in self.blocks if word in block]
        equal(len(blocks), 1, f"blocks of the chapter with {word!r}, of {self.blocks}")
        return blocks[0]

    def run(self, word, status=0, cwd=None):
        source = self.lab.source
        block = self.block(word)
        for theirs, here in (("/var/spool/news", source.spool), ("/etc/news", source.conf.parent),
                             ("/run/news", source.run)):
            block = block.replace(theirs, str(here))
        environment = self.lab.stage.environment(source.syslog, INNCONF=str(source.conf))
        environment["PATH"] += f":{self.lab.stage.inn}/usr/lib/news/bin"
        done = subprocess.run(["sh", "-e"], input=block, cwd=cwd or source.outgoing, text=True,
                              env=environment, timeout=40, capture_output=True)
        equal(done.returncode, status, f"status of\n{block}{done.stdout}{done.stderr}")


def records(lab):
    return dict((message_id, token) for token, message_id in lab.source.recorded())


def take_over(lab, to, wanted):
    """Starts innduct; all that is wanted must arrive, and every file must be done with."""
    duct = Duct(lab, to=to, site=lab.files.feed.name, **READY).start()
    to.wait_accepted(wanted)
    wait_for(lambda: not lab.files.backlogs(), "all backlog files are done with")
    wait_for(lambda: not lab.files.unsettled(), "nothing is owed")
    equal(duct.show()["bad"], 0, "bad lines, by show")
    equal(duct.alarms(), [], "what asks for a person")
    duct.stop()


# ---------------------------------------------------------------- innfeed


class Innfeed:
    """A source whose articles go to the sites `example` and `other` through innfeed, as Debian
    configures it."""

    def __init__(self, stage):
        funnel = f"innfeed!:!*:Tc,Wnm*,S16384:{stage.inn}/usr/lib/news/bin/innfeed"
        before, after = self.entries()
        self.before = [funnel, "other:*:Tm:innfeed!", before]
        self.after = [funnel, "other:*:Tm:innfeed!", after]
        self.lab = Lab(stage, feed=self.before, peer=False, start=False)
        self.lab.files = FeedFiles(self.lab.source.outgoing / "example")
        self.source = self.lab.source
        self.backlog = self.source.spool / "innfeed"
        self.backlog.mkdir()
        stage.own(self.backlog)
        self.peer, self.other = ScriptedPeer(stage), ScriptedPeer(stage)
        self.configure(example=self.peer, other=self.other)

    @staticmethod
    def entries():
        """The entry of newsfeeds before and after, by the document."""
        block = Chapter(None, "Coming from innfeed").block("after")
        found = re.findall(r"^(\S+) +(before|after)$", block, re.MULTILINE)
        equal([word for _, word in found], ["before", "after"], "the lines for newsfeeds")
        return [line for line, _ in found]

    def configure(self, **peers):
        text = "".join(INNFEED_PEER.format(name=name, port=peer.port) for name, peer in peers.items())
        self.source._write("etc/innfeed.conf", INNFEED_CONF.format(
            log=self.source.folder / "log", run=self.source.run, peers=text))

    def pile_up(self, tag, more_than=0):
        """The peer is down. Returns articles of which so many stand in innfeed's files."""
        self.peer.close()
        self.source.start()
        wait_for(lambda: (self.backlog / "example.lock").exists(), "innfeed serves the peer")
        articles = inject(self.source, 300, tag=tag)
        wait_for(lambda: len(ids_in("".join(self.files().values()))) > more_than,
                 "a backlog of innfeed's", 60)
        return articles

    def pid(self):
        try:
            return int((self.source.run / "innfeed.pid").read_text())
        except (OSError, ValueError):
            return None

    def files(self):
        """The files that innfeed has for the peer: name -> text."""
        return {path.name: path.read_text(errors="replace") for path in sorted(self.backlog.glob("example*"))}


def ids_in(text):
    return set(re.findall(r"<[^>\s]+>", text))


@case(timeout=150)
def from_innfeed(stage):
    """The peer is down, and innfeed writes a backlog. It is ended and its files are carried over as
    the document says: every article arrives, those of the time between too; `other` stays with innfeed."""
    feed = Innfeed(stage)
    lab, source, chapter = feed.lab, feed.source, Chapter(feed.lab, "Coming from innfeed")
    first = feed.pile_up("first")
    innfeed = feed.pid()
    feed.configure(other=feed.other)
    source.write_newsfeeds(feed.after)
    chapter.run("reload newsfeeds")
    meanwhile = inject(source, 20, tag="meanwhile")
    wait_for(lambda: not os.path.exists(f"/proc/{innfeed}") and not (feed.backlog / "example.lock").exists(),
             "the old innfeed ends", 60)
    same_set(ids_in("".join(feed.files().values())), first, "articles in innfeed's files")
    chapter.run("example.lock")
    chapter.run("innfeed-dropped")
    equal(feed.files(), {}, "files of the peer that innfeed still has")

    feed.peer.open()
    take_over(lab, feed.peer, [*first, *meanwhile])
    equal(set(feed.peer.articles), {*first, *meanwhile}, "articles at the peer")
    feed.other.wait_accepted([*first, *meanwhile])


@case(timeout=150)
def of_an_innfeed_in_the_middle(stage):
    """innfeed is killed while it works off its backlog, so that its input begins with its own mark in
    the place of the first article's line: all that stands in its files is offered."""
    feed = Innfeed(stage)
    lab, source, chapter = feed.lab, feed.source, Chapter(feed.lab, "Coming from innfeed")
    articles = feed.pile_up("many", more_than=200)
    feed.peer.tell(check=lambda offer: None)
    feed.peer.open()

    def marked():
        return re.match(r"\d+ +\n@", feed.files().get("example.input", ""))

    wait_for(marked, lambda: f"a mark in example.input: {[*feed.files().items()]}", 60)
    source.write_newsfeeds([feed.after[-1]])
    os.kill(feed.pid(), signal.SIGKILL)
    chapter.run("reload newsfeeds")
    (feed.backlog / "example.lock").unlink(missing_ok=True)
    there = ids_in("".join(feed.files().values()))
    true(there and there < set(articles), "some articles are left in innfeed's files")
    chapter.run("example.lock")
    feed.peer.tell(**GOOD)
    take_over(lab, feed.peer, there)


@case(timeout=150)
def what_innfeed_never_got(stage):
    """innfeed hangs until innd writes for it, and a file of dropped articles is there: the lines of the
    site are found among those of all, and nothing is left out."""
    feed = Innfeed(stage)
    lab, source, chapter = feed.lab, feed.source, Chapter(feed.lab, "Coming from innfeed")
    feed.peer.close()
    source.start()
    wait_for(lambda: (feed.backlog / "example.lock").exists(), "innfeed serves the site")
    innfeed = feed.pid()
    os.kill(innfeed, signal.SIGSTOP)
    articles = inject(source, 8000, tag="hangs", size=200)
    spooled = source.outgoing / "innfeed!"
    wait_for(lambda: spooled.exists() and ids_in(spooled.read_text()), "innd writes for innfeed", 30)
    known = records(lab)
    dropped = feed.backlog / "innfeed-dropped.A000123"
    dropped.write_text("".join(f"{known[message_id]} {message_id} {name}\n"
                               for name, some in (("example", articles[:5]), ("other", articles[5:8]))
                               for message_id in some))
    os.kill(innfeed, signal.SIGCONT)
    feed.configure(other=feed.other)
    source.write_newsfeeds(feed.after)
    chapter.run("reload newsfeeds")
    wait_for(lambda: not os.path.exists(f"/proc/{innfeed}"), "the old innfeed ends", 60)
    chapter.run("example.lock")
    chapter.run("innfeed-dropped", cwd=feed.backlog)
    backlog = lab.files.backlog(".dropped").read_text()
    true(backlog.count("\n") == spooled.read_text().count("\n") + 5 and " example" not in backlog,
         "the site's lines, without its name")
    feed.peer.open()
    take_over(lab, feed.peer, articles)


# ---------------------------------------------------------------- nntpsend


def nntpsend(lab, port):
    """Debian's nntpsend, told where this INN and its inn.conf lie; runs until it and innxmit end."""
    inn, folder = lab.stage.inn, lab.stage.folder
    news = inn / "usr/lib/news"
    for name, path in (("innshellvars", news / "innshellvars"), ("nntpsend", news / "bin/nntpsend")):
        text = path.read_text().replace("/usr/lib/news/innshellvars", f"{folder}/innshellvars")
        (folder / name).write_text(text.replace("prefix=/usr/lib/news", f"prefix={news}"))
    environment = lab.stage.environment(lab.source.syslog, INNCONF=str(lab.source.conf))
    environment["PATH"] += f":{news}/bin"
    return lab.stage.start(
        lab.stage.as_news(["sh", folder / "nntpsend", "-D", "-P", str(port), "peer", "127.0.0.1"]),
        cwd=lab.source.outgoing, env=environment, stdin=subprocess.DEVNULL,
        stdout=open(folder / "nntpsend.out", "wb"), stderr=subprocess.STDOUT)


@case(timeout=100)
def from_nntpsend(stage):
    """nntpsend has sent a part when its innxmit is ended, and has a batch that it renamed before innd was
    asked; all of that, and what came since, arrives."""
    stage.need_private("to see which innxmit is ours")
    lab = Lab(stage, peer=False)
    source, chapter = lab.source, Chapter(lab, "Coming from nntpsend")
    peer = ScriptedPeer(stage)
    silent = []

    def ten(offer):
        if len(peer.articles) == 10:
            silent.append(offer.id)
            return None
        return f"239 {offer.id}"

    peer.tell(check=lambda offer: None if silent else f"238 {offer.id}", takethis=ten)
    first = inject(source, 60, tag="first")
    wait_for(lambda: len(lab.files.unsettled()) == 60, "lines in the feed file")
    run = nntpsend(lab, peer.port)
    wait_for(lambda: len(peer.articles) == 10, "ten articles are sent")
    batch = source.outgoing / "peer=n"
    equal(len(batch.read_text().splitlines()), 60, "lines of the batch before innxmit is ended")
    for path in sorted(source.run.glob("LOCK.*")):
        true(path.name in (REPOSITORY / "doc/operating.md").read_text(), f"{path.name} is in the document")
    innxmit = [int(pid) for pid in os.listdir("/proc") if pid.isdigit()
               and process_name(pid) == "innxmit"]
    equal(len(innxmit), 1, "innxmits")
    os.kill(innxmit[0], signal.SIGTERM)
    run.wait(30)
    wait_for(lambda: not (source.run / "LOCK.peer").exists(), "the lock of the site is given up")
    same_set(ids_in(batch.read_text()), set(first) - set(peer.articles), "what innxmit writes back")

    second = inject(source, 10, tag="second")
    wait_for(lambda: len(lab.source.recorded()) == 70, "lines in the feed file")
    (source.outgoing / "peer").rename(source.outgoing / "peer.work")
    source.ctl("flush", "peer")
    third = inject(source, 10, tag="third")
    chapter.run("peer=n")
    equal({path.name for path in source.outgoing.glob("peer*")},
          {"peer", "peer_backlog.peer.work", "peer_backlog.peer=n"}, "files")
    peer.tell(**GOOD)
    take_over(lab, peer, [*first, *second, *third])
    ours = [offer.id for offer in peer.offers if offer.verb == "CHECK" and offer.conversation.number > 0]
    equal(len(ours), 70, "offers of innduct's: what innxmit had sent is offered no more")


def process_name(pid):
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()
    except OSError:
        return None


@case(timeout=100)
def batches_of_every_kind(stage):
    """Batches as innxmit reads them: tokens alone, paths below patharticles and absolute ones, with
    and without message-id, with further fields; the document's command makes them a backlog file."""
    lab = Lab(stage, peer=False)
    source, chapter = lab.source, Chapter(lab, "Coming from nntpsend")
    peer = ScriptedPeer(stage)
    articles = inject(source, 7, tag="kind", size=1000)
    wait_for(lambda: len(source.recorded()) == 7, "every line is written")
    with open(lab.files.feed, "r+") as feed:
        feed.truncate(0)
    known = records(lab)
    path = {message_id: str(file.relative_to(source.articles))
            for file in source.articles.rglob("*") if file.is_file()
            for message_id in [account.message_id_of(file.read_bytes().replace(b"\r\n", b"\n")
                                                     .replace(b"\n", b"\r\n"))]}
    a, b, c, d, e, f, g = articles
    batch = source.folder / "batch"
    batch.write_text(f"{known[a]} {a}\n{known[b]}\n{path[c]} {c}\n{path[d]}\n"
                     f"{source.articles}/{path[e]} {e}\n{source.articles}/{path[f]}\n"
                     f"{known[g]} {g} 4711 other\n")
    chapter.run("sed", cwd=source.folder)
    true(not batch.exists() and lab.files.backlog(".batch").exists(), "the batch is backlog")
    take_over(lab, peer, articles)
    stays(lambda: len(peer.articles) == 7, "nothing else arrives", 0.5)


if __name__ == "__main__":
    main()
