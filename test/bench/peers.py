#!/usr/bin/env python3
"""How many times faster `etherpeil parse` is than npm's whatsapp-chat-parser 4.

Both read the same file in turn (A B A B ...), each as a whole process, and must
find the same number of records; CPU time, median of the pairs. Needs node, npm
and, the first time, the network.

Usage: test/bench/peers.py COMMAND FILE.txt [--pairs N] [--folder DIR]
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

SCRIPT = """
const { readFileSync } = require('fs');
const { parseString } = require('whatsapp-chat-parser');
console.log(parseString(readFileSync(process.argv[2], 'utf8')).length);
"""


def cpu_seconds(command):
    """CPU time of a process and what it wrote."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode > 1:
        sys.exit(f"{command[0]} failed")
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime), run.stdout


parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("command")
parser.add_argument("file")
parser.add_argument("--pairs", type=int, default=5)
parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "etherpeil-peers")
options = parser.parse_args()

options.folder.mkdir(parents=True, exist_ok=True)
if not (options.folder / "node_modules" / "whatsapp-chat-parser").exists():
    subprocess.run(["npm", "install", "--silent", "--prefix", options.folder, "whatsapp-chat-parser@4"], check=True)
script = options.folder / "peer.js"
script.write_text(SCRIPT)

ratios = []
for _ in range(options.pairs):
    ours, summary = cpu_seconds([options.command, "parse", "--format", "summary", options.file])
    theirs, count = cpu_seconds(["node", script, options.file])
    records = json.loads(summary)["records"]
    if records != int(count):
        sys.exit(f"the counts differ: {records} records here, {int(count)} there")
    ratios.append(theirs / ours)
size = pathlib.Path(options.file).stat().st_size / 1e6
print(f"{size:.1f} MB, {records} records: {statistics.median(ratios):.1f} times as fast "
      f"(of {options.pairs} pairs, {min(ratios):.1f} to {max(ratios):.1f})")
