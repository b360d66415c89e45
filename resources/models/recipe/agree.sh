#!/bin/sh
# The two trainers side by side: 20 steps from the same weights over the same batches, in f32. Prints
# both losses of every step and fails where they differ by more than 1e-3.
#   agree.sh SANCHO_CLI CORPUS FOLDER
set -eu
cli=$1 corpus=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
"$cli" --threads 1 model pretrain --corpus "$corpus" --out "$out" --vocabulary 1024 --steps 20 \
  --f32 --batch-tokens 2048 --recovery-minutes 0 >"$out.log"
python=${PYTHON:-/usr/bin/python3}
"$python" "$here/train.py" --train "$out/train.tok" --heldout "$out/heldout.tok" \
  --start "$out/initial.safetensors" --out "$out/twin" --steps 20 --batch-tokens 2048 \
  --measure-every 1e9 --verbose >"$out/twin.log"
"$python" - "$out" <<'END'
import json, sys
out = sys.argv[1]
curve = lambda path: {p["step"]: p["loss"] for p in json.load(open(path))["curve"] if "loss" in p}
ours, twin = curve(f"{out}/dense.json"), curve(f"{out}/twin/dense.json")
for step in sorted(ours):
    print(f"{step:3d}  {ours[step]:.6f}  {twin[step]:.6f}  {abs(ours[step] - twin[step]):.1e}")
worst = max(abs(ours[step] - twin[step]) for step in ours)
print(f"largest difference {worst:.1e}")
sys.exit(len(ours) != 20 or worst > 1e-3)
END
