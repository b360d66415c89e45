#!/usr/bin/env bash
# Installs what is missing, builds, and opens Sancho. With words behind it, it is sancho-cli.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages "$root/packaging/debian-packages.txt"
drop_to_owner "$root/packaging/run.sh" "$@"

if (($# > 0)); then
  build sancho-cli
else
  build sancho sancho-cli
fi

export SANCHO_RESOURCES=${SANCHO_RESOURCES:-$root/resources}
if (($# > 0)); then
  exec "$folder/bin/sancho-cli" "$@"
fi

if [[ -z ${DISPLAY:-} && -z ${WAYLAND_DISPLAY:-} ]]; then
  say "built, but there is no display here to open a window on. The command line does the same:"
  cat <<EOF
  ./packaging/run.sh import resources/sample-mailbox   read mail (this one is a sample)
  ./packaging/run.sh train                             learn your voice from it
  ./packaging/run.sh draft "tell Bea the invoice is paid"
  ./packaging/run.sh --help                            everything else
EOF
  exit 0
fi

say "opening the window"
exec "$folder/bin/sancho"
