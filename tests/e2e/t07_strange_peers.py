"""Point 7: peers that are old, slow, silent, sick, or no peers at all, played by a script; and what
one bad article does to the others: nothing."""

from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, same_set, stays, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import CLOSE, OLD, RESET, ScriptedPeer, good_check


def demand_all(lab, peer, ids):
    peer.wait_accepted(ids)
    wait_for(lambda: not lab.files.unsettled(), "every line is settled")


# ---------------------------------------------------------------- setting up


@case()
def ihave_only(stage):
    """A peer from before streaming and CAPABILITIES is fed by IHAVE, one article at a time."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, **OLD)
    ids = inject(lab.source, 100)
    Duct(lab, to=peer).start()
    demand_all(lab, peer, ids)
    equal({offer.verb for offer in peer.offers}, {"IHAVE"}, "commands")
    same_set(peer.offered(), ids, "articles offered")
    equal(len(peer.offers), len(ids), "offers")


@case()
def no_streaming_option(stage):
    """--no-streaming: MODE STREAM is not tried, though the peer could."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    ids = inject(lab.source, 20)
    Duct(lab, to=peer, no_streaming=True).start()
    demand_all(lab, peer, ids)
    said = [line for conversation in peer.conversations for line in conversation.commands]
    true("MODE STREAM" not in said, "MODE STREAM is not said")
    equal({offer.verb for offer in peer.offers}, {"IHAVE"}, "commands")


@case()
def any_answer_to_capabilities(stage):
    """Whatever CAPABILITIES is answered, MODE STREAM's answer alone decides."""
    lab = Lab(stage, peer=False)
    answers = ["500 what", "101 list\r\n.", "101 list\r\nVERSION 2\r\nREADER\r\n.", "480 no",
               "401 no", "403 no", "503 no", "502 no", "200 yes", "101 list\r\n" +
               "\r\n".join(f"LABEL{n} " + "x" * 400 for n in range(200)) + "\r\n..dot\r\n."]
    for number, answer in enumerate(answers):
        peer = ScriptedPeer(stage, capabilities=answer)
        ids = inject(lab.source, 3, size=1000, tag=f"cap{number}")
        duct = Duct(lab, to=peer).start()
        demand_all(lab, peer, ids)
        equal({offer.verb for offer in peer.offers}, {"CHECK", "TAKETHIS"}, f"verbs after {answer}")
        duct.stop()
        wait_for(lambda: all(c.quit for c in peer.conversations), "QUIT ends each connection")


@case()
def greeting_201(stage):
    """201 is as good a greeting as 200."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, greeting="201 no posting")
    ids = inject(lab.source, 5)
    Duct(lab, to=peer).start()
    demand_all(lab, peer, ids)


@case()
def greeting_400(stage):
    """400 as greeting: no alarm, tried again at the reconnect interval."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, greeting=lambda conversation:
                        ["400 full", CLOSE] if conversation.number < 3 else "200 scripted")
    ids = inject(lab.source, 5)
    duct = Duct(lab, to=peer, max_connections=1).start()
    demand_all(lab, peer, ids)
    equal(len(peer.conversations), 4, "connections")
    equal(duct.said(r"\.(err|crit) "), [], "errors in the log")


@case()
def bad_set_up(stage):
    """Garbage, half a line or nothing where greeting and answer to MODE STREAM should be: the
    connection is closed, within its timeout, and another one is tried."""
    bad = [b"garbage\r\n", b"200 half", [b"200 half", CLOSE], b"\r\n", b"x" * 100_000, None, CLOSE,
           RESET, b"\0\0\0\0\r\n", b"99999999999999999999 no\r\n"]
    lab = Lab(stage, peer=False)
    for entry in ("greeting", "mode_stream"):
        peer = ScriptedPeer(stage, **{entry: lambda conversation, good={
            "greeting": "200 ok", "mode_stream": "203 ok"}[entry]:
            bad[conversation.number] if conversation.number < len(bad) else good})
        ids = inject(lab.source, 3, size=1000, tag=entry)
        duct = Duct(lab, to=peer, max_connections=1, reconnect_interval="0.2s",
                    connection_timeout="1s").start()
        demand_all(lab, peer, ids)
        true(len(peer.conversations) > len(bad), "each bad set-up was seen")
        true(len(duct.said()) < 60, "little is said")
        duct.stop()


@case()
def streaming_that_does_not_exist(stage):
    """203 to MODE STREAM, then 500 to CHECK: the connection goes on with IHAVE, new ones use it."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, check="500 what")
    ids = inject(lab.source, 20, size=1000)
    duct = Duct(lab, to=peer, max_connections=1).start()
    demand_all(lab, peer, ids)
    equal(len(peer.conversations), 1, "connections")
    checks = len(peer.offered("CHECK"))
    peer.conversations[0].end(CLOSE)
    more = inject(lab.source, 20, size=1000, tag="more")
    demand_all(lab, peer, more)
    equal(len(peer.offered("CHECK")), checks, "CHECKs in all")
    equal(duct.show()["deferred"], 0, "deferred, by show")


# ---------------------------------------------------------------- no-check mode


@case()
def no_check_mode(stage):
    """While the peer takes nearly all, articles are sent at once; when it stops taking them they
    are offered first again."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    duct = Duct(lab, to=peer, max_connections=1, no_check_response_time=10).start()
    wanted = inject(lab.source, 200, size=1000, tag="wanted")
    demand_all(lab, peer, wanted)
    last = wanted[-20:]
    equal([m for m in last if peer.heard_of(m, "CHECK")], [], "the last ones were not CHECKed")
    peer.tell(check=lambda offer: f"438 {offer.id}", takethis=lambda offer: f"439 {offer.id}")
    unwanted = inject(lab.source, 200, size=1000, tag="unwanted", rate=400)
    wait_for(lambda: duct.show()["unwanted"] + duct.show()["rejected"] == 200, "all are answered")
    equal([m for m in unwanted[-20:] if not peer.heard_of(m, "CHECK")], [],
          "the last ones were CHECKed")
    true(len([o for o in peer.offers if o.verb == "TAKETHIS" and "unwanted" in o.id]) < 60,
         "few articles were sent in vain")


# ---------------------------------------------------------------- peers that hang


@case()
def silent_in_the_middle(stage):
    """A peer that stops answering is given up after --idle-timeout; its articles go elsewhere."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, check=lambda offer: None if offer.conversation.number == 0
                        else good_check(offer))
    ids = inject(lab.source, 5, size=1000)
    Duct(lab, to=peer, max_connections=1, idle_timeout="1s").start()
    demand_all(lab, peer, ids)
    lived = peer.conversations[0].ended - peer.conversations[0].began
    true(0.9 <= lived <= 6, f"given up after {lived:.1f} s")


@case()
def half_an_answer(stage):
    """Half an answer, then silence, or the end of the connection: nothing is concluded from it."""
    lab = Lab(stage, peer=False)
    halves = [b"238 <a.", b"2", b"438 <a.1@test.invalid>", b"438 <a.1@test.invalid>\r"]
    answers = halves + [[half, CLOSE] for half in halves]
    peer = ScriptedPeer(stage, check=lambda offer: answers[offer.conversation.number]
                        if offer.conversation.number < len(answers) else good_check(offer))
    ids = inject(lab.source, 1, size=1000)
    Duct(lab, to=peer, max_connections=1, idle_timeout="0.5s", reconnect_interval="0.2s").start()
    demand_all(lab, peer, ids)
    true(len(peer.conversations) > len(answers), "each half was seen")


@case()
def line_without_end(stage):
    """A line of eight megabytes: closed after its first kilobytes, and said briefly."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, check=lambda offer: b"2" * 8_000_000
                        if offer.conversation.number == 0 else good_check(offer))
    ids = inject(lab.source, 5, size=1000)
    duct = Duct(lab, to=peer, max_connections=1).start()
    before = duct.resident_kb()
    demand_all(lab, peer, ids)
    true(duct.resident_kb() < before + 20_000, "memory does not grow")
    true(max(len(line) for line in duct.said()) < 1000, "the log has no endless line")


@case()
def closes_at_any_byte(stage):
    """Connection number N is closed after so many bytes: at every byte of the set-up, within
    commands and within articles. All articles arrive."""
    after = [*range(0, 56), *range(60, 3000, 131)]
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, close_after=lambda conversation: after[conversation.number]
                        if conversation.number < len(after) else None)
    ids = inject(lab.source, 5, size=1000)
    Duct(lab, to=peer, max_connections=1, period_interval="0.1s",
         reconnect_interval="0.05s").start()
    demand_all(lab, peer, ids)
    true(len(peer.conversations) > 60, f"{len(peer.conversations)} connections")


@case()
def byte_by_byte(stage):
    """Answers that come one byte at a time are as good as others."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, dribble=True)
    ids = inject(lab.source, 100, size=1000)
    Duct(lab, to=peer, max_connections=1).start()
    demand_all(lab, peer, ids)
    equal(len(peer.offered("TAKETHIS")), 100, "articles sent")


@case()
def many_answers_at_once(stage):
    """200 answers in one packet, some yes, some no, some later, are each given to their article."""
    lab = Lab(stage, peer=False)

    def check(offer):
        number = int(offer.id.split(".")[1].split("@")[0])
        code = (238, 438, 431)[number % 3] if offer.nth == 1 else 238
        return f"{code} {offer.id}"

    peer = ScriptedPeer(stage, check=check)
    peer.hold()
    ids = inject(lab.source, 120, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == 120, "every line is written")
    duct = Duct(lab, to=peer, max_connections=1, no_check_proportion=100).start()
    wait_for(lambda: len(peer.offers) == 120, "120 CHECKs")
    peer.release()
    wanted = [m for n, m in enumerate(ids, 1) if n % 3 != 1]
    demand_all(lab, peer, wanted)
    same_set(peer.articles, wanted, "articles accepted")
    equal(duct.show()["unwanted"], 40, "unwanted, by show")


@case()
def slow_reader(stage):
    """A peer that reads slowly gets all, while little is held for it in memory."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, read_rate=2_000_000)
    ids = inject(lab.source, 20, size=600_000)
    duct = Duct(lab, to=peer, max_connections=2).start()
    before = duct.resident_kb()
    wait_for(lambda: peer.articles, "the first article")
    true(duct.resident_kb() < before + 30_000, f"{before} KB, then {duct.resident_kb()} KB")
    demand_all(lab, peer, ids)


@case()
def answers_before_any_command(stage):
    """Answers that nobody asked for end the connection; nothing is settled by them."""
    lab = Lab(stage, peer=False)
    ids = inject(lab.source, 5, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == 5, "every line is written")
    early = "".join(f"438 {message_id}\r\n" for message_id in ids)
    peer = ScriptedPeer(stage, mode_stream=lambda conversation: f"203 yes\r\n{early}".rstrip()
                        if conversation.number == 0 else "203 yes")
    Duct(lab, to=peer, max_connections=1).start()
    demand_all(lab, peer, ids)


# ---------------------------------------------------------------- one bad article, a sick peer


@case()
def one_bad_article(stage):
    """A peer that drops the connection whenever it gets one certain article takes the other 199
    without delay."""
    lab = Lab(stage, peer=False)
    bad = "<a.50@test.invalid>"
    peer = ScriptedPeer(stage, takethis=lambda offer: RESET if offer.id == bad
                        else f"239 {offer.id}")
    ids = inject(lab.source, 200, size=1000)
    Duct(lab, to=peer, max_connections=2).start()
    peer.wait_accepted([message_id for message_id in ids if message_id != bad], 30)


@case()
def one_article_answered_501(stage):
    """An article that is answered 501 each time does not keep the others back."""
    lab = Lab(stage, peer=False)
    bad = "<a.50@test.invalid>"
    peer = ScriptedPeer(stage, check=lambda offer: f"501 {offer.id}" if offer.id == bad
                        else good_check(offer))
    ids = inject(lab.source, 200, size=1000)
    Duct(lab, to=peer, max_connections=1).start()
    peer.wait_accepted([message_id for message_id in ids if message_id != bad])
    equal(len(peer.conversations), 1, "connections")


@case()
def sick_peer(stage):
    """A peer that answers 501 to ten different articles in a row is sick: it is left alone for the
    reconnect interval, which is said; when it is well all articles arrive."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, check=lambda offer: f"501 {offer.id}")
    ids = inject(lab.source, 100, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == 100, "every line is written")
    duct = Duct(lab, to=peer, max_connections=1, reconnect_interval="1s").start()
    wait_for(lambda: peer.conversations and peer.conversations[0].ended, "it is left alone")
    true(duct.alarms(), "it is said")
    wait_for(lambda: len(peer.conversations) >= 2, "it is tried again")
    pause = peer.conversations[1].began - peer.conversations[0].ended
    true(pause > 0.5, f"tried again after {pause:.2f} s")
    peer.tell(check=good_check)
    demand_all(lab, peer, ids)


@case()
def twenty_rejections_after_yes(stage):
    """238, then 439, twenty times in a row, is how a real innd's full disk looks: a warning, and no
    offers for a period."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, takethis=lambda offer: f"439 {offer.id}")
    ids = inject(lab.source, 200, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == 200, "every line is written")
    duct = Duct(lab, to=peer, max_connections=1, max_queue_per_conn=20,
                period_interval="2s").start()
    wait_for(duct.alarms, "a warning")
    rejected = len(peer.offered("TAKETHIS"))
    true(rejected <= 45, f"{rejected} articles were sent before the pause")
    peer.tell(takethis=lambda offer: f"239 {offer.id}")
    last = [message_id for message_id in ids if not peer.heard_of(message_id, "TAKETHIS")]
    demand_all(lab, peer, last)


@case()
def deferral_storm(stage):
    """A peer that defers everything gets no new articles for --earliest-deferred-retry after a
    hundred; when it takes them all arrive."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage, check=lambda offer: f"431 {offer.id}")
    ids = inject(lab.source, 600, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == 600, "every line is written")
    Duct(lab, to=peer, max_connections=1, max_queue_per_conn=20,
         earliest_deferred_retry="2s").start()
    wait_for(lambda: len(peer.offers) >= 100, "a hundred offers")
    stays(lambda: len(peer.offers) < 300, lambda: f"{len(peer.offers)} offers", 1)
    peer.tell(check=good_check)
    demand_all(lab, peer, ids)


if __name__ == "__main__":
    main()
