#!/usr/bin/env python3
"""How often the intervals of `metrics` hold what they promise.

    test/coverage.py build/release/examples/etherpeil [FIRST LAST] [FOLDER]

Makes the demo study with each seed, imports it as its user would, and takes the
mean of a metric over the seeds, per group and quarter, for its true value: all
seeds have the same planted effects and differ by chance alone. Prints, per
metric, in how many of the intervals that mean lies (95 % are promised), and how
wide they are beside 2 * 1.96 standard deviations over the seeds. Databases are kept in FOLDER when one is named.
"""
import collections
import csv
import io
import pathlib
import statistics
import subprocess
import sys
import tempfile

GROUPS = ("noord", "zuid", "oost", "west")
METRICS = ("M01", "M02", "M04", "M05", "M11", "M12", "M12.strict", "M13", "M19", "M19.noise", "M43")


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def database(etherpeil, folder, seed):
    path = folder / f"{seed}.db"
    if path.exists():
        return path
    with tempfile.TemporaryDirectory() as chats:
        run(etherpeil, "demo", "--quiet", chats, "--seed", seed)
        run(etherpeil, "init", "--quiet", path, "--study", f"{chats}/study.json")
        for group in GROUPS:
            run(etherpeil, "import", "--quiet", path, "--group", group, f"{chats}/{group}")
    return path


def main(etherpeil, first=101, last=130, folder=None):
    with tempfile.TemporaryDirectory() as own:
        place = pathlib.Path(folder or own)
        cells = collections.defaultdict(list)
        for seed in range(int(first), int(last) + 1):
            text = run(etherpeil, "metrics", database(etherpeil, place, seed), "--period", "quarter",
                       "--metric", ",".join(METRICS), "--format", "csv")
            for row in csv.DictReader(io.StringIO(text)):
                if row["value"] and row["low"] and row["high"]:
                    cells[row["id"], row["group"], row["label"]].append(
                        [float(row[key]) for key in ("value", "low", "high")])
    print(f"seeds {first}-{last}, four groups, quarters: intervals with the mean over the seeds")
    for metric in METRICS:
        held = wide = total = 0
        for (name, _, _), found in cells.items():
            if name != metric or len(found) < 10:
                continue
            truth = statistics.mean(value for value, _, _ in found)
            spread = 2 * 1.96 * statistics.stdev(value for value, _, _ in found)
            held += sum(low <= truth <= high for _, low, high in found)
            wide += sum(high - low for _, low, high in found) / spread if spread else 0
            total += len(found)
        print(f"{metric:10} {100 * held / total:3.0f} % of {total}, {wide / total:.2f} times as wide as they vary")


if __name__ == "__main__":
    main(*sys.argv[1:])
