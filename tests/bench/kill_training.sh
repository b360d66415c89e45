#!/bin/bash
# Kills fine-tuning with SIGKILL at random moments, resumes it each time, and compares what comes out
# with an uninterrupted run: kill_training.sh SANCHO_CLI MAILBOX [KILLS]
set -euo pipefail
cli=$1 mailbox=$2 kills=${3:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RANDOM=7

sancho() { "$cli" --profile "$work/$profile" --json "$@" 2>>"$work/errors"; }
personal_model() { sha256sum <"$work/$profile/personal/v0001/model.safetensors"; }

for profile in straight killed; do sancho import "$mailbox" >/dev/null; done
profile=straight
sancho train --epochs 1 >"$work/straight.json"
whole=$(personal_model)

profile=killed
for ((i = 1; i <= kills; ++i)); do
  resume=()
  [ ! -e "$work/killed/personal/training/request.json" ] || resume=(--resume)
  "$cli" --profile "$work/killed" --json train --epochs 1 "${resume[@]}" >"$work/out" 2>/dev/null &
  child=$!
  sleep "$((1 + RANDOM % 9)).$((RANDOM % 10))"
  if kill -9 "$child" 2>/dev/null; then echo "kill $i: ${resume[*]:-anew}"; else echo "kill $i: had ended"; fi
  wait "$child" 2>/dev/null || true
  [ ! -d "$work/killed/personal/v0001" ] || break
done
[ -d "$work/killed/personal/v0001" ] || sancho train --resume >"$work/out"

echo "archive: $(sqlite3 "$work/killed/archive.sqlite" 'PRAGMA integrity_check' 2>/dev/null || echo "sqlite3 is not installed")"
grep -o '"steps":[0-9]*' "$work/straight.json" "$work/out"
[ "$whole" = "$(personal_model)" ] && echo "same weights, bit for bit"
