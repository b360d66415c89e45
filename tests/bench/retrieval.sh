#!/bin/bash
# How well the mails that people answered are found by the words of their answers, among all that
# they received: mean reciprocal rank within ten, by words, by vectors and fused.
#   retrieval.sh SANCHO_CLI MAILBOX_FOLDER NAME…   (NAME.mbox.xz, NAME-inbox.mbox.xz and
#   replies.jsonl.xz, whose reply_id and in_id say what answers what)
set -euo pipefail
if [ $# -lt 3 ]; then
  sed -n '2,5s/^# //p' "$0" >&2
  exit 2
fi
. "$(dirname "$0")/common.sh"
cli=$1 folder=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

xz -dc "$folder/replies.jsonl.xz" >"$work/replies.jsonl"
printf '| person | answers | received | words | vectors | fused |\n|---|---|---|---|---|---|\n'
for name in "$@"; do
  for mailbox in $(unpack "$folder" "$name" "$work"); do
    "$cli" --profile "$work/$name" --json import "$mailbox" >/dev/null 2>&1
  done
  found=$("$cli" --profile "$work/$name" --json evaluate --retrieval \
    --answers "$work/replies.jsonl" 2>/dev/null | tr -d ' ')
  printf '| %s | %s | %s | %.4f | %.4f | %.4f |\n' "$name" "$(key queries <<<"$found")" \
    "$(key received <<<"$found")" "$(grep -o '"words":[0-9.e-]*' <<<"$found" | cut -d: -f2)" \
    "$(key vectors <<<"$found")" "$(key fused <<<"$found")"
done
