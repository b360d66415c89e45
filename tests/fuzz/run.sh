#!/bin/sh
# Fuzzes every reader for a while: run.sh BUILD SHARED SECONDS [TARGET…]
# The seeds are made here from real mail and checkpoints and are thrown away afterwards.
set -eu
build=$1 shared=$2 seconds=$3
shift 3
[ $# -gt 0 ] || set -- mbox mime safetensors gguf model
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/mail" "$work/mime" "$work/mbox" "$work/safetensors" "$work/gguf" "$work/model"
for tarball in "$shared"/mail/*.tar.xz; do tar -xf "$tarball" -C "$work/mail"; done
find "$work/mail" -type f -size -64k | while read -r file; do
  name=$(printf %s "$file" | cksum | cut -d' ' -f1)
  cp "$file" "$work/mime/$name"
done
find "$work/mail" -path '*easy-ham*' -type f | sort | head -n 20 | xargs cat >"$work/mbox/real"
"$build/fuzz/fuzz_model_seeds" "$work/model"
cp "$work/model"/*.gguf "$work/gguf/"
cp "$work/model"/* "$work/safetensors/"

for target in "$@"; do
  echo "fuzzing $target for $seconds seconds"
  "$build/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=65536 -timeout=300 -rss_limit_mb=2048 \
    -artifact_prefix="$build/fuzz/$target-" "$work/$target" 2>&1 | tail -n 3
done
