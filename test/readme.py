"""Fails when the README's C++ example is not the example that is compiled."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
shown = re.search(r"```cpp\n(.*?)```", (root / "README.md").read_text(), re.S)[1]
compiled = (root / "examples" / "count_reports.cpp").read_text()
if shown != compiled:
    sys.exit("README.md: its C++ example differs from examples/count_reports.cpp")
print("README.md shows examples/count_reports.cpp")
