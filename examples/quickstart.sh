#!/usr/bin/env bash
# From a bare machine to the report: builds the command, makes the demo study of
# four invented groups, imports it, and writes the page. Everything lands in
# build/quickstart/; nothing is sent anywhere.
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/install build
if [ -z "${ETHERPEIL_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null; then
  export ETHERPEIL_COMPILER_LAUNCHER=ccache
fi
echo "Building the command; this takes a minute or two."
mkdir -p build
if ! { cmake --preset quickstart && cmake --build --preset quickstart; } >build/quickstart.log 2>&1; then
  cat build/quickstart.log >&2
  exit 1
fi

etherpeil=$PWD/build/quickstart/examples/etherpeil
work=$PWD/build/quickstart/demo
rm -rf "$work"
mkdir "$work"
cd "$work"
"$etherpeil" demo demo --quiet
"$etherpeil" init buurt.db --study demo/study.json --quiet
for group in demo/*/; do
  key=$(basename "$group")
  if [ "$key" != truth ]; then
    # Exit 1 is "done, with warnings": they are in the report.
    "$etherpeil" import buurt.db --group "$key" "$group" --quiet || [ $? -eq 1 ]
  fi
done
"$etherpeil" report buurt.db -o rapport.html --quiet

echo
echo "Messages per 30 days before and after the first intervention (in two groups chatter was made to fall):"
"$etherpeil" compare buurt.db --outcome M01 | sed -n '3p;5,8p'
echo
echo "The command: $etherpeil"
echo "The report:  file://$work/rapport.html"
