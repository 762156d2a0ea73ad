#!/usr/bin/env bash
# Puts the coded chats of this folder and those of the demo study (its truth as
# codes) into one folder, to train on.
# Usage: test/labelled/corpus.sh BUILD_DIR NEW_FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir "$2"
cp "$here"/*.txt "$here"/*.tsv "$here"/*.roles.json "$2"
"$1/examples/etherpeil" demo "$2/demo" --seed 11 --quiet
for folder in "$2"/demo/*/; do
  group=$(basename "$folder")
  [ "$group" = truth ] && continue
  for export in "$folder"*; do mv "$export" "$2/demo-$group.${export##*.}"; done
  mv "$2/demo/truth/$group.labels.tsv" "$2/demo-$group.tsv"
  python3 - "$2/demo/roles.json" "$group" > "$2/demo-$group.roles.json" <<'PY'
import json, sys
roles = json.load(open(sys.argv[1], encoding="utf-8"))["groups"][sys.argv[2]]
print(json.dumps({"format": "etherpeil-roles/1", "roles": roles}))
PY
done
rm -r "$2/demo"
