#!/bin/sh
# Training steps of a 110 M Llama shape, ours and PyTorch's (Debian's python3-torch), one after the
# other with the same shape, batch and threads: full fine-tuning with AdamW, and beside it RoSA over
# a base of half zeros in int8. Run it on an idle machine.
#   train_vs_pytorch.sh BENCH_TRAIN [BATCH [STEPS]]
set -eu
bench=$1 batch=${2:-2} steps=${3:-2}
here=$(dirname "$0")
settings="--shape llama-110m --sequence 512 --threads 2 --batch $batch --steps $steps"

# shellcheck disable=SC2086  # words on purpose
{
  bf16=$("$bench" $settings --method full --optimizer adamw 2>/dev/null)
  f32=$("$bench" $settings --method full --optimizer adamw --f32 2>/dev/null)
  rosa=$("$bench" $settings --method rosa --optimizer adamw --format sparse50-int8 2>/dev/null)
  torch=$(/usr/bin/python3 "$here/train_vs_pytorch.py" $settings)
}
printf 'Sancho, bf16 products: %s\nSancho, f32 products:  %s\nSancho, RoSA:          %s\n' \
  "$bf16" "$f32" "$rosa"
printf 'PyTorch, f32:          %s\n' "$torch"
/usr/bin/python3 - "$bf16" "$f32" "$rosa" "$torch" <<'PYTHON'
import json
import sys

bf16, f32, rosa, torch = (json.loads(text) for text in sys.argv[1:])
for name, ours in (("bf16", bf16), ("f32", f32), ("RoSA over sparse50-int8", rosa)):
    speed = ours["tokens_per_second"] / torch["tokens_per_second"]
    memory = ours["peak_rss_mb"] / torch["peak_rss_mb"]
    print(f"{name}: {speed:.2f} x the tokens per second of PyTorch at {memory:.2f} x its peak memory")
PYTHON
