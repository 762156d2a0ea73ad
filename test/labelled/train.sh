#!/usr/bin/env bash
# Makes the model that the library carries from the coded chats of this folder.
# The same chats, codebook, lexicon and compiler give the same bytes (another
# compiler may round the last digit of the calibration differently).
# Build the command again afterwards, and then run evaluate.sh.
# Usage: test/labelled/train.sh BUILD_DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/splits.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$here/corpus.sh" "$1" "$scratch/corpus"
"$1/examples/etherpeil" train "$scratch/corpus" --id nl-1 --calibrate "$calibrate" \
  --leave-out "$untouched" -o "$here/../../lib/data/model_nl.json"
