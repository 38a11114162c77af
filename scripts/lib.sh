# Shared by scripts/test and scripts/demo; sourced, not run. Sets the working folder to the top of
# the project.
#
#   packages build test       installs what Debian packages of these sections are missing
#   build PRESET TARGET...    configures and builds
#   part NAME COMMAND...      runs a step, times it, remembers it for `summary`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

part_names=()
part_results=()
part_seconds=()
script_start=$SECONDS

if [ -t 1 ]; then bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'; else bold='' red='' plain=''; fi

say() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }

fail() {
  printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2
  shift
  for hint in "$@"; do printf '       %s\n' "$hint" >&2; done
  exit 1
}

# The packages of the named sections of packaging/debian-packages.
packages_of() {
  awk -v wanted=" $* " '
    /^\[/ { section = substr($1, 2, length($1) - 2); next }
    /^[^#]/ && index(wanted, " " section " ") { print $1 }' packaging/debian-packages
}

missing_packages() {
  local name
  for name in $(packages_of "$@"); do
    case $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) in
      installed) ;;
      *) echo "$name" ;;
    esac
  done
}

packages() {
  if ! command -v dpkg-query apt-get >/dev/null; then
    say "not a Debian system: see packaging/debian-packages for what is needed; going on"
    return
  fi
  local missing root=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "installing packages needs root" "run as root: apt-get install ${missing[*]}"
    root=(sudo)
  fi
  local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
  # A fresh machine has no package lists, an old one has lists of packages that are gone.
  "${apt[@]}" update >/dev/null || fail "apt-get update failed" "check the network and /etc/apt"

  local removed
  removed=$("${apt[@]}" install --simulate --no-install-recommends "${missing[@]}" |
    awk '$1 == "Remv" { print $2 }')
  if [ -n "$removed" ]; then
    say "apt would REMOVE: ${removed//$'\n'/ } (the development files of Boost 1.74 and 1.81 exclude each other)"
    [ "${GOAKT_APT_REMOVE:-}" = 1 ] ||
      fail "not removing packages without being asked" "agree with: GOAKT_APT_REMOVE=1 $0"
  fi
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" |
    awk '/ newly installed/ { all = 2 * ($1 + $3) }
         /^(Unpacking|Setting up)/ && ++n % 20 == 0 { print "    " n " of " all " steps"; fflush() }' ||
    fail "apt-get could not install all packages" "try: apt-get install ${missing[*]}"
}

# One compiler per core, but a gigabyte for each.
jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

configure() {
  local preset=$1 log
  mkdir -p "build/$preset"
  log=build/$preset/configure.log
  cmake --preset "$preset" ${GOAKT_LIBDIR:+"-DCMAKE_INSTALL_LIBDIR=$GOAKT_LIBDIR"} >"$log" 2>&1 || {
    cat "$log"
    fail "configuring $preset failed" "the log is $log"
  }
}

build() {
  local preset=$1
  shift
  configure "$preset"
  cmake --build "build/$preset" --parallel "$(jobs)" --target "$@"
}

# Sets failed_part to NAME if it fails. Never call it in a condition (`part … ||`): bash would then
# ignore errexit inside, and a failed build would go on to old binaries.
failed_part=''
part() {
  local name=$1 start=$SECONDS result=ok
  shift
  say "$name"
  set +e
  (
    set -e
    "$@"
  )
  [ $? -eq 0 ] || result=FAILED failed_part=$name
  set -e
  part_names+=("$name")
  part_results+=("$result")
  part_seconds+=($((SECONDS - start)))
}

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

summary() {
  local i
  say "summary"
  for i in "${!part_names[@]}"; do
    printf '    %-28s %6s  %s\n' "${part_names[$i]}" "$(clock "${part_seconds[$i]}")" "${part_results[$i]}"
  done
  printf '    %-28s %6s\n' total "$(clock $((SECONDS - script_start)))"
}
