"""Point 13: the Nth call of a function of libc fails, for N = 1, 2, 3 ... until a run ends in which
none did. Whatever fails: nothing is lost, nothing hangs, it is said, and the next start goes on.

INNDUCT_RUNS names a file that gets a line for each run.
"""

import collections
import errno
import os
import threading
import time

from fixture.bench import Bench, Spool
from fixture.cases import case, main
from fixture.expect import Unmet, equal, true, wait_for
from fixture.fault_plan import FaultPlan, build_shim
from fixture.jobs import FOUND, USUAL, usual
from fixture.stage import Skip

# As many innducts at a time.
BENCHES = 8
# No run takes longer; half a second is usual.
DEADLINE = 30
# With more failed runs than this a case ends; it reports them all.
REPORTED = 5
SHORT = 0  # no errno: less is transferred than was asked for

# Calls whose failure is always said, if they are about a file of the feed. A look or a read that
# fails may be repeated before anything depends on it; a close may fail at the very end.
LOUD = ("open", "write", "pwrite", "ftruncate", "fdatasync", "fsync", "linkat", "unlink")
SPACE = ["ENOSPC", "EDQUOT"]
DESCRIPTORS = ["EMFILE", "ENFILE"]
# What each call may fail with, whoever is to blame: the disk, the limits, the administrator, the
# peer, a signal.
FAULTS = {
    "files": {
        "open": [*DESCRIPTORS, "ENOSPC", "EACCES", "ENOMEM", "EIO", "EINTR"],
        "fopen": [*DESCRIPTORS, "EACCES", "ENOMEM", "EIO"],
        "opendir": [*DESCRIPTORS, "EACCES", "ENOMEM", "EIO"],
        "readdir": ["EIO"],
        "read": ["EIO", "EINTR", SHORT],
        "pread": ["EIO", "EINTR", SHORT],
        "fstat": ["EIO"],
        "stat": ["EIO", "ENOMEM", "EACCES"],
        "lstat": ["EIO", "ENOMEM", "EACCES"],
        "fstatat": ["EIO", "ENOMEM", "EACCES"],
        "chdir": ["EACCES", "EIO"],
    },
    "changes": {
        "write": ["EIO", *SPACE, "EFBIG", "EINTR", SHORT],
        "pwrite": ["EIO", *SPACE, "EINTR", SHORT],
        "ftruncate": ["EIO", "ENOSPC", "EINTR"],
        "fdatasync": ["EIO", *SPACE],
        "fsync": ["EIO", *SPACE],
        "close": ["EIO", *SPACE, "EINTR"],
        "linkat": ["EACCES", "EIO", *SPACE, "EMLINK", "EPERM"],
        "unlink": ["EACCES", "EIO", "EPERM", "EROFS"],
        "mkdir": ["EACCES", *SPACE, "EROFS"],
        "chmod": ["EPERM", "EIO", "EROFS"],
        "fcntl": ["ENOLCK", "EINTR", "EINVAL"],
    },
    "sockets": {
        "socket": [*DESCRIPTORS, "ENOBUFS", "ENOMEM", "EACCES"],
        "bind": ["EACCES", "EADDRINUSE", "ENOSPC", "EROFS"],
        "listen": ["EADDRINUSE", "ENOBUFS"],
        "connect": ["ECONNREFUSED", "ENETUNREACH", "EADDRNOTAVAIL", "ENOBUFS", "EPERM"],
        "accept": [*DESCRIPTORS, "ENOBUFS", "ECONNABORTED", "EINTR"],
        "getsockopt": ["ENOBUFS"],
        "setsockopt": ["ENOBUFS", "ENOMEM"],
        "send": ["EPIPE", "ECONNRESET", "ENOBUFS", "EINTR", "EAGAIN", SHORT],
        "sendto": ["ECONNREFUSED", "ENOBUFS", "EAGAIN", "ENOENT", "EINTR"],
        "sendmsg": ["EPIPE", "ECONNRESET", "ENOBUFS", "ENOMEM", "EINTR", "EAGAIN", SHORT],
        "recv": ["ECONNRESET", "ETIMEDOUT", "ENOMEM", "EINTR", SHORT],
        "shutdown": ["ENOTCONN"],
        "getaddrinfo": ["EMFILE", "ENOMEM"],
    },
    "process": {
        "epoll_create1": [*DESCRIPTORS, "ENOMEM"],
        "epoll_ctl": ["ENOSPC", "ENOMEM"],
        "epoll_wait": ["EINTR"],
        "eventfd": [*DESCRIPTORS, "ENOMEM"],
        "timerfd_create": [*DESCRIPTORS, "ENOMEM"],
        "pthread_create": ["EAGAIN"],
        "inotify_init1": [*DESCRIPTORS, "ENOMEM"],
        "inotify_add_watch": ["ENOSPC", "ENOMEM"],
    },
    "background": {
        "pipe2": DESCRIPTORS,
        "fork": ["EAGAIN", "ENOMEM"],
        "dup2": ["EMFILE", "EINTR"],
    },
    "memory": {"malloc": ["ENOMEM"]},
}


# ---------------------------------------------------------------- one run


class Failing:
    """A bench and its plan, for the runs of one job."""

    def __init__(self, stage, spool, shim, job, number):
        self.job = job
        self.bench = Bench(stage, spool, f"{job.name}{number}", **job.options)
        self.plan = FaultPlan(stage, f"plan-{job.name}{number}")
        self.bench.duct.environment = self.plan.environment(shim, self.bench.duct.environment)

    def run(self, call, nth, error, lasting):
        """Lets one call fail, and demands all that is promised. Returns whether it came to that."""
        number = getattr(errno, error) if error else 0
        bench, plan = self.bench, self.plan
        self.job.lay(bench)
        plan.arm(call, nth, number, lasting)
        began = time.monotonic()
        try:
            bench.duct.launch()
            if lasting:
                self.suffer()
            status = self.settle()
            struck = plan.struck()
            note(f"{self.job.name} {call} {nth} {error} struck {struck} about {plan.where()}: "
                 f"exit {status} after {time.monotonic() - began:.2f} s\n", bench.said())
            bench.demand_nothing_lost()
            if status != self.job.end:
                self.judge_failure(status, struck, call, number)
            elif struck:
                self.judge_silence(call, number)
            if status != self.job.end or not bench.finished():
                # Dropped, the feed ends though an article that looks damaged is still owed.
                plan.disarm()
                bench.duct.launch()
                equal(self.settle(), self.job.end, "exit status of the next start")
                bench.demand_nothing_lost()
            true(bench.finished(), f"everything is done; owed: {bench.owed()}")
        except Unmet as unmet:
            raise Unmet(f"{self.job.name}: {call} number {nth} fails with {error or 'less'}, about "
                        f"{plan.where()}: {unmet}\n{bench.last_said()}") from unmet
        finally:
            bench.clear()
        return struck > 0

    def suffer(self):
        """Waits until the lasting failure was met a few times, or has ended innduct."""
        end = time.monotonic() + 1
        while time.monotonic() < end and self.bench.duct.running() and self.plan.struck() < 5:
            time.sleep(0.005)
        self.plan.disarm()

    def settle(self):
        return self.bench.settle(DEADLINE, stop=self.job.end == 0)

    def judge_failure(self, status, struck, call, number):
        """innduct may give up: then it says what failed, and with the status that is for that."""
        true(struck, f"exit status {status}, though nothing failed")
        said = self.bench.errors()
        true(len(said) == 1, f"one error is logged: {said}")
        reasons = [os.strerror(number)]
        if call == "malloc":
            # The stack of a thread is memory, too, and so is the environment that libinn sets.
            reasons = ["out of memory", "a thread cannot be started", "cannot use"]
        # INN's library does not always keep the errno.
        true(any(reason in said[0] for reason in [*reasons, "cannot be initialised"]),
             f"the error names the reason: {said}")
        # An inn.conf that was named and cannot be read is a bad option.
        equal(status, 8 if "cannot use" in said[0] else 12, "exit status")

    def judge_silence(self, call, number):
        """Or it goes on; then what failed of a feed's file is said all the same."""
        about_a_file = self.plan.where().startswith("peer") and call in LOUD
        # Of the dump file only who asked for the dump is told; EINTR is no failure.
        if about_a_file and self.plan.where() != "peer_dump" and number not in (0, errno.EINTR):
            true(os.strerror(number) in self.bench.warnings(), "what failed is said")


def note(line, said):
    """For whoever wants to see what was said when."""
    if "INNDUCT_RUNS" in os.environ:
        with open(os.environ["INNDUCT_RUNS"], "a") as file:
            file.write(line + "".join(f"    {each}\n" for each in said.splitlines()))


# ---------------------------------------------------------------- all runs


class Series:
    """The runs of one call, number by number: given out to several benches until one has found
    that the call was not made so often."""

    def __init__(self, call, errors, first, step, lasting):
        self.call = call
        self.errors = errors
        self.nth = first
        self.step = step
        self.lasting = lasting
        self.turn = 0
        self.over = False

    def next(self):
        """(call, nth, errno, whether it lasts), or None at the end."""
        if self.over:
            return None
        run = (self.call, self.nth, self.errors[self.turn % len(self.errors)], self.lasting)
        self.turn += 1
        self.nth += self.step
        return run


class Runs:
    """All series of one case, worked off by some benches at a time."""

    def __init__(self, series):
        self.waiting = collections.deque(series)
        self.lock = threading.Lock()
        self.failures = []
        self.done = 0

    def take(self):
        with self.lock:
            while self.waiting and len(self.failures) < REPORTED:
                series = self.waiting.popleft()
                if run := series.next():
                    # The others come first, so that little is tried behind its end.
                    self.waiting.append(series)
                    return series, run
        return None, None

    def work(self, failing):
        while True:
            series, run = self.take()
            if run is None:
                return
            try:
                if not failing.run(*run):
                    series.over = True
                self.done += 1
            except Unmet as unmet:
                self.failures.append(str(unmet))


def play(stage, series, *jobs, storage="tradspool"):
    spool, shim = Spool(stage, storage), build_shim(stage)
    for job in jobs:
        runs = Runs(series())
        threads = [threading.Thread(target=runs.work, daemon=True,
                                    args=(Failing(stage, spool, shim, job, number),))
                   for number in range(BENCHES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if runs.failures:
            raise Unmet("\n\n".join(runs.failures))
        print(f"{job.name}: {runs.done} runs")


def each_in_turn(kind, **steps):
    """The first, second, third ... of every call of a kind; each time with the next of its errnos.
    `steps`: of calls that are made so often that only each nth is tried."""
    return lambda: [Series(call, errors, 1, steps.get(call, 1), False)
                    for call, errors in FAULTS[kind].items()]


def all_of_them(kind, **steps):
    """Every call of a kind with every errno, alone and with all that follow it."""
    # Of reads that are all short INN's library would make articles that are all damaged.
    return lambda: [Series(call, [error], 1, steps.get(call, 1), lasting)
                    for call, errors in FAULTS[kind].items() for error in errors
                    for lasting in (False, True) if (call, error, lasting) != ("read", SHORT, True)]


def need_memory(stage):
    if stage.sanitized():
        raise Skip("a sanitizer has an allocator of its own")


@case(timeout=180)
def changes(stage):
    """What writes, cuts, syncs, closes, links and removes."""
    play(stage, each_in_turn("changes"), USUAL, FOUND)


@case(timeout=180)
def files(stage):
    """What opens, reads, lists and looks."""
    play(stage, each_in_turn("files", read=2, readdir=5, fstat=3, fstatat=2), USUAL, FOUND)


@case(timeout=180)
def sockets(stage):
    """What connects, sends and receives: the peer, innd, people."""
    play(stage, each_in_turn("sockets", recv=2), USUAL, FOUND)


@case(timeout=180)
def process(stage):
    """What waits, watches and starts threads."""
    play(stage, each_in_turn("process", epoll_wait=17, epoll_ctl=5), USUAL, FOUND)


@case()
def background(stage):
    """What leads into the background: whoever started it learns of it from the exit status."""
    bench = Bench(stage, Spool(stage), "background", daemon=True, **USUAL.options)
    plan = FaultPlan(stage, "plan")
    bench.duct.environment = plan.environment(build_shim(stage), bench.duct.environment)
    for call, errors in FAULTS["background"].items():
        for error in errors:
            nth, struck = 1, True
            while struck:
                usual(bench)
                plan.arm(call, nth, getattr(errno, error), False)
                started = bench.duct.run_to_end(DEADLINE)
                struck = plan.struck() > 0
                equal(started, 12 if struck else 0, f"exit status, {call} {nth} failing by {error}")
                equal(len(bench.errors()), 1 if struck else 0, "errors that are logged")
                if not struck:
                    wait_for(bench.finished, "the job is done", DEADLINE)
                    wait_for(bench.stopped_by_command, "it hears `stop`", DEADLINE)
                bench.demand_nothing_lost()
                bench.clear()
                nth += 1


@case(timeout=180, without_inn=True)
def memory(stage):
    """Memory, at each hundredth or so of the places where it is asked for."""
    need_memory(stage)
    play(stage, each_in_turn("memory", malloc=97), USUAL, FOUND)


@case(timeout=1800, full=True)
def all_changes(stage):
    """Every errno, once and lasting."""
    play(stage, all_of_them("changes"), USUAL, FOUND)


@case(timeout=3000, full=True)
def all_files(stage):
    """Every errno, once and lasting."""
    play(stage, all_of_them("files"), USUAL, FOUND)


@case(timeout=1800, full=True)
def all_sockets(stage):
    """Every errno, once and lasting."""
    play(stage, all_of_them("sockets"), USUAL, FOUND)


@case(timeout=1800, full=True)
def all_process(stage):
    """Every errno, once and lasting."""
    play(stage, all_of_them("process", epoll_wait=5, epoll_ctl=2), USUAL, FOUND)


@case(timeout=1800, full=True)
def more_memory(stage):
    """Memory, once and lasting, at every eleventh place."""
    need_memory(stage)
    play(stage, all_of_them("memory", malloc=11), USUAL, FOUND)


@case(timeout=1800, full=True)
def other_stores(stage):
    """What opens and reads, where articles are kept by another method than tradspool."""
    for storage in ("timehash", "timecaf", "cnfs"):
        play(stage, all_of_them("files", readdir=7, fstat=3), USUAL, storage=storage)


if __name__ == "__main__":
    main()
