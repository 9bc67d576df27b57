#!/usr/bin/env python3
# check_dashboard.py: what the dashboard for Grafana asks Prometheus for is what innduct serves.
#
#   check_dashboard.py [--root DIR]    prints what is wrong; exit status 1 then
#   check_dashboard.py --list          prints the expressions, with the variables filled in: for promtool
#   check_dashboard.py --self-test     plants each wrong and demands that it is found
#
# - Metrics, and the values of their labels, stand in the table of doc/operating.md, which a test of
#   io/status_metrics holds against what is served; a histogram is asked for by _bucket, _sum or _count.
#   All metrics of the table are asked for.
# - Brackets and quotes are closed, and every selector heeds the variables.
# - Panels have their own numbers, lie beside each other, and say in which unit they are.

import argparse
import itertools
import json
import pathlib
import re
import sys
import tempfile

BOARD = "packaging/grafana/innduct.json"
TABLE = "doc/operating.md"
STRING = r'"(?:\\.|[^"\\])*"'
CLOSES = {")": "(", "]": "[", "}": "{"}
SERIES = re.compile(rf"\b(innduct_\w+)((?:{{(?:{STRING}|[^}}\"])*}})?)")
MATCHER = re.compile(r'(\w+)(=~|=|!=|!~)"([^"]*)"')
VARIABLES = {"site", "peer"}


def metrics(root):
    """name -> what the table says of it."""
    return dict(re.findall(r"^\| `(innduct_\w+)` \| (.+) \|$", (root / TABLE).read_text(), re.MULTILINE))


def panels(board):
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def expressions(board):
    """(whose, expression)"""
    for panel in panels(board):
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["query"]["query"]


def unbalanced(expression):
    """What is not closed, or empty."""
    bare = re.sub(STRING, "", expression)
    if '"' in bare:
        return '"'
    waiting = []
    for each in re.findall(r"[()\[\]{}]", bare):
        if each in "([{":
            waiting.append(each)
        elif not waiting or waiting.pop() != CLOSES[each]:
            return each
    return "".join(waiting)


def wrong_series(expression, known, selects):
    """What is asked for and not served."""
    for name, selector in SERIES.findall(expression):
        part = re.fullmatch(r"(\w+)_(?:bucket|sum|count)", name)
        histogram = part and known.get(part[1], "").startswith("histogram")
        says = known.get(part[1] if histogram else name)
        if says is None or (says.startswith("histogram") and not histogram):
            yield f"{name} is not served"
            continue
        matchers = MATCHER.findall(selector)
        for label, _, values in matchers:
            if label in VARIABLES:
                continue
            for value in values.split("|"):
                if f"`{label}`" not in says or not re.search(rf"\b{re.escape(value)}\b", says):
                    yield f'{name} has no {label}="{value}"'
        if selects and {(label, value) for label, _, value in matchers if label in VARIABLES} != {
                (label, f"${label}") for label in VARIABLES}:
            yield f"{name} does not heed the variables"


def overlap(one, other):
    return (one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
            and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"])


def check(root):
    wrong = []
    board = json.loads((root / BOARD).read_text())
    known = metrics(root)
    asked = " ".join(expression for _, expression in expressions(board))
    wrong += [f"{name} is in no panel" for name in known if not re.search(rf"\b{name}(?![a-z])", asked)]
    for whose, expression in expressions(board):
        closing = unbalanced(expression)
        if closing:
            wrong.append(f"{whose}: {closing} is not closed in {expression}")
        selects = not whose.startswith("variable ")
        wrong += [f"{whose}: {what}" for what in wrong_series(expression, known, selects)]
        if selects and not SERIES.search(expression):
            wrong.append(f"{whose}: asks for nothing of innduct's in {expression}")
    all_panels = list(panels(board))
    numbers = [panel["id"] for panel in all_panels]
    wrong += [f"panel number {each} is there twice" for each in set(numbers) if numbers.count(each) > 1]
    for panel in all_panels:
        title, place = panel["title"], panel["gridPos"]
        if not (0 <= place["x"] and place["x"] + place["w"] <= 24 and place["w"] > 0 and place["h"] > 0):
            wrong.append(f"{title}: is not within the 24 columns")
        if panel["type"] == "row":
            continue
        if panel.get("datasource", {}).get("uid") != "${datasource}":
            wrong.append(f"{title}: does not heed the data source")
        defaults = panel["fieldConfig"]["defaults"]
        if "unit" not in defaults and "mappings" not in defaults:
            wrong.append(f"{title}: has no unit")
        names = [target["refId"] for target in panel["targets"]]
        if not names or len(set(names)) < len(names):
            wrong.append(f"{title}: has no queries, or two of one name")
    for one, other in itertools.combinations(all_panels, 2):
        if overlap(one["gridPos"], other["gridPos"]):
            wrong.append(f"{one['title']} and {other['title']} overlap")
    return wrong


def self_test(root):
    for old, new, wanted in [
            ("innduct_connections{", "innduct_connexions{", "innduct_connexions is not served"),
            ("innduct_delay_seconds_bucket", "innduct_delay_seconds", "innduct_delay_seconds is not served"),
            ("innduct_read_total", "innduct_read_total_sum", "innduct_read_total_sum is not served"),
            ("innduct_suspects{", "innduct_connections{", "innduct_suspects is in no panel"),
            ("|rejected|", "|refused|", 'no outcome="refused"'),
            ("WAITING|FLUSHFAIL", "WAITING|FAILED", 'no state="FAILED"'),
            ("outcome=\\\"accepted\\\"", "result=\\\"accepted\\\"", 'no result="accepted"'),
            ("running_seconds{site=~\\\"$site\\\",peer=~\\\"$peer\\\"}[1d]", "running_seconds[1d]",
             "does not heed the variables"),
            ("innduct_connections{site=~\\\"$site\\\",peer=~\\\"$peer\\\"}", "up", "asks for nothing"),
            ("[$__rate_interval])", "[$__rate_interval]", "( is not closed"),
            ("[1d]", "[1d)", ") is not closed"),
            ("peer=~\\\"$peer\\\"}", "peer=~\\\"$peer}", '" is not closed'),
            ('"id": 2,', '"id": 1,', "panel number 1 is there twice"),
            ('"y": 1,', '"y": 0,', "overlap"),
            ('"x": 20,', '"x": 21,', "24 columns"),
            ('"unit": "percentunit"', '"decimals": 1', "has no unit"),
            ('"refId": "B"', '"refId": "A"', "two of one name"),
            ('"uid": "${datasource}"', '"uid": "mine"', "the data source")]:
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for name in (BOARD, TABLE):
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                text = (root / name).read_text()
                if name == BOARD:
                    assert old in text, f"{old!r} is not in {name}"
                    text = text.replace(old, new)
                (copy / name).write_text(text)
            wrong = check(copy)
            assert any(wanted in line for line in wrong), f"{wanted!r} not found: {wrong}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        sys.exit(self_test(options.root))
    if options.list:
        for whose, expression in expressions(json.loads((options.root / BOARD).read_text())):
            if not whose.startswith("variable "):
                filled = expression.replace("$__rate_interval", "1m")
                print(re.sub(r"\$(?:site|peer)\b", ".*", filled))
        return
    wrong = check(options.root)
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
