#!/usr/bin/env bash
# What operating a node costs: how fast goaktctl is, and how much of it the node's messages feel.
# Uses the release build (or the folder given) and prints a table with goals; --write puts it into
# docs/benchmarks.md. Some three minutes on an idle machine; other work on it makes the figures
# worthless.
#
#   bench/operate.sh [BUILD-FOLDER] [--quick] [--write]
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
if [ $# -gt 0 ] && [ "${1#--}" = "$1" ]; then
  build=$1
  shift
fi
for program in goaktd goaktctl; do
  [ -x "$build/bin/$program" ] || {
    echo "there is no $build/bin/$program: cmake --preset release && cmake --build build/release" >&2
    exit 1
  }
done
exec python3 bench/operate.py "$build/bin" "$@"
