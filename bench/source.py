"""source.py: a spool with a corpus in it, written through INN's own library, and its feed lines."""

import itertools
import os
import re
import shutil
import subprocess

from fixture.expect import Unmet
from fixture.innd import Innd

SITE = "bench"

INNFEED_CONF = """\
backlog-directory: {spool}/innfeed
log-file: {log}/innfeed.log
pid-file: {run}/innfeed.pid
status-file: {log}/innfeed.status
gen-html: false
peer {site} {{
  ip-name: {to}
  port-number: {port}
  max-connections: 1
  initial-connections: 1
{more}}}
"""


class Source:
    """An INN installation in the stage's folder, of which no server runs.

    `articles` articles of about `size` bytes, stored by `storage`. INN's programs read it in two
    ways: at INN's defaults (articlemmap true), and with articlemmap false, which is better for
    small articles; `conf` and `conf_read` are the inn.conf for each.
    """

    def __init__(self, stage, corpus, storage, size, articles):
        self.stage = stage
        self.source = self  # what Duct wants to know of a lab
        self.storage = storage
        self.size = size
        self.articles = articles
        room_kb = (size + 1024) * articles // 1024 + 4096
        self.innd = Innd(stage, f"{storage}-{size}", storage=storage, cnfs_kb=room_kb,
                         inn_conf={"articlemmap": "true"})
        self.folder = self.innd.folder
        self.spool = self.innd.spool
        self.run = self.innd.run
        self.outgoing = self.innd.outgoing
        self.conf = self.innd.conf
        self.conf_read = self.folder / "etc/inn-read.conf"
        self.conf_read.write_text(self.conf.read_text().replace("articlemmap: true",
                                                                "articlemmap: false"))
        (self.folder / "db/active").write_text("".join(
            f"bench.group{number} 0000000000 0000000001 y\n" for number in range(100)))
        stage.own(self.folder)
        self.lines_file = self.folder / "lines"
        said = subprocess.run(stage.as_news([corpus, self.conf, articles, size, self.lines_file]),
                              env=stage.environment(self.innd.syslog), capture_output=True,
                              text=True, timeout=300)
        if said.returncode != 0:
            raise Unmet(f"the corpus cannot be written: {said.stdout}{said.stderr}")
        self.lines = self.lines_file.read_bytes().splitlines(keepends=True)
        self.bytes = int(re.search(r"bytes=(\d+)", said.stdout)[1])
        os.sync()  # that it is written to the disk is no part of any run

    def close(self):
        shutil.rmtree(self.folder)

    def fresh_outgoing(self):
        """The folder of the feed files, empty."""
        shutil.rmtree(self.outgoing)
        self.outgoing.mkdir()
        return self.stage.own(self.outgoing)

    def write_lines(self, path, count):
        """Makes a feed file as innd does, by many small appends: the file system remembers it.
        When there are fewer articles than lines, they come again and again."""
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o664)
        for line in itertools.islice(itertools.cycle(self.lines), count):
            os.write(file, line)
        os.close(file)
        return self.stage.own(path)

    def write_innfeed_conf(self, to, port, more=()):
        (self.folder / "etc/innfeed.conf").write_text(INNFEED_CONF.format(
            spool=self.spool, log=self.folder / "log", run=self.run, site=SITE, to=to, port=port,
            more="".join(f"  {line}\n" for line in more)))

    def start_inn(self, read, program, arguments, shim=None, **options):
        """Starts one of INN's programs as user news."""
        environment = self.stage.environment(self.folder / "log/syslog",
                                             INNCONF=str(self.conf_read if read else self.conf))
        if shim:
            environment["LD_PRELOAD"] += f":{shim}"
        command = [self.stage.inn / "usr/lib/news/bin" / program, *arguments]
        return self.stage.start(self.stage.as_news(command), cwd=self.folder, env=environment,
                                **options)
