#!/usr/bin/env bash
# run.sh CMAKE BUILD_FOLDER COMPILER: installs to a temporary folder and uses what was installed:
# builds a program and a plugin outside the tree, runs the program, and the plugin in a node.
set -euo pipefail
cmake=$1 build=$2 compiler=$3
here=$(cd "$(dirname "$0")" && pwd)

folder=$(mktemp -d)
node=''
finish() {
  if [ -n "$node" ]; then kill "$node" 2>/dev/null && wait "$node" || true; fi
  rm -rf "$folder"
}
trap finish EXIT

quietly() { "$@" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }; }

quietly "$cmake" --install "$build" --prefix "$folder/prefix"
prefix=$folder/prefix

# What comes beside programs and library.
for file in share/man/man1/goaktctl.1 share/man/man1/goaktctl-actor.1 share/man/man8/goaktd.8 \
  share/man/man5/goaktd.toml.5 share/zsh/site-functions/_goaktctl share/zsh/site-functions/_goaktd \
  share/fish/vendor_completions.d/goaktctl.fish share/fish/vendor_completions.d/goaktd.fish \
  lib/sysusers.d/goaktd.conf lib/tmpfiles.d/goaktd.conf; do
  [ -s "$prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done
grep -qx "ExecStart=$prefix/bin/goaktd" "$prefix/lib/systemd/system/goaktd.service"
for program in goaktd goaktctl; do
  bash -c ". '$prefix/share/bash-completion/completions/$program' && complete -p $program" >/dev/null
done
quietly "$prefix/bin/goaktd" config check "$prefix/etc/goaktd/goaktd.toml"
# A configuration that was edited outlives the next installation.
echo '# mine' >>"$prefix/etc/goaktd/goaktd.toml"
quietly "$cmake" --install "$build" --prefix "$prefix" --component goaktd
grep -qx '# mine' "$prefix/etc/goaktd/goaktd.toml"
[ -s "$prefix/etc/goaktd/goaktd.toml.new" ]

cp -r "$here/outside" "$folder/source" # so that no path leads back into the tree
quietly "$cmake" -S "$folder/source" -B "$folder/build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$folder/prefix" -DCMAKE_BUILD_TYPE=Release
"$cmake" --build "$folder/build"
"$folder/build/outside"

# Without CMake, by pkg-config.
if command -v pkg-config >/dev/null; then
  pc=$(find "$prefix" -name goakt.pc)
  read -ra flags < <(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --cflags --libs goakt)
  "$compiler" -std=c++20 "$folder/source/outside.cc" "${flags[@]}" \
    -Wl,-rpath,"$(dirname "$(dirname "$pc")")" -o "$folder/by-pkg-config"
  "$folder/by-pkg-config"
fi

export GOAKTCTL_ENDPOINTS="unix://$folder/admin.sock"
ctl() { "$folder/prefix/bin/goaktctl" "$@"; }
"$folder/prefix/bin/goaktd" --plugins.load="$folder/build/shop.so" --admin.socket="$folder/admin.sock" \
  --admin.listen=127.0.0.1:0 >"$folder/node.log" 2>&1 &
node=$!
deadline=$((SECONDS + 60))
until ctl kind list >/dev/null 2>&1; do
  if ! kill -0 "$node" 2>/dev/null || [ $SECONDS -gt $deadline ]; then
    echo "goaktd did not start:"
    cat "$folder/node.log"
    exit 1
  fi
  sleep 0.05
done
ctl spawn shelf --kind shop.shelf
answer=$(ctl ask shelf --type shop.Order --json '{"article":"tea","count":"3"}')
echo "$answer"
grep -q '"7"' <<<"$answer"
if ctl ask shelf --type shop.Order --json '{"article":"tea","count":"30"}'; then
  echo "an order of more than there is was not refused"
  exit 1
fi
kill -TERM "$node"
wait "$node" # a node that is asked to stop ends with 0
node=''
