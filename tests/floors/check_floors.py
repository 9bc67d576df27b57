#!/usr/bin/env python3
# check_floors.py: the rules of the house that no compiler knows, checked on the source text and,
# with nm, on the archives of the pure floors.
#
#   check_floors.py [--root DIR] [ARCHIVE...]    prints file:line: what is wrong; exit status 1 then
#   check_floors.py --self-test                  plants each wrong and demands that it is found
#
# The rules (ARCHITECTURE.md): includes point down only; core, nntp and engine are pure: no header
# of the system, no thread, no clock, no exception, no call of what touches the world; each file
# begins with its own name and what it is for; no line is longer than 100 columns.

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

# What each floor may include by name, besides itself.
BELOW = {
    "src/core": [],
    "src/nntp": ["core"],
    "src/engine": ["nntp", "core"],
    "src/io": ["engine", "core"],
    "src/app": ["io", "engine", "core"],
    # A simulated peer that shared our parser would share our misunderstanding.
    "sim": ["engine", "core"],
}
FLOORS = ["core", "nntp", "engine", "io", "app", "sim"]
PURE = ["src/core", "src/nntp", "src/engine"]

# The standard headers by which nothing can be asked of the world.
PURE_HEADERS = set("""
    algorithm any array bit charconv chrono climits cmath compare concepts cstddef cstdint cstdlib
    cstring deque exception expected functional initializer_list iterator limits list map memory
    memory_resource new numbers numeric optional queue random ranges ratio set source_location span
    stack string string_view tuple type_traits typeindex unordered_map unordered_set utility variant
    vector version
    """.split())
ENGINE_HEADERS = PURE_HEADERS | {"cerrno"}

FORBIDDEN_TEXT = [
    (re.compile(r"::\s*now\s*\("), "a pure floor is told the time, it never asks"),
    (re.compile(r"\b(?:throw|catch)\b"), "a pure floor neither throws nor catches"),
]

# Only the simulator's canaries leave out a rule of durability (src/engine/rules.h).
HANDS = ["src/io", "src/app"]
FORBIDDEN_TO_HANDS = [
    (re.compile(r"\bleft_out\b|\bRule\s*::"), "no rule of durability can be left out here"),
]

FORBIDDEN_CALLS = set("""
    open open64 openat openat64 creat creat64 close read write pread pread64 pwrite pwrite64 readv
    writev fopen fopen64 fread fwrite fsync fdatasync sync rename renameat link linkat unlink
    unlinkat truncate truncate64 ftruncate ftruncate64 stat stat64 lstat lstat64 fstat fstat64 mmap
    mmap64 fcntl fcntl64 ioctl socket connect bind listen accept accept4 send sendto sendmsg recv
    recvfrom recvmsg poll epoll_wait select getaddrinfo clock_gettime gettimeofday time sleep
    nanosleep usleep rand srand random getrandom getenv pthread_create pthread_mutex_lock fork
    execve system printf puts perror syslog
    """.split())

COLUMNS_MAX = 100

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Findings:
    def __init__(self):
        self.texts = []

    def add(self, place, line, text):
        self.texts.append(f"{place}:{line}: {text}")


COMMENT = r"//[^\n]*|/\*.*?\*/"
STRING = (r'R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
          r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'")
COMMENT_OR_STRING = re.compile(f"(?P<comment>{COMMENT})|{STRING}", re.DOTALL)


def blanked(text, strings_too):
    """The lines of `text` with comments, and perhaps strings and characters, made spaces."""
    def spaces(match):
        if match["comment"] is None and not strings_too:
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())
    return COMMENT_OR_STRING.sub(spaces, text).split("\n")


def floor_of(name):
    """The floor that the file lies on, e.g. "src/core", or None."""
    return next((floor for floor in BELOW if name.startswith(floor + "/")), None)


def check_include(name, floor, number, quote, header, findings):
    folder = header.split("/")[0]
    own = floor.split("/")[-1]
    if quote == '"':
        if ".." in header.split("/"):
            findings.add(name, number, f'"{header}" climbs; includes are named from src or sim')
        elif "/" in header and folder in FLOORS and folder != own and folder not in BELOW[floor]:
            findings.add(name, number, f'{floor} may not include "{header}": includes point down')
        elif floor in PURE and folder not in [own] + BELOW[floor]:
            findings.add(name, number, f'{floor} may not include "{header}": of no floor below')
        return
    if folder in FLOORS:
        findings.add(name, number, f'<{header}> is ours: write it with quotes')
    elif floor in PURE:
        allowed = ENGINE_HEADERS if floor == "src/engine" else PURE_HEADERS
        if header not in allowed:
            findings.add(name, number, f"<{header}> is not for {floor}, which is pure")


def check_file(root, path, findings):
    name = path.relative_to(root).as_posix()
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = text.split("\n")
    if not lines[0].startswith(f"// {path.name}: "):
        findings.add(name, 1, f'does not begin with "// {path.name}: "')
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            findings.add(name, number, f"{len(line)} columns, at most {COLUMNS_MAX}")

    floor = floor_of(name)
    if not floor:
        findings.add(name, 1, "lies on no floor")
        return
    for number, line in enumerate(blanked(text, strings_too=False), 1):
        if match := INCLUDE.match(line):
            check_include(name, floor, number, match[1], match[2], findings)
    forbidden = FORBIDDEN_TEXT if floor in PURE else FORBIDDEN_TO_HANDS if floor in HANDS else []
    for number, line in enumerate(blanked(text, strings_too=True), 1):
        for pattern, why in forbidden:
            if pattern.search(line):
                findings.add(name, number, why)


def check_archive(path, findings):
    listing = subprocess.run(["nm", "--undefined-only", "--print-file-name", str(path)],
                             capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        findings.add(path, 0, "nm cannot read it: " + listing.stderr.strip())
        return
    for line in listing.stdout.splitlines():
        fields = line.split()
        if len(fields) < 2:
            continue
        member = fields[0].rstrip(":").split(":")[-1]
        symbol = fields[-1].split("@")[0]
        if symbol in FORBIDDEN_CALLS or (symbol.startswith("_ZNSt6chrono") and "3now" in symbol):
            findings.add(path, 0, f"{member} calls {symbol}: a pure floor touches nothing")


def check_tree(root, archives):
    findings = Findings()
    count = 0
    for folder in ["src", "sim"]:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in [".h", ".cc"]:
                check_file(root, path, findings)
                count += 1
    for archive in archives:
        check_archive(pathlib.Path(archive), findings)
    return findings.texts, count


# ---------------------------------------------------------------- the self test

CLEAN = {
    "src/core/a.h": '// a.h: a.\n#include <vector>\n#include "core/b.h"\n'
                    "// throw and catch and Clock::now() may be spoken of\n"
                    'const char* text = "throw";  /* catch\n throw */ char c = \'"\';\n'
                    '/* #include <unistd.h>\n#include <thread>\n*/ int n = 1\'000; // \'\n',
    "src/nntp/a.h": '// a.h: a.\n#include "core/a.h"\n',
    "src/engine/a.cc": '// a.cc: a.\n#include <cerrno>\n#include "engine/a.h"\n'
                       '#include "nntp/a.h"\n',
    "src/io/a.cc": '// a.cc: a.\n#include <sys/socket.h>\n#include <thread>\n'
                   '#include "engine/a.h"\n'
                   "int f() { throw std::chrono::steady_clock::now(); }\n",
    "src/app/main.cc": '// main.cc: m.\n#include "io/a.h"\n#include "engine/a.h"\n',
    "sim/world.cc": '// world.cc: w.\n#include "sim/disk.h"\n#include "engine/a.h"\n'
                    '#include "core/a.h"\n',
}

# A file, its text behind the first line, the line where something is to be found, a part of what
# is said then.
PLANTED = [
    ("src/core/x.h", '#include "nntp/a.h"\n', 2, "point down"),
    ("src/core/x.h", '\n  #  include "engine/a.h"\n', 3, "point down"),
    ("src/nntp/x.cc", '#include "engine/port.h"\n', 2, "point down"),
    ("src/engine/x.cc", '#include "io/a.h"\n', 2, "point down"),
    ("src/engine/x.cc", '#include "app/a.h"\n', 2, "point down"),
    ("src/io/x.cc", '#include "app/a.h"\n', 2, "point down"),
    ("src/io/x.cc", '#include "nntp/a.h"\n', 2, "point down"),
    ("src/app/x.cc", '#include "nntp/a.h"\n', 2, "point down"),
    ("src/app/x.cc", '#include "sim/a.h"\n', 2, "point down"),
    ("sim/x.cc", '#include "nntp/session.h"\n', 2, "point down"),
    ("sim/x.cc", '#include "io/a.h"\n', 2, "point down"),
    ("src/core/x.h", '#include "../io/a.h"\n', 2, "climbs"),
    ("src/core/x.h", "#include <io/a.h>\n", 2, "quotes"),
    ("src/core/x.h", '#include "unistd.h"\n', 2, "of no floor below"),
    ("src/other/x.cc", "", 1, "lies on no floor"),
    ("src/x.cc", "", 1, "lies on no floor"),
    ("src/core/x.cc", "#include <cerrno>\n", 2, "is pure"),
    ("src/nntp/x.cc", "#include <errno.h>\n", 2, "is pure"),
    ("src/core/x.cc", "int a;\n#include <unistd.h>\n", 3, "is pure"),
    ("src/engine/x.cc", "#include <sys/stat.h>\n", 2, "is pure"),
    ("src/engine/x.cc", "#include <netdb.h>  // resolver\n", 2, "is pure"),
    ("src/engine/x.cc", "#include <boost/asio.hpp>\n", 2, "is pure"),
    ("src/engine/x.cc", "throw 1;\n", 2, "throws"),
    ("src/core/x.cc", "try {} catch (...) {}\n", 2, "throws"),
    ("src/nntp/x.cc", "// fine\nauto t = Clock::now();\n", 3, "told the time"),
    ("src/engine/x.cc", "auto t = system_clock :: now ();\n", 2, "told the time"),
    ("src/app/x.cc", "config.left_out = rule;\n", 2, "left out"),
    ("src/io/x.h", "auto r = engine::Rule::none;\n", 2, "left out"),
    ("src/io/x.cc", "//" + 99 * "x" + "\n", 2, "101 columns"),
    ("sim/x.h", 101 * "x" + "\n", 2, "101 columns"),
] + [("src/engine/x.cc", f"#include <{header}>\n", 2, "is pure")
     for header in ["thread", "mutex", "atomic", "filesystem", "fstream", "iostream", "ctime"]]

NAMELESS = [
    ("src/app/x.cc", "#include <vector>\n"),
    ("sim/x.h", "// y.h: another's name\n"),
    ("src/core/x.h", "// x.h\n"),
    ("src/io/x.h", ""),
]


def plant(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found_in(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        plant(root, files)
        return check_tree(root, [])[0]


def archive_findings(source, compiler):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        plant(root, {"x.cc": source})
        subprocess.run([compiler, "-std=c++20", "-c", "x.cc"], cwd=root, check=True)
        subprocess.run(["ar", "rc", "libx.a", "x.o"], cwd=root, check=True)
        findings = Findings()
        check_archive(root / "libx.a", findings)
        return findings.texts


def self_test(compiler):
    failures = []
    clean = found_in(CLEAN)
    if clean:
        failures.append(f"found in a clean tree: {clean}")
    for name, text, line, why in PLANTED:
        files = {name: f"// {pathlib.Path(name).name}: x.\n{text}"}
        found = found_in(files)
        if len(found) != 1 or not found[0].startswith(f"{name}:{line}: ") or why not in found[0]:
            failures.append(f"planted {text!r} in {name}, found {found}")
    for name, text in NAMELESS:
        found = found_in({name: text})
        if not any(f.startswith(f"{name}:1: does not begin with") for f in found):
            failures.append(f"{name} without its own name in front: found {found}")
    calls = ["open", "read", "write", "fsync", "fdatasync", "socket", "send", "recv", "unlink",
             "link", "rename", "clock_gettime", "gettimeofday", "time", "pthread_create",
             "getaddrinfo"]
    for call in calls:
        found = archive_findings(f'extern "C" void {call}(); void f() {{ {call}(); }}\n', compiler)
        if len(found) != 1 or f"calls {call}:" not in found[0]:
            failures.append(f"planted a call of {call}, found {found}")
    found = archive_findings(
        "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }\n", compiler)
    if len(found) != 1 or "3now" not in found[0]:
        failures.append(f"planted a clock, found {found}")
    if archive_findings("int opened(); int f() { return opened(); }\n", compiler):
        failures.append("found something in a clean archive")
    findings = Findings()
    check_archive("/nonexistent.a", findings)
    if len(findings.texts) != 1:
        failures.append("an archive that is not there passed")
    for failure in failures:
        print("self test:", failure)
    print(f"self test: {len(PLANTED) + len(NAMELESS) + len(calls) + 1} planted, "
          f"{len(failures)} failures")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description="Checks the floor rules.")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2],
                        type=pathlib.Path, help="the source tree")
    parser.add_argument("--self-test", action="store_true", help="plant each wrong and find it")
    parser.add_argument("--compiler", default="c++", help="for the self test")
    parser.add_argument("archives", nargs="*", help="libraries of the pure floors")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test(arguments.compiler)
    texts, count = check_tree(arguments.root, arguments.archives)
    for text in texts:
        print(text)
    print(f"{count} files, {len(arguments.archives)} archives: {len(texts)} findings")
    if count == 0:
        print(f"{arguments.root}: no source files there")
        return 1
    return 1 if texts else 0


if __name__ == "__main__":
    sys.exit(main())
