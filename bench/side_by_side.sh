#!/usr/bin/env bash
# Our benchmarks beside CAF's and Erlang's: installs those two, builds everything, then runs every
# workload in every program in turn, repetition by repetition. Prints medians with their ranges, the
# ratios, the chains to peers that are only recorded (bench/recorded.json), and the goals.
#
#   bench/side_by_side.sh [--only=REGEX] [--reps=N] [--json=FILE] [--baseline=FILE] [--quick] [--force]
#
# It takes some minutes per repetition and wants the machine for itself.
source "$(dirname "$0")/../scripts/lib.sh"

if [ "${GOAKT_NO_INSTALL:-}" != 1 ]; then
  packages build peers
fi
say "building (release)"
build release goakt_bench caf_bench
erlang=build/release/bench/erlang
mkdir -p "$erlang"
erlc -o "$erlang" bench/peers/erlang/*.erl

say "measuring"
exec build/release/bin/goakt_bench \
  --peer="caf:build/release/bin/caf_bench" \
  --peer="erlang:bench/peers/erlang/run $erlang" \
  --recorded=bench/recorded.json \
  "$@"
