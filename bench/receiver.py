"""receiver.py: the fast peer (receiver.cc), started, waited for, and asked what it heard."""

import re
import select
import subprocess

from fixture.expect import Unmet


class Receiver:
    """Started. `port` is where it listens."""

    def __init__(self, stage, program, articles, delay_ms=0, times=None):
        self.articles = articles
        command = [program, "--articles", articles, "--delay-ms", delay_ms]
        command += ["--times", times] if times else []
        self.process = stage.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self._line("port=", 10)[5:])

    def _line(self, beginning, deadline):
        """The next line that it prints, within `deadline` seconds."""
        if not select.select([self.process.stdout], [], [], deadline)[0]:
            raise Unmet(f"the receiver did not say {beginning} within {deadline} s")
        line = self.process.stdout.readline().decode()
        if not line.startswith(beginning):
            raise Unmet(f"the receiver said {line!r} instead of {beginning}")
        return line

    def wait_complete(self, deadline):
        """Returns when every article has come."""
        self._line("complete", deadline)

    def close(self):
        """Ends it; returns what it heard, name -> number. Faults and missing ones are errors."""
        self.process.stdin.close()
        said = self.process.stdout.read().decode()
        self.process.wait(30)
        heard = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)\b", said)}
        if self.process.returncode != 0 or heard["distinct"] != self.articles:
            raise Unmet(f"{self.articles} articles were to come without a fault: {said}")
        return heard
