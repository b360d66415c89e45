#!/bin/bash
# Kills fine-tuning with SIGKILL at random steps, resumes it each time, and compares what comes out
# with an uninterrupted run, bit for bit:
#   kill_training.sh SANCHO_CLI MAILBOX [KILLS [METHOD [EPOCHS]]]
# Each run is made to write a checkpoint at a random step (it does when asked to pause) and is killed
# up to three steps later, sometimes while it writes.
set -euo pipefail
cli=$1 mailbox=$2 kills=${3:-10} method=${4:-sparse} epochs=${5:-1}
work=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null; rm -rf "$work"' EXIT
RANDOM=7

sancho() { "$cli" --profile "$work/$profile" --json "$@" 2>>"$work/errors"; }
personal_model() { cat "$work/$profile"/personal/v0001/*.safetensors | sha256sum; }
alive() { kill -0 "$child" 2>/dev/null; }
# Waits until the child has said `$1` so many times (`$2`), or has ended.
said() {
  while alive && [ "$(grep -c "$1" "$work/progress")" -lt "$2" ]; do sleep 0.02; done
}

for profile in straight killed; do sancho import "$mailbox" >/dev/null; done
profile=straight
sancho train --method "$method" --epochs "$epochs" >"$work/straight.json"
whole=$(personal_model)

profile=killed
for ((i = 1; i <= kills; ++i)); do
  resume=()
  [ ! -e "$work/killed/personal/training/request.json" ] || resume=(--resume)
  : >"$work/progress"
  "$cli" --profile "$work/killed" --json train --method "$method" --epochs "$epochs" \
    --progress json "${resume[@]}" >"$work/out" 2>"$work/progress" &
  child=$!
  said '"phase":"training"' $((1 + RANDOM % 3))
  sancho train --pause on >/dev/null
  said '"paused":"request"' 1
  if ((RANDOM % 2)); then
    steps=$(grep -c '"phase":"training"' "$work/progress")
    sancho train --pause off >/dev/null
    said '"phase":"training"' $((steps + 2 + RANDOM % 3))
  else
    sleep "0.0$((RANDOM % 10))"
  fi
  step=$(grep -o '"step":[0-9]*' "$work/progress" | tail -1)
  kill -9 "$child" 2>/dev/null && echo "kill $i at ${step:-the start}: ${resume[*]:-anew}" ||
    echo "kill $i: had ended"
  wait "$child" 2>/dev/null || true
  child=
  [ ! -d "$work/killed/personal/v0001" ] || break
done
[ -d "$work/killed/personal/v0001" ] || sancho train --resume >"$work/out"

grep -o '"steps":[0-9]*' "$work/straight.json" "$work/out" | sed 's/.*\///'
if [ "$whole" = "$(personal_model)" ]; then
  echo "$method: same weights, bit for bit"
else
  echo "$method: the weights differ"
  exit 1
fi
