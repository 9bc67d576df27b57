"""receiver.py: the fast peer (receiver.cc), started, waited for, and asked what it heard."""

import os
import re
import select
import subprocess

from fixture.expect import Unmet


class Receiver:
    """Started. `port` is where it listens, on the address `at`.

    `articles` are to come, of which `distinct` are different ones (default: all).
    """

    def __init__(self, stage, program, articles, distinct=None, delay_ms=0, times=None,
                 at="127.0.0.1"):
        self.articles = articles
        self.distinct = distinct or articles
        command = [program, "--articles", articles, "--delay-ms", delay_ms, "--address", at]
        command += ["--times", times] if times else []
        self.process = stage.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.begun = False
        said = self._line("port=", 10)
        if said is None:
            raise Unmet("the receiver did not say its port")
        self.port = int(said[5:])

    def _line(self, beginning, deadline):
        """The next line that it prints, or nothing if there is none within `deadline` seconds."""
        if not select.select([self.process.stdout], [], [], deadline)[0]:
            return None
        line = b""
        while not line.endswith(b"\n"):  # no buffer: select() would not know of what is in it
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                break
            line += byte
        if not line.decode().startswith(beginning):
            raise Unmet(f"the receiver said {line!r} instead of {beginning}")
        return line.decode()

    def begins(self, deadline):
        """Whether an article comes within `deadline` seconds."""
        self.begun = self.begun or self._line("first", deadline) is not None
        return self.begun

    def completes(self, deadline):
        """Whether every article comes within `deadline` seconds."""
        return self.begins(deadline) and self._line("complete", deadline) is not None

    def wait_complete(self, deadline):
        """Returns when every article has come."""
        if not self.completes(deadline):
            raise Unmet(f"not all of {self.articles} articles came within {deadline} s")

    def close(self, whole=True):
        """Ends it; returns what it heard, name -> number. Faults are errors, and if it is to be
        `whole`, missing articles, too."""
        self.process.stdin.close()
        said = self.process.stdout.read().decode()
        self.process.wait(30)
        heard = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)\b", said)}
        if heard.get("faults") != 0 or (whole and (
                self.process.returncode != 0 or heard["distinct"] != self.distinct)):
            raise Unmet(f"{self.distinct} articles were to come without a fault: {said}")
        return heard
