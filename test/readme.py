"""Fails when the README's C++ example is not the example that is compiled, or
when a page links to a file that is not there."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
shown = re.search(r"```cpp\n(.*?)```", (root / "README.md").read_text(), re.S)[1]
compiled = (root / "examples" / "count_reports.cpp").read_text()
if shown != compiled:
    sys.exit("README.md: its C++ example differs from examples/count_reports.cpp")
for page in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (root / page).read_text()):
        if "://" not in target and not (root / target).exists():
            sys.exit(f"{page}: links to {target}, which is not there")
print("README.md shows examples/count_reports.cpp; every link leads to a file")
