"""Point 5: SIGKILL at random moments, a restart each time: every article is at the peer at the end.

INNDUCT_KILLS is how often (default 50), INNDUCT_SEED where chance begins (default: any).
"""

import os
import random
import time

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import true, wait_for
from fixture.inject import Background
from fixture.lab import Lab
from fixture.scripted_peer import CLOSE, ScriptedPeer, good_check

KILLS = int(os.environ.get("INNDUCT_KILLS", 50))


def dice():
    seed = int(os.environ.get("INNDUCT_SEED", random.randrange(1 << 30)))
    print(f"INNDUCT_SEED={seed}", flush=True)
    return random.Random(seed)


def killed(duct, chance, kills):
    """Starts innduct and kills it, again and again; leaves it running."""
    for _ in range(kills):
        duct.launch()
        end = time.monotonic() + chance.uniform(0.0, 0.6)
        while time.monotonic() < end and duct.running():
            time.sleep(0.005)
        duct.demand_running()
        duct.kill()
    duct.start()


@case(timeout=150)
def at_any_moment(stage):
    """Killed while a real peer is fed, with flushes by size between: every article is there."""
    chance = dice()
    lab = Lab(stage)
    duct = Duct(lab, feedfile_flush_size=5000, reconnect_interval="0.2s")
    injecting = Background(lab.source, 40 * KILLS, rate=120, seed=2)
    killed(duct, chance, KILLS)
    ids = injecting.join()
    account.wait_arrived(lab.peer, ids)
    account.complete(lab, ids)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")


@case(timeout=150)
def while_deferring(stage):
    """Killed while the peer defers a third of what it is offered and drops connections, so that
    F_defer is written, moved and read: every article is accepted in the end."""
    chance = dice()
    lab = Lab(stage, peer=False)

    def check(offer):
        luck = chance.random()
        if offer.nth < 4 and luck < 0.3:
            return f"431 {offer.id}"
        return [good_check(offer), CLOSE] if luck > 0.995 else good_check(offer)

    peer = ScriptedPeer(stage, check=check)
    duct = Duct(lab, to=peer, feedfile_flush_size=5000, reconnect_interval="0.2s",
                earliest_deferred_retry="0.2s", flush_finish_timeout="1s",
                backlog_rescan_interval="0.2s")
    injecting = Background(lab.source, 20 * KILLS, rate=60, seed=3, size=2000)
    killed(duct, chance, KILLS)
    ids = injecting.join()
    peer.wait_accepted(ids, 60)
    wait_for(lambda: not lab.files.unsettled() and not lab.files.defer.exists(), "all settled")
    deferred = [offer for offer in peer.offers if str(offer.answer).startswith("431")]
    true(len(deferred) > len(ids) / 10, f"only {len(deferred)} deferrals")


@case(timeout=60)
def while_dropping(stage):
    """Killed while a dropped feed is finished: the last start ends with 4, everything fed."""
    chance = dice()
    lab = Lab(stage)
    injecting = Background(lab.source, 500, size=2000)
    ids = injecting.join()
    lab.source.ctl("drop", "peer")
    duct = Duct(lab, feedfile_flush_size=100)
    for _ in range(10):
        duct.launch()
        end = time.monotonic() + chance.uniform(0.0, 0.5)
        while time.monotonic() < end and duct.running():
            time.sleep(0.005)
        if not duct.running():
            break
        duct.kill()
    else:
        duct.launch()
    duct.demand_exit(4)
    account.complete(lab, ids)


if __name__ == "__main__":
    main()
