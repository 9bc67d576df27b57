"""Point 6: two starts for one feed, what a dead innduct leaves behind, daemons, and how it ends."""

import fcntl
import os
import re
import signal
import socket

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab


@case()
def second_start(stage):
    """A second start ends at once: 0 and silence with -q, 12 and a line without; the first
    goes on."""
    lab = Lab(stage)
    first = Duct(lab).start()
    quiet = Duct(lab, quiet_multiple=True)
    equal(quiet.run_to_end(), 0, "exit status with -q")
    equal(quiet.said(), [], "what it logged")
    equal(quiet.stderr.read_text(), "", "what it printed")
    short = Duct(lab, arguments=["-q"])
    equal(short.run_to_end(), 0, "exit status with -q")
    loud = Duct(lab)
    equal(loud.run_to_end(), 12, "exit status")
    true(loud.said(r"\.err .*"), "an error is logged")
    first.demand_running()
    ids = inject(lab.source, 10)
    account.wait_arrived(lab.peer, ids)


@case()
def lock_file(stage):
    """The lock file holds pid, site, feed file and fqdn, whatever it held before."""
    lab = Lab(stage)
    lab.files.lock.write_text("stale text of a process that is no more\n" * 20)
    stage.own(lab.files.lock)
    duct = Duct(lab).start()
    text = lab.files.lock.read_text()
    words = re.split(r"[\s=:]+", text)
    for word in [str(duct.process.pid), "peer", str(lab.files.feed), "127.0.0.1"]:
        true(word in words, f"{word} is in the lock file: {text!r}")
    true("stale" not in text, "nothing of the old text is left")
    duct.stop()
    true(lab.files.lock.exists(), "the lock file stays")
    Duct(lab).start()


@case()
def lock_of_the_original(stage):
    """A lock taken by fcntl(F_SETLK), as the original innduct takes it, is respected."""
    lab = Lab(stage)
    with open(lab.files.lock, "w") as lock:
        stage.own(lab.files.lock)
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        equal(Duct(lab).run_to_end(), 12, "exit status while another holds the lock")
    Duct(lab).start()


@case()
def stale_socket(stage):
    """The socket of an innduct that was killed is taken over."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    duct.kill()
    true(duct.socket_path.exists(), "SIGKILL left the socket behind")
    duct.start()
    true(duct.ask("h"), "the control line answers")


@case()
def live_socket(stage):
    """The socket of another living process is left alone: exit 12."""
    lab = Lab(stage)
    duct = Duct(lab)
    duct.socket_path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(duct.socket_path))
        other.listen(1)
        stage.own(duct.socket_path.parent)
        equal(duct.run_to_end(), 12, "exit status")
        true(duct.socket_path.exists(), "the other's socket is still there")


@case()
def socket_folder(stage):
    """The folder of the control sockets is made with mode 0700."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    equal(oct(duct.socket_path.parent.stat().st_mode & 0o7777), oct(0o700), "mode of the folder")


@case()
def daemon(stage):
    """The parent ends with 0 once the daemon holds the lock and listens, with 12 when it cannot."""
    lab = Lab(stage)
    duct = Duct(lab, daemon=True)
    equal(duct.run_to_end(), 0, "exit status of the parent")
    pid = int(re.search(r"\d+", lab.files.lock.read_text()).group())
    true(pid != duct.process.pid, "the lock is the daemon's")
    true(duct.listening(), "the daemon listens when its parent has ended")
    equal(Duct(lab, daemon=True).run_to_end(), 12, "exit status of a second parent")
    equal(Duct(lab, daemon=True, quiet_multiple=True).run_to_end(), 0, "exit status with -q")
    equal(os.getsid(pid) != os.getsid(0), True, "the daemon has a session of its own")
    equal(os.readlink(f"/proc/{pid}/cwd"), str(lab.source.run), "its folder is pathrun")
    ids = inject(lab.source, 10)
    account.wait_arrived(lab.peer, ids)
    duct.tell("stop")
    wait_for(lambda: not duct.listening(), "the daemon ends")


@case()
def started_by_root(stage):
    """Started by root it becomes user news, and what it creates is news's, mode 0664."""
    lab = Lab(stage)
    duct = Duct(lab, root=True).start()
    equal(os.stat(f"/proc/{duct.process.pid}").st_uid, stage.news.pw_uid, "user of the process")
    for path in [lab.files.lock, duct.socket_path, duct.socket_path.parent]:
        equal(path.stat().st_uid, stage.news.pw_uid, f"owner of {path.name}")
    equal(oct(lab.files.lock.stat().st_mode & 0o7777), oct(0o664), "mode of the lock file")
    duct.ask("flush")
    ids = inject(lab.source, 10)
    account.wait_arrived(lab.peer, ids)
    lab.source.stop()
    lab.source.start()


@case()
def stop_and_signals(stage):
    """`stop` ends it with 0; SIGTERM and SIGINT end it by the signal; each logs statistics."""
    lab = Lab(stage)
    for number, end in [(0, lambda duct: duct.stop()),
                        (-signal.SIGTERM, lambda duct: duct.terminate(signal.SIGTERM)),
                        (-signal.SIGINT, lambda duct: duct.terminate(signal.SIGINT))]:
        duct = Duct(lab).start()
        ids = inject(lab.source, 7, tag=f"end{-number}")
        account.wait_arrived(lab.peer, ids)
        wait_for(lambda: not lab.files.unsettled(), "every line is settled")
        end(duct)
        equal(duct.process.returncode, number, "exit status")
        true(duct.said(r"accepted=7\b"), "statistics are logged")
        true(not duct.socket_path.exists(), "the control socket is removed")


if __name__ == "__main__":
    main()
