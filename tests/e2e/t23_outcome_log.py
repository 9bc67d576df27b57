"""Point 23: the outcome log: a line for each article, which add up with the statistics; SIGHUP opens
it anew, and nothing is missing between the two files."""

import collections
import gzip
import re
import shutil
import signal
import subprocess

from fixture.articles import Articles
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import Background, inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer, good_check
from fixture.stage import REPOSITORY, Skip

OUTCOMES = ["accepted", "unwanted", "rejected", "deferred", "missing", "quarantined", "dropped",
            "forgotten"]
LINE = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?P<id><\S+>) (?P<outcome>[a-z]+)"
                  r" (?P<code>\d{3}|-) (?P<connection>\d+/127\.0\.0\.1|-) (?P<ms>\d+|-) (?P<text>.+)")


def lines_of(path):
    """The lines of an outcome log, as dicts."""
    text = path.read_text()
    true(text.endswith("\n") or not text, f"{path.name} ends with its last line")
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    true(all(found), f"{path.name} has the documented format: {text[:1000]}")
    return [line.groupdict() for line in found]


def statistics(duct):
    """The outcomes of the last line of statistics."""
    line = duct.said("statistics in all")[-1]
    return {name: int(re.search(rf" {name}=(\d+)", line)[1]) for name in OUTCOMES}


def place_for_log(stage):
    folder = stage.folder / "log"
    folder.mkdir()
    stage.own(folder)
    return folder / "outcomes"


@case()
def adds_up(stage):
    """200 articles that are taken, unwanted, rejected, deferred and missing, while the log is renamed
    and SIGHUP sent: both files together have what the statistics have, and each line says what the
    peer said."""
    lab = Lab(stage, peer=False)
    path = place_for_log(stage)

    def check(offer):
        if "unwanted" in offer.id:
            return f"438 {offer.id} have it"
        if "later" in offer.id and offer.nth == 1:
            return f"431 {offer.id} busy"
        return good_check(offer)

    peer = ScriptedPeer(stage, check=check, takethis=lambda offer: f"439 {offer.id} not \x1b here"
                        if "rejected" in offer.id else f"239 {offer.id}")
    gone = inject(lab.source, 10, size=1000, tag="gone")
    for message_id in gone:
        lab.source.ctl("cancel", message_id)
    duct = Duct(lab, to=peer, outcome_log=path).start()
    background = Background(lab.source, 150, rate=150, size=1000)
    inject(lab.source, 15, size=1000, tag="unwanted")
    inject(lab.source, 15, size=1000, tag="rejected")
    wait_for(lambda: path.read_text().count("\n") >= 40, "40 lines")
    path.rename(path.with_name("outcomes.1"))
    duct.process.send_signal(signal.SIGHUP)
    wait_for(path.exists, "a new file")
    later = inject(lab.source, 10, size=1000, tag="later")
    taken = background.join()
    peer.wait_accepted(taken + later)
    wait_for(lambda: not lab.files.unsettled(), "all is settled")
    duct.stop()

    old, new = lines_of(path.with_name("outcomes.1")), lines_of(path)
    true(old and new, "both files have lines")
    lines = old + new
    equal([line["time"] for line in lines], sorted(line["time"] for line in lines), "the times")
    counted = collections.Counter(line["outcome"] for line in lines)
    equal({name: counted[name] for name in OUTCOMES}, statistics(duct), "lines and statistics")
    equal({name: counted[name] for name in ("accepted", "unwanted", "rejected", "missing")},
          {"accepted": 160, "unwanted": 15, "rejected": 15, "missing": 10}, "what became of 200")
    equal({line["id"] for line in lines if line["outcome"] == "missing"}, set(gone), "the missing ones")
    for line in lines:
        said = {"accepted": ("239", line["id"]), "unwanted": ("438", f"{line['id']} have it"),
                "rejected": ("439", f"{line['id']} not \\x1b here"),
                "deferred": ("431", f"{line['id']} busy"),
                "missing": ("-", "it is no longer in the spool")}[line["outcome"]]
        equal((line["code"], line["text"]), said, "code and text")
        equal((line["connection"] == "-", line["ms"] == "-"), (line["code"] == "-",) * 2,
              f"connection and milliseconds of {line}")
        true(line["ms"] == "-" or int(line["ms"]) < 30_000, f"milliseconds of {line}")
    equal(oct(path.stat().st_mode & 0o777), "0o664", "its mode")
    equal(len(duct.said("the outcome log .* was opened anew")), 1, "it says so")


@case()
def full_disk(stage):
    """A log that cannot be written, to a device that is always full: said once, and the feed goes on."""
    lab = Lab(stage)
    duct = Duct(lab, outcome_log="/dev/full").start()
    ids = inject(lab.source, 20, size=1000)
    wait_for(lambda: duct.show()["accepted"] == len(ids), "all are accepted")
    said = duct.said("cannot write the outcome log /dev/full: No space left on device")
    equal(len(said), 1, "it says so")
    duct.stop()


@case()
def not_to_be_opened(stage):
    """A log that cannot be opened is an error at the start, with the remedy."""
    lab = Lab(stage)
    duct = Duct(lab, outcome_log=stage.folder / "absent/outcomes")
    equal(duct.run_to_end(), 12, "exit status")
    true(duct.said("cannot open the outcome log .*absent/outcomes: No such file or directory: see to"),
         "the reason")


@case()
def hangup_without_a_log(stage):
    """SIGHUP changes nothing where there is no outcome log."""
    lab = Lab(stage)
    duct = Duct(lab).start()
    duct.process.send_signal(signal.SIGHUP)
    wait_for(lambda: duct.said("SIGHUP ignored: there is nothing to reread or reopen"), "it says so")
    duct.demand_running()
    duct.stop()


@case()
def logrotate(stage):
    """logrotate understands the snippet: it renames the log and has it opened anew."""
    program = shutil.which("logrotate", path="/usr/sbin:/sbin:/usr/bin")
    if not program:
        raise Skip("there is no logrotate")
    lab = Lab(stage)
    path = place_for_log(stage).with_name("peer.outcomes")
    duct = Duct(lab, outcome_log=path).start()
    snippet = (REPOSITORY / "packaging/logrotate/innduct").read_text()
    true("systemctl reload 'innduct@*.service'" in snippet, "it has all feeds reloaded")
    own = snippet.replace("/var/log/news", str(path.parent)).replace(
        "systemctl reload 'innduct@*.service'", f"kill -HUP {duct.process.pid}")
    conf = stage.folder / "logrotate.conf"
    conf.write_text(own)
    articles = Articles(size=1000)
    ids = []
    for number in (1, 2):
        ids += inject(lab.source, 5, articles=articles)
        wait_for(lambda: duct.show()["accepted"] == len(ids), "all are accepted")
        done = subprocess.run([program, "--force", "--state", stage.folder / "state", conf], text=True,
                              capture_output=True, timeout=20)
        equal((done.returncode, done.stderr), (0, ""), "what logrotate says")
        wait_for(lambda: len(duct.said("was opened anew")) == number, "it opens its log anew")
    ids += inject(lab.source, 5, articles=articles)
    wait_for(lambda: duct.show()["accepted"] == len(ids), "all are accepted")
    duct.stop()
    packed = path.with_name(path.name + ".2.gz")
    found = [line["id"] for line in lines_of(path) + lines_of(path.with_name(path.name + ".1"))]
    found += re.findall(r" (<\S+>) accepted ", gzip.decompress(packed.read_bytes()).decode())
    equal(sorted(found), sorted(ids), "articles in the three logs")


if __name__ == "__main__":
    main()
