"""Fails when an include goes up or sideways between the rooms of the house.

A file belongs to the room of its folder in lib/ (or of its public header); it
may include its own room and rooms on lower floors. Packages stay in their room.
"""
import pathlib
import re
import sys

FLOORS = [
    "error version data",
    "text stats hash",
    "types json",
    "container privacy",
    "parse classify incidents merge study demo",
    "store learn audit",
    "metrics compare fidelity",
    "report analysis",
    "etherpeil",
]
SAME_ROOM = {"compare": "metrics", "fidelity": "metrics"}  # other faces of metrics/
WALLS = {
    "boost/regex": "text", "unicode": "text", "nlohmann": "json", "sqlite3.h": "store",
    "openssl": "hash", "zip.h": "container", "boost/math": "stats", "Eigen": "stats",
    "linear.h": "learn", "isa-l": "container", "igzip_lib.h": "container",
    "libdeflate.h": "container",
}
FORBIDDEN = {"iostream", "format", "expected", "ranges"}

floor = {room: height for height, rooms in enumerate(FLOORS) for room in rooms.split()}
root = pathlib.Path(__file__).resolve().parent.parent
problems = []


def room_of(path):
    parts = path.parts
    name = parts[1] if parts[0] == "lib" and len(parts) > 2 else path.stem
    return SAME_ROOM.get(name, name)


for base in ("lib", "include"):
    for file in sorted((root / base).rglob("*.[ch]pp")):
        path = file.relative_to(root)
        if path.name.startswith("make_"):
            continue  # a generator of data, no part of the library
        room = room_of(path)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not match:
                continue
            target, where = match[1], f"{path}:{number}"
            for prefix, owner in WALLS.items():
                if (target == prefix or target.startswith(prefix + "/")) and room != owner:
                    problems.append(f"{where}: {target} belongs in lib/{owner}/ only")
                if target.startswith(prefix) and base == "include":
                    problems.append(f"{where}: a package in a public header")
            if target in FORBIDDEN:
                problems.append(f"{where}: <{target}> is not for lib/")
            if "/" not in target or target.split("/")[0] not in {"etherpeil", *floor}:
                continue
            other = pathlib.Path(target)
            other = other.stem if other.parts[0] == "etherpeil" else other.parts[0]
            other = SAME_ROOM.get(other, other)
            if other != room and floor[other] >= floor[room]:
                problems.append(f"{where}: {room} (floor {floor[room]}) may not include "
                                f"{other} (floor {floor[other]})")

print("\n".join(problems) or "floors: every include goes down, every package is in its room")
sys.exit(bool(problems))
