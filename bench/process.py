"""process.py: what a process needs: processor time, and memory at its peak."""

import dataclasses
import os
import re
import threading

from fixture.expect import Unmet


@dataclasses.dataclass
class Spent:
    cpu_seconds: float
    peak_mb: float     # of resident memory, as the kernel remembers it
    private_mb: float  # of resident memory that is no file's, as it was seen


class Watched:
    """Looks at a process from time to time. It must not have been waited for."""

    EVERY = 0.05  # seconds

    def __init__(self, process):
        self.process = process
        self.peak_kb = 0
        self.private_kb = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self._stop()

    def _stop(self):
        if not self.over.is_set():
            self.look()
        self.over.set()
        self.thread.join()

    def _watch(self):
        while not self.over.wait(self.EVERY):
            self.look()

    def look(self):
        try:
            with open(f"/proc/{self.process.pid}/status") as file:
                kb = dict(re.findall(r"^(VmHWM|RssAnon):\s+(\d+) kB", file.read(), re.MULTILINE))
        except OSError:
            return  # it has ended
        self.peak_kb = max(self.peak_kb, int(kb.get("VmHWM", 0)))
        self.private_kb = max(self.private_kb, int(kb.get("RssAnon", 0)))

    def ended(self, deadline, status=0):
        """Waits until it ends by itself, and demands that exit status; returns what it Spent."""
        alarm = threading.Timer(deadline, self.process.kill)
        alarm.start()
        try:
            _, how, usage = os.wait4(self.process.pid, 0)
        finally:
            alarm.cancel()
        self._stop()
        self.process.returncode = os.waitstatus_to_exitcode(how)
        if self.process.returncode != status:
            raise Unmet(f"{self.process.args[-3:]} ended with {self.process.returncode}")
        return Spent(usage.ru_utime + usage.ru_stime, self.peak_kb / 1000, self.private_kb / 1000)
