#!/usr/bin/env python3
"""Prints the memory that `etherpeil parse` takes for files of growing size.

    python3 test/bench/memory.py COMMAND [MEGABYTES...]

The files are made in a temporary folder: one chat that grows by days, so the
largest (10,000 by default) needs that much room on the disk. `anonymous` is
what the process itself holds; the rest of `all` is the program, its libraries
and the pages of the export that the system has mapped just then.
"""

import datetime
import pathlib
import subprocess
import sys
import tempfile
import time

PEOPLE = ["Gré", "Joop de Vries", "Samira", "~ Koen", "+31 6 00000001"]
WORDS = [
    "Er loopt iemand met een zaklamp achter de garages",
    "👍",
    "Dank je, ik kijk even\nen bel zo nodig",
    "<Media weggelaten>",
    "Bij ons is het stil hoor, alleen de kat van de buren weer",
]
FIRST = datetime.date(2010, 1, 1)
DAYS = 4000


def write(path: pathlib.Path, size: int) -> None:
    """A chat of about `size` bytes in `DAYS` days."""
    lines = []
    length = minute = 0
    while length < size / DAYS:
        # A day ends at midnight, however much is said.
        clock = min(minute // 1000, 1439)
        line = (
            f"DD-MM-YYYY {clock // 60:02}:{clock % 60:02} - "
            f"{PEOPLE[minute % 5]}: {WORDS[minute % 7 % 5]}\n"
        )
        lines.append(line)
        length += len(line.encode())
        minute += 1
    day = "".join(lines).encode()
    with path.open("wb") as out:
        for number in range(DAYS):
            date = FIRST + datetime.timedelta(days=number)
            out.write(day.replace(b"DD-MM-YYYY", date.strftime("%d-%m-%Y").encode()))


def peaks(command: list[str]) -> tuple[int, int]:
    """KiB at most: of the process, and anonymous."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    status = pathlib.Path(f"/proc/{process.pid}/status")
    most = [0, 0]
    while process.poll() is None:
        try:
            fields = dict(
                line.split(":", 1) for line in status.read_text().splitlines()
            )
        except OSError:
            break
        for i, name in enumerate(["VmHWM", "RssAnon"]):
            if name in fields:
                most[i] = max(most[i], int(fields[name].split()[0]))
        time.sleep(0.002)
    if process.wait() > 1:
        sys.exit(f"{command[0]} failed")
    return most[0], most[1]


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sizes = [int(size) for size in sys.argv[2:]] or [1, 100, 1000, 10000]
    print(f"{'file MB':>8} {'all MB':>8} {'anonymous MB':>13}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "chat.txt"
            write(path, size * 1_000_000)
            command = [sys.argv[1], "parse", "--quiet", "--format", "summary"]
            total, own = peaks([*command, str(path)])
            print(f"{size:8} {total / 1024:8.1f} {own / 1024:13.1f}", flush=True)


if __name__ == "__main__":
    main()
