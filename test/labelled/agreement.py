#!/usr/bin/env python3
"""How far a second coder, who did not see the first codes, agrees with them.

Krippendorff's alpha (nominal, two coders), for all labels together and for each
label against all others. Usage: test/labelled/agreement.py
"""
import collections
import csv
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
REPORT = {"INC", "VERD", "OVER"}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {row["n"]: row["label"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def alpha(pairs):
    counts = collections.Counter(code for pair in pairs for code in pair)
    total = 2 * len(pairs)
    observed = sum(a != b for a, b in pairs) / len(pairs)
    expected = sum(n * (total - n) for n in counts.values()) / (total * (total - 1))
    return 1 - observed / expected if expected else float("nan")


groups = {}
for path in sorted((HERE / "second").glob("*.tsv")):
    first, second = read(HERE / path.name), read(path)
    groups[path.stem] = [(first[n], code) for n, code in second.items()]
pairs = [pair for group in groups.values() for pair in group]

print(f"{len(pairs)} messages of {len(groups)} groups, coded again without sight of the first codes.\n")
print("| | first | second | alpha |\n|---|---:|---:|---:|")
print(f"| all labels | {len(pairs)} | {len(pairs)} | {alpha(pairs):.3f} |")
for name, group in groups.items():
    print(f"| group {name} | {len(group)} | {len(group)} | {alpha(group):.3f} |")
print(f"| report (INC, VERD, OVER) or not | {sum(a in REPORT for a, _ in pairs)} | {sum(b in REPORT for _, b in pairs)} "
      f"| {alpha([(a in REPORT, b in REPORT) for a, b in pairs]):.3f} |")
for label in sorted({code for pair in pairs for code in pair}):
    print(f"| {label} | {sum(a == label for a, _ in pairs)} | {sum(b == label for _, b in pairs)} "
          f"| {alpha([(a == label, b == label) for a, b in pairs]):.3f} |")
