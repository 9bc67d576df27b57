"""Point 25: INN's own innreport tells of innduct, by site, what its statistics say, and of all others what
it always told."""

import re
import shutil
import subprocess
import time

from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer
from fixture.stage import REPOSITORY

PARTS = REPOSITORY / "packaging/innreport"
LINE = re.compile(r"(\d+)\.\d+ news\.(\w+) (.*)")
ROUTINE = ("info", "debug")  # what INN's syslog.conf does not keep
COUNTED = "offered accepted unwanted rejected missing deferred bytes".split()  # in this order
TITLE = "Outgoing Feeds (innduct):"
UNKNOWN = "Unknown entries from news log file:"
PROGRAMS = "Log entries by program:"


def as_syslogd_writes(path, program):
    """The lines of this file as they stand in news.notice where all statistics go there."""
    for line in path.read_text().splitlines():
        second, level, text = LINE.fullmatch(line).groups()
        if level not in ROUTINE or (program == "innduct" and ": statistics" in text):
            date = time.strftime("%b %d %H:%M:%S", time.localtime(int(second)))
            yield f"{date} host {program}[{1000 + len(program)}]: {text}\n"


class Report:
    """innreport with the modules and the configuration of a library of our own: INN's, and what
    doc/operating.md adds to it."""

    def __init__(self, stage):
        self.stage = stage
        self.folder = stage.folder / "report"
        self.folder.mkdir()
        news = stage.inn / "usr/lib/news"
        for file in (news / "innreport_inn.pm", news / "innreport-display.conf",
                     PARTS / "innreport_innduct.pm"):
            shutil.copy(file, self.folder)
        shown = (news / "innreport-display.conf").read_text() + (PARTS / "innduct-display.conf").read_text()
        (self.folder / "innduct-display.conf").write_text(shown)

    def of(self, lines, module, display):
        """What innreport prints, in sections: title -> lines."""
        log, conf = self.folder / "news.notice", self.folder / "innreport.conf"
        log.write_text("".join(lines))
        mine = {"libpath": self.folder, "logpath": self.folder, "module": module,
                "display_conf_file": display}
        text = (self.stage.inn / "etc/news/innreport.conf").read_text()
        for name, value in mine.items():
            text, changed = re.subn(rf"^( *{name} +)\S+;", rf'\1"{value}";', text, flags=re.MULTILINE)
            equal(changed, 1, f"lines of innreport.conf that say {name}")
        conf.write_text(text)
        done = subprocess.run(
            ["perl", self.stage.inn / "usr/lib/news/bin/innreport", "-f", conf, "-notdaily", log],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PERL5LIB": str(self.stage.inn / "usr/share/perl5")},
            capture_output=True, text=True, timeout=60)
        equal(done.returncode, 0, f"exit status of innreport, which says {done.stderr!r}")
        # INN::Config asks a program that is only there where INN is installed.
        complaints = [line for line in done.stderr.splitlines() if "INN::Config" not in line and "innconfval" not in line]
        equal(complaints, [], "what innreport complains of")
        sections, current = {}, []  # what stands above the first title is of no matter
        for line in filter(None, done.stdout.splitlines()):
            if line.endswith(":"):
                current = sections[line] = []
            else:
                current.append(line)
        return sections


def answers_of_all_kinds():
    """How a peer answers, so that each outcome is there: by the number of the article."""
    def number(offer):
        return int(re.search(r"\.(\d+)@", offer.id)[1])

    def check(offer):
        first = {0: f"431 {offer.id} later", 1: f"438 {offer.id}"}
        return first.get(number(offer) % 5, f"238 {offer.id}") if offer.nth == 1 else f"238 {offer.id}"

    def takethis(offer):
        return f"439 {offer.id}" if number(offer) % 5 == 2 else f"239 {offer.id}"

    return {"check": check, "takethis": takethis}


def run(lab, peer, site, count):
    """innduct, until `count` articles are settled; gives its log and its counters."""
    duct = Duct(lab, to=peer, site=site, no_check_proportion=100).start()
    wait_for(lambda: duct.show()["accepted"] > 3, "some are accepted")
    duct.ask("logstats")
    final = ("accepted", "unwanted", "rejected", "missing")
    counters = wait_for(lambda: (shown := duct.show()) and sum(shown[name] for name in final) == count and shown,
                        "all is settled")
    duct.stop()
    return duct.syslog, {name: counters[name] for name in COUNTED}


@case()
def by_site(stage):
    """A line for each site: the sums of all its runs, as they were shown; what else innduct says is among the
    unknown lines, and what is told of others is not changed."""
    lab = Lab(stage, ["peer:*:Tf,Wnm:", "other.example.com:*:Tf,Wnm:"], peer=False)
    peer = ScriptedPeer(stage, **answers_of_all_kinds())
    sums, lines = {}, []
    for nth in (1, 2):
        inject(lab.source, 20 * nth, tag=f"run{nth}", group="misc.test", size=5000 * nth)
        if nth == 1:
            (lab.source.articles / "misc/test/3").unlink()
        for site in ("peer", "other.example.com")[:3 - nth]:  # the second run is of one of them
            log, counters = run(lab, peer, site, 20 * nth)
            sums[site] = {name: sums.get(site, {}).get(name, 0) + counters[name] for name in COUNTED}
            lines += as_syslogd_writes(log, "innduct")
    true(all(sums["peer"].values()), f"there is something of each: {sums}")
    of_innd = list(as_syslogd_writes(lab.source.syslog, "innd"))

    report = Report(stage)
    told = report.of(of_innd + lines, "innreport_innduct", "innduct-display.conf")
    rows = {row.split()[0]: row.split()[1:] for row in told.pop(TITLE)}
    for site, counters in sums.items():
        volume = f"{counters['bytes'] / 1024:.1f} KB"
        wanted = [str(counters[name]) for name in COUNTED if name != "bytes"] + volume.split()
        equal(rows[site], wanted, f"the line of {site}")
    equal(rows["TOTAL:"][1], str(sum(each["offered"] for each in sums.values())), "offers in all")
    unknown = told.pop(UNKNOWN)
    true(any("peer: stopping: stop command" in line for line in unknown), "other lines are unknown")
    true(not any("statistics" in line for line in unknown), "the statistics are not")

    plain = report.of(of_innd, "innreport_inn", "innreport-display.conf")
    plain.pop(UNKNOWN)
    for each in (told, plain):
        each.pop(PROGRAMS)  # has innduct's lines, too
    equal(told, plain, "what is told of innd")
    true(len(plain) >= 2, f"something is told of innd: {list(plain)}")


if __name__ == "__main__":
    main()
