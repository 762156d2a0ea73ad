#!/usr/bin/env python3
"""clang-tidy over the library and the command.

Usage: test/tidy.py BUILD_DIR [FILE...]

BUILD_DIR holds compile_commands.json. A file that was clean before is not read
again: what the compiler would see of it, comments included, and the checks make
a key, and keys of clean files are kept in the user's cache folder, as ccache
keeps objects.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "etherpeil-tidy"
TIDY = "clang-tidy-14"


def key_of(entry, checks):
    """Of all that clang-tidy would look at; without the folder it stands in."""
    command = [part for part in shlex.split(entry["command"]) if part not in ("-c", entry["file"])]
    output = command.index("-o")
    del command[output:output + 2]
    if os.path.basename(command[0]) == "ccache":
        del command[0]
    seen = subprocess.run([*command, "-E", "-P", "-C", entry["file"]],
                          cwd=entry["directory"], capture_output=True, check=True).stdout
    flags = " ".join(command).replace(str(ROOT), "")
    return hashlib.sha256(checks + flags.encode() + seen).hexdigest()


def look_at(entry, build, checks):
    """What clang-tidy has to say, or nothing."""
    known = CACHE / key_of(entry, checks)
    if known.exists():
        return ""
    found = subprocess.run([TIDY, "--quiet", "-p", build, entry["file"]],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if found.returncode != 0:
        return found.stdout
    known.touch()
    return ""


def main():
    build, *chosen = sys.argv[1:]
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    checks = version + (ROOT / ".clang-tidy").read_bytes()
    CACHE.mkdir(parents=True, exist_ok=True)
    wanted = {str(pathlib.Path(file).resolve()) for file in chosen}
    entries = {}
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"]).resolve()
        ours = any(ROOT / part in path.parents for part in ("lib", "examples/etherpeil"))
        if ours and ROOT / "lib/data" not in path.parents and (not wanted or str(path) in wanted):
            entries[path] = entry
    if not entries:
        sys.exit("tidy.py: no file to look at; is " + build + " configured?")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        said = list(workers.map(lambda entry: look_at(entry, build, checks), entries.values()))
    faults = [text for text in said if text]
    print("".join(faults), end="")
    print(f"tidy.py: {len(entries)} files, {len(faults)} with findings")
    sys.exit(bool(faults))


main()
