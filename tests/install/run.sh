#!/usr/bin/env bash
# run.sh CMAKE BUILD_FOLDER COMPILER: installs to a temporary folder and uses what was installed.
set -euo pipefail
cmake=$1 build=$2 compiler=$3
here=$(cd "$(dirname "$0")" && pwd)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$cmake" --install "$build" --prefix "$folder/prefix" >"$folder/log" || { cat "$folder/log"; exit 1; }
cp -r "$here/outside" "$folder/source" # so that no path leads back into the tree
"$cmake" -S "$folder/source" -B "$folder/build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$folder/prefix" -DCMAKE_BUILD_TYPE=Release >"$folder/log" ||
  { cat "$folder/log"; exit 1; }
"$cmake" --build "$folder/build"
"$folder/build/outside"
