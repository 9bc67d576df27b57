"""Point 11: lines that are no entry, of every kind, below and above what is tolerated."""

import re

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab

READY = {"earliest_deferred_retry": "0.2s", "backlog_rescan_interval": "0.4s"}
TOKEN = b"@" + b"0123456789ABCDEF" * 2 + b"0000@"

BAD = {
    "words": b"this is no entry",
    "lower case token": TOKEN.lower() + b" <lower@test.invalid>",
    "short token": TOKEN[:20] + b"@ <short@test.invalid>",
    "token without ends": TOKEN[1:-1] + b" <ends@test.invalid>",
    "no blank between": TOKEN + b"<blank@test.invalid>",
    "two blanks between": TOKEN + b"  <blanks@test.invalid>",
    "id without brackets": TOKEN + b" id@test.invalid",
    "id without at": TOKEN + b" <id.test.invalid>",
    "id that is too long": TOKEN + b" <" + b"x" * 250 + b"@test.invalid>",
    "id with a blank": TOKEN + b" <a b@test.invalid>",
    "id with 8 bits": TOKEN + b" <a\xe9@test.invalid>",
    "id without end": TOKEN + b" <a@test.invalid",
    "path with dots": b"misc/../secret/1 <dots@test.invalid>",
    "absolute path": b"/etc/passwd <root@test.invalid>",
    "path without slash": b"passwd <slash@test.invalid>",
    "path with odd bytes": b"misc/te$t/1 <odd@test.invalid>",
    "bytes": bytes(range(1, 10)) + bytes(range(11, 60)),
    "escape sequences": b"\x1b[2J\x1b]0;title\x07 gone",
    "only NULs": b"\0" * 100,
    "a long line": b"long " * 5000,
}


def lab_with_lines(stage, count):
    """A lab, `count` stored articles whose lines are nowhere, and those lines."""
    lab = Lab(stage)
    inject(lab.source, count, size=1000)
    wait_for(lambda: len(lab.source.recorded()) == count, "every line is written")
    with open(lab.files.feed, "r+") as feed:
        feed.truncate(0)
    records = lab.source.recorded()
    return (lab, [f"{token} {message_id}".encode() for token, message_id in records],
            [message_id for _, message_id in records])


def write(stage, path, lines, end=b"\n"):
    path.write_bytes(b"\n".join(lines) + end)
    stage.own(path)


@case()
def below_the_tolerance(stage):
    """Bad lines of every kind among good ones: the good ones are fed; the bad ones are logged
    escaped, with their file, counted, kept in F_bad as they were found, and the file is removed."""
    lab, good, ids = lab_with_lines(stage, len(BAD) + 1)
    lines = [line for pair in zip(good, BAD.values()) for line in pair] + [good[-1]]
    write(stage, lab.files.backlog("Bad"), lines)
    duct = Duct(lab, **READY).start()
    account.wait_arrived(lab.peer, ids)
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")
    equal(duct.show()["bad"], len(BAD), "bad lines, by show")
    kept = lab.files.bad.read_bytes()
    for name, line in BAD.items():
        true(line in kept, f"{name} is kept in F_bad")
    true(any("peer_backlogBad" in line for line in duct.said()), "the log names the file")
    true(all(byte >= 32 or byte in b"\n\t" for byte in duct.syslog.read_bytes()),
         "the log is escaped")
    duct.demand_running()


@case()
def in_the_feed_file(stage):
    """Bad lines in F are kept until F has been flushed and all else is settled; then F_bad has
    them and F_flushing goes."""
    lab, good, ids = lab_with_lines(stage, 10)
    write(stage, lab.files.feed, [*good[:5], BAD["words"], *good[5:]])
    duct = Duct(lab, **READY).start()
    account.wait_arrived(lab.peer, ids)
    wait_for(lambda: lab.files.feed.read_bytes().strip(b" \n") == BAD["words"],
             "only the bad line is left")
    duct.flush()
    true(not lab.files.flushing.exists(), "F_flushing is removed")
    equal(lab.files.bad.read_bytes(), BAD["words"] + b"\n", "F_bad")
    fresh = inject(lab.source, 5, tag="fresh")
    account.wait_arrived(lab.peer, fresh)


@case()
def above_the_tolerance(stage):
    """Too many bad lines: exit 16; the log names the file and a line; nothing is removed, and when
    the file is repaired the next start feeds it."""
    lab, good, ids = lab_with_lines(stage, 10)
    backlog = lab.files.backlog("Broken")
    write(stage, backlog, [*good[:5], *[b"broken %d" % n for n in range(40)], *good[5:]])
    duct = Duct(lab, **READY).launch()
    duct.demand_exit(16)
    [line] = duct.said(r"\.crit ") or [""]
    true(re.search(r"peer_backlogBroken\D+\d+", line), f"file and line are named: {line!r}")
    equal(backlog.read_bytes().count(b"broken"), 40, "bad lines that are still there")
    write(stage, backlog, good)
    Duct(lab, **READY).start()
    account.wait_arrived(lab.peer, ids)


@case()
def above_the_tolerance_in_the_feed_file(stage):
    """The same for F itself: exit 16, naming it."""
    lab, good, ids = lab_with_lines(stage, 2)
    write(stage, lab.files.feed, [*[b"broken %d" % n for n in range(40)], *good])
    duct = Duct(lab, **READY).launch()
    duct.demand_exit(16)
    true(any(re.search(r"/peer\b|\bpeer\D+\d", line) for line in duct.said(r"\.crit ")),
         "F is named")


@case()
def tolerance_options(stage):
    """--max-bad-input-data-init and --max-bad-input-data-ratio say how many are tolerated."""
    lab, good, ids = lab_with_lines(stage, 20)
    backlog = lab.files.backlog("Some")
    for bad, init, ratio, dies in [(3, 2, 0, True), (2, 2, 0, False), (20, 0, 70, False),
                                   (30, 0, 20, True)]:
        lines = [*good[:10], *[b"bad %d" % n for n in range(bad)], *good[10:]]
        write(stage, backlog, lines)
        duct = Duct(lab, max_bad_input_data_init=init, max_bad_input_data_ratio=ratio,
                    **READY).launch()
        if dies:
            duct.demand_exit(16)
        else:
            wait_for(lambda: not backlog.exists(), f"{bad} bad lines are tolerated")
            duct.stop()


@case()
def torn_blanks_are_no_bad_lines(stage):
    """What a power cut leaves of half-blanked lines (hundreds of them) is settled, and counts
    towards no tolerance."""
    lab, good, ids = lab_with_lines(stage, 100)
    torn = []
    for number, line in enumerate(good[:90]):
        cut = 1 + number * 7 % (len(line) - 1)
        torn.append(line[:cut] + b" " * (len(line) - cut) if number % 2
                    else b" " * cut + line[cut:])
    # A cut within the message-id's last byte leaves a whole record's prefix, never a record.
    write(stage, lab.files.backlog("Torn"), [*torn, b"", b" " * 70, *good[90:]])
    duct = Duct(lab, max_bad_input_data_init=0, max_bad_input_data_ratio=0, **READY).start()
    account.wait_arrived(lab.peer, ids[90:])
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")
    equal(duct.show()["bad"], 0, "bad lines, by show")
    duct.demand_running()


@case()
def torn_and_glued_records(stage):
    """Records with NULs, torn text or other records around them are found and fed."""
    lab, good, ids = lab_with_lines(stage, 12)
    lines = [
        good[0][:30] + good[1],
        b"\0" * 300 + good[2],
        good[3] + good[4],
        good[5] + b"\0" * 40 + good[6],
        good[7] + b" \x01 torn",
        good[8][:-4] + b"\0\0" + good[9] + good[10][:50],
        good[11],
    ]
    wanted = [ids[n] for n in (1, 2, 3, 4, 5, 6, 7, 9, 11)]
    write(stage, lab.files.backlog("Glued"), lines)
    duct = Duct(lab, **READY).start()
    account.wait_arrived(lab.peer, wanted)
    wait_for(lambda: not lab.files.backlogs(), "the file is removed")
    duct.demand_running()
    equal(set(account.arrived(lab.peer)), set(wanted), "articles at the peer")


if __name__ == "__main__":
    main()
