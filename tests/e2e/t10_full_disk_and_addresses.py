"""Point 10: a full disk under the feed files; and every way to reach, or not to reach, a peer."""

import fcntl
import os
import socket
import struct
import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, stays, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import CLOSE, ScriptedPeer, good_check

# ---------------------------------------------------------------- a full disk


class SmallDisk:
    """A lab whose source keeps its feed files on a file system of 64 KB."""

    def __init__(self, stage):
        stage.need_private("a small file system")
        self.lab = Lab(stage, peer=False, start=False)
        stage.tmpfs(self.lab.source.outgoing, 64)
        self.lab.source.start()
        self.filler = self.lab.source.outgoing / "filler"

    def fill(self):
        """Takes all that is left, but for what files have room for in their last block."""
        with open(self.filler, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def free(self):
        self.filler.unlink()


@case()
def half_a_line(stage):
    """innd cuts a line where the disk is full; after a flush its head ends F_flushing and its tail
    begins F. Joined it is one article, and nothing is bad."""
    disk = SmallDisk(stage)
    lab = disk.lab
    peer = ScriptedPeer(stage)
    duct = Duct(lab, to=peer).start()
    first = inject(lab.source, 40, size=1000, tag="first")
    peer.wait_accepted(first)
    disk.fill()
    second = inject(lab.source, 60, size=1000, tag="second")
    wait_for(lambda: not lab.files.feed.read_bytes().endswith(b"\n"), "F ends in half a line")
    duct.ask("flush")
    wait_for(lambda: lab.files.flushing.exists() and lab.files.feed.exists(), "a new F")
    stays(lab.files.flushing.exists, "F_flushing waits for the other half", 1)
    disk.free()
    lab.source.ctl("flush", "peer")
    peer.wait_accepted(first + second)
    wait_for(lambda: not lab.files.flushing.exists() and not lab.files.unsettled(), "all settled")
    equal(duct.show()["bad"], 0, "bad lines, by show")
    equal(len(peer.offered("CHECK")) <= 100, True, "no article was offered twice")


@case()
def half_a_line_and_the_finish_timeout(stage):
    """While half a line waits for its other half, the finish timeout does not take F_flushing."""
    disk = SmallDisk(stage)
    lab = disk.lab
    peer = ScriptedPeer(stage)
    duct = Duct(lab, to=peer, flush_finish_timeout="0.5s").start()
    first = inject(lab.source, 40, size=1000, tag="first")
    peer.wait_accepted(first)
    disk.fill()
    second = inject(lab.source, 60, size=1000, tag="second")
    wait_for(lambda: not lab.files.feed.read_bytes().endswith(b"\n"), "F ends in half a line")
    duct.ask("flush")
    wait_for(lambda: lab.files.flushing.exists() and lab.files.feed.exists(), "a new F")
    stays(lambda: lab.files.flushing.exists() and not lab.files.backlogs(),
          "F_flushing is not moved", 2)
    disk.free()
    lab.source.ctl("flush", "peer")
    peer.wait_accepted(first + second)
    wait_for(lambda: not lab.files.unsettled(), "all settled")
    equal(duct.show()["bad"], 0, "bad lines, by show")


@case()
def killed_with_half_a_line(stage):
    """SIGKILL while half a line waits: the next start joins it all the same."""
    disk = SmallDisk(stage)
    lab = disk.lab
    peer = ScriptedPeer(stage)
    duct = Duct(lab, to=peer).start()
    first = inject(lab.source, 40, size=1000, tag="first")
    peer.wait_accepted(first)
    disk.fill()
    second = inject(lab.source, 60, size=1000, tag="second")
    wait_for(lambda: not lab.files.feed.read_bytes().endswith(b"\n"), "F ends in half a line")
    duct.ask("flush")
    wait_for(lambda: lab.files.flushing.exists() and lab.files.feed.exists(), "a new F")
    duct.kill()
    disk.free()
    lab.source.ctl("flush", "peer")
    third = inject(lab.source, 10, size=1000, tag="third")
    duct.start()
    peer.wait_accepted(first + second + third)
    wait_for(lambda: not lab.files.unsettled(), "all settled")
    equal(duct.show()["bad"], 0, "bad lines, by show")


@case()
def deferrals_wait_for_space(stage):
    """What cannot be recorded in F_defer goes back to the queue; said once a period at most; when
    space returns it is deferred, and accepted in the end."""
    disk = SmallDisk(stage)
    lab = disk.lab
    peer = ScriptedPeer(stage, check=lambda offer: f"431 {offer.id}")
    ids = inject(lab.source, 20, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == 20, "every line is written")
    duct = Duct(lab, to=peer, period_interval="0.5s")
    disk.fill()
    with open(disk.filler, "r+b") as file:
        # Room for the lock file, and for nothing else.
        file.truncate(os.path.getsize(disk.filler) - 4096)
    duct.start()
    disk.fill()
    wait_for(lambda: len(peer.offers) >= 20, "twenty offers")
    stays(lambda: len(lab.files.feed.read_bytes().split()) >= 40, "no line is settled", 2)
    duct.demand_running()
    true(1 <= len(duct.alarms()) <= 15, f"{len(duct.alarms())} warnings in some 2 s")
    disk.free()
    wait_for(lambda: not lab.files.feed.read_bytes().strip(b" \n"), "all are deferred")
    peer.tell(check=good_check)
    peer.wait_accepted(ids)
    wait_for(lambda: not lab.files.defer.exists() and not lab.files.backlogs(), "all settled")


@case()
def flush_on_a_full_disk(stage):
    """A full disk does not keep the feed from being flushed, dumped or fed."""
    disk = SmallDisk(stage)
    lab = disk.lab
    peer = ScriptedPeer(stage)
    duct = Duct(lab, to=peer).start()
    first = inject(lab.source, 10, size=1000)
    peer.wait_accepted(first)
    disk.fill()
    duct.ask("dump a")
    duct.flush()
    disk.free()
    peer.wait_accepted(inject(lab.source, 10, size=1000, tag="later"))
    duct.demand_running()


# ---------------------------------------------------------------- addresses


def add_address(text):
    """Gives the loopback interface another IPv6 address."""
    set_address = 0x8916
    request = struct.pack("16sIi", socket.inet_pton(socket.AF_INET6, text), 128,
                          socket.if_nametoindex("lo"))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_address, request)


def fed(lab, peer, fqdn, tag="a", **options):
    duct = Duct(lab, to=peer, fqdn=fqdn, **options).start()
    peer.wait_accepted(inject(lab.source, 10, size=1000, tag=tag))
    return duct


@case()
def ipv6(stage):
    """A peer that has an IPv6 address only."""
    lab = Lab(stage, peer=False)
    fed(lab, ScriptedPeer(stage, hosts=["::1"]), "::1")


@case()
def ipv6_between_real_servers(stage):
    """A real innd fed over IPv6."""
    lab = Lab(stage)
    Duct(lab, fqdn="::1").start()
    ids = inject(lab.source, 20)
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)


@case()
def name_with_both_families(stage):
    """A name with an IPv6 and an IPv4 address, of which only the one or the other answers."""
    stage.hosts("::1 both.test.invalid\n127.0.0.1 both.test.invalid\n")
    lab = Lab(stage, peer=False)
    for host in ("::1", "127.0.0.1"):
        peer = ScriptedPeer(stage, hosts=[host])
        duct = Duct(lab, to=peer, fqdn="both.test.invalid").start()
        peer.wait_accepted(inject(lab.source, 5, size=1000, tag=host.replace(":", "x")))
        duct.stop()


@case()
def several_addresses(stage):
    """Of four addresses the first refuses and the second never answers: the third is used, within
    the connection timeout."""
    stage.hosts("".join(f"127.0.1.{n} four.test.invalid\n" for n in range(1, 5)))
    lab = Lab(stage, peer=False)
    port = stage.port()
    mute = ScriptedPeer(stage, hosts=["127.0.1.2"], port=port, greeting=None)
    peer = ScriptedPeer(stage, hosts=["127.0.1.3", "127.0.1.4"], port=port)
    fed(lab, peer, "four.test.invalid", connection_timeout="4s", max_connections=1)
    # The system's order of addresses is its own; in any order all get articles.
    true(len(mute.conversations) <= 2, "the mute address is not asked again and again")


@case()
def all_addresses_are_tried_in_turn(stage):
    """The attempt after a failed one begins with the address behind it: an address that accepts
    connections and never greets does not keep innduct from the others."""
    stage.hosts("".join(f"127.0.1.{n} three.test.invalid\n" for n in range(1, 4)))
    lab = Lab(stage, peer=False)
    port = stage.port()
    for mute in range(1, 4):
        mutes = [ScriptedPeer(stage, hosts=[f"127.0.1.{n}"], port=port, greeting=None)
                 for n in range(1, 4) if n != mute]
        peer = ScriptedPeer(stage, hosts=[f"127.0.1.{mute}"], port=port)
        duct = Duct(lab, to=peer, fqdn="three.test.invalid", connection_timeout="1s",
                    max_connections=1).start()
        peer.wait_accepted(inject(lab.source, 5, size=1000, tag=f"turn{mute}"))
        duct.kill()
        for each in [peer, *mutes]:
            each.close()


@case()
def source_address(stage):
    """The address of inn.conf's sourceaddress is the one the peer sees; IPv6 likewise."""
    stage.need_private("another address on the loopback interface")
    add_address("fd00::9")
    lab = Lab(stage, peer=False,
              inn_conf={"sourceaddress": "127.0.0.9", "sourceaddress6": '"fd00::9"'})
    for host, seen in (("127.0.0.1", "127.0.0.9"), ("::1", "fd00::9")):
        peer = ScriptedPeer(stage, hosts=[host])
        duct = fed(lab, peer, host, tag=seen.replace(":", "x"))
        equal({conversation.client for conversation in peer.conversations}, {seen},
              "address that the peer saw")
        duct.stop()


@case()
def name_that_does_not_resolve(stage):
    """A name that does not resolve is looked up again at the interval, said briefly; once it does
    the peer is fed, without a restart."""
    stage.hosts("")
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    ids = inject(lab.source, 10, size=1000)
    duct = Duct(lab, to=peer, fqdn="nowhere.test.invalid").start()
    wait_for(lambda: duct.said("nowhere.test.invalid"), "the name is in the log")
    used = duct.cpu_seconds()
    stays(duct.running, "innduct runs", 3)
    true(duct.cpu_seconds() - used < 0.3, "it does not spin")
    true(len(duct.said()) < 20, f"{len(duct.said())} lines in the log")
    stage.hosts("127.0.0.1 nowhere.test.invalid\n")
    peer.wait_accepted(ids)


@case()
def no_connections_faster_than_allowed(stage):
    """A peer that refuses connections is tried once per --reconnect-interval; `next conn` makes the
    next attempt at once."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, greeting=["400 go away", CLOSE])
    ids = inject(lab.source, 5, size=1000)
    duct = Duct(lab, to=peer, reconnect_interval="1s").start()
    wait_for(lambda: peer.conversations, "the first attempt")
    time.sleep(3)  # the interval itself is what is looked at
    tries = len(peer.conversations)
    true(3 <= tries <= 5, f"{tries} attempts in 3 s")
    duct.stop()
    duct = Duct(lab, to=peer, reconnect_interval="1h").start()
    wait_for(lambda: len(peer.conversations) == tries + 1, "the first attempt")
    stays(lambda: len(peer.conversations) == tries + 1, "no second attempt", 1)
    peer.tell(greeting="200 welcome")
    duct.ask("next conn")
    peer.wait_accepted(ids, 5)


if __name__ == "__main__":
    main()
