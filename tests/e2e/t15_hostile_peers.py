"""Point 15: peers that mean harm: lines without end, answers to nothing, data that they never read.
Memory stays bounded, the connection is closed, it is said once and escaped; nothing is settled, and
the feed goes on as soon as the peer is a peer."""

import os
import time

from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import (CLOSE, GOOD, OLD, RESET, Forever, ScriptedPeer, good_check,
                                   good_ihave)

COUNT = 6
ENTRIES = ("greeting", "capabilities", "mode_stream", "check", "takethis", "ihave", "ihave_body")
# What memory may grow by; a sanitizer keeps 8 MB of what was freed.
GROWTH_KB = 4096
GROWTH_SANITIZED_KB = 20480
SAID_MAX = 2      # lines in the log for each connection: that it was ended, and what was deferred
LINE_MAX = 1000   # bytes of one of them

ENDLESS = Forever(b"2" * 65536)
MEGABYTE_OF_DIGITS = b"4" * (1 << 20) + b"\r\n"
NULS = Forever(bytes(65536))
NOISE = Forever(bytes(range(256)) * 256)
LINES = Forever(b"what is this\r\n" * 4096)
ANSWERS_TO_NOTHING = Forever(b"438 <nobody@asked.invalid>\r\n" * 2048)
CONTROL = b"\x1b[2J\x07\x00\xff\xfe evil\r\n"


class Trial:
    """Articles wait; a hostile peer; and the same peer, sane again."""

    def __init__(self, stage, articles=None, **options):
        self.stage = stage
        self.lab = Lab(stage, peer=False)
        self.peer = ScriptedPeer(stage)
        self.peer.close()
        self.ids = inject(self.lab.source, COUNT, **(articles or {"size": 1000}))
        wait_for(lambda: len(self.lab.source.recorded()) == COUNT, "every line is written")
        self.duct = Duct(self.lab, to=self.peer, max_connections=1,
                         **{"connection_timeout": "2s", "idle_timeout": "1s",
                            "reconnect_interval": "0.2s", **options})
        self.duct.start()
        wait_for(lambda: self.duct.said("refused"), "nobody listens yet")
        self.before_kb = self.duct.resident_kb()
        self.said_before = len(self.duct.said())
    def be_hostile(self, **script):
        self.peer.tell(**script)
        self.peer.open()

    def demand_closed(self, times=2):
        """So many connections were ended by innduct or by the peer's own doing."""
        wait_for(lambda: sum(bool(c.ended) for c in self.peer.conversations) >= times,
                 lambda: f"{times} connections are closed; {self._heard()}")

    def _heard(self):
        return [conversation.commands[-2:] for conversation in self.peer.conversations]

    def demand_unharmed(self):
        """Little memory, few words, all of them printable, and every article still owed."""
        allowed = GROWTH_SANITIZED_KB if self.stage.sanitized() else GROWTH_KB
        used = self.duct.resident_kb() - self.before_kb
        true(used < allowed, f"memory grew by {used} KB")
        self.duct.demand_running()
        said = self.duct.syslog.read_bytes().split(b"\n")[self.said_before:]
        for line in said:
            true(len(line) < LINE_MAX, f"a line of {len(line)} bytes: {line[:100]}")
            true(all(32 <= byte < 127 for byte in line), f"a line that is not escaped: {line}")
        alarms = [line for line in said if b".warning" in line or b".err" in line]
        connections = len(self.peer.conversations)
        true(len(alarms) <= SAID_MAX * connections, f"{len(alarms)} alarms: {alarms[:5]}")
        self.demand_owed()

    def demand_owed(self):
        """Every article has its line: in the feed file, or where what is deferred waits."""
        owed = b" ".join(self.lab.files.unsettled()).decode()
        equal([each for each in self.ids if each not in owed], [], "articles without a line")

    def be_sane(self):
        """Then every article is accepted."""
        self.peer.tell(**GOOD)
        for conversation in self.peer.conversations:
            conversation.end(RESET)
        self.peer.wait_accepted(self.ids, 30)
        wait_for(lambda: not self.lab.files.unsettled(), "every line is settled")


def entries_of(answer):
    """The script of a peer that gives `answer` at one point, for each point."""
    for entry in ENTRIES:
        old = OLD if entry.startswith("ihave") else {}
        # The article of an IHAVE is only sent when it was asked for.
        good = {"ihave": good_ihave} if entry == "ihave_body" else {}
        yield entry, {**GOOD, **old, **good, entry: answer}


def register(name, proof, answer, **options):
    """A case for each point of a conversation at which a peer may give this answer."""
    for entry, script in entries_of(answer):
        def play(stage, script=script):
            trial = Trial(stage, **options)
            trial.be_hostile(**script)
            trial.demand_closed()
            trial.demand_unharmed()
            trial.be_sane()
        play.__name__ = f"{name}_for_{entry}"
        play.__doc__ = f"{proof}, in the place of the answer: {entry}."
        # One point is enough for every day where the session's own tests try them all.
        case(full=entry not in ("check", "capabilities"))(play)


register("line_without_end", "A line that never ends", ENDLESS)
register("digits", "A megabyte of digits", MEGABYTE_OF_DIGITS)
register("nuls", "NULs without end", NULS)
register("noise", "Every byte there is, without end", NOISE)
register("lines_without_end", "Lines without end", LINES)
register("answers_to_nothing", "Answers to commands that were never given, without end",
         ANSWERS_TO_NOTHING)
register("control_bytes", "Terminal commands, NUL and 8-bit bytes", CONTROL)


@case()
def list_without_end(stage):
    """A list of capabilities that never ends is given up."""
    trial = Trial(stage, connection_timeout="60s")
    trial.be_hostile(capabilities=[b"101 list\r\n", Forever(b"LABEL\r\n" * 8192)])
    trial.demand_closed()
    trial.demand_unharmed()
    trial.be_sane()


@case()
def strange_text_behind_a_good_answer(stage):
    """NUL and 8-bit bytes behind the message-id are as good as any text; they reach no log as they
    are."""
    trial = Trial(stage)
    trial.be_hostile(
        check=lambda offer: f"238 {offer.id} ".encode() + b"\x00\xff\x1b[2J\r\n",
        takethis=lambda offer: f"239 {offer.id} ".encode() + b"\x07\x00\xfe\r\n")
    trial.peer.wait_accepted(trial.ids)
    wait_for(lambda: not trial.lab.files.unsettled(), "every line is settled")
    said = trial.duct.syslog.read_bytes().replace(b"\n", b"")
    true(all(32 <= byte < 127 for byte in said), "the log is escaped")


@case()
def answers_faster_than_commands(stage):
    """A peer that answers the first CHECK with answers for all articles, those too that were not
    yet offered, settles nothing by it that was not asked."""
    window = 3
    trial = Trial(stage, max_queue_per_conn=window)
    order = trial.ids

    def check(offer):
        if offer.conversation.number > 0:
            return good_check(offer)
        return b"".join(f"438 {each}\r\n".encode() for each in order * 50)

    trial.be_hostile(check=check)
    trial.demand_closed(1)
    # Whatever it had been asked, it has answered finally; the others are offered again.
    answered = set(order) - {line.split(b" ")[1].decode() for line in trial.lab.files.unsettled()}
    true(answered <= set(order[:window]), f"settled {answered}, where {window} may be asked at once")
    rest = set(order) - answered
    trial.peer.wait_accepted(rest)
    wait_for(lambda: not trial.lab.files.unsettled(), "every line is settled")


@case()
def never_reads(stage):
    """A peer that wants every article and reads none of them: what is held for it is bounded, it is
    given up, and the articles go to others."""
    trial = Trial(stage, articles={"size": 800_000}, max_queue_per_conn=50)

    def deaf(offer):
        offer.conversation.peer.heard["deaf", ""] += 1
        time.sleep(4)  # and reads nothing: longer than --idle-timeout
        return CLOSE

    trial.be_hostile(takethis=deaf, check=lambda offer: f"238 {offer.id}")
    # The article that it did not read is in the socket's buffers and in core.
    wait_for(lambda: trial.peer.conversations, "it is connected")
    trial.peer.conversations[0].socket.setsockopt(1, 8, 4096)  # SOL_SOCKET, SO_RCVBUF
    trial.demand_closed(2)
    used = trial.duct.resident_kb() - trial.before_kb
    allowed = 12_000 + (GROWTH_SANITIZED_KB if stage.sanitized() else 0)
    true(used < allowed, f"memory grew by {used} KB")
    trial.demand_owed()
    trial.be_sane()


@case()
def talks_and_does_not_listen(stage):
    """A peer that sends without end while it reads nothing: neither side's full buffers keep innduct
    from closing."""
    trial = Trial(stage, articles={"size": 800_000})
    trial.be_hostile(takethis=lambda offer: ANSWERS_TO_NOTHING,
                     check=lambda offer: [f"238 {offer.id}", ANSWERS_TO_NOTHING])
    trial.demand_closed()
    trial.demand_unharmed()
    trial.be_sane()


@case()
def bytes_that_drip(stage):
    """Answers of which a byte comes now and then are waited for, and are as good as others."""
    trial = Trial(stage, idle_timeout="10s", connection_timeout="10s")

    def drip(conversation, line):
        for byte in line.encode() + b"\r\n":
            time.sleep(0.005)  # what is tried is that the bytes come apart
            conversation.socket.sendall(bytes([byte]))

    def check(offer):
        drip(offer.conversation, good_check(offer))

    trial.be_hostile(greeting=lambda conversation: drip(conversation, "200 slow"), check=check)
    trial.peer.wait_accepted(trial.ids)
    wait_for(lambda: not trial.lab.files.unsettled(), "every line is settled")
    equal(len(trial.peer.conversations), 1, "connections")


@case(timeout=90)
def a_thousand_closes(stage):
    """A thousand connections that are closed at once, in every way: no descriptor and no memory is
    left of them, and at most one line in the log."""
    ways = [CLOSE, RESET, [b"2", CLOSE], ["200 hello", CLOSE], ["200 hello", RESET], b"\r\n",
            ["400 no", CLOSE], b"502 never\r\n"]
    trial = Trial(stage, reconnect_interval="0.01s", period_interval="0.01s")
    folder = f"/proc/{trial.duct.process.pid}/fd"
    before = len(os.listdir(folder))
    trial.be_hostile(greeting=lambda conversation: ways[conversation.number % len(ways)])
    wait_for(lambda: len(trial.peer.conversations) >= 1000,
             lambda: f"a thousand connections; {len(trial.peer.conversations)}", 60)
    true(len(os.listdir(folder)) <= before + 2, f"{before} descriptors, then {os.listdir(folder)}")
    allowed = GROWTH_SANITIZED_KB if stage.sanitized() else GROWTH_KB
    used = trial.duct.resident_kb() - trial.before_kb
    true(used < allowed, f"memory grew by {used} KB")
    said = trial.duct.said()[trial.said_before:]
    closed = len(trial.peer.conversations)
    true(len(said) <= closed, f"{len(said)} lines about {closed} connections, of many reasons")
    trial.demand_owed()
    trial.be_sane()


if __name__ == "__main__":
    main()
