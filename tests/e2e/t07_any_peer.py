"""Point 7: every answer that a peer may give to an offer: what it means for its article, for the
others and for the connection. Peers are played by a script."""

from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, stays, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import CLOSE, OLD, RESET, ScriptedPeer, good_check, good_ihave

RETRY = 1.0  # --earliest-deferred-retry, in seconds
VICTIM = "<a.3@test.invalid>"

GOOD_ANSWER = {
    "check": good_check,
    "takethis": lambda offer: f"239 {offer.id}",
    "ihave": good_ihave,
    "ihave_body": lambda offer: f"235 {offer.id}",
}


def feed_with_victim(stage, stage_name, answer, count=6, **options):
    """Six articles; the victim's first `stage_name` is answered by `answer`, all else is good."""
    good = GOOD_ANSWER[stage_name]
    ihave = stage_name.startswith("ihave")
    first = []

    def scripted(offer):
        if offer.id == VICTIM and not first:
            first.append(offer)
            return answer(offer)
        return good(offer)

    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, **{**(OLD if ihave else {}), stage_name: scripted})
    ids = inject(lab.source, count, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == count, "every line is written")
    duct = Duct(lab, to=peer, max_connections=1, **options).start()
    return lab, peer, duct, ids


def demand_all(lab, peer, ids):
    peer.wait_accepted(ids)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")


def line_of(code, with_id=True):
    return lambda offer: f"{code} {offer.id} text" if with_id else f"{code} text"


def register(name, proof, function, **options):
    """A case made from a row of a table."""
    def play(stage):
        function(stage)
    play.__name__ = name
    play.__doc__ = proof
    case(**options)(play)


# ---------------------------------------------------------------- later: the article waits

LATER = [(431, "check"), (436, "check"), (403, "check"), (450, "check"), (501, "check"),
         (503, "check"), (599, "check"), (431, "takethis"), (436, "takethis"), (403, "takethis"),
         (436, "ihave"), (431, "ihave"), (403, "ihave"), (501, "ihave"), (503, "ihave"),
         (436, "ihave_body"), (431, "ihave_body"), (403, "ihave_body")]


def later(stage, code, where):
    lab, peer, duct, ids = feed_with_victim(stage, where, line_of(code))
    others = [message_id for message_id in ids if message_id != VICTIM]
    peer.wait_accepted(others)
    equal(len(peer.conversations), 1, "connections")
    wait_for(lambda: duct.show()["deferred"] == 1, "the article is deferred, by show")
    demand_all(lab, peer, ids)
    # Who is answered 5xx is suspect: it is tried on a fresh connection, alone.
    equal(len(peer.conversations), 2 if code >= 500 else 1, "connections")
    for conversation in peer.conversations[1:]:
        offers = [command for command in conversation.commands if "<" in str(command)]
        true(offers and all(VICTIM in str(offer) for offer in offers), f"tried alone: {offers}")
    asked = peer.heard_of(VICTIM, "IHAVE" if where.startswith("ihave") else "CHECK")
    waited = asked[-1].when - peer.heard_of(VICTIM)[0].when
    true(waited >= RETRY * 0.9, f"offered again after {waited:.2f} s")
    wait_for(lambda: not lab.files.defer.exists() and not lab.files.backlogs(),
             "F_defer and backlog files vanish")


for code_, where_ in LATER:
    register(f"later_{code_}_to_{where_}",
             f"{code_} to {where_}: the article is deferred and offered again no sooner than "
             "--earliest-deferred-retry; the connection stays and the others are fed. After 5xx it "
             "is offered alone, on a connection of its own.",
             lambda stage, code=code_, where=where_: later(stage, code, where))

# ---------------------------------------------------------------- no: settled

NO = [(438, "check"), (435, "check"), (437, "check"), (439, "check"), (439, "takethis"),
      (437, "takethis"), (438, "takethis"), (435, "takethis"), (435, "ihave"), (437, "ihave"),
      (438, "ihave"), (439, "ihave"), (437, "ihave_body"), (435, "ihave_body"),
      (438, "ihave_body"), (439, "ihave_body")]


def no(stage, code, where, with_id):
    lab, peer, duct, ids = feed_with_victim(stage, where, line_of(code, with_id))
    others = [message_id for message_id in ids if message_id != VICTIM]
    demand_all(lab, peer, others)
    equal(len(peer.conversations), 1, "connections")
    heard = len(peer.heard_of(VICTIM))
    stays(lambda: len(peer.heard_of(VICTIM)) == heard, "it is not offered again", RETRY + 0.5)
    figures = duct.show()
    equal((figures["accepted"], figures["deferred"], figures["unwanted"] + figures["rejected"]),
          (5, 0, 1), "accepted, deferred, refused, by show")
    true(not lab.files.defer.exists() and not lab.files.backlogs(), "nothing is deferred")


for code_, where_ in NO:
    for with_id_ in (True, False):
        register(f"no_{code_}_to_{where_}" + ("" if with_id_ else "_without_id"),
                 f"{code_} to {where_}: the article is settled and never offered again.",
                 lambda stage, code=code_, where=where_, with_id=with_id_:
                 no(stage, code, where, with_id))

# ---------------------------------------------------------------- closing, and nobody's fault

CLOSING = [("400_to_check", "check", line_of(400, False)),
           ("400_to_takethis", "takethis", line_of(400, False)),
           ("400_to_ihave", "ihave", line_of(400, False)),
           ("end_at_check", "check", lambda offer: CLOSE),
           ("end_at_takethis", "takethis", lambda offer: CLOSE),
           ("end_at_ihave", "ihave", lambda offer: CLOSE),
           ("end_at_ihave_body", "ihave_body", lambda offer: CLOSE),
           ("reset_at_check", "check", lambda offer: RESET),
           ("reset_at_takethis", "takethis", lambda offer: RESET),
           ("400_then_end", "check", lambda offer: ["400 bye", CLOSE])]


def closing(stage, where, answer):
    lab, peer, duct, ids = feed_with_victim(stage, where, answer)
    demand_all(lab, peer, ids)
    wait_for(lambda: peer.conversations[0].ended, "the connection is closed")
    true(len(peer.conversations) >= 2, "another connection is made")
    again = next(offer for offer in peer.heard_of(VICTIM) if offer.conversation.number > 0)
    equal(again.verb, "IHAVE" if where.startswith("ihave") else "CHECK",
          "how the article is offered again")
    equal(duct.show()["deferred"], 0, "deferred, by show")


for name_, where_, answer_ in CLOSING:
    register(f"closing_{name_}",
             "The peer ends the connection: unanswered articles return to the queue and are "
             "offered again on another connection, with CHECK; none is deferred.",
             lambda stage, where=where_, answer=answer_: closing(stage, where, answer))

# ---------------------------------------------------------------- an answer that fits nothing

NONSENSE = [("100_to_check", "check", line_of(100)),
            ("205_to_check", "check", line_of(205)),
            ("239_to_check", "check", line_of(239)),
            ("335_to_check", "check", line_of(335)),
            ("wrong_id_to_check", "check", lambda offer: "238 <other@test.invalid>"),
            ("wrong_id_to_takethis", "takethis", lambda offer: "239 <other@test.invalid>"),
            ("words_to_check", "check", lambda offer: "what do you mean?"),
            ("empty_line_to_check", "check", lambda offer: ""),
            ("bytes_to_check", "check", lambda offer: b"\0\xff\x1b[2J\x07\r\n"),
            ("long_line_to_check", "check", lambda offer: f"238 {offer.id} " + "x" * 600),
            ("238_to_takethis", "takethis", line_of(238)),
            ("335_to_takethis", "takethis", line_of(335)),
            ("235_to_ihave", "ihave", line_of(235)),
            ("205_to_ihave_body", "ihave_body", line_of(205)),
            ("500_to_takethis", "takethis", line_of(500)),
            ("501_to_takethis", "takethis", line_of(501)),
            ("503_to_takethis", "takethis", line_of(503))]


def nonsense(stage, where, answer):
    lab, peer, duct, ids = feed_with_victim(stage, where, answer)
    demand_all(lab, peer, ids)
    wait_for(lambda: peer.conversations[0].ended, "the connection is closed")
    equal(peer.conversations[0].quit, False, "QUIT on a connection that is out of step")
    equal(duct.show()["deferred"], 1, "deferred, by show")
    others = [offer.when for message_id in ids if message_id != VICTIM
              for offer in peer.heard_of(message_id) if offer.article]
    last = peer.heard_of(VICTIM)[-1].when
    true(max(others) < last, "the others do not wait for the article that was answered badly")
    true(all(byte >= 32 or byte in b"\n\t" for byte in duct.syslog.read_bytes()),
         "the peer's bytes are escaped in the log")


for name_, where_, answer_ in NONSENSE:
    register(f"nonsense_{name_}",
             "The connection is closed without QUIT; the article that was answered so is "
             "deferred, the others return to the queue and are fed.",
             lambda stage, where=where_, answer=answer_: nonsense(stage, where, answer))

# ---------------------------------------------------------------- configuration

REFUSALS = [401, 480, 483, 502]


def refusal(stage, where, code):
    answers = {"count": 0}

    def scripted(about):
        answers["count"] += 1
        good = {"greeting": "200 scripted", "mode_stream": "203 yes"}.get(where)
        if answers["count"] <= 2:
            return [f"{code} no", CLOSE] if where == "greeting" else f"{code} no"
        return good or GOOD_ANSWER[where](about)

    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, **{where: scripted})
    ids = inject(lab.source, 5, size=1000)
    duct = Duct(lab, to=peer, max_connections=1).start()
    demand_all(lab, peer, ids)
    true(duct.alarms(), "the log asks an administrator to look")
    true(any(str(code) in line for line in duct.alarms()), "the log names the code")
    equal(duct.show()["deferred"], 0, "deferred, by show")
    began = [conversation.began for conversation in peer.conversations]
    true(len(began) > 1 and min(b - a for a, b in zip(began, began[1:])) >= 0.4,
         "a new connection waits for the reconnect interval")


for code_ in REFUSALS:
    for where_ in ("check", "takethis"):
        register(f"refusal_{code_}_to_{where_}",
                 f"{code_} to {where_}: configuration is wrong. Closed, said loudly, tried again "
                 "at the reconnect interval; no article is charged.",
                 lambda stage, where=where_, code=code_: refusal(stage, where, code))
register("refusal_502_as_greeting", "502 instead of a greeting: said loudly, tried again.",
         lambda stage: refusal(stage, "greeting", 502))
register("refusal_480_to_mode_stream", "480 to MODE STREAM: said loudly, or fed by IHAVE.",
         lambda stage: refused_mode_stream(stage))


def refused_mode_stream(stage):
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, mode_stream="480 authenticate", ihave="480 authenticate")
    ids = inject(lab.source, 5, size=1000)
    duct = Duct(lab, to=peer, max_connections=1).start()
    wait_for(duct.alarms, "the log asks an administrator to look")
    peer.tell(mode_stream="203 yes", ihave=good_ihave)
    demand_all(lab, peer, ids)


if __name__ == "__main__":
    main()
