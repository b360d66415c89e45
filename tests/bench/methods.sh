#!/bin/bash
# RoSA, LoRA of equal size and sparse full fine-tuning beside each other, default settings, on the
# mail of several people: held-out perplexity, ROUGE-L, style match and seconds, as a table.
#   methods.sh SANCHO_CLI MAILBOX_FOLDER WORK NAME…   (NAME.mbox.xz or NAME.mbox, NAME-inbox likewise)
#   LIMIT=60 bounds the held-out mails that are drafted; METHODS="rosa lora sparse" what is trained.
# WORK keeps what is done: run it again after an interruption and it goes on there. Run it on an idle
# machine.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cli=$1 folder=$2 work=$3
shift 3
read -ra methods <<<"${METHODS:-rosa lora sparse}"

sancho() { "$cli" --profile "$profile" --json "$@" 2>>"$work/errors"; }
# Runs the rest and keeps its output as `$1`, whole, unless it is there already.
once() {
  local file=$1
  shift
  [ -e "$file" ] || { "$@" >"$file.new" && mv "$file.new" "$file"; }
}
train() {
  local resume=()
  [ ! -e "$profile/personal/training/request.json" ] || resume=(--resume)
  sancho train --method "$1" "${resume[@]}"
}

mkdir -p "$work"
for name in "$@"; do
  profile=$work/$name
  for mailbox in $(unpack "$folder" "$name" "$work"); do
    once "$mailbox.import.json" sancho import "$mailbox"
  done
  for method in "${methods[@]}"; do
    once "$work/$name.$method.train.json" train "$method"
    once "$work/$name.$method.evaluate.json" sancho evaluate --limit "${LIMIT:-60}"
  done
done

/usr/bin/python3 - "$work" "${methods[*]}" "$@" <<'PYTHON'
import json
import sys

work, methods, *names = sys.argv[1:]
row = "| {:20} | {:8} | {:>9} | {:>16} | {:>7} | {:>11} | {:>7} |".format
print(row("person", "method", "weights", "perplexity", "ROUGE-L", "style match", "seconds"))
print(row(*["---"] * 7))
for name in names:
    for method in methods.split():
        read = lambda kind: json.load(open(f"{work}/{name}.{method}.{kind}.json"))
        trained, systems = read("train"), read("evaluate")["systems"]
        drafts = systems["personal+retrieval"]
        print(row(name, method, trained["trainable_parameters"],
                  "{heldout_ppl_before:.2f} → {heldout_ppl_after:.2f}".format(**trained),
                  f"{drafts['rougeL']:.3f}", f"{drafts['style_match']:.2f}",
                  f"{trained['seconds']:.0f}"))
PYTHON
