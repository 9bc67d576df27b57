"""Point 19: innductctl gives the commands of the control line and tells by its exit status how they
went, from its arguments, from standard input and on a terminal; bash completes its words."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from fixture import account
from fixture.articles import Articles
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import Unmet, equal, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.stage import REPOSITORY


def ctl(lab, *arguments, conf=True, user="news", **options):
    """innductctl with these arguments; returns its ended process."""
    command = [lab.stage.innductctl, *([f"--inndconf={lab.source.conf}"] if conf else []), *arguments]
    if user == "news":
        command = lab.stage.as_news(command)
    elif user == "nobody":
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--",
                   *map(str, command)]
    return subprocess.run(command, cwd="/", timeout=30, text=True, capture_output=True,
                          env=lab.stage.environment(lab.stage.folder / "ctl.syslog", leaks=False),
                          **options)


def told(done):
    return done.returncode, done.stdout, done.stderr


@case()
def commands(stage):
    """What is carried out is answered on stdout, with status 0; what is not, on stderr, with 1; and
    if there is nobody to ask, that is said, with 12."""
    lab = Lab(stage)
    done = ctl(lab, "peer", "show")
    equal((done.returncode, done.stdout), (12, ""), "status and stdout without an innduct")
    true("no innduct listens there" in done.stderr, f"the reason: {done.stderr!r}")
    duct = Duct(lab).start()
    account.wait_arrived(lab.peer, inject(lab.source, 3))
    wait_for(lambda: duct.show()["accepted"] == 3, "three accepted, by show")
    for user in ("news", "root"):
        equal(told(ctl(lab, "peer", "next", "conn", user=user)),
              (0, "the next connection need not wait\n", ""), f"what is told to {user}")
    equal(told(ctl(lab, "peer", "next  conn")), (0, "the next connection need not wait\n", ""),
          "what is told of a command in one argument")
    equal(told(ctl(lab, "peer", "nonsense")),
          (1, "", "unknown command: nonsense (h lists all)\n"), "what is told of nonsense")
    equal(told(ctl(lab, "peer", "quarantine", "retry", "all")),
          (1, "", "the quarantine is empty\n"), "what is told of what cannot be done")
    true("state=NORMAL" in ctl(lab, "peer", "show").stdout, "show shows")
    equal(json.loads(ctl(lab, "peer", "show", "json").stdout)["counters"]["accepted"], 3,
          "accepted, by show json")
    denied = ctl(lab, "peer", "stop", user="nobody")
    equal(denied.returncode, 12, "status for another user")
    true("Permission denied" in denied.stderr, f"the reason: {denied.stderr!r}")
    duct.demand_running()
    equal(told(ctl(lab, "peer", "stop")), (0, "stopping\n", ""), "what is told of stop")
    duct.demand_exit(0)


@case()
def standard_input(stage):
    """Without a command the lines of standard input are commands; the status is that of the worst."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    done = ctl(lab, "peer", input="next conn\n\nlogstats\n")
    equal(told(done), (0, "the next connection need not wait\nstatistics logged\n", ""), "all well")
    done = ctl(lab, "peer", input="next conn\nnonsense\nlogstats")
    equal((done.returncode, done.stdout.count("\n")), (1, 2), "one was wrong, the others were done")
    equal(ctl(lab, "peer", input="").returncode, 0, "status of nothing to do")
    equal(ctl(lab, "peer", input="stop\nshow\n").returncode, 0, "status with stop")
    duct.demand_exit(0)


@case()
def where_it_is(stage):
    """The control socket is found as innduct finds its place: --cli, --chdir, inn.conf."""
    lab = Lab(stage)
    home = stage.folder / "home"
    home.mkdir()
    stage.own(home)
    for options, socket in [({"cli": "here/"}, "here/peer"), ({"cli": "sock"}, "sock"),
                            ({"cli": f"{lab.source.run}/abs"}, "abs"),
                            ({"chdir": home, "cli": "x/"}, home / "x/peer")]:
        duct = Duct(lab, **options)
        duct.socket_path = lab.source.run / socket
        duct.start()
        arguments = [f"--{name}={value}" for name, value in options.items()]
        done = ctl(lab, *arguments, "peer", "show", conf="/" not in str(options.get("chdir", "")))
        true("state=" in done.stdout, f"{arguments}: {done.stderr}")
        duct.stop()
    for arguments in ([], [""], ["--nonsense", "peer"], ["a/b", "show"], ["--cli=none", "peer"],
                      ["--cli"]):
        done = ctl(lab, *arguments)
        equal((done.returncode, done.stdout), (8, ""), f"status of {arguments}")
        true(done.stderr.startswith("innductctl: "), f"{arguments} is explained: {done.stderr!r}")
    equal(ctl(lab, "--inndconf=/does/not.exist", "peer", "show", conf=False).returncode, 8,
          "status of a bad inn.conf")
    for option, word in (("--help", "--cli"), ("--version", "innductctl ")):
        done = ctl(lab, option, conf=False)
        equal((done.returncode, word in done.stdout), (0, True), f"{option}: {done.stdout}")


class Terminal:
    """innductctl on a terminal of its own, of 80 columns and 24 rows, which it is controlled by."""

    def __init__(self, lab, *command, before=(), **environment):
        self.ours, its = pty.openpty()
        self.resize(80, 24)
        self.settings = termios.tcgetattr(self.ours)
        self.process = lab.stage.start(
            ["setsid", "--ctty", *before, *lab.stage.as_news(
                [lab.stage.innductctl, f"--inndconf={lab.source.conf}", "peer", *command])],
            stdin=its, stdout=its, stderr=its, cwd="/",
            env=lab.stage.environment(lab.stage.folder / "ctl.syslog", leaks=False,
                                      **{"TERM": "xterm", **environment}))
        os.close(its)
        self.text = b""

    def resize(self, columns, rows):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        """Takes what comes; returns whether more can come."""
        try:
            if not select.select([self.ours], [], [], 20)[0]:
                raise Unmet(f"nothing comes any more behind {self.text!r}")
            self.text += os.read(self.ours, 65536)
            return True
        except OSError:  # the last one that had it open is gone
            return False

    def see(self, pattern):
        """Waits until that is shown, and takes all up to it."""
        deadline = time.monotonic() + 20
        while not (found := re.search(pattern, self.text, re.DOTALL)):
            if time.monotonic() > deadline or not self.read():
                raise Unmet(f"{pattern!r} is not shown, but {self.text[-2000:]!r}")
        self.text = self.text[found.end():]
        return found

    def hear(self, what):
        self.see(re.escape(what))

    def type(self, keys):
        os.write(self.ours, keys)

    def end(self):
        """Ctrl-D; the exit status. The editor shows its prompt before it takes the terminal over: a
        Ctrl-D in between becomes a character of the line, which Ctrl-U takes out again."""
        for _ in range(20):
            self.type(b"\x15\x04")
            try:
                return self.process.wait(1)
            except subprocess.TimeoutExpired:
                pass
        raise Unmet("it does not end")

    def demand_end(self, status):
        """It ends so, and leaves the terminal as it was; returns what it says after that."""
        while self.read():
            pass
        equal(self.process.wait(20), status, f"exit status behind {self.text[-2000:]!r}")
        equal(termios.tcgetattr(self.ours), self.settings, "the settings of the terminal")
        _, left, said = self.text.rpartition(LEAVE)
        equal(left, LEAVE, f"it leaves the alternate screen: {self.text[-2000:]!r}")
        return said


ENTER, LEAVE = b"\x1b[?1049h\x1b[?25l", b"\x1b[0m\x1b[?25h\x1b[?1049l"
WELL = rb"NORMAL: all is well"


@case()
def on_a_terminal(stage):
    """On a terminal there is a prompt, lines can be edited, the last one comes back with the arrow;
    Ctrl-D ends it, and the feed goes on."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    terminal = Terminal(lab)
    terminal.hear(b"peer|")
    terminal.type(b"next donn\x1b[D\x1b[D\x1b[D\x1b[D\x1b[3~c\x05\r")  # 4 to the left, delete, c, end
    terminal.hear(b"need not wait")
    terminal.hear(b"peer|")
    terminal.type(b"\x1b[A\r")
    terminal.hear(b"need not wait")
    terminal.hear(b"peer|")
    terminal.type(b"top\r")
    terminal.hear(ENTER)
    terminal.see(WELL)
    terminal.type(b"q")
    terminal.hear(LEAVE)
    terminal.hear(b"peer|")
    equal(terminal.end(), 0, "its exit status")
    duct.demand_running()


@case()
def top(stage):
    """`top` shows the feed as it goes, and follows the size of the terminal; q ends it, and the
    terminal is as it was."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    terminal = Terminal(lab, "top")
    terminal.hear(ENTER)
    terminal.see(rb"\x1b\[0;1;32m" + WELL)
    terminal.see(rb"accepted\S* +\S+ /s\S* +\S+ /s\S* +\S*m0\x1b")
    account.wait_arrived(lab.peer, inject(lab.source, 3))
    terminal.see(rb"accepted +[\d.]+ /s +[\d.]+ /s +3 ")
    terminal.see(rb"connections: 1\b")
    terminal.resize(120, 40)
    terminal.see(rb"127\.0\.0\.1\S* {75,}\S*running for")
    terminal.resize(10, 2)
    terminal.see(rb"\x1b\[1;1H\S*peer\S* -> \S*1\xe2\x80\xa6")
    terminal.resize(80, 24)
    lab.peer.stop()
    inject(lab.source, 1, articles=Articles(tag="later"))
    terminal.see(rb"\x1b\[0;1;37;41mNORMAL: something to look at.*! the peer cannot be reached")
    terminal.type(b"q")
    equal(terminal.demand_end(0), b"", "what is said at the end")
    duct.demand_running()


@case()
def top_ends(stage):
    """However `top` ends, the terminal is as it was before, and its exit status tells the truth."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    for end, status in [(b"Q", 0), (b"\x03", 0), (b"\x04", 0), (signal.SIGINT, 0),
                        (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP),
                        (signal.SIGQUIT, -signal.SIGQUIT)]:
        terminal = Terminal(lab, "top", LANG="C", NO_COLOR="1")
        terminal.hear(ENTER)
        shown = terminal.see(rb".*?" + WELL)[0]
        true(b";32m" not in shown, f"no colours are shown: {shown!r}")
        terminal.type(end) if isinstance(end, bytes) else terminal.process.send_signal(end)
        equal(terminal.demand_end(status), b"", f"what is said at the end by {end!r}")
    terminal = Terminal(lab, "top")
    terminal.see(WELL)
    duct.stop()
    said = terminal.demand_end(12)
    true(said.startswith(b"innductctl: control socket ") and
         b"innduct ended the connection" in said, f"it says that innduct has ended: {said!r}")


@case()
def top_stops(stage):
    """Ctrl-Z gives the terminal back to the shell, `fg` goes on."""
    lab = Lab(stage)
    Duct(lab).start()
    script = 'set -m; "$@"; echo stopped by $?; stty -a; fg; echo ended by $?'
    terminal = Terminal(lab, "top", before=["bash", "-c", script, "-"])
    terminal.hear(ENTER)
    terminal.see(WELL)
    terminal.type(b"\x1a")
    terminal.hear(LEAVE)
    terminal.hear(f"stopped by {128 + signal.SIGTSTP}".encode())
    terminal.see(rb" icanon.* echo ")
    terminal.hear(ENTER)
    terminal.see(WELL)
    terminal.type(b"q")
    terminal.hear(LEAVE)
    terminal.hear(b"ended by 0")


@case()
def top_without_a_terminal(stage):
    """`top` says that it needs a terminal that can be drawn on, and does nothing."""
    lab = Lab(stage)
    Duct(lab).start()
    done = ctl(lab, "peer", "top", stdin=subprocess.DEVNULL)
    equal(told(done), (8, "", "innductctl: top: standard input and output have to be a terminal; "
                              "show tells the same\n"), "what is told without a terminal")
    terminal = Terminal(lab, "top", TERM="dumb")
    terminal.hear(b"cannot be drawn on (TERM=dumb)")
    equal(terminal.process.wait(20), 8, "status on a dumb terminal")


@case()
def top_of_one_that_hangs(stage):
    """If innduct does not answer, `top` says so, and can be ended all the same."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    terminal = Terminal(lab, "top")
    terminal.see(WELL)
    duct.process.send_signal(signal.SIGSTOP)
    terminal.see(rb"innduct has not answered for [3-9]")
    duct.process.send_signal(signal.SIGCONT)
    terminal.see(WELL)
    duct.process.send_signal(signal.SIGSTOP)
    terminal.see(rb"innduct has not answered for [3-9]")
    terminal.type(b"q")
    terminal.demand_end(0)
    duct.process.send_signal(signal.SIGCONT)


@case()
def trace_on_a_terminal(stage):
    """A trace at the prompt goes on until Enter; then there is the prompt again. It ends with innduct."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    terminal = Terminal(lab)
    terminal.hear(b"peer|")
    terminal.type(b"trace peer\r")
    terminal.hear(b"what is said on the connections is traced\r\n(Enter ends it)\r\n")
    [message_id] = inject(lab.source, 1)
    terminal.hear(f" 1/127.0.0.1 > CHECK {message_id}\r\n".encode())
    terminal.hear(f" 1/127.0.0.1 < 239 {message_id}\r\n".encode())
    terminal.type(b"\r")
    terminal.hear(b"no more is traced")
    terminal.hear(b"peer|")
    terminal.type(b"next conn\r")
    terminal.hear(b"need not wait")
    terminal.hear(b"peer|")
    terminal.type(b"trace peer\r")
    terminal.hear(b"is traced")
    duct.stop()
    equal(terminal.process.wait(10), 0, "its exit status")


def completions(stage, *words):
    """What bash would offer for the last of these words."""
    script = f"""
        source {REPOSITORY}/completion/innduct.bash
        PATH={stage.innductctl.parent}:$PATH
        COMP_WORDS=({" ".join(f"'{word}'" for word in words)})
        COMP_CWORD={len(words) - 1}
        _{words[0]} {words[0]} && printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "-c", script], text=True, capture_output=True, timeout=20,
                          env=stage.environment(stage.folder / "ctl.syslog", leaks=False))
    equal(done.stderr, "", f"stderr of completing {words}")
    return done.stdout.split()


@case()
def completion(stage):
    """bash completes every option of both programs, and every command that `h` lists."""
    lab = Lab(stage)
    listed = Duct(lab).start().ask("h")
    for program in ("innduct", "innductctl"):
        usage = subprocess.run([getattr(stage, program), "--help"], text=True, capture_output=True,
                               env=stage.environment(stage.folder / "ctl.syslog", leaks=False)).stdout
        equal(completions(stage, program, "--"), sorted(set(re.findall(r"--[a-z][a-z-]*", usage))),
              f"options of {program}")
    equal(completions(stage, "innductctl", "--cl"), ["--cli"], "what begins with --cl")
    words = {line.split("  ")[0] for line in listed.splitlines()} - {"trace ID"}
    words = {each for line in words for each in (
        [line.replace("q|a", letter) for letter in "qa"] if "q|a" in line
        else [line.replace("ID|all", "all")])}
    offered = set()
    for first in completions(stage, "innductctl", "peer", ""):
        following = completions(stage, "innductctl", "peer", first, "")
        for second in following:
            third = completions(stage, "innductctl", "peer", first, second, "")
            offered.add(" ".join([first, second, *third]))
        if not following or first in ("show", "quarantine"):
            offered.add(first)
    equal(offered, words | {"top"}, "commands that are completed: innduct's, and innductctl's own")
    equal(completions(stage, "innductctl", "--cli=x", "peer", "ne"), ["next"], "what begins with ne")


if __name__ == "__main__":
    main()
