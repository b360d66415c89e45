#!/bin/sh
# Makes what a GPU run needs: token files with 16-bit numbers, compressed, and their tokenizer.
#   prepare.sh SANCHO_CLI CORPUS RUN DATA [PIECES [PASSES]]
# RUN keeps the token files and the finished model; DATA is what travels (about 40 MB).
set -eu
cli=$1 corpus=$2 run=$3 data=$4 pieces=${5:-8192} passes=${6:-2}
here=$(cd "$(dirname "$0")" && pwd)
"$cli" model corpus --corpus "$corpus" --out "$run" --vocabulary "$pieces" --passes "$passes"
mkdir -p "$data"
cp "$run/tokenizer.model" "$data/"
cp "$here"/*.py "$here/run_gpu.sh" "$data/"
cd "$here"
for part in train heldout; do
  "${PYTHON:-/usr/bin/python3}" -c 'import files, sys; files.pack(*sys.argv[1:])' \
    "$run/$part.tok" "$data/$part.tok.xz"
done
ls -l "$data"
