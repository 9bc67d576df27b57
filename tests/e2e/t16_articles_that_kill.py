"""Point 16: an article that kills the peer's connection, or innduct itself, each time it is sent:
the others are fed, and it ends in the quarantine; a kill from outside makes nobody a suspect."""

import os
import random
import signal
import subprocess
import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import Unmet, equal, true, wait_for
from fixture.inject import Background, inject
from fixture.lab import Lab
from fixture.scripted_peer import CLOSE, ScriptedPeer
from fixture.stage import HERE

VICTIM = "<a.321@test.invalid>"


def quarantine_of(lab):
    """The lines of F_quarantine that stand there."""
    path = lab.files.feed.with_name(lab.files.feed.name + "_quarantine")
    text = path.read_text() if path.exists() else ""
    return [line for line in text.splitlines() if line.strip(" ")]


def demand_quarantined(lab, duct, reason):
    """The victim, and nobody else, is in the quarantine, in `show`, in the list and in the log."""
    lines = quarantine_of(lab)
    equal(len(lines), 1, f"articles in the quarantine: {lines}")
    true(f" {VICTIM} " in lines[0] and reason in lines[0], f"{VICTIM} and why: {lines[0]}")
    wait_for(lambda: duct.show()["in_quarantine"] == 1, "the quarantine is counted, by show")
    true(VICTIM in duct.ask("quarantine"), "the quarantine is listed")
    warnings = [line for line in duct.alarms() if "quarantined" in line and VICTIM in line]
    equal(len(warnings), 1, "warnings in syslog")


def retry(lab, duct, peer):
    """Has the victim tried again, now that it is harmless: the peer takes it."""
    equal(duct.ask(f"quarantine retry {VICTIM}").strip(), "1 article will be offered again",
          "the answer")
    equal(quarantine_of(lab), [], "the quarantine")
    peer.wait_accepted([VICTIM])
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    wait_for(lambda: duct.show()["in_quarantine"] == 0, "the quarantine is empty, by show")


@case(timeout=150)
def that_end_the_connection(stage):
    """Of 10,000 articles one makes the peer close the connection each time. The others arrive; it is
    tried three times on a connection of its own, quarantined, and taken when the peer is cured."""
    lab = Lab(stage, peer=False)
    cured = []

    def takethis(offer):
        return CLOSE if offer.id == VICTIM and not cured else f"239 {offer.id}"

    peer = ScriptedPeer(stage, takethis=takethis)
    ids = inject(lab.source, 9000, size=300)
    begin = time.monotonic()
    duct = Duct(lab, to=peer).start()
    more = Background(lab.source, 1000, size=300, tag="b", rate=60)
    peer.wait_accepted([each for each in ids if each != VICTIM], 60)
    fed_in = time.monotonic() - begin
    print(f"8,999 others in {fed_in:.1f} s", flush=True)
    ids += more.join()
    batch = 0
    while not quarantine_of(lab):  # others must show that the peer is well
        batch += 1
        ids += inject(lab.source, 5, size=300, tag=f"c{batch}")
        peer.wait_accepted([each for each in ids if each != VICTIM], 20)
    peer.wait_accepted([each for each in ids if each != VICTIM], 20)
    demand_quarantined(lab, duct, "the peer failed 3 times at this article alone")
    alone = [offer for offer in peer.heard_of(VICTIM, "TAKETHIS")
             if {line for line in offer.conversation.commands if "<" in line}
             == {f"CHECK {VICTIM}", f"TAKETHIS {VICTIM}"}]
    true(3 <= len(alone) <= 8, f"{len(alone)} tries alone of {len(peer.heard_of(VICTIM))} offers")
    equal(duct.show()["quarantined"], 1, "quarantined, by show")
    cured.append(True)
    retry(lab, duct, peer)


def shim(stage):
    built = stage.folder / "crash_shim.so"
    subprocess.run(["gcc-12", "-shared", "-fPIC", "-o", built, HERE / "crash_shim.c", "-ldl"],
                   check=True)
    return built


@case(timeout=120)
def that_make_us_crash(stage):
    """innduct crashes whenever it sends one article, and is started again each time: the others
    arrive, and it is quarantined once it was three times alone in our hands."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    poisonous = stage.folder / "poisonous"
    poisonous.touch()
    duct = Duct(lab, to=peer)
    duct.environment["LD_PRELOAD"] += f":{shim(stage)}"
    duct.environment["ASAN_OPTIONS"] += ":handle_segv=0"
    duct.environment.update(CRASH_ID=VICTIM, CRASH_WHILE=str(poisonous))
    ids = inject(lab.source, 500, size=1000)
    crashes = 0
    while not quarantine_of(lab):
        duct.launch()
        wait_for(lambda: quarantine_of(lab) or not duct.running(), "it crashes, or has learnt", 30)
        if not duct.running():
            equal(duct.process.returncode, -signal.SIGSEGV, "how it ended")
            crashes += 1
            true(crashes <= 6, "crashes")
    equal(crashes, 4, "crashes: one in a crowd, three alone")
    peer.wait_accepted([each for each in ids if each != VICTIM])
    demand_quarantined(lab, duct, "innduct crashed 3 times with this article alone in hand")
    true(duct.said("crashed, with [0-9]+ articles in hand"), "the crash is said")
    poisonous.unlink()
    retry(lab, duct, peer)


def killed_at_full_load(stage, kills):
    chance = random.Random(int(os.environ.get("INNDUCT_SEED", 14)))
    lab = Lab(stage)
    duct = Duct(lab, feedfile_flush_size=20000, reconnect_interval="0.2s")
    injecting = Background(lab.source, 60 * kills, rate=300, seed=4)
    for _ in range(kills):
        duct.launch()
        end = time.monotonic() + chance.uniform(0.0, 0.4)
        while time.monotonic() < end:
            duct.demand_running()
            time.sleep(0.005)
        duct.kill()
        suspects = lab.files.feed.with_name("peer_suspects")
        if suspects.exists() or quarantine_of(lab):
            raise Unmet(f"a kill made a suspect: {suspects.exists()}, {quarantine_of(lab)}")
    duct.start()
    ids = injecting.join()
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")
    equal(duct.said("crashed, with"), [], "crashes, by the log")
    figures = duct.show()
    equal((figures["quarantined"], figures["charged"]), (0, 0), "quarantined and charged, by show")


@case(timeout=100)
def no_suspect_of_a_kill(stage):
    """Twenty times SIGKILL at full load: nobody is charged or quarantined, nothing is lost."""
    killed_at_full_load(stage, 20)


@case(timeout=300, full=True)
def no_suspect_of_a_hundred_kills(stage):
    """A hundred times SIGKILL at full load: nobody is charged or quarantined, nothing is lost."""
    killed_at_full_load(stage, 100)


if __name__ == "__main__":
    main()
