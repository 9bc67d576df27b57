"""source.py: a spool with a corpus in it, written through INN's own library, and its feed lines."""

import os
import re
import subprocess

from fixture.expect import Unmet
from fixture.innd import Innd


class Source:
    """An INN installation in the stage's folder, of which no server runs.

    `articles` articles of about `size` bytes, stored by `storage`. INN's programs read it in two
    ways: at INN's defaults (articlemmap true), and with articlemmap false, which is better for
    small articles; `conf` and `conf_read` are the inn.conf for each.
    """

    def __init__(self, stage, corpus, storage, size, articles):
        self.stage = stage
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
        lines = self.folder / "lines"
        said = subprocess.run(stage.as_news([corpus, self.conf, articles, size, lines]),
                              env=stage.environment(self.innd.syslog), capture_output=True,
                              text=True, timeout=300)
        if said.returncode != 0:
            raise Unmet(f"the corpus cannot be written: {said.stdout}{said.stderr}")
        self.lines = lines.read_bytes().splitlines(keepends=True)
        self.bytes = int(re.search(r"bytes=(\d+)", said.stdout)[1])

    def write_lines(self, path, lines=None):
        """Makes a feed file as innd does, by many small appends: the file system remembers it."""
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o664)
        for line in lines or self.lines:
            os.write(file, line)
        os.close(file)
        return self.stage.own(path)
