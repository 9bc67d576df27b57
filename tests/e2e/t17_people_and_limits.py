"""Point 17: what people do to the files, and what the system does not give: a clear message, the
right exit status, nothing lost; and when all is well again the next start finishes."""

import os
import subprocess
import threading

from fixture.bench import Bench, Spool
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import inject
from fixture.jobs import USUAL, usual
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer
from fixture.stage import Skip

DEADLINE = 30


def finish_well(bench):
    """The next start, with nothing in its way, does all that is left."""
    bench.duct.launch()
    equal(bench.settle(DEADLINE), 0, "exit status of the next start")
    bench.demand_nothing_lost()
    true(bench.finished(), f"everything is done; owed: {bench.owed()}")


# ---------------------------------------------------------------- what people do


@case()
def lock_file_replaced(stage):
    """The lock file is removed, and another innduct takes a lock of that name: the first one ends,
    with 16, before it does anything more."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    first = Duct(lab, to=peer, cli="none").launch()
    wait_for(lambda: first.said("starting"), "the first one starts")
    lab.files.lock.unlink()
    second = Duct(lab, to=peer).start()
    first.demand_exit(16)
    true(first.said(r"crit.*_lock.*replaced"), f"it says why: {first.said()}")
    ids = inject(lab.source, 20, size=1000)
    peer.wait_accepted(ids)
    second.demand_running()
    equal(len(peer.offered("CHECK")), len(set(peer.offered("CHECK"))), "offers of each article")


@case()
def lock_file_touched(stage):
    """Whoever writes to the lock file, or removes it, but starts no other innduct, does no harm."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    duct = Duct(lab, to=peer).start()
    lab.files.lock.write_text("mine\n")
    peer.wait_accepted(inject(lab.source, 5, size=1000, tag="written"))
    lab.files.lock.unlink()
    peer.wait_accepted(inject(lab.source, 5, size=1000, tag="removed"))
    duct.flush()
    equal(duct.alarms(), [], "alarms")
    duct.stop()


def spoiled_directory(stage, mode, reason):
    """The directory of the feed file gets this mode while articles wait to be deferred."""
    bench = Bench(stage, Spool(stage), f"mode{mode:o}", **USUAL.options)
    usual(bench)
    bench.peer.hold()
    bench.duct.launch()
    wait_for(lambda: bench.peer.heard, "the first offer", DEADLINE)
    os.chmod(bench.outgoing, mode)
    bench.peer.release()
    bench.duct.demand_exit(12)
    true(reason in bench.warnings(), f"{reason!r} is said: {bench.warnings()}")
    equal(bench.duct.run_to_end(), 12, "exit status of a start in such a directory")
    os.chmod(bench.outgoing, 0o755)
    bench.demand_nothing_lost()
    finish_well(bench)
    bench.clear()


@case()
def directory_that_may_not_be_written(stage):
    """Nothing can be made in the directory of the feed file any more."""
    spoiled_directory(stage, 0o555, "Permission denied")


@case()
def directory_that_may_not_be_entered(stage):
    """The directory of the feed file is closed."""
    spoiled_directory(stage, 0, "Permission denied")


@case()
def directory_that_moves_away(stage):
    """The directory of the feed file is renamed, and comes back later."""
    bench = Bench(stage, Spool(stage), "moves", **USUAL.options)
    usual(bench)
    bench.peer.hold()
    bench.duct.launch()
    wait_for(lambda: bench.peer.heard, "the first offer", DEADLINE)
    away = bench.outgoing.with_name("elsewhere")
    bench.outgoing.rename(away)
    bench.peer.release()
    bench.duct.demand_exit(12)
    true("No such file" in bench.warnings(), f"it is said: {bench.warnings()}")
    away.rename(bench.outgoing)
    bench.demand_nothing_lost()
    finish_well(bench)
    bench.clear()


# ---------------------------------------------------------------- what the system does not give


def limited(bench, *limits):
    """Puts limits on the innduct of a bench; returns a function that takes them away."""
    command = bench.duct.command
    bench.duct.command = ["prlimit", *limits, "--", *command]

    def lift():
        bench.duct.command = command
    return lift


@case(timeout=120, without_inn=True)
def few_descriptors(stage):
    """With any number of descriptors it works, or says that there are too few."""
    if stage.sanitized():
        raise Skip("a sanitizer needs descriptors of its own")
    bench = Bench(stage, Spool(stage), "few", **USUAL.options)
    worked = []
    for number in range(4, 40):
        usual(bench)
        lift = limited(bench, f"--nofile={number}")
        bench.duct.launch()
        wait_for(lambda: bench.finished() or not bench.duct.running()
                 or "Too many open files" in bench.warnings(), bench.last_said, DEADLINE)
        if bench.finished():
            worked.append(number)
        elif bench.duct.running():
            # It goes on trying; so does an administrator who cannot even say `stop`.
            bench.duct.terminate()
        else:
            said = bench.warnings() + bench.duct.stderr.read_text()
            true("Too many open files" in said or "shared libraries" in said, f"it says why: {said}")
            true(bench.duct.process.returncode in (8, 12, 127), f"{bench.duct.process.returncode}")
        bench.demand_nothing_lost()
        if bench.duct.running():
            equal(bench.settle(DEADLINE), 0, "exit status")
        lift()
        finish_well(bench)
        bench.clear()
    true(worked and worked[-1] == 39, f"worked with {worked}")


def log_through_a_pipe(bench):
    """Lets a bench's log pass through a pipe, as syslog(3) sends it: no limit on files counts there."""
    pipe = bench.folder / "log"
    os.mkfifo(pipe)
    bench.stage.own(pipe)
    bench.duct.environment["SYSLOG_FILE"] = str(pipe)
    reader = os.open(pipe, os.O_RDWR)

    def relay():
        with open(bench.duct.syslog, "ab", buffering=0) as log:
            while True:
                log.write(os.read(reader, 65536))

    threading.Thread(target=relay, daemon=True).start()


@case(timeout=120)
def files_that_may_not_grow(stage):
    """RLIMIT_FSIZE: nothing is killed by it; what cannot be recorded is said, and not settled."""
    bench = Bench(stage, Spool(stage), "short", **USUAL.options)
    log_through_a_pipe(bench)
    for size in (0, 1, 60, 100, 200, 300, 1000):
        usual(bench)
        lift = limited(bench, f"--fsize={size}")
        bench.duct.launch()
        wait_for(lambda: bench.finished() or not bench.duct.running(), bench.last_said, DEADLINE)
        bench.demand_nothing_lost()
        if bench.duct.running():
            equal(bench.settle(DEADLINE), 0, "exit status")
        else:
            equal(bench.duct.process.returncode, 12, f"exit status with files of {size} bytes")
            wait_for(bench.errors, "it says why")
            true("File too large" in bench.errors()[0], f"it says why: {bench.errors()}")
        lift()
        finish_well(bench)
        bench.clear()


def says_it_lacks_memory(bench):
    """Whether it says so again and again: what it has is just enough to wait for more."""
    return bench.warnings().count("Cannot allocate memory") >= 10


@case(timeout=120, without_inn=True)
def little_memory(stage):
    """With any amount of memory it works, or says that there is too little; and goes on when there
    is more."""
    if stage.sanitized():
        raise Skip("a sanitizer takes all address space there is")
    bench = Bench(stage, Spool(stage), "little", **USUAL.options)
    worked, told = [], []
    # With less than the program itself takes the kernel ends it, before it is one.
    for megabytes in [*range(8, 64, 3), 128, 512]:
        usual(bench)
        lift = limited(bench, f"--as={megabytes << 20}")
        bench.duct.launch()
        wait_for(lambda: bench.finished() or not bench.duct.running() or says_it_lacks_memory(bench),
                 bench.last_said, DEADLINE)
        if says_it_lacks_memory(bench) and bench.duct.running():
            subprocess.run(["prlimit", "--pid", str(bench.duct.process.pid), "--as=unlimited"],
                           check=False)  # it may have ended
        status = bench.settle(DEADLINE)
        said = bench.warnings() + bench.duct.stderr.read_text()
        if status == 0:
            worked.append(megabytes)
        elif status == 12:
            told.append(megabytes)
            true("memory" in said or "thread" in said, f"it says why: {said}")
        else:
            equal(status, 127, f"exit status with {megabytes} MB")  # it could not even be loaded
        bench.demand_nothing_lost()
        lift()
        if status != 0:
            finish_well(bench)
        bench.clear()
    true(512 in worked and told, f"worked with {worked} MB, said why with {told} MB")


if __name__ == "__main__":
    main()
