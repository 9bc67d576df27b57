"""bench.py: innduct beside innxmit and innfeed, in one run, on one machine.

    ./dev bench [--quick] [--runs N] [--situation NAME] [--write]

Each situation is a module with play(play) -> its table, whose first comment says what is measured.
The peer is never the bottleneck (receiver.cc), on loopback. Runs are interleaved, one of each feeder
after the other, so that whatever else the machine does meets all of them; what is printed are
medians. Compare figures of one run only.
"""

import argparse
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/e2e"))

from fixture import stage as stages  # noqa: E402
from fixture.expect import Unmet  # noqa: E402

import cold  # noqa: E402
import comparison  # noqa: E402
import growth  # noqa: E402
import long_path  # noqa: E402
import realtime  # noqa: E402
import table  # noqa: E402
from situation import Play, Scale  # noqa: E402

SITUATIONS = {
    "comparison": comparison.play,
    "latency": realtime.latency,
    "burst": realtime.burst,
    "long_path": long_path.long_path,
    "tun": long_path.tun,
    "growth": growth.growth,
    "connections": growth.connections,
    "cold": cold.cold,
}
RUN_HOURS_MAX = 3


def inside(arguments, folder, private):
    stage = stages.Stage(folder, private)
    scale = Scale("smoke" if arguments.smoke else "quick" if arguments.quick else "full",
                  arguments.runs)
    built = os.environ.get("INNDUCT_BENCH_PROGRAMS") or stages.REPOSITORY / "build/release/bench"
    try:
        play = Play(stage, built, scale, arguments.feeder, arguments.corpus)
        for name, situation in SITUATIONS.items():
            if arguments.situation not in name:
                continue
            try:
                result = situation(play)
            except stages.Skip as why:
                print(f"{name}: not measured: {why}\n", flush=True)
                continue
            print(f"{name}\n\n{result}", flush=True)
            if arguments.write:
                table.write(stages.REPOSITORY / "doc/performance.md", name, result)
        return 0
    except KeyboardInterrupt:
        return 130
    except Unmet as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    finally:
        stage.close()


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="of each feeder; default: 3")
    parser.add_argument("--quick", action="store_true", help="a quarter of the articles")
    parser.add_argument("--situation", default="",
                        help=f"only those with this in their name: {', '.join(SITUATIONS)}")
    parser.add_argument("--corpus", default="", help="only these, e.g. tradspool-2500 or cnfs")
    parser.add_argument("--feeder", default="", help="only these, e.g. innduct")
    parser.add_argument("--write", action="store_true",
                        help="writes the tables of doc/performance.md")
    parser.add_argument("--smoke", action="store_true", help="a few articles: do the counts add up?")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        folder, private = arguments.inside
        sys.exit(inside(arguments, folder, private == "yes"))
    stages.as_root(sys.argv)
    stages.die_with_parent()
    sys.exit(stages.play(sys.argv, RUN_HOURS_MAX * 3600))


if __name__ == "__main__":
    main()
