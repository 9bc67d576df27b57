"""Point 19: innductctl gives the commands of the control line and tells by its exit status how they
went, from its arguments, from standard input and on a terminal; bash completes its words."""

import json
import os
import pty
import re
import select
import subprocess

from fixture import account
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
    """innductctl on a terminal of its own."""

    def __init__(self, lab):
        self.ours, its = pty.openpty()
        self.process = lab.stage.start(
            lab.stage.as_news([lab.stage.innductctl, f"--inndconf={lab.source.conf}", "peer"]),
            stdin=its, stdout=its, stderr=its, cwd="/",
            env=lab.stage.environment(lab.stage.folder / "ctl.syslog", leaks=False, TERM="xterm"))
        os.close(its)
        self.text = b""

    def hear(self, what):
        """Waits until that is shown, and takes all up to it."""
        while what not in self.text:
            if not select.select([self.ours], [], [], 20)[0]:
                raise Unmet(f"{what!r} is not shown, but {self.text!r}")
            self.text += os.read(self.ours, 65536)
        self.text = self.text.split(what, 1)[1]

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
    equal(terminal.end(), 0, "its exit status")
    duct.demand_running()


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
    words = {line.split("  ")[0] for line in listed.splitlines()}
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
    equal(offered, words, "commands that are completed")
    equal(completions(stage, "innductctl", "--cli=x", "peer", "ne"), ["next"], "what begins with ne")


if __name__ == "__main__":
    main()
