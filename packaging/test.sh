#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Words behind it go
# to ctest: ./packaging/test.sh -R mail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages "$root/packaging/debian-packages.txt" "$root/packaging/debian-test-packages.txt"
drop_to_owner "$root/packaging/test.sh" "$@"

build all

say "running the tests"
exec ctest --test-dir "$folder" --output-on-failure -j "$(build_jobs)" "$@"
