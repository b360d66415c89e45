#!/bin/bash
# Which instructions give the better personal model: those of the rules or those that the model
# writes itself? Each person's mail is imported once, a personal model is fine-tuned with default
# settings on each writer's pairs, and both are measured on the same held-out mails, which are asked
# for in the rules' words; with INSTRUCTIONS also by the facts that their drafts of those say.
#   playback_writers.sh SANCHO_CLI MAILBOX_FOLDER NAME…   (NAME.mbox.xz or NAME.mbox, NAME-inbox too)
#   LIMIT=60 bounds the held-out mails that are drafted; INSTRUCTIONS=tests/data/instructions.jsonl
set -euo pipefail
if [ $# -lt 3 ]; then
  sed -n '2,7s/^# //p' "$0" >&2
  exit 2
fi
. "$(dirname "$0")/common.sh"
cli=$1 folder=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

system() { grep -o "\"$1\":{[^}]*}" | head -1; }
quietly() { "$cli" --profile "$profile" --json "$@" 2>/dev/null; }

printf '| person | writer | pairs (by the model) | held-out ppl | ROUGE-L | style | facts |\n'
printf '|---|---|---|---|---|---|---|\n'
for name in "$@"; do
  imported=$work/$name
  profile=$imported
  for mailbox in $(unpack "$folder" "$name" "$work"); do
    quietly import "$mailbox" >/dev/null
  done
  for writer in rules model; do
    profile=$work/$name-$writer
    cp -r "$imported" "$profile"
    pairs=$(quietly playback --writer "$writer")
    trained=$(quietly train)
    measured=$(quietly evaluate --limit "${LIMIT:-60}" | tr -d ' \n' | system personal+retrieval)
    facts=
    [ -z "${INSTRUCTIONS:-}" ] ||
      facts=$(quietly evaluate --instructions "$INSTRUCTIONS" | tr -d ' ' | key coverage)
    printf '| %s | %s | %s (%s) | %.3f → %.3f | %.4f | %.3f | %s |\n' "$name" "$writer" \
      "$(key pairs <<<"$pairs")" "$(key by_model <<<"$pairs")" \
      "$(key heldout_ppl_before <<<"$trained")" "$(key heldout_ppl_after <<<"$trained")" \
      "$(key rougeL <<<"$measured")" "$(key style_match <<<"$measured")" "$facts"
  done
done
