"""table.py: medians, and the tables that people read."""

import re
import statistics


def median(taken):
    """The median of each figure of these records by itself."""
    fields = taken[0].__dataclass_fields__
    return type(taken[0])(*(statistics.median(getattr(each, name) for each in taken)
                            for name in fields))


def text(head, rows):
    """A table; figures stand to the right. Columns whose heads begin with < to the left."""
    marks = ["---" if each.startswith("<") else "---:" for each in head]
    lines = [[each.lstrip("<") for each in head], marks, *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if theirs else ""


def write(path, name, table):
    """Replaces the table between the marks `name` of `path`."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before = path.read_text()
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(before):
        raise ValueError(f"{path} has no marks for the table {name}")
    path.write_text(pattern.sub(lambda _: begin + table + end, before))
