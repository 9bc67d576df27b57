"""Point 18: innduct --check says what is wrong with an installation, with the remedy, and touches
nothing. Each thing is broken once, in a setting that is well."""

import contextlib
import os
import pty
import socket
import subprocess

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, same_set, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import OLD, ScriptedPeer

THINGS = ["inn.conf", "user", "newsfeeds", "nntpsend", "feed file", "directory", "files", "lock", "pathrun",
          "control", "outcome log", "status page", "innd", "articles", "peer", "streaming"]


class Check:
    """What one run of --check said. options: further ones, or another value for one of these."""

    def __init__(self, lab, *arguments, to=None, fqdn="127.0.0.1", site="peer", user="news", conf=None,
                 **run_options):
        stage = lab.stage
        port = (to or lab.peer).port
        command = [stage.innduct, "--check", f"--inndconf={conf or lab.source.conf}",
                   f"--port={port}", *arguments, site, fqdn]
        if user == "news":
            command = stage.as_news(command)
        elif user == "nobody":
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--",
                       *map(str, command)]
        self.syslog = stage.folder / "check.syslog"
        done = subprocess.run(command, cwd="/", timeout=40, text=True, capture_output=True,
                              env=stage.environment(self.syslog, leaks=False), **run_options)
        self.status = done.returncode
        self.text = done.stdout
        self.stderr = done.stderr
        self.lines = self.text.splitlines()

    def of(self, word):
        """The things that are called so: ok or FAIL."""
        return [next((thing for thing in sorted(THINGS, key=len, reverse=True)
                      if line[6:].startswith(thing)), line[6:].split("  ")[0])
                for line in self.lines if line.startswith(word)]

    def demand(self, failures, *texts):
        same_set(self.of("FAIL"), failures, f"what is wrong, in\n{self.text}{self.stderr}")
        equal(self.status, 12 if failures else 0, f"exit status of\n{self.text}")
        for text in texts:
            true(text in self.text, f"{text!r} is said, in\n{self.text}")


def seen(lab):
    """Every file of the source's folders that innduct uses, with all that a touch would change."""
    found = {}
    for folder in (lab.source.outgoing, lab.source.run, lab.source.folder / "etc"):
        for path in [folder, *folder.rglob("*")]:
            what = path.lstat()
            found[path] = (what.st_mode, what.st_ino, what.st_size, what.st_mtime_ns, what.st_ctime_ns)
    return found


@case()
def all_is_well(stage):
    """Two servers that are well: sixteen lines, all ok, status 0, nothing in syslog or on stderr;
    no file was touched, the peer was left with QUIT, and no colour goes to what is no terminal."""
    lab = Lab(stage)
    inject(lab.source, 3)
    lab.source.ctl("flush", "peer")
    wait_for(lambda: lab.files.unsettled(), "lines in the feed file")
    before = seen(lab)
    check = Check(lab, f"--outcome-log={lab.source.run}/log", f"--http=:{stage.port()}")
    check.demand([])
    equal(check.of("ok"), THINGS, "what is well")
    for text in (f"newsfeeds    {lab.source.folder}/etc/newsfeeds:3", "be read", "the peer streams",
                 f"127.0.0.1 port {lab.peer.port} (127.0.0.1) takes articles"):
        true(text in check.text, f"{text!r} is said, in\n{check.text}")
    equal(seen(lab), before, "files")
    equal((check.stderr, check.syslog.exists(), "\x1b" in check.text), ("", False, False),
          "stderr, a syslog, colours")
    polite = ScriptedPeer(stage)
    Check(lab, to=polite).demand([])
    wait_for(lambda: polite.conversations[-1].ended, "the connection is closed")
    equal((len(polite.conversations), polite.conversations[0].quit), (1, True),
          "connections, and whether QUIT was said")


@case()
def beside_a_running_feed(stage):
    """While innduct runs, the check tells by whom the feed is worked on, and disturbs nothing."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    check = Check(lab)
    check.demand([], f"held: the feed is being worked on, by process {duct.process.pid}")
    account.wait_arrived(lab.peer, inject(lab.source, 10))
    duct.flush()
    equal(duct.alarms(), [], "alarms")
    duct.stop()


@case()
def place_of_the_status_page(stage):
    """Free, ours, another innduct's, somebody else's, or no place at all: each is told, and nothing is left
    there."""
    lab = Lab(stage)
    page = f"unix:{lab.source.run}/page"
    for place in (f":{stage.port()}", page):
        Check(lab, f"--http={place}").demand([], " is free")
    equal([path.name for path in lab.source.run.glob("page*")], [], "what was left there")
    port = stage.port()
    for place in (f":{port}", page):
        duct = Duct(lab, http=place).start()
        Check(lab, f"--http={place}").demand([], "this feed's innduct serves it")
        lab.source.write_newsfeeds(["other:*:Tf,Wnm:peer"])
        Check(lab, f"--http={place}", "--feedfile=peer", site="other").demand(
            ["status page"], "another innduct listens there", "each feed needs its own")
        lab.source.write_newsfeeds(["peer:*:Tf,Wnm:"])
        equal(duct.alarms(), [], "alarms")
        duct.stop()
    port = stage.port()
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", port))
        somebody.listen()
        Check(lab, f"--http=:{port}").demand(["status page"], "somebody else listens there")
    Check(lab, "--http=192.0.2.1:8080").demand(["status page"], "Cannot assign requested address")
    Check(lab, "--http=unix:/nowhere/page").demand(["status page"], "No such file or directory")


@case(timeout=120)
def newsfeeds(stage):
    """No entry, an entry of another kind, one that writes elsewhere, a file that cannot be read: each
    is told with the line that helps; and that line does help."""
    lab = Lab(stage, feed=[])
    path = lab.source.folder / "etc/newsfeeds"
    line = "peer:*:Tf,Wnm:"
    check = Check(lab)
    check.demand(["newsfeeds", "feed file"], "no entry for the site peer",
                 "ctlinnd reload newsfeeds", f"        {line}\n")
    # What is shown is what is needed.
    shown = check.lines[check.lines.index(f"        {line}")].strip()
    lab.source.write_newsfeeds([shown])
    Check(lab).demand(["feed file"], "though innd runs")
    lab.source.ctl("reload", "newsfeeds", "test")
    Check(lab).demand([])

    for entry, wanted in [
            ("peer:*:Tf:", line),
            ("peer:*:Tf,Wmn:", line),
            ("peer/other:*,\\\n  !local.*:<5000,Wnm,Tm:funnel!", "peer/other:*,!local.*:Tf,Wnm,<5000:"),
            ("peer:*:Tf,Wnb:elsewhere", "peer:*:Tf,Wnm:elsewhere")]:
        lab.source.write_newsfeeds([entry])
        Check(lab).demand(["newsfeeds"], "not Tf,Wnm", f"        {wanted}\n")

    lab.source.write_newsfeeds([line])
    control = lab.source.folder / "etc/nntpsend.ctl"
    control.write_text("# of old\n#peer:x\npeering:y:1m\npeer:news.example.com::-T1800\n")
    Check(lab).demand(["nntpsend"], f"{control}:4: it works on peer, too", "take that line out")
    control.unlink()

    lab.source.write_newsfeeds(["peer:*:Tf,Wnm:else/where"])
    elsewhere = f"--feedfile={lab.source.outgoing}/else/where"
    Check(lab).demand(["newsfeeds"], f"innd writes to {lab.source.outgoing}/else/where", elsewhere)
    lab.source.write_newsfeeds(["$F=Tf,Wnm", "PEER:*:$F:peer"])
    Check(lab).demand([])
    path.chmod(0)
    Check(lab).demand(["newsfeeds"], f"cannot read {path}: Permission denied")
    path.unlink()
    Check(lab).demand(["newsfeeds"], f"cannot read {path}: No such file or directory")


@case(timeout=120)
def permissions(stage):
    """Folders and files that user news may not use, a file that is none, a lock that is none, too
    long a name for the control socket."""
    lab = Lab(stage)

    @contextlib.contextmanager
    def mode(path, bits):
        before = path.stat().st_mode
        path.chmod(bits)
        yield
        path.chmod(before)

    with mode(lab.source.outgoing, 0o500):
        Check(lab).demand(["directory"], f"{lab.source.outgoing}: Permission denied",
                          f"chown news:news {lab.source.outgoing}")
    with mode(lab.files.feed, 0o400):
        Check(lab).demand(["file"], f"{lab.files.feed}: Permission denied",
                          f"chown news:news {lab.files.feed}")
    backlog = lab.files.backlog(".of-root")
    backlog.write_text("")
    backlog.chmod(0o600)
    others = lab.files.feed.with_name("peer2")  # of another site
    others.write_text("")
    others.chmod(0)
    Check(lab).demand(["file"], f"{backlog}: Permission denied")
    backlog.unlink()
    lab.files.defer.mkdir()
    Check(lab).demand(["file"], f"{lab.files.defer}: it is no plain file", "take it away")
    lab.files.defer.rmdir()
    elsewhere = lab.source.folder / "elsewhere"
    elsewhere.write_text("")
    stage.own(elsewhere)
    for name, wanted in ((lab.files.flushing, ["file"]), (backlog, [])):  # one of these may be a link
        name.symlink_to(elsewhere)
        Check(lab).demand(wanted)
        name.unlink()
    with mode(lab.source.spool, 0):
        check = Check(lab)
        check.demand(["directory"], f"chmod a+x {lab.source.spool}\n")
        true(not {"feed file", "files", "lock"} & set(check.of("ok")), "nothing unseen is called well")
    lab.files.lock.symlink_to("elsewhere")
    check = Check(lab)
    true("lock" in check.of("FAIL"), f"the lock is wrong:\n{check.text}")
    lab.files.lock.unlink()
    with mode(lab.source.run, 0o500):
        Check(lab).demand(["pathrun", "control"], "Permission denied")
    with mode(lab.source.run, 0o500):
        Check(lab).demand(["pathrun", "control"],
                          f"the one it is made in news's: chown news:news {lab.source.run}\n")
    (lab.source.run / "innduct").write_text("")
    Check(lab).demand(["control"], "Not a directory")
    (lab.source.run / "innduct").unlink()
    Check(lab, "--cli=/nowhere/at/all/").demand(["control"], "No such file or directory")
    Check(lab, "--cli=" + "x" * 108).demand(["control"], "longer than 107 bytes")
    Check(lab, "--cli=none").demand([], "none is wanted")
    Check(lab, "--outcome-log=/nowhere/log").demand(["outcome log"], "No such file or directory")
    Check(lab, "--outcome-log=log").demand([], f"{lab.source.run}/log (to be made)")
    Check(lab, "--outcome-log=/etc/passwd").demand(["outcome log"], "Permission denied")
    Check(lab, "--chdir=/nowhere").demand(["pathrun", "control"], "No such file or directory")


@case(timeout=120)
def servers(stage):
    """innd that is down; peers that are down, that refuse, that do not stream, that have no name."""
    lab = Lab(stage)
    nobody = ScriptedPeer(stage)
    nobody.close()
    Check(lab, to=nobody).demand(["peer"], "Connection refused", "is the port right")
    for answer, remedy in [("502 who are you?", "let this host in"), ("480 who?", "a password or TLS"),
                           ("400 full", "try again later"), ("HTTP/1.1 400", "is that a news server")]:
        Check(lab, to=ScriptedPeer(stage, greeting=answer)).demand(
            ["peer"], f"takes no articles from us: 127.0.0.1: the peer said: {answer}", remedy)
    silent = ScriptedPeer(stage, greeting=None)
    Check(lab, "--connection-timeout=1s", to=silent).demand(["peer"], "no usable answer in time")
    old = ScriptedPeer(stage, **OLD)
    Check(lab, to=old).demand(["streaming"], "does not stream", "--no-streaming")
    Check(lab, "--no-streaming", to=old).demand([], "is not wanted")
    Check(lab, fqdn="no.such.name.invalid").demand(["peer"], "has no address", "or the DNS")
    lab.source.stop()
    Check(lab).demand(["innd"], "innd cannot be reached", "start innd")


@case(timeout=120)
def articles(stage):
    """A spool that is not there, a storage.conf that is broken."""
    lab = Lab(stage)
    inject(lab.source, 2)
    lab.source.ctl("flush", "peer")
    wait_for(lambda: lab.files.unsettled(), "lines in the feed file")
    away = lab.source.articles.with_name("away")
    lab.source.articles.rename(away)
    Check(lab).demand(["articles"], "spool")
    away.rename(lab.source.articles)
    Check(lab).demand([])
    (lab.source.folder / "etc/storage.conf").write_text("method nonsense {\n")
    Check(lab).demand(["articles"], "storage.conf")


@case(timeout=120)
def who_and_where(stage):
    """root becomes news for it; another user is told that he is the wrong one; an inn.conf that is
    broken or absent is the only line."""
    lab = Lab(stage)
    Check(lab, user="root").demand([], "  user       news\n")
    check = Check(lab, user="nobody")
    true({"user", "directory"} <= set(check.of("FAIL")), f"user and directory are wrong:\n{check.text}")
    true("as root or as news" in check.text, f"the remedy for the user, in\n{check.text}")
    broken = lab.source.folder / "etc/broken.conf"
    broken.write_text("this is: not: inn.conf\n{{{\n")
    for conf in (broken, lab.source.folder / "etc/no.conf"):
        check = Check(lab, conf=conf)
        check.demand(["inn.conf"], conf.name, "--inndconf")
    equal(Check(lab, site="a/b").status, 8, "exit status of bad arguments")


@case()
def colours(stage):
    """On a terminal `ok` is green and FAIL is red, unless NO_COLOR asks for none."""
    lab = Lab(stage)
    silent = ScriptedPeer(stage)
    silent.close()
    for setting, wanted in ((None, True), ("1", False)):
        ours, its = pty.openpty()
        environment = {**stage.environment(stage.folder / "colour.syslog"),
                       **({"NO_COLOR": setting} if setting else {})}
        done = subprocess.run(
            stage.as_news([stage.innduct, "--check", f"--inndconf={lab.source.conf}",
                           f"--port={silent.port}", "peer", "127.0.0.1"]),
            cwd="/", timeout=40, stdout=its, env=environment)
        os.close(its)
        text = os.read(ours, 65536)
        os.close(ours)
        equal(done.returncode, 12, "exit status")
        equal((b"\x1b[32mok  \x1b[0m  inn.conf" in text, b"\x1b[31mFAIL\x1b[0m  peer" in text),
              (wanted, wanted), f"green and red, in {text!r}")


if __name__ == "__main__":
    main()
