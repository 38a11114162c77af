#!/bin/sh
# build_go_peer.sh SOURCE PROGRAM: builds a peer that is written in Go. Exit 77, and the reason, where
# there is no Go, or where its modules can neither be found nor fetched.
set -u
skip() {
  echo "SKIPPED: $*; the tests with this peer are skipped too"
  exit 77
}
cd "$1" || exit 1
command -v go > /dev/null || skip "no Go on this machine (go.dev/dl, 1.25 or newer)"
go list -mod=readonly -deps . > /dev/null 2> "$2.modules" ||
  skip "$(go version): no modules: $(tail -n 1 "$2.modules")"
go build -mod=readonly -buildvcs=false -o "$2" .
