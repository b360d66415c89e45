#!/usr/bin/env bash
# The scripts are clean, and the desktop files valid, as far as the checkers are installed.
set -euo pipefail
cd "$1"
checked=0
if command -v shellcheck >/dev/null; then
  shellcheck -x -P packaging packaging/run.sh packaging/test.sh packaging/common.sh .ci/run
  checked=1
fi
if command -v desktop-file-validate >/dev/null; then
  desktop-file-validate packaging/org.sancho.Sancho.desktop
  checked=1
fi
if command -v appstreamcli >/dev/null; then
  appstreamcli validate --no-net packaging/org.sancho.Sancho.metainfo.xml
  checked=1
fi
((checked)) || { echo "no checker is installed"; exit 77; }
