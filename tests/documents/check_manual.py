#!/usr/bin/env python3
# check_manual.py: the manual pages, the package and the build agree about what they all say.
#
#   check_manual.py [--root DIR]    prints what does not agree; exit status 1 then
#   check_manual.py --self-test     plants each wrong and demands that it is found
#
# - One version: CMake's project() has it; debian/changelog and the title of each page repeat it.
# - One list of files: the table of doc/feedfiles.md; innduct.8 and innduct-feedfiles.5 name the same.
# - No limit stands in innduct-feedfiles.5 that is not in doc/feedfiles.md.
# - Pages name those that belong to them, and groff has nothing to complain about.

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PAGES = ["innduct.8", "innductctl.8", "innduct-feedfiles.5"]
FILES = ["CMakeLists.txt", "debian/changelog", "doc/feedfiles.md", *(f"doc/{page}" for page in PAGES)]


def versions(root):
    """file -> the version that it gives, or None."""
    def first(name, pattern):
        found = re.search(pattern, (root / name).read_text(), re.MULTILINE)
        return found and found[1]
    return {"CMakeLists.txt": first("CMakeLists.txt", r"^project\(innduct VERSION ([\d.]+)"),
            "debian/changelog": first("debian/changelog", r"\Ainnduct \(([^)]+)\)"),
            **{f"doc/{page}": first(f"doc/{page}", r'^\.TH \S+ \d "[^"]*" "innduct ([\d.]+)"')
               for page in PAGES}}


def files_of_table(root):
    text = (root / "doc/feedfiles.md").read_text()
    return {name.lower() for name in re.findall(r"^\| `(F[\w.]*)` \|", text, re.MULTILINE)}


def files_of_page(root, page, stem):
    """The files that have a paragraph of their own below FILES, with F for the stem."""
    text = (root / "doc" / page).read_text().split("\n.SH FILES\n")[1].split("\n.SH ")[0]
    found = set()
    for line in re.findall(rf"^\.TP\n\.IR? ({stem}.*)$", text, re.MULTILINE):
        name = line.replace(" ", "").lower()
        found.add("f" + name[len(stem):])
    return found


def numbers(text):
    """Numbers that may be limits: more than one digit, without what stands in examples."""
    text = re.sub(r"^\.EX$.*?^\.EE$|^\.(?:TH|\\\").*?$", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"(?<![\w.])\d[\d,]*\d(?!\w)", text))


def complaints(page):
    done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", str(page)], text=True,
                          capture_output=True, timeout=60)
    return done.stderr.splitlines()


def check(root):
    wrong = []
    found = versions(root)
    for name, version in found.items():
        if version is None or version != found["CMakeLists.txt"]:
            wrong.append(f"{name} is of version {version}, CMakeLists.txt of {found['CMakeLists.txt']}")
    table = files_of_table(root)
    for page, stem in (("innduct.8", "feedfile"), ("innduct-feedfiles.5", "F")):
        named = files_of_page(root, page, stem)
        for name in sorted(table ^ named):
            wrong.append(f"{name} is only in doc/{page if name in named else 'feedfiles.md'}, "
                         f"not in doc/{'feedfiles.md' if name in named else page}")
    summary = numbers((root / "doc/innduct-feedfiles.5").read_text())
    for number in sorted(summary - numbers((root / "doc/feedfiles.md").read_text())):
        wrong.append(f"doc/innduct-feedfiles.5 says {number}, doc/feedfiles.md does not")
    for page in PAGES:
        text = (root / "doc" / page).read_text()
        seen = text.split("\n.SH SEE ALSO\n")[1]
        for other in PAGES:
            name, section = other.split(".")
            if other != page and f".BR {name} ({section})" not in seen.replace("\\-", "-"):
                wrong.append(f"doc/{page} does not point to {name}({section})")
        wrong += [f"groff: {line}" for line in complaints(root / "doc" / page)]
    return wrong


def self_test(root):
    for name, old, new, wanted in [
            ("CMakeLists.txt", "innduct VERSION ", "innduct VERSION 7.", "is of version"),
            ("debian/changelog", "innduct (", "innduct (0", "debian/changelog is of version"),
            ("doc/innductctl.8", '"innduct ', '"innduct 7.', "innductctl.8 is of version"),
            ("doc/feedfiles.md", "| `F_dump` |", "| `F_heap` |", "f_heap is only in doc/feedfiles.md"),
            ("doc/innduct-feedfiles.5", ".IR F _dump", ".IR F _heap", "f_heap is only in doc/innduct-f"),
            ("doc/innduct.8", ".TP\n.IR feedfile _dump", ".PP\n.IR feedfile _dump", "f_dump is only in"),
            ("doc/innduct-feedfiles.5", "1 to 1024", "1 to 1025", "says 1025"),
            ("doc/innduct.8", ".BR innductctl (8)", ".BR innductctl (7)", "does not point to innductctl"),
            ("doc/innduct.8", ".SH NAME", ".SH NAME\n.nosuchmacro", "groff: ")]:
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for each in FILES:
                (copy / each).parent.mkdir(parents=True, exist_ok=True)
                text = (root / each).read_text()
                if each == name:
                    assert old in text, f"{old!r} is not in {name}"
                    text = text.replace(old, new)
                (copy / each).write_text(text)
            wrong = check(copy)
            assert any(wanted in line for line in wrong), f"{wanted!r} not found: {wrong}"
    return 0


def main():
    parser = argparse.ArgumentParser()
    here = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--root", type=pathlib.Path, default=here)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if not shutil.which("groff"):
        sys.exit("check_manual.py: there is no groff (package groff-base)")
    if options.self_test:
        sys.exit(self_test(options.root))
    wrong = check(options.root)
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
