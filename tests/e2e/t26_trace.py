"""Point 26: `trace` shows an administrator what is said on the connections, and the way of an article;
whoever does not read it delays nothing, and is told how much was left out."""

import re
import subprocess

from fixture.articles import Articles
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import Injector, inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer, good_check

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?P<where>-|(?:\d+|new)/127\.0\.0\.1) "
                  r"(?P<sign>[<>*]) (?P<text>.+)")


class Tracer:
    """innductctl that shows a trace."""

    def __init__(self, lab, what):
        self.out = lab.stage.folder / "trace.out"
        command = lab.stage.as_news([lab.stage.innductctl, f"--inndconf={lab.source.conf}", "peer",
                                     "trace", what])
        self.process = lab.stage.start(
            command, cwd="/", stdout=open(self.out, "wb"), stdin=subprocess.DEVNULL,
            env=lab.stage.environment(lab.stage.folder / "ctl.syslog", leaks=False))
        wait_for(lambda: "traced" in self.text(), lambda: f"the trace begins: {self.text()}")

    def text(self):
        return self.out.read_text()

    def lines(self):
        """(connection, sign, text) of each whole line but the answer."""
        found = [LINE.fullmatch(line) for line in self.text().split("\n")[1:-1]]
        true(all(found), f"each line has the documented form: {self.text()}")
        return [match.groups() for match in found]


def demand_order(lines, wanted):
    """Demands that these (connection, sign, pattern) are among the lines, in this order."""
    rest = iter(lines)
    for where, sign, pattern in wanted:
        true(any(w == where and s == sign and re.fullmatch(pattern, t) for w, s, t in rest),
             f"`{where} {sign} {pattern}` comes in its place in {lines}")


@case()
def one_article(stage):
    """The way of one article through deferral and acceptance: where it was read, what was said of it,
    where it was recorded, when it was blanked; and nothing of another one. It ends with the feed."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(
        stage, check=lambda offer: f"431 {offer.id} \x1b[2J busy" if offer.nth == 1
        else good_check(offer))
    duct = Duct(lab, to=peer).start()
    articles = Articles(size=1000)
    (message_id, article), other = articles.next(), articles.next()
    tracer = Tracer(lab, message_id)
    true(f"{message_id} is traced; it is not in memory now\n" in tracer.text(), tracer.text())
    injector = Injector(lab.source)
    injector.send(message_id, article)
    injector.send(*other)
    injector.finish()
    peer.wait_accepted([message_id, other[0]])
    wait_for(lambda: tracer.text().count("* blanked in ") == 2, lambda: f"both blanks: {tracer.text()}")
    here = re.escape(message_id)
    connections = {where for where, sign, _ in tracer.lines() if sign in "<>"}
    first, last = min(connections), max(connections)
    demand_order(tracer.lines(), [
        ("-", "*", rf"read from peer, byte \d+: @[0-9A-F]+@ {here}"),
        (first, ">", f"CHECK {here}"), (first, "<", rf"431 {here} \\x1b\[2J busy"),
        ("-", "*", "recorded in peer_defer"),
        ("-", "*", r"deferred: its line is to be blanked in peer, byte \d+"),
        ("-", "*", r"blanked in peer, byte \d+"),
        ("-", "*", rf"read from peer_backlog\.\S+, byte \d+: @[0-9A-F]+@ {here}"),
        (last, ">", f"CHECK {here}"), (last, "<", f"238 {here}"),
        (last, "*", "asked for from the spool"), (last, "*", r"the spool gave it, \d+ bytes"),
        (last, ">", f"TAKETHIS {here}"), (last, ">", r"article, \d+ bytes"), (last, "<", f"239 {here}"),
        ("-", "*", r"accepted: its line is to be blanked in peer_backlog\.\S+, byte \d+"),
        ("-", "*", r"blanked in peer_backlog\.\S+, byte \d+")])
    true(other[0] not in tracer.text(), "nothing is told of another article")
    duct.stop()
    equal(tracer.process.wait(10), 0, "its exit status when the feed has ended")


@case()
def the_dialogue(stage):
    """All that is said on the connections, to a raw client; none of an article's text; and the feed goes
    on when the client is gone."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    client = duct.connect()
    duct.answer(client)
    client.sendall(b"trace peer\n")
    articles = Articles(size=1000)
    ids = inject(lab.source, 3, articles=articles)
    text = ""
    while text.count(" < 239 ") < 3:
        text += client.recv(65536).decode()
    answer, *lines = text.split("\n")[:-1]
    equal(answer, "what is said on the connections is traced", "the answer")
    lines = [LINE.fullmatch(line).groups() for line in lines]
    demand_order(lines, [("new/127.0.0.1", "*", "connecting"), ("new/127.0.0.1", "<", "200 .*"),
                         ("new/127.0.0.1", ">", "MODE STREAM"), ("new/127.0.0.1", "<", "203.*"),
                         ("1/127.0.0.1", "*", "ready, was new")])
    for message_id in ids:
        here = re.escape(message_id)
        demand_order(lines, [("1/127.0.0.1", ">", f"CHECK {here}"), ("1/127.0.0.1", "<", f"238 {here}.*"),
                             ("1/127.0.0.1", ">", f"TAKETHIS {here}"),
                             ("1/127.0.0.1", ">", r"article, \d+ bytes"),
                             ("1/127.0.0.1", "<", f"239 {here}.*")])
    true("Subject" not in text, "no text of an article")
    client.sendall(b"trace off\n")
    equal(duct.answer(client).splitlines()[-1], "no more is traced", "the answer to `off`")
    inject(lab.source, 3, articles=articles)
    wait_for(lambda: duct.show()["accepted"] == 6, "three more are accepted")
    client.sendall(b"\n")
    equal(duct.answer(client), "", "what is told afterwards")
    client.sendall(b"trace peer\n")
    client.close()
    inject(lab.source, 3, articles=articles)
    wait_for(lambda: duct.show()["accepted"] == 9, "nine are accepted")
    duct.stop()


@case(timeout=120)
def slow_reader(stage):
    """A client that traces and does not read: the feed goes on, memory does not grow with what it
    misses, and when it reads again it is told how much that was, and what happens then."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    duct = Duct(lab, to=peer).start()
    client = duct.connect()
    duct.answer(client)
    client.sendall(b"trace peer\n")
    articles = Articles(size=300)
    peer.wait_accepted(inject(lab.source, 2000, articles=articles), deadline=60)
    before = duct.resident_kb()
    peer.wait_accepted(inject(lab.source, 3000, articles=articles), deadline=60)
    if not stage.sanitized():
        true(duct.resident_kb() < before + 4000, f"memory grew from {before} to {duct.resident_kb()} kB")
    text = b""
    while b" left out\n" not in text:
        text += client.recv(65536)
    left_out = int(re.search(rb"^\.\.\. (\d+) lines left out$", text, re.MULTILINE)[1])
    true(left_out > 1000, f"{left_out} lines left out")
    [last] = inject(lab.source, 1, articles=articles)
    wanted = f" < 239 {last}\n".encode()
    while wanted not in text:
        text += client.recv(65536)
    lines = text.decode().split("\n")[1:-1]
    true(all(LINE.fullmatch(line) or re.fullmatch(r"\.\.\. \d+ lines? left out", line) for line in lines),
         "all that it reads are whole lines")
    duct.stop()


if __name__ == "__main__":
    main()
