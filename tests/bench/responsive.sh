#!/bin/bash
# How long fine-tuning takes at default settings, and how quick drafts are meanwhile: the first
# token's time with nothing else to do, and while a training child runs at idle priority as the
# desktop app starts it. Run it on an idle machine with a mailbox of about 1,000 own mails.
#   responsive.sh SANCHO_CLI MAILBOX [DRAFTS]
set -euo pipefail
cli=$1 mailbox=$2 drafts=${3:-7}
work=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill "$child" 2>/dev/null; rm -rf "$work"' EXIT

sancho() { "$cli" --profile "$work/profile" --json "$@" 2>>"$work/errors"; }
# Milliseconds to the first token of some drafts, one a line.
first_tokens() {
  for ((i = 1; i <= drafts; ++i)); do
    sancho draft "tell Dev the order arrives on Friday and thank him" --seed "$i" |
      grep -o '"first_token_ms":[0-9.]*' | cut -d: -f2
  done
}
median() { sort -n | sed -n "$((drafts / 2 + 1))p"; }

sancho import "$mailbox" | grep -o '"own":[0-9]*'
first_tokens >/dev/null # makes the index
idle=$(first_tokens | median)

began=$(date +%s.%N)
"$cli" --profile "$work/profile" --json train --background --progress json \
  >"$work/train.json" 2>"$work/progress" &
child=$!
until grep -q '"phase":"training"' "$work/progress"; do sleep 0.2; done
# Every thread that works runs as SCHED_IDLE (policy 5); the one that waits for signals need not.
grep -h '^policy' "/proc/$child"/task/*/sched 2>/dev/null | sort | uniq -c |
  sed 's/^/threads of the training child by /'
ionice -p "$child" | sed 's/^/its disk priority: /'
busy=$(first_tokens | median)
grep '"phase":"training"' "$work/progress" | tail -1 |
  grep -o '"step":[0-9]*,"total_steps":[0-9]*' | sed 's/^/meanwhile it came to /'
wait "$child"
child=
ended=$(date +%s.%N)
/usr/bin/python3 - "$idle" "$busy" "$began" "$ended" "$work/train.json" <<'PYTHON'
import json
import sys

idle, busy, began, ended = map(float, sys.argv[1:5])
trained = json.load(open(sys.argv[5]))
print(f"first token: {idle:.0f} ms idle, {busy:.0f} ms beside training: {busy / idle:.2f} x")
print(f"training, with {trained['pairs']} pairs and the drafts beside it: {ended - began:.0f} s, "
      f"of which steps {trained['seconds']:.0f} s; perplexity "
      f"{trained['heldout_ppl_before']:.2f} → {trained['heldout_ppl_after']:.2f}")
PYTHON
