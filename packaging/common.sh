# Shared by run.sh and test.sh. Everything said here goes to standard error: standard output belongs
# to the program that is run in the end.
# shellcheck shell=bash

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'sancho: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "installing packages needs root: run this as root, or install sudo."
  fi
}

# Prints the packages of the given lists that are not installed.
missing_packages() {
  local package
  sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@" | while read -r package; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      echo "$package"
  done
}

# install_packages LIST…
install_packages() {
  command -v apt-get >/dev/null ||
    fail "this script knows Debian only; install what $root/packaging/debian-packages.txt names, then use CMake."
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    say "all Debian packages are there."
    return
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Use-Pty=0)
  as_root "${apt[@]}" -q update >&2
  as_root "${apt[@]}" install --no-install-recommends "${missing[@]}" >&2
}

# Called through sudo in somebody's own checkout, the rest belongs to them: their build folder, their
# profile, their screen. drop_to_owner SCRIPT ARGUMENT…
drop_to_owner() {
  if ((EUID == 0)) && [[ ${SUDO_UID:-0} != 0 && $(stat -c %u "$root") == "$SUDO_UID" ]]; then
    local owner=$SUDO_UID
    unset SUDO_UID
    exec sudo -H -u "#$owner" -- "$@"
  fi
}

# As many compilers as processors, and 1 GiB of free memory for each.
build_jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  ((memory < 1)) && memory=1
  echo $((processors < memory ? processors : memory))
}

# Where both commands build: what one has compiled the other finds.
folder=$root/build

# build TARGET…
build() {
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  say "configuring build/"
  cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSANCHO_WERROR=ON \
    "${launcher[@]}" --log-level=WARNING >&2
  say "building $* ($(build_jobs) at a time)"
  ninja -C "$folder" -j "$(build_jobs)" "$@" >&2
}
