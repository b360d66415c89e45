#!/bin/bash
# compression_table.sh CLI MODEL CALIBRATION OUT TEXT… : compresses MODEL to every format by every
# method and prints bytes, perplexity over each TEXT relative to MODEL, and decode speed. What is in
# OUT already is measured, not made again. ONLY=REGEX takes the rows it matches; RECOVER=MINUTES
# adds recovery; TOKENS=N is how much of CALIBRATION is used; GENERATIONS=N how long is searched.
set -euo pipefail
if [ $# -lt 5 ]; then
  sed -n '2,6s/^# //p' "$0" >&2
  exit 2
fi
cli=$1 model=$2 calibration=$3 out=$4
shift 4
texts=("$@")
mkdir -p "$out"

key() { grep -o "\"$1\":[^,}]*" | head -1 | cut -d: -f2; }
perplexity() { "$cli" --json model perplexity "$1" "$2" 2>/dev/null | key ppl; }

dense=()
for text in "${texts[@]}"; do dense+=("$(perplexity "$model" "$text")"); done

row() { # NAME FILE
  local ratios=() bench i
  for i in "${!texts[@]}"; do
    ratios+=("$(awk "BEGIN { printf \"%.4f\", $(perplexity "$2" "${texts[i]}") / ${dense[i]} }")")
  done
  bench=$("$cli" --json model bench "$2" --prefill 64 --decode 64 2>/dev/null)
  printf '| %s | %s | %s | %.0f |\n' "$1" "$(key model_bytes <<<"$bench")" "${ratios[*]}" \
    "$(key decode_tokens_per_second <<<"$bench")"
}

make() { # NAME ARGUMENT…
  local name=$1 file="$out/$1.safetensors"
  shift
  [[ $name =~ ${ONLY:-.} ]] || return 0
  [ -f "$file" ] || "$cli" --json model compress "$model" "$@" --calibration "$calibration" \
    --calibration-tokens "${TOKENS:-65536}" --measure-tokens 0 --out "$file" >/dev/null 2>"$file.log" ||
    { echo "| $name | failed: $(tail -1 "$file.log") |"; return 0; }
  row "$name" "$file"
}

echo '| format, method | bytes | perplexity ratio | decode tokens/s |'
echo '|---|---|---|---|'
row dense "$model"
while read -r name arguments; do
  read -ra words <<<"$arguments"
  make "$name-plain" "${words[@]}" --method magnitude rtn
  make "$name-calibrated" "${words[@]}" --method sparsegpt gptq
  case $name in sparse*)
    make "$name-evopress" "${words[@]}" --method evopress --generations "${GENERATIONS:-400}" ;;
  esac
  if [ -n "${RECOVER:-}" ] && [[ $name == *sparse* || $name == 2of4* ]]; then
    make "$name-recovered" "${words[@]}" --recover "$RECOVER"
  fi
done <<'ROWS'
int8 --format int8
int4 --format int4
int4-g128 --format int4-g128
sparse50 --format f32 --sparsity 0.5
sparse50-int8 --format sparse50-int8
sparse50-int4 --format sparse50-int4
sparse60 --format f32 --sparsity 0.6
sparse70 --format f32 --sparsity 0.7
sparse70-int8 --format sparse70-int8
sparse70-int4 --format sparse70-int4
2of4-int4 --format 2of4-int4
ROWS
