#!/bin/bash
# What decoding reaches in each format with 1 and 2 threads: bytes per token, their rate, its share
# of a plain read of the same memory in the same run, and processor cycles per 64 weights.
#   decode_table.sh CLI WORK [SHAPE] [FORMAT…]     models are made in WORK where they are missing
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
cli=$(realpath "$1") work=$(mkdir -p "$2" && realpath "$2") shape=${3:-tinyllama-1.1b}
shift $(($# < 3 ? $# : 3))
[ $# -gt 0 ] || set -- int8 int4 sparse50-int8 sparse70-int8 sparse50-int4 sparse70-int4 2of4-int4

echo "| $shape | threads | isa | tokens/s | MB per token | GB/s | of a plain read | cycles per 64 |"
echo "|---|---|---|---|---|---|---|---|"
for format in "$@"; do
  model=$work/$shape.$format.safetensors
  [ -e "$model" ] || "$cli" model export --shape "$shape" --to sancho --type "$format" "$work" >&2
  for threads in 1 2; do
    json=$("$cli" --threads "$threads" --json model bench "$model" --prefill 16 --decode 48)
    value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,}\"]*\).*/\1/p" <<<"$json"; }
    LC_ALL=C awk -v f="$format" -v n="$threads" -v isa="$(value isa)" \
      -v speed="$(value decode_tokens_per_second)" -v bytes="$(value bytes_per_token)" \
      -v rate="$(value gigabytes_per_second)" -v share="$(value share_of_plain_read)" \
      -v cycles="$(value cycles_per_64_weights)" \
      'BEGIN { printf "| %s | %s | %s | %.1f | %.0f | %.1f | %.0f %% | %.1f |\n",
               f, n, isa, speed, bytes / 1e6, rate, 100 * share, cycles }'
  done
done
