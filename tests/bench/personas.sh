#!/bin/sh
# What personalisation brings, measured from nothing: import, playback, train (default settings) and
# evaluate for each person, one JSON object per verb. Run it on an idle machine.
#   personas.sh SANCHO_CLI MAILBOX_FOLDER NAME…     (NAME.mbox.xz or NAME.mbox, NAME-inbox likewise)
#   LIMIT=100 bounds the held-out mails that are drafted.
set -eu
cli=$1 folder=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for name in "$@"; do
  mkdir -p "$work/$name"
  for mailbox in "$folder/$name.mbox" "$folder/$name-inbox.mbox"; do
    if [ -f "$mailbox.xz" ]; then
      xz -dc "$mailbox.xz" >"$work/$name/$(basename "$mailbox")"
    elif [ -f "$mailbox" ]; then
      cp "$mailbox" "$work/$name/"
    fi
  done
  profile=$work/$name-profile
  echo "== $name"
  "$cli" --profile "$profile" --json import "$work/$name/$name.mbox" 2>/dev/null
  [ ! -f "$work/$name/$name-inbox.mbox" ] ||
    "$cli" --profile "$profile" --json import "$work/$name/$name-inbox.mbox" 2>/dev/null
  "$cli" --profile "$profile" --json playback 2>/dev/null
  "$cli" --profile "$profile" --json train 2>/dev/null
  "$cli" --profile "$profile" --json evaluate --limit "${LIMIT:-100}" 2>/dev/null
done
