#!/bin/bash
# What personalisation brings, measured from nothing: import, playback, train (default settings) and
# evaluate for each person, one JSON object per verb. Run it on an idle machine.
#   personas.sh SANCHO_CLI MAILBOX_FOLDER NAME…     (NAME.mbox.xz or NAME.mbox, NAME-inbox likewise)
#   LIMIT=100 bounds the held-out mails that are drafted.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cli=$1 folder=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for name in "$@"; do
  profile=$work/$name-profile
  echo "== $name"
  for mailbox in $(unpack "$folder" "$name" "$work"); do
    "$cli" --profile "$profile" --json import "$mailbox" 2>/dev/null
  done
  "$cli" --profile "$profile" --json playback 2>/dev/null
  "$cli" --profile "$profile" --json train 2>/dev/null
  "$cli" --profile "$profile" --json evaluate --limit "${LIMIT:-100}" 2>/dev/null
done
