#!/bin/bash
# compression_table.sh CLI MODEL CALIBRATION OUT TEXT… : compresses MODEL to every format by every
# method and prints bytes, perplexity over each TEXT relative to MODEL, and decode speed. Restartable:
# a finished row stays in OUT/rows.tsv and is not made again; a stopped one goes on where it ended.
# The models stay in OUT. ONLY=REGEX takes the rows it matches; RECOVER=MINUTES adds recovery (alone,
# and after a search);
# TOKENS=N is how much of CALIBRATION is used; GENERATIONS=N how long is searched; THREADS=N.
set -euo pipefail
if [ $# -lt 5 ]; then
  sed -n '2,8s/^# //p' "$0" >&2
  exit 2
fi
. "$(dirname "$0")/common.sh"
cli=$1 model=$2 calibration=$3 out=$4
shift 4
texts=("$@")
mkdir -p "$out"
rows=$out/rows.tsv
touch "$rows"
options=(--json --threads "${THREADS:-0}")

known() { grep -q "^$1	" "$rows"; }

# measure ROW FILE: bytes, tokens per second and perplexities as one line of rows.tsv.
measure() {
  local bench line text
  bench=$("$cli" "${options[@]}" model bench "$2" --prefill 64 --decode 64 2>/dev/null)
  line="$1	$(key model_bytes <<<"$bench")	$(key decode_tokens_per_second <<<"$bench")"
  for text in "${texts[@]}"; do
    line+="	$("$cli" "${options[@]}" model perplexity "$2" "$text" 2>/dev/null | key ppl)"
  done
  echo "$line" >>"$rows"
}

make() { # ROW ARGUMENT…
  local row=$1 file="$out/$1.safetensors"
  shift
  [[ $row =~ ${ONLY:-.} ]] || return 0
  known "$row" && return 0
  echo "$row" >&2
  if [ ! -f "$file" ]; then
    "$cli" "${options[@]}" model compress "$model" "$@" --calibration "$calibration" \
      --calibration-tokens "${TOKENS:-65536}" --measure-tokens 0 --out "$file" \
      >/dev/null 2>"$file.log" || { echo "  failed: $(tail -1 "$file.log")" >&2; return 0; }
  fi
  measure "$row" "$file"
}

declare -A method=([plain]='--method magnitude rtn' [calibrated]='--method sparsegpt gptq'
  [searched]="--method evopress --generations ${GENERATIONS:-400}"
  [recovered]="${RECOVER:+--recover $RECOVER}")
method[both]="${RECOVER:+${method[searched]} --recover $RECOVER}"

known dense || measure dense "$model"
while read -r name ways arguments; do
  for way in ${ways//,/ }; do
    [ -z "${method[$way]}" ] || make "$name-$way" $arguments ${method[$way]}
  done
done <<'ROWS'
int8 plain,calibrated --format int8
fp8 plain --format fp8
int4-g128 plain,calibrated --format int4-g128
int4 plain,calibrated --format int4
sparse50 plain,calibrated,searched,recovered --format f32 --sparsity 0.5
sparse50-int8 plain,calibrated,searched,recovered,both --format sparse50-int8
sparse50-int4 plain,calibrated,searched,recovered,both --format sparse50-int4
sparse60 plain,calibrated,searched,recovered --format f32 --sparsity 0.6
sparse70 plain,calibrated,searched,recovered --format f32 --sparsity 0.7
sparse70-int8 plain,calibrated,searched,recovered,both --format sparse70-int8
sparse70-int4 plain,calibrated,searched,recovered,both --format sparse70-int4
2of4-int4 plain,calibrated,recovered --format 2of4-int4
ROWS

awk -F'\t' '
  $1 == "dense" { for (i = 4; i <= NF; ++i) dense[i] = $i }
  { line[NR] = $0 }
  END {
    print "| format, method | bytes | perplexity against dense | decode tokens/s |"
    print "|---|---|---|---|"
    for (n = 1; n <= NR; ++n) {
      count = split(line[n], f, "\t")
      ratios = ""
      for (i = 4; i <= count; ++i) ratios = ratios (i > 4 ? ", " : "") sprintf("%.4f", f[i] / dense[i])
      printf "| %s | %d | %s | %.0f |\n", f[1], f[2], ratios, f[3]
    }
  }' "$rows"
