#!/usr/bin/env python3
# run.py: runs fuzzers side by side for a while, shows how they get on, and says what they found.
#
#   run.py --seconds S [--jobs N] FOLDER [TARGET...]    FOLDER holds the fuzzers; default: all
#   run.py --keep FOLDER [TARGET...]    adds what reaches new code to the corpus in git
#
# What a target finds new is kept in FOLDER/found/TARGET, and is where its next run goes on from. An
# input that breaks a target goes to FOLDER/broken; exit status 1, with the command that shows it.

import argparse
import pathlib
import re
import subprocess
import sys
import time

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
PROGRESS = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)/", re.MULTILINE)
DONE = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
BROKEN = re.compile(r"Test unit written to (\S+)")
LOG_TAIL_BYTES = 100_000


class Run:
    """One fuzzer at work, or that was."""

    def __init__(self, folder, name, seconds):
        self.name = name
        self.binary = folder / f"{name}_fuzz"
        self.log = folder / f"{name}.log"
        self.started = time.monotonic()
        found = folder / "found" / name
        broken = folder / "broken"
        found.mkdir(parents=True, exist_ok=True)
        broken.mkdir(exist_ok=True)
        # Longer inputs than an input file is read at a time (16 KB) say nothing new.
        command = [self.binary, f"-max_total_time={seconds}", "-max_len=40000", "-timeout=10",
                   "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={broken}/{name}-",
                   found, CORPUS / name]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def over(self):
        return self.process.poll() is not None

    def broken(self):
        return self.process.returncode != 0

    def text(self):
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - LOG_TAIL_BYTES))
            return log.read().decode(errors="replace")

    def figures(self):
        """Executions, edges of code reached, inputs kept."""
        seen = PROGRESS.findall(self.text())
        executed, coverage, _, corpus = (map(int, seen[-1])) if seen else (0, 0, 0, 0)
        done = DONE.search(self.text())
        return int(done[1]) if done else executed, coverage, corpus

    def line(self):
        executed, coverage, corpus = self.figures()
        return f"{self.name:12} {executed:12,} runs {coverage:7,} edges {corpus:7,} inputs"

    def verdict(self):
        if not self.broken():
            return self.line()
        unit = BROKEN.search(self.text())
        again = f"INNDUCT_FUZZ_TRACE=1 {self.binary} {unit[1]}" if unit else f"no input was kept; see {self.log}"
        return f"{self.text()[-8000:]}\n{self.line()}\n  BROKEN: {again}"


def show(running, waiting, live):
    text = " | ".join(f"{run.name} {run.figures()[0]:,}" for run in running)
    text += f" | {waiting} to come" if waiting else ""
    print(f"\r{text[:100]:100}" if live else text, end="" if live else "\n", flush=True)


def fuzz(folder, names, seconds, jobs):
    waiting = list(names)
    running = []
    broken = 0
    live = sys.stdout.isatty()
    shown = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(Run(folder, waiting.pop(0), seconds))
            time.sleep(0.2)
            for run in [run for run in running if run.over()]:
                running.remove(run)
                broken += run.broken()
                print(("\r" if live else "") + f"{run.verdict():100}", flush=True)
            if running and time.monotonic() - shown >= (1 if live else 30):
                shown = time.monotonic()
                show(running, len(waiting), live)
    finally:
        for run in running:
            run.process.terminate()
            run.process.wait()
    return broken


def keep(folder, name):
    """Adds to the corpus what reaches code that nothing in it reaches."""
    corpus = CORPUS / name
    subprocess.run([folder / f"{name}_fuzz", "-merge=1", "-use_counters=0", "-max_len=4000", corpus,
                    folder / "found" / name],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for path in corpus.iterdir():
        if re.fullmatch("[0-9a-f]{40}", path.name):
            path.rename(corpus / f"found_{path.name[:10]}")
    print(f"{name:12} {len(list(corpus.iterdir())):7,} inputs in its corpus")


def main():
    parser = argparse.ArgumentParser()
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--seconds", type=int)
    mode.add_argument("--keep", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("targets", nargs="*")
    arguments = parser.parse_args()
    there = sorted(path.name.removesuffix("_fuzz") for path in arguments.folder.glob("*_fuzz"))
    unknown = [name for name in arguments.targets if name not in there]
    if unknown or not there:
        parser.error(f"no fuzzer {' '.join(unknown)} in {arguments.folder}; there are: "
                     + " ".join(there))
    folder = arguments.folder.resolve()
    names = arguments.targets or there
    if arguments.keep:
        for name in names:
            keep(folder, name)
        return
    broken = fuzz(folder, names, arguments.seconds, arguments.jobs)
    if broken:
        sys.exit(f"{broken} target(s) broken")


if __name__ == "__main__":
    main()
