#!/usr/bin/env bash
# Records what the library's model is worth on the untouched groups: for people
# in EVALUATION.md, for the test in evaluation.json.
# Usage: test/labelled/evaluate.sh BUILD_DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/splits.sh"
command="$1/examples/etherpeil"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$here/corpus.sh" "$1" "$scratch/corpus"
run() { "$command" evaluate "$here" --groups "$untouched" "$@"; }
# Two figures of the JSON form: macro-F1 and F1 of a report.
figures() {
  run --resamples 1 --format json "$@" | python3 -c '
import json, sys
e = json.load(sys.stdin)
print("| %.3f | %.3f | %.3f | %.3f |" % (e["macro_f1"]["value"], e["report"]["f1"], e["alpha"]["value"], e["ece"]))'
}
run --format json > "$here/evaluation.json"
{
  echo "# What the model is worth on groups that it has not seen"
  echo
  echo "Made by \`test/labelled/evaluate.sh BUILD_DIR\`; not to be edited. The chats are"
  echo "written, not collected: read lib/data/README.md (data card) before quoting a figure."
  echo "Intervals are drawn over groups; with so few groups they are too narrow."
  echo
  run
  echo
  echo "## Without the roles file"
  echo
  run --without-roles | sed -n '3,10p'
  echo
  echo "## How far a second coder agrees"
  echo
  python3 "$here/agreement.py"
  echo
  echo "## With typing errors"
  echo
  echo "One slip (a letter left out, added, wrong, or two swapped) in so large a share of the"
  echo "words of three letters or more."
  echo
  echo "| words with a typing error | macro-F1 | report F1 | alpha | ECE |"
  echo "|--------------------------:|---------:|----------:|------:|----:|"
  for share in 0 0.1 0.25; do echo "| $share $(figures --typos "$share")"; done
  echo
  echo "## Checklist"
  echo
  echo "Short messages of which nobody doubts what they are (minimum), changes of wording that"
  echo "must change nothing (invariance), and changes that must move a label one way"
  echo "(direction): \`checklist.json\`. They are not trained on."
  echo
  ETHERPEIL_PRINT=1 "$1/test/wording_test" "wording: the checklist*" | sed '/^Filters/d; /^=====/,$d'
  echo
  echo "## What each part is worth"
  echo
  echo "The same training without some of its parts, on the same groups. So that a row takes a"
  echo "minute, all of them train on eight groups and plain.txt alone, without copies with typing"
  echo "errors: compare the rows with each other, not with the tables above."
  echo
  echo "| parts | macro-F1 | report F1 | alpha | ECE |"
  echo "|-------|---------:|----------:|------:|----:|"
  echo "| rules of the codebook, no model $(figures --model rules)"
  mkdir "$scratch/few"
  for group in plain breda drenthe eindhoven gent limburg schiedam zoetermeer zuid ${calibrate//,/ }; do
    cp "$scratch/corpus/$group".* "$scratch/few"
  done
  part() {  # NAME LEFT_OUT
    "$command" train "$scratch/few" --calibrate "$calibrate" --typos 0 \
      -o "$scratch/m.json" ${2:+--without "$2"}
    echo "| $1 $(figures --model "$scratch/m.json")"
  }
  part "rules and word lists alone, with learned weights" word,pair,letters,shape,context,decoder
  part "n-grams alone" rule,lexicon,shape,context,decoder
  part "text together (n-grams, rules, word lists, shape)" context,decoder
  part "text and decoder" context
  part "all without n-grams" word,pair,letters
  part "text and context" decoder
  part "all" ""
  part "all without rules and word lists" rule,lexicon
} > "$here/EVALUATION.md"
