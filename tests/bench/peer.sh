#!/bin/bash
# Sancho beside llama.cpp: the same shapes with random weights, the same threads, alternating runs,
# medians, ratios. Restartable: readings are kept in WORK/readings.jsonl, a run that is there is not
# repeated, and the table shows what there is so far.
#   peer.sh CLI WORK [shapes=LIST] [threads=LIST] [peers=LIST] [formats=LIST] [rounds=N] [table]
# Lists are separated by commas. `table` prints without measuring. Needs node and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
cli=$(realpath "$1") work=$(mkdir -p "$2" && realpath "$2")
shift 2
shapes=tinyllama-1.1b,llama-110m threads=2,1 peers=f16,q8_0,q4_0 rounds=5 measure=yes
formats=f32,int8,int4,sparse50-int8,sparse50-int4,sparse70-int8,sparse70-int4,2of4-int4
for word in "$@"; do
  case $word in
    shapes=* | threads=* | peers=* | formats=* | rounds=*) declare "${word%%=*}=${word#*=}" ;;
    table) measure=no ;;
    *) echo "Unknown word: $word" >&2; exit 2 ;;
  esac
done
readings=$work/readings.jsonl
touch "$readings"

if [ ! -d "$work/node_modules/node-llama-cpp" ]; then
  echo "fetching node-llama-cpp" >&2
  (cd "$work" && NODE_LLAMA_CPP_SKIP_DOWNLOAD=true npm install --no-audit --no-fund --silent node-llama-cpp >&2)
fi
cp "$here/peer.mjs" "$here/peer_table.mjs" "$work/"

each() { tr ',' '\n' <<<"$1"; }

# read_once KEY COMMAND…: runs the command unless the readings have this key.
read_once() {
  local key=$1 answer
  shift
  grep -qF "\"key\":\"$key\"" "$readings" && return
  answer=$("$@" 2>"$work/errors.txt") || { echo "$key: $(tail -n 1 "$work/errors.txt")" >&2; return 0; }
  printf '{"key":"%s",%s\n' "$key" "${answer#\{}" >>"$readings"
  echo "$key  $answer" >&2
}

if [ $measure = yes ]; then
  (cd "$work" && node peer.mjs info) | tee "$work/peer.txt" >&2
  for shape in $(each "$shapes"); do
    for type in $(each "$peers"); do
      [ -e "$work/$shape.$type.gguf" ] ||
        "$cli" model export --shape "$shape" --to gguf --type "$type" --embedding-type "$type" "$work" >&2
    done
    for format in $(each "$formats"); do
      [ -e "$work/$shape.$format.safetensors" ] ||
        "$cli" model export --shape "$shape" --to sancho --type "$format" "$work" >&2 || true
    done
    for n in $(each "$threads"); do
      for round in $(seq "$rounds"); do
        for type in $(each "$peers"); do
          read_once "$shape $n llama.cpp-$type $round" \
            env -C "$work" taskset -c "0-$((n - 1))" node peer.mjs bench "$work/$shape.$type.gguf" "$n"
        done
        for format in $(each "$formats"); do
          [ -e "$work/$shape.$format.safetensors" ] || continue
          read_once "$shape $n $format $round" taskset -c "0-$((n - 1))" \
            "$cli" --threads "$n" --json model bench "$work/$shape.$format.safetensors"
        done
      done
    done
  done
fi
node "$work/peer_table.mjs" "$readings"
