#!/bin/sh
# Repeats an mbox with fresh Message-IDs and bodies until it has SIZE bytes: make_big_mbox.sh MBOX SIZE > BIG
set -eu
size=$(wc -c <"$1")
i=0
while [ $((i * size)) -lt "$2" ]; do
  LC_ALL=C awk -v round="$i" '
    /^From / { header = 1 }
    header && /^Message-ID: </ { sub(/</, "<" round ".") }
    header && /^Subject: / { $0 = $0 " (" round ")" }
    /^$/ { header = 0 }
    { print }' "$1"
  i=$((i + 1))
done
