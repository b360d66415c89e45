#!/bin/sh
# Trains the built-in model on a GPU; one command, which goes on where an earlier call stopped.
#   run_gpu.sh DATA [RESULTS [MINUTES [MINUTES_OF_THIS_CALL]]]
# DATA holds what prepare.sh made. The best weights so far lie in RESULTS as bf16 parts of at most
# 15 MiB; join.py makes dense.safetensors of them. Further options of train.py: in TRAIN_OPTIONS.
set -eu
data=$(cd "$1" && pwd) results=${2:-results} minutes=${3:-25} call=${4:-0}
here=$(cd "$(dirname "$0")" && pwd)
work=${WORK:-$HOME/sancho-training}
mkdir -p "$results"
status=0
# shellcheck disable=SC2086
"${PYTHON:-python3}" "$here/train.py" \
  --train "$data/train.tok.xz" --heldout "$data/heldout.tok.xz" \
  --tokenizer "$data/tokenizer.model" --out "$work" --minutes "$minutes" --stop-after "$call" \
  --hidden 512 --ffn 1408 --layers 8 --heads 8 --kv-heads 4 --dropout 0.1 \
  --learning-rate 1e-3 --weight-decay 0.1 --warmup 300 --batch-tokens 65536 \
  --average 0.999 ${TRAIN_OPTIONS:-} >"$results/log.jsonl" 2>"$results/errors.txt" || status=$?
tail -n 3 "$results/log.jsonl" "$results/errors.txt"
"${PYTHON:-python3}" "$here/split.py" "$work" "$results"
exit "$status"
