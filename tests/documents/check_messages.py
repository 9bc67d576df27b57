#!/usr/bin/env python3
# check_messages.py: every message that innduct can log stands in the table of doc/operating.md, and
# nothing that it cannot.
#
#   check_messages.py [--root DIR]    prints what is missing or too much; exit status 1 then
#   check_messages.py --list          prints the messages that were found in the source
#   check_messages.py --self-test     plants each wrong and demands that it is found
#
# A message is what is given to note(), end(), say() or a Failure, with ... where its values are. Of
# a text that comes from somewhere else as a whole nothing is known here: such rows are written by
# hand, and only have to be made of words that stand in the source.

import argparse
import itertools
import pathlib
import re
import sys
import tempfile

LEVELS = "debug info notice warning error critical".split()
STRING = r'"(?:\\.|[^"\\\n])*"'
STRINGS = rf"{STRING}(?:\s*{STRING})*"
CALL = re.compile(r"\b(?:note|end|say)\(|\bFailure\{|(?<![\w.])fail\(")
LEVEL = re.compile(r"\bLevel::(\w+)\b")
CHOICE = re.compile(rf"[^,()?]*\?\s*({STRINGS})\s*:\s*({STRINGS})")
FAILURE = re.compile(r"\bfailure_text\(")


def without_comments(text):
    return re.sub(rf"({STRING})|//[^\n]*", lambda found: found[1] or "", text)


def closing(text, start):
    """Where the bracket at `start` is closed."""
    depth = 0
    for found in re.finditer(rf"{STRING}|'(?:\\.|[^'\\])'|[()\[\]{{}}]", text[start:]):
        if found[0] in ("(", "[", "{"):
            depth += 1
        elif found[0] in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return start + found.start()
    return len(text)


def arguments(text):
    """The arguments between the outermost brackets, split at commas."""
    parts, depth, begin = [], 0, 0
    for found in re.finditer(rf"{STRING}|'(?:\\.|[^'\\])'|[()\[\]{{}},]", text):
        if found[0] in ("(", "[", "{"):
            depth += 1
        elif found[0] in (")", "]", "}"):
            depth -= 1
        elif found[0] == "," and depth == 0:
            parts.append(text[begin:found.start()].strip())
            begin = found.end()
    return [*parts, text[begin:].strip()]


def literal(text):
    """What adjacent string literals say."""
    said = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', text))
    return said.replace('\\"', '"').replace("\\\\", "\\")


def texts(expression):
    """Each text that the expression can be, with ... in the place of its values."""
    expression = expression.strip()
    call = re.match(r"(?:core::)?(cat|failure_text)\(", expression)
    if call and closing(expression, call.end() - 1) == len(expression) - 1:
        parts = arguments(expression[call.end():-1])
        if call[1] == "failure_text":
            parts = ['"cannot "', parts[0], '" "', parts[1], '": "', parts[2]]
        return ["".join(whole) for whole in itertools.product(*map(texts, parts))]
    choice = CHOICE.fullmatch(expression)
    if choice:
        return [literal(choice[1]), literal(choice[2])]
    if re.fullmatch(STRINGS, expression):
        return [literal(expression)]
    return ["..."]


def tidy(text):
    return re.sub(r"(?:\.\.\.)+", "...", text)


def messages(root):
    """(level, text) of every message in the source, without those of which nothing is known."""
    found = set()
    for path in sorted((root / "src").rglob("*.cc")):
        if path.name.startswith("ctl_"):
            continue  # innductctl logs nothing
        text = without_comments(path.read_text())
        for call in CALL.finditer(text):
            whole = text[call.end():closing(text, call.end() - 1)]
            parts = arguments(whole)
            level = LEVEL.search(whole)
            if "Failure{" in call[0] and len(parts) == 2:
                trouble = "trouble" in parts[0] and "bad_usage" not in parts[0]
                name = "error" if trouble else "critical"
            elif level and len(parts) >= 2:
                name = level[1]
            else:
                continue
            for each in texts(parts[-1]):
                each = tidy(each)
                if re.search(r"[a-z]{3}", each):
                    found.add((name, each))
    return found


def rows(root):
    """(level, text) of every row of the tables of messages."""
    found = []
    for line in (root / "doc/operating.md").read_text().splitlines():
        row = re.match(r"\| (\w+) \| (?:`` (.+) ``|`([^`]+)`) \| (.+) \| (.+) \|$", line)
        if row and row[1] in LEVELS:
            found.append((row[1], row[2] or row[3]))
    return found


def words_of_source(root):
    """All string literals, adjacent ones joined, one a line."""
    all_texts = []
    for path in sorted((root / "src").rglob("*.cc")):
        text = without_comments(path.read_text())
        all_texts += [literal(found[0]) for found in re.finditer(STRINGS, text)]
    return "\n".join(all_texts)


def check(root):
    wrong = []
    said, listed = messages(root), rows(root)
    for level, text in sorted(said - set(listed)):
        wrong.append(f"doc/operating.md lacks: | {level} | `{text}` |")
    for each in sorted({row for row in listed if listed.count(row) > 1}):
        wrong.append(f"doc/operating.md has twice: {each[1]}")
    source = words_of_source(root)
    for level, text in set(listed) - said:
        for part in text.split("..."):
            if part.strip() and part.strip(" :;,()") not in source:
                wrong.append(f"doc/operating.md has what nobody says: {text} ({part!r})")
    return wrong


def self_test(root):
    for planted, where, wanted in [
            ('  turn.note(Level::warning, core::cat("a new ", name, ": one"));\n', "src", "lacks"),
            ('  throw Failure{exit_code::trouble, core::cat("not ", "known")};\n', "src", "lacks"),
            ('  turn.note(Level::info, core::cat("it is ", a ? "so" : "not", " far"));\n', "src",
             "not far"),
            ("| warning | `what innduct never said: ...` | m | d |\n", "doc", "nobody says"),
            (None, "doc", "twice")]:
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for name in ("src", "doc"):
                for path in (root / name).rglob("*"):
                    if path.is_file():
                        target = copy / path.relative_to(root)
                        target.parent.mkdir(parents=True, exist_ok=True)
                        target.write_bytes(path.read_bytes())
            table = copy / "doc/operating.md"
            target = copy / "src/engine/planted.cc" if where == "src" else table
            level, text = rows(root)[0]
            planted = planted or f"| {level} | `{text}` | m | d |\n"
            target.write_text((target.read_text() if target.exists() else "") + planted)
            if not any(wanted in line for line in check(copy)):
                print(f"not found: {planted.strip()}")
                return 1
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        sys.exit(self_test(options.root))
    if options.list:
        for level, text in sorted(messages(options.root), key=lambda m: (LEVELS.index(m[0]), m[1])):
            print(level, text)
        return
    wrong = check(options.root)
    print("\n".join(wrong) or f"{len(rows(options.root))} messages, all of them in doc/operating.md")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
