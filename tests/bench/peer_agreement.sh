#!/bin/bash
# Does llama.cpp make of our GGUF files what this engine makes of them? For each model and type: the
# same greedy 64 tokens, and how often both foretell the same next token; once in the engine's own
# arithmetic (int8 activations beside quantised weights), once with the file's weights in f32.
#   peer_agreement.sh BIN WORK MODEL=INPUT…
# BIN holds sancho-cli and peer_tokens (built with SANCHO_BENCH). MODEL is a name, file, folder or
# shape:NAME; INPUT a text file, random:COUNT or id,id,… Needs node and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 3 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
bin=$(realpath "$1") work=$(mkdir -p "$2" && realpath "$2")
shift 2
if [ ! -d "$work/node_modules/node-llama-cpp" ]; then
  (cd "$work" && NODE_LLAMA_CPP_SKIP_DOWNLOAD=true npm install --no-audit --no-fund --silent node-llama-cpp >&2)
fi
cp "$here/peer.mjs" "$work/"

for pair in "$@"; do
  model=${pair%%=*} input=${pair#*=}
  [ ! -e "$input" ] || input=$(realpath "$input")
  for type in f16 q8_0 q4_0; do
    out=$work/agreement/$type
    rm -rf "$out"
    if [[ $model == shape:* ]]; then
      "$bin/sancho-cli" model export --shape "${model#shape:}" --to gguf --type $type "$out" >/dev/null
    else
      "$bin/sancho-cli" model export "$model" --to gguf --type $type "$out" >/dev/null
    fi
    for arithmetic in own f32; do
      # shellcheck disable=SC2046
      "$bin/peer_tokens" "$out"/*.gguf "$input" $([ $arithmetic = own ] || echo f32) >"$out/tokens.json"
      answer=$(env -C "$work" node peer.mjs agree "$out"/*.gguf "$out/tokens.json")
      node -e '
        const [model, type, arithmetic, answer, ours] = process.argv.slice(1);
        const a = JSON.parse(answer), o = JSON.parse(require("fs").readFileSync(ours, "utf8"));
        const near = a.differences.map((d) => d.margin.toPrecision(2)).slice(0, 8).join(" ");
        console.log(`${model} ${type}, ${arithmetic} arithmetic: greedy ${a.greedy_same}/${a.greedy}` +
            ` the same (smallest margin ${o.greedy_smallest_margin.toPrecision(2)}), top-1 agreement ` +
            `${(100 * a.top1_agreement).toFixed(2)} % of ${a.positions}` +
            (near ? `, margins where they differ: ${near}` : "") +
            (a.same_tokenization === undefined ? "" :
                a.same_tokenization ? ", same tokens for the text" : ", OTHER TOKENS FOR THE TEXT"));
      ' "$(basename "$model")" $type $arithmetic "$answer" "$out/tokens.json"
    done
  done
done
