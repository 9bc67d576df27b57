"""Point 12: every option of the manual page: what it does, and what a bad value is answered; and
the control line. Options with a case of their own elsewhere are only refused bad values here."""

import json
import os
import re
import signal
import socket
import subprocess
import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, stays, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer

INTERVALS = ["period-interval", "connection-timeout", "stuck-flush-timeout", "feedfile-poll",
             "reconnect-interval", "flush-retry-interval", "earliest-deferred-retry",
             "backlog-rescan-interval", "max-flush-interval", "flush-finish-timeout",
             "idle-timeout", "stats-log-interval", "low-volume-window"]
COUNTS = ["max-connections", "max-queue-per-conn", "max-queue-per-file", "feedfile-flush-size",
          "max-suspicions", "port"]
NUMBERS = ["no-check-proportion", "no-check-response-time", "max-bad-input-data-ratio",
           "max-bad-input-data-init", "low-volume-thresh"]
FLAGS = ["quiet-multiple", "no-daemon", "interactive", "no-streaming", "no-filemon", "check", "help",
         "version"]
OUTCOMES = ["accepted", "unwanted", "rejected", "deferred", "missing", "quarantined", "dropped",
            "forgotten"]
WORDS = ["feedfile", "inndconf", "chdir", "cli", "http", "outcome-log"]


def run(stage, *arguments):
    """innduct with these arguments and nothing else; returns its ended process."""
    return subprocess.run(stage.as_news([stage.innduct, *arguments]), cwd="/", timeout=20,
                          env=stage.environment(stage.folder / "run.syslog"), text=True,
                          capture_output=True)


# ---------------------------------------------------------------- bad values


@case()
def bad_values(stage):
    """Every option with values that make no sense: exit 8, a sentence on stderr that names the
    option, a critical line in syslog, and nothing touched."""
    lab = Lab(stage)
    syslog = stage.folder / "run.syslog"
    bad = [(name, value) for name in INTERVALS for value in ("", "x", "5q", "-1s", "5 parsec", "s")]
    bad += [(name, value) for name in COUNTS for value in ("", "x", "-1", "1.5", "0", "9" * 30)]
    bad += [(name, value) for name in NUMBERS for value in ("", "x", "-1", "9" * 400)]
    bad += [("port", "65536"), ("no-check-proportion", "101"), ("max-bad-input-data-ratio", "101")]
    syslog.touch()
    stage.own(syslog)
    for name, value in bad:
        syslog.write_text("")
        option = f"--{name}={value}"
        done = run(stage, f"--inndconf={lab.source.conf}", "--no-daemon", option, "peer")
        equal(done.returncode, 8, f"exit status of {option[:60]}")
        true(name in done.stderr, f"stderr names {name}: {done.stderr!r}")
        true("news.crit" in syslog.read_text(), f"a critical line in syslog for {option[:60]}")
    equal(lab.files.all(), [lab.files.feed], "files of the feed")


@case()
def bad_command_lines(stage):
    """No site, an empty site, too many arguments, unknown options, options without a value: exit 8
    before anything is touched."""
    lab = Lab(stage)
    conf = f"--inndconf={lab.source.conf}"
    for arguments in [[], [""], ["", "127.0.0.1"], ["peer", "host", "more"], ["--nonsense", "peer"],
                      ["-x", "peer"], ["peer", "--port"], ["a/b"], ["."], [".."], ["peer", ""],
                      ["--no-daemon=yes", "peer"], ["--help-me", "peer"]]:
        done = run(stage, conf, *arguments) if arguments else run(stage)
        equal(done.returncode, 8, f"exit status of {arguments}: {done.stderr}")
        true(done.stderr.strip(), f"{arguments} is explained on stderr")
    equal(lab.files.all(), [lab.files.feed], "files of the feed")
    equal(lab.source.flushes(""), 0, "flushes of every feed")


@case()
def help_lists_every_option(stage):
    """--help lists every option on stdout and ends with 0."""
    done = run(stage, "--help")
    equal(done.returncode, 0, "exit status")
    for name in INTERVALS + COUNTS + NUMBERS + FLAGS + WORDS:
        true(f"--{name}" in done.stdout, f"--{name} is listed")
    for short in ("-f", "-q", "-C"):
        true(re.search(rf"(^|\s){short}\b", done.stdout, re.MULTILINE), f"{short} is listed")


@case(without_inn=True)
def version(stage):
    """--version is one line on stdout, with a number, and ends with 0; nothing else is looked at."""
    done = run(stage, "--version", "--inndconf=/does/not/exist")
    equal(done.returncode, 0, "exit status")
    true(re.fullmatch(r"innduct \d+\.\d+\.\d+\n", done.stdout), f"one line: {done.stdout!r}")


@case()
def units_of_time(stage):
    """Every unit of the manual page is understood, and means what it says."""
    lab = Lab(stage)
    units = ["s", "sec", "m", "min", "h", "hour", "d", "day", "das", "hs", "ks", "Ms", ""]
    values = {name.replace("-", "_"): f"1{unit}" for name, unit in zip(INTERVALS, units)}
    Duct(lab, quick=False, **values).start().stop()
    for value in ("0.02das", "0.002hs", "0.0002ks", "0.0000002Ms", "0.2", "0.2 s", "0.004min"):
        duct = Duct(lab, no_filemon=True, quick=False, period_interval="1h", feedfile_poll=value)
        duct.start()
        began = time.monotonic()
        [message_id] = inject(lab.source, 1, size=1000, tag=value.replace(" ", ""))
        account.wait_arrived(lab.peer, [message_id], 5)
        true(time.monotonic() - began < 3, f"{value} is about 0.2 s")
        duct.stop()


# ---------------------------------------------------------------- where things are


@case()
def feedfile(stage):
    """-f: a path, a folder with a slash, absolute or below pathoutgoing; the others follow."""
    lab = Lab(stage, feed=["peer:*:Tf,Wnm:", "odd:*:Tf,Wnm:name/of.its-own",
                           "third:*:Tf,Wnm:name/third"], start=False)
    (lab.source.outgoing / "name").mkdir()
    stage.own(lab.source.outgoing)
    lab.source.start()
    lab.peer.start()
    own = lab.source.outgoing / "name/of.its-own"
    for number, (site, value, feed) in enumerate([
            ("odd", "name/of.its-own", own), ("odd", str(own), own),
            ("third", "name/", own.with_name("third")),
            ("third", f"{own.parent}/", own.with_name("third"))]):
        duct = Duct(lab, site=site, feedfile=value).start()
        true(feed.with_name(feed.name + "_lock").exists(), f"the lock is beside {feed.name}")
        duct.ask("flush")
        ids = inject(lab.source, 3, size=1000, tag=f"f{number}")
        account.wait_arrived(lab.peer, ids)
        duct.stop()


@case()
def inndconf(stage):
    """-C names another inn.conf; one that is missing or broken ends the start."""
    lab = Lab(stage)
    Duct(lab).start().stop()
    duct = Duct(lab, conf=lab.source.folder / "etc/no.conf")
    true(duct.run_to_end() in (8, 12), "exit status without the file")
    true(duct.said("no.conf"), "the file is named")
    broken = lab.source.folder / "etc/broken.conf"
    broken.write_text("this is: not: inn.conf\n{{{\n")
    true(Duct(lab, conf=broken).run_to_end() in (8, 12), "exit status with a broken file")


@case()
def port(stage):
    """Without --port the peer's port is 119."""
    stage.need_private("port 119")
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, port=119)
    Duct(lab).start()
    peer.wait_accepted(inject(lab.source, 5, size=1000))


@case()
def fqdn(stage):
    """Without a second argument the peer's name is the site's."""
    stage.hosts("127.0.0.1 peer\n")
    lab = Lab(stage)
    Duct(lab, fqdn=None).start()
    account.wait_arrived(lab.peer, inject(lab.source, 5))


@case()
def chdir(stage):
    """--chdir is where innduct lives, and where its control socket is."""
    lab = Lab(stage)
    home = stage.folder / "home"
    home.mkdir()
    stage.own(home)
    duct = Duct(lab, chdir=home)
    duct.socket_path = home / "innduct/peer"
    duct.start()
    equal(os.readlink(f"/proc/{duct.process.pid}/cwd"), str(home), "its folder")
    duct.ask("flush")
    account.wait_arrived(lab.peer, inject(lab.source, 3))
    duct.stop()
    equal(Duct(lab, chdir="/does/not/exist").run_to_end(), 12, "exit status for a missing folder")


@case()
def cli(stage):
    """--cli: a folder with a slash, a path, none; too long a path is refused with 8."""
    lab = Lab(stage)
    run_folder = lab.source.run
    for value, path in [("here/", run_folder / "here/peer"), ("sock", run_folder / "sock"),
                        (f"{stage.folder}/source/tmp/abs", stage.folder / "source/tmp/abs")]:
        duct = Duct(lab, cli=value)
        duct.socket_path = path
        duct.start()
        true(path.is_socket(), f"{path} is there")
        true("flush" in duct.ask("h"), "it answers")
        duct.stop()
    duct = Duct(lab, cli="none").launch()
    account.wait_arrived(lab.peer, inject(lab.source, 3))
    equal([p for p in run_folder.rglob("*") if p.is_socket() and p.name not in
           ("control", "nntpin")], [], "sockets")
    duct.kill()
    long = Duct(lab, cli="x" * 120)
    equal(long.run_to_end(), 8, "exit status for too long a path")
    true(long.said("x" * 20), "the path is named")


# ---------------------------------------------------------------- how it runs


@case()
def interactive(stage):
    """--interactive: the log goes to stderr, commands come from stdin; when stdin ends the feed
    goes on."""
    lab = Lab(stage)
    duct = Duct(lab, interactive=True, no_daemon=None)
    duct.launch(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    output = duct.process.stdout
    os.set_blocking(output.fileno(), False)
    text = b""

    def heard(part):
        nonlocal text
        text += output.read() or b""
        return part in text

    wait_for(lambda: heard(b"peer|"), "a prompt")
    duct.process.stdin.write(b"show\n")
    duct.process.stdin.flush()
    wait_for(lambda: heard(b"accepted="), "an answer")
    duct.process.stdin.close()
    account.wait_arrived(lab.peer, inject(lab.source, 10))
    duct.demand_running()
    equal(duct.said(), [], "lines in syslog")
    true(duct.stderr.read_text().strip(), "the log is on stderr")
    duct.terminate(signal.SIGTERM)


@case()
def no_daemon_logs_to_syslog(stage):
    """--no-daemon logs to syslog, facility news, and nothing to stderr."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    account.wait_arrived(lab.peer, inject(lab.source, 5))
    duct.stop()
    true(duct.said(), "there is a log")
    equal([line for line in duct.said() if " news." not in line], [], "lines of other facilities")
    equal(duct.stderr.read_text(), "", "stderr")


@case()
def no_filemon(stage):
    """--no-filemon: the feed file is polled each --feedfile-poll."""
    lab = Lab(stage)
    duct = Duct(lab, no_filemon=True, quick=False, feedfile_poll="2s").start()
    account.wait_arrived(lab.peer, inject(lab.source, 1, tag="first"), 10)
    began = time.monotonic()
    for number in range(4):
        account.wait_arrived(lab.peer, inject(lab.source, 1, size=1000, tag=f"n{number}"), 10)
    took = time.monotonic() - began
    true(3 <= took <= 12, f"four articles, one after the other, took {took:.1f} s")
    equal(duct.alarms(), [], "alarms")


@case()
def connection_timeout(stage):
    """A peer that accepts the connection and never greets is given up after
    --connection-timeout."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, greeting=lambda conversation: None if conversation.number == 0
                        else "200 hello")
    ids = inject(lab.source, 3, size=1000)
    Duct(lab, to=peer, connection_timeout="1s", max_connections=1).start()
    peer.wait_accepted(ids)
    lived = peer.conversations[0].ended - peer.conversations[0].began
    true(0.8 <= lived <= 4, f"given up after {lived:.1f} s")


@case()
def queues(stage):
    """--max-queue-per-file bounds what is taken from a file, --max-queue-per-conn what is on its
    way on each connection."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    inject(lab.source, 50, size=1000)
    duct = Duct(lab, to=peer, max_queue_per_file=7).start()
    wait_for(lambda: len(peer.offers) == 7, "seven offers")
    stays(lambda: len(peer.offers) == 7, "no more than seven", 1)
    duct.kill()
    before = len(peer.offers)
    Duct(lab, to=peer, max_queue_per_conn=4, max_connections=3, max_queue_per_file=100,
         reconnect_interval="0.2s").start()
    wait_for(lambda: len(peer.offers) == before + 12, "twelve offers")
    stays(lambda: len(peer.offers) == before + 12, "no more than four on each connection", 1)


@case()
def idle_timeout(stage):
    """A connection with nothing to do is closed in good order after --idle-timeout; the next
    article opens another at once."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    Duct(lab, to=peer, idle_timeout="1s", low_volume_thresh=0, reconnect_interval="1h").start()
    for number in range(3):
        began = time.monotonic()
        peer.wait_accepted(inject(lab.source, 1, size=1000, tag=f"n{number}"))
        true(time.monotonic() - began < 2, "the article does not wait")
        conversation = peer.conversations[-1]
        wait_for(lambda: conversation.ended, "the idle connection is closed")
        equal(conversation.quit, True, "QUIT was said")
    equal(len(peer.conversations), 3, "connections")


@case()
def low_volume(stage):
    """Fewer than --low-volume-thresh articles in --low-volume-window: the only connection is closed
    soon, and opened at once for the next article; with more it stays."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    Duct(lab, to=peer, low_volume_thresh=3, low_volume_window="1h", reconnect_interval="1h").start()
    for number in range(2):
        began = time.monotonic()
        peer.wait_accepted(inject(lab.source, 1, size=1000, tag=f"few{number}"))
        true(time.monotonic() - began < 2, "the article does not wait")
        wait_for(lambda: peer.conversations[-1].ended, "the connection is closed soon")
        equal(peer.conversations[-1].quit, True, "QUIT was said")
    peer.wait_accepted(inject(lab.source, 10, size=1000, tag="many"))
    stays(lambda: not peer.conversations[-1].ended, "the connection stays", 1)


def figures(duct, which):
    """The figures of these statistics, a dictionary for each line. Their format is promised."""
    names = ["seconds", "carried", "read", *OUTCOMES, "in_core", "offered", "sent", "returned", "bad",
             "bytes"]
    line = " ".join(rf"{name}=(?P<{name}>\d+)" for name in names)
    return [{name: int(value) for name, value in found.groupdict().items()}
            for text in duct.said(rf"statistics{which}: ")
            for found in [re.search(rf"peer: statistics{which}: {line}$", text)]]


@case()
def statistics(stage):
    """Statistics are logged each --stats-log-interval, on `logstats`, when an input file is done
    and at the end; in all they count every article once; `logstats` leaves `show` alone. Each line
    adds up, and so do the lines: of the intervals, and of the files."""
    lab = Lab(stage)
    duct = Duct(lab, stats_log_interval="1s").start()
    account.wait_arrived(lab.peer, inject(lab.source, 20))
    wait_for(lambda: duct.show()["accepted"] == 20, "twenty accepted, by show")
    wait_for(lambda: len(duct.said("accepted=")) >= 2, "statistics at the interval")
    duct.ask("logstats")
    account.wait_arrived(lab.peer, inject(lab.source, 5, tag="more"))
    wait_for(lambda: duct.show()["accepted"] == 25, "25 accepted, by show")
    duct.flush()
    account.wait_arrived(lab.peer, inject(lab.source, 2, tag="then"))
    wait_for(lambda: duct.show()["accepted"] == 27, "27 accepted, by show")
    duct.stop()
    intervals, files, whole = (figures(duct, which) for which in ("", " of peer(_flushing)?", " in all"))
    equal((len(files), len(whole)), (2, 1), "lines of files, and of the whole")
    for line in intervals + files + whole:
        equal(line["carried"] + line["read"], sum(line[name] for name in OUTCOMES) + line["in_core"],
              f"what became of what was read, in {line}")
    for lines in (intervals, files):
        for name in ("read", "accepted", "unwanted", "missing", "deferred", "bytes"):
            equal(sum(line[name] for line in lines), whole[0][name], f"the sum of {name}")
    equal((whole[0]["accepted"], whole[0]["in_core"]), (27, 0), "accepted in all, and left in core")
    quiet = Duct(lab, stats_log_interval="1h").start()
    equal(quiet.said("accepted="), [], "statistics before any reason")
    quiet.ask("logstats")
    equal(len(quiet.said("accepted=")), 1, "statistics on command")
    account.wait_arrived(lab.peer, inject(lab.source, 5, tag="last"))
    quiet.ask("flush")
    wait_for(lambda: len(quiet.said("accepted=")) > 1, "statistics when an input file is done")


# ---------------------------------------------------------------- the control line


@case()
def commands(stage):
    """h lists the commands; show and dump report; what is no command is answered by one line."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.hold()
    ids = inject(lab.source, 5, size=1000)
    duct = Duct(lab, to=peer).start()
    wait_for(lambda: len(peer.offers) == 5, "five offers")
    text = duct.ask("h")
    for command in ("h", "flush", "stop", "logstats", "show", "dump", "next blscan", "next conn"):
        true(re.search(rf"\b{command}\b", text), f"h lists {command}")
    figures = duct.show()
    equal((figures["inflight"] + figures["queued"], figures["connections"] >= 1), (5, True),
          "in flight and queued, by show")
    duct.ask("dump q")
    wait_for(lambda: lab.files.dump.exists() and lab.files.dump.read_text(), "a dump")
    summary = lab.files.dump.read_text()
    true(ids[0] not in summary, "dump q names no articles")
    duct.ask("dump a")
    wait_for(lambda: all(message_id in lab.files.dump.read_text() for message_id in ids),
             "dump a names every article")
    for line in ("nonsense", "dump", "dump x", "next", "flush now", "\x1b[2J", "x" * 1000):
        answer = duct.ask(line)
        equal(answer.count("\n"), 1, f"lines of the answer to {line[:20]!r}")
        true("\x1b" not in answer, "the answer is escaped")
    equal(duct.ask(""), "", "answer to an empty line")
    peer.release()
    peer.wait_accepted(ids)


@case()
def programs(stage):
    """A program asks for `batch` and has no more prompts, but is told of each command whether it was
    carried out; `show json` is a JSON object whose figures are those of `show`."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    account.wait_arrived(lab.peer, inject(lab.source, 10))
    wait_for(lambda: duct.show()["accepted"] == 10, "ten accepted, by show")
    with duct.connect() as client:
        duct.answer(client)
        replies = client.makefile("r")
        for line, wanted in [("batch", "ok"), ("next conn", "ok"), ("nonsense", "failed"),
                             ("quarantine retry all", "failed"), ("dump q", "ok")]:
            client.sendall(line.encode() + b"\n")
            told = [replies.readline().rstrip("\n")]
            while told[-1] not in ("ok", "failed"):
                told.append(replies.readline().rstrip("\n"))
            equal(told[-1], wanted, f"how {line} went, in {told}")
        client.sendall(b"show json\n")
        state = json.loads(replies.readline())
        equal(replies.readline(), "ok\n", "what ends the answer")
        equal((state["site"], state["state"], state["counters"]["accepted"], state["in_core"]),
              ("peer", "NORMAL", 10, 0), "what is told")
        equal([(file["role"], file["counters"]["accepted"]) for file in state["files"]],
              [("feed", 10)], "files")
        client.sendall(b"stop\n")
        equal(replies.read(), "stopping\nok\n", "the answer to stop, and the end")
    duct.demand_exit(0)


@case()
def many_clients(stage):
    """Several clients at once each get their own answers; those who say nothing, read nothing, send
    half a line or megabytes delay neither the others nor the feed."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    before = duct.resident_kb()
    silent, half, flood, deaf = (duct.connect() for _ in range(4))
    half.sendall(b"sho")
    flood.setblocking(False)
    deaf.setblocking(False)
    for client, text in ((flood, b"x" * 100_000), (deaf, b"h\n" * 20_000)):
        try:
            for _ in range(50):
                client.send(text)
        except OSError:
            pass
    true("accepted=" in duct.ask("show"), "another client is answered")
    ids = inject(lab.source, 50)
    account.wait_arrived(lab.peer, ids)
    duct.answer(half)
    half.sendall(b"w\n")
    true("accepted=" in duct.answer(half), "the other half of the line completes it")
    true(duct.resident_kb() < before + 20_000, "clients take little memory")
    for client in (silent, half, flood, deaf):
        client.close()
    true("accepted=" in duct.ask("show"), "still answered")
    with duct.connect() as client:
        duct.answer(client)
        client.sendall(b"show\nh\nshow\n")
        text = ""
        while text.count("state=") < 2:
            text += duct.answer(client) + "peer|"
        equal(text.count("state="), 2, "answers to three lines in one packet")
        client.shutdown(socket.SHUT_WR)
        wait_for(lambda: client.recv(1000) == b"", "the end of the client is answered by the end")


if __name__ == "__main__":
    main()
