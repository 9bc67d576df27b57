"""Point 21: a service manager is told when innduct feeds, what it is doing, that its loop goes round, when
it reloads and when it ends; the unit that comes with it is understood by systemd-analyze."""

import os
import pathlib
import re
import shutil
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
from fixture.stage import REPOSITORY, Skip
from fixture.systemd import Systemd


class Manager:
    """What systemd would hear."""

    def __init__(self, stage):
        self.path = stage.folder / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.setblocking(False)
        stage.own(self.path)
        self.told = []

    def hears(self):
        """All that it was told so far."""
        try:
            while True:
                self.told += self.socket.recv(10_000).decode().splitlines()
        except BlockingIOError:
            return self.told

    def forget(self):
        self.hears()
        self.told = []


@case()
def ready_alive_and_stopping(stage):
    """READY when it listens; WATCHDOG twice in the given time though nothing happens, and not while the
    process stands still; STOPPING at the end."""
    lab = Lab(stage)
    manager = Manager(stage)
    duct = Duct(lab, quick=False)
    duct.environment = {**duct.environment, "NOTIFY_SOCKET": str(manager.path),
                        "WATCHDOG_USEC": "1000000"}
    duct.launch()
    wait_for(lambda: "READY=1" in manager.hears(), "READY")
    true(duct.listening(), "it listens when it is ready")
    true("STATUS=feeding peer to 127.0.0.1" in manager.hears(), "STATUS")
    manager.forget()
    began = time.monotonic()
    wait_for(lambda: manager.hears().count("WATCHDOG=1") >= 6, "signs of life of an idle innduct")
    took = time.monotonic() - began
    true(2 <= took <= 6, f"six signs of life, half a second apart, took {took:.1f} s")
    duct.process.send_signal(signal.SIGSTOP)
    manager.forget()
    stays(lambda: "WATCHDOG=1" not in manager.hears()[1:], "no sign of life while it stands still", 2)
    duct.process.send_signal(signal.SIGCONT)
    manager.forget()
    wait_for(lambda: "WATCHDOG=1" in manager.hears(), "it goes on")
    duct.stop()
    wait_for(lambda: "STOPPING=1" in manager.hears(), "STOPPING")


def supervised(stage, lab, manager, watchdog="0", **options):
    duct = Duct(lab, quick=False, **options)
    duct.environment = {**duct.environment, "NOTIFY_SOCKET": str(manager.path),
                        "WATCHDOG_USEC": watchdog}
    return duct


@case()
def says_what_it_does(stage):
    """STATUS follows what happens, not more often than every five seconds; a peer that cannot be reached is
    in it."""
    lab = Lab(stage)
    manager = Manager(stage)
    duct = supervised(stage, lab, manager, period_interval="1s", reconnect_interval="1s").start()
    inject(lab.source, 30)

    def statuses():
        return [line for line in manager.hears() if line.startswith("STATUS=NORMAL: ")]

    wait_for(lambda: any(" 30 accepted," in line for line in statuses()), statuses)
    wait_for(lambda: re.fullmatch(r"STATUS=NORMAL: 30 accepted, [\d.]+/s; 0 queued, 0 on \d connections?",
                                  statuses()[-1]), statuses)
    lab.peer.stop()
    manager.forget()
    began = time.monotonic()
    inject(lab.source, 1, tag="late")
    wait_for(lambda: any("; the peer cannot be reached: " in line for line in statuses()),
             lambda: f"the trouble: {statuses()}")
    true(len(statuses()) <= 1 + (time.monotonic() - began) / 5, f"not too often: {statuses()}")
    duct.stop()


@case()
def reloads(stage):
    """SIGHUP: RELOADING with a time, and READY when the outcome log is a new file."""
    lab = Lab(stage)
    manager = Manager(stage)
    log = lab.source.folder / "outcomes"
    duct = supervised(stage, lab, manager, outcome_log=log).start()
    log.rename(lab.source.folder / "outcomes.1")
    manager.forget()
    before = time.monotonic()
    duct.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "READY=1" in manager.hears(), lambda: f"READY: {manager.told}")
    told = [line for line in manager.told if not line.startswith("STATUS=")]
    equal([told[0], told[1].split("=")[0], *told[2:]], ["RELOADING=1", "MONOTONIC_USEC", "READY=1"],
          "what the manager was told")
    true(before <= int(told[1].split("=")[1]) / 1e6 <= time.monotonic(), f"the time: {told[1]}")
    true(log.exists(), "the outcome log is there again")
    duct.stop()


@case()
def stuck_loop(stage):
    """A loop that is stuck, in a process that lives, gives no sign of life; who is killed for it loses
    nothing."""
    lab = Lab(stage)
    manager = Manager(stage)
    duct = supervised(stage, lab, manager, watchdog="1000000").start()
    # Whoever writes a line of the log waits for somebody who reads it.
    duct.syslog.rename(duct.syslog.with_name("syslog.before"))
    os.mkfifo(duct.syslog)
    stage.own(duct.syslog)
    duct.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "RELOADING=1" in manager.hears(), "it begins to do what makes it stuck")
    manager.forget()
    stays(lambda: manager.hears() == [], lambda: f"no sign of life: {manager.told}", 2)
    duct.demand_running()
    sent = inject(lab.source, 20)
    duct.kill()
    duct.syslog.unlink()
    duct.syslog.touch()
    stage.own(duct.syslog)
    duct.start()
    account.wait_arrived(lab.peer, sent)
    duct.stop()


def unit_for(stage):
    """The unit, for the innduct under test."""
    text = (REPOSITORY / "packaging/innduct@.service.in").read_text()
    return text.replace("@CMAKE_INSTALL_FULL_SBINDIR@/innduct", str(stage.innduct))


@case()
def unit(stage):
    """systemd-analyze finds no fault with the unit, and little that it exposes; all exit statuses that
    ask for a person prevent a restart."""
    if not shutil.which("systemd-analyze"):
        raise Skip("there is no systemd-analyze")
    text = unit_for(stage)
    copy = stage.folder / "innduct@.service"
    copy.write_text(text)
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], text=True,
                              capture_output=True, timeout=50,
                              env={**os.environ, "SYSTEMD_UNIT_PATH": f"{stage.folder}:"})
    faults = [line for line in verified.stderr.splitlines() if "innduct@" in line]
    equal(faults, [], "what systemd says of the unit")
    judged = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                             str(copy)], text=True, capture_output=True, timeout=50)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
    true(found, f"a figure: {judged.stdout[-300:]}{judged.stderr}")
    true(float(found[1]) <= 1.1, f"exposure is {found[1]}, of 10")
    settings = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    equal((settings["Restart"], settings["RestartPreventExitStatus"], settings["SuccessExitStatus"]),
          ("on-failure", "8 16", "4"), "what is a reason to start again")


DROP_IN = """
[Service]
BindPaths={folder}
Environment="OPTIONS=--inndconf={conf} --port={port} --http=unix:{run}/page"
Environment=PEER=127.0.0.1 LD_LIBRARY_PATH={inn}/usr/lib/news
# The sandbox allows no ptrace(2), by which a sanitizer looks for leaks.
Environment=ASAN_OPTIONS=detect_leaks=0
WatchdogSec=4
RestartSec=1
"""


@case(timeout=120)
def under_systemd(stage):
    """The unit as it is, its sandbox included, under a real systemd: it is up when it feeds, its status
    says what it does, the log is in the journal, a reload ends, a process that stands still is killed and
    started again, and the end of a dropped feed is a success."""
    lab = Lab(stage)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/var/spool"], check=True)
    (pathlib.Path("/var/spool") / "news").mkdir()
    systemd = Systemd(stage, {
        "innduct@.service": unit_for(stage),
        "innduct@peer.service.d/test.conf": DROP_IN.format(
            folder=stage.folder, conf=lab.source.conf, port=lab.peer.port, run=lab.source.run,
            inn=stage.inn)})
    name = "innduct@peer"
    try:
        systemd.run("systemctl", "start", name)
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(lab.source.run / "innduct/peer"))
        first = systemd.show(name, "MainPID")
        account.wait_arrived(lab.peer, inject(lab.source, 30))
        wait_for(lambda: systemd.show(name, "StatusText").startswith("NORMAL: 30 accepted, "),
                 lambda: f"the status: {systemd.show(name, 'StatusText')}")
        journal = ["journalctl", "-q", "--no-pager", "-o", "cat", "INNDUCT_SITE=peer"]
        wait_for(lambda: "peer: starting, feeding " in systemd.run(*journal),
                 lambda: f"the journal: {systemd.run('journalctl', '--no-pager')}")
        systemd.run("systemctl", "reload", name)
        wait_for(lambda: "SIGHUP ignored" in systemd.run(*journal), "the signal arrived")
        wait_for(lambda: systemd.show(name, "SubState") == "running", "it runs on")
        equal(systemd.show(name, "MainPID"), first, "the process after the reload")
        systemd.run("kill", "-STOP", first)
        second = wait_for(lambda: systemd.show(name, "ActiveState") == "active" and
                          systemd.show(name, "MainPID") not in (first, "0") and
                          systemd.show(name, "MainPID"), "another process", 40)
        account.wait_arrived(lab.peer, inject(lab.source, 5, tag="second"))
        equal(systemd.show(name, "MainPID"), second, "the process that feeds")
        lab.source.ctl("drop", "peer")
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(lab.source.run / "innduct/peer"))
            control.sendall(b"flush\n")
            wait_for(lambda: systemd.show(name, "SubState") in ("dead", "failed", "auto-restart"),
                     lambda: systemd.run("systemctl", "status", name, check=False))
        # A unit that failed stays for a person to see.
        equal(systemd.show(name, "ActiveState"), "inactive", "its end")
        true("all of it was offered: done" in systemd.run(*journal), "the journal has the end")
    finally:
        systemd.close()


if __name__ == "__main__":
    main()
