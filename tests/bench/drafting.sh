#!/bin/bash
# What one draft costs: peak memory of the program, time to the first token and speed with a prompt
# of about 1,000 tokens, and the size of the models that come along. Run it on an idle machine.
#   drafting.sh SANCHO_CLI PROFILE [THREADS]   (a profile with imported mail and an index)
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '2,4s/^# //p' "$0" >&2
  exit 2
fi
. "$(dirname "$0")/common.sh"
cli=$1 profile=$2 threads=${3:-2}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
draft=$(/usr/bin/time -v -o "$log" "$cli" --threads "$threads" --profile "$profile" --json draft \
  "tell Ann the report is ready for Friday" --to Ann 2>/dev/null)
echo "draft: peak $(awk '/Maximum resident/ { printf "%.0f MB", $NF / 1024 }' "$log"), prompt of" \
  "$(key prompt_tokens <<<"$draft") tokens, first token after $(key first_token_ms <<<"$draft") ms," \
  "$(key tokens_per_second <<<"$draft") tokens/s"
bench=$("$cli" --threads "$threads" --json model bench built-in --prefill 1000 --decode 64 2>/dev/null)
echo "prompt of 1,000 tokens: first token after" \
  "$(awk "BEGIN { printf \"%.3f s\", 1000 / $(key prefill_tokens_per_second <<<"$bench") }")," \
  "then $(key decode_tokens_per_second <<<"$bench") tokens/s"
"$cli" --json model list | tr -d '\n ' | grep -o '"bytes":[0-9]*' | awk -F: '{ s += $2 }
  END { printf "models that come along: %.1f MB in memory\n", s / 1e6 }'
