#!/usr/bin/env bash
# Builds everything with sanitizers and runs all tests. Installs what is
# missing. Ends with "all tests passed" or with the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/install build test
if [ -z "${ETHERPEIL_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null; then
  export ETHERPEIL_COMPILER_LAUNCHER=ccache
fi
cmake --workflow --preset dev
echo "all tests passed"
