#!/usr/bin/env bash
# The bank on a live node: pours a file of transfers into it and checks that no money was lost.
#
#   examples/bank/demo.sh BUILD_DIR          stays up until Ctrl-C
#   examples/bank/demo.sh BUILD_DIR --once   ends by itself, exit 0 when every check held
set -euo pipefail

build=$(cd "$1" && pwd)
once=${2:-}
transfers=${GOAKT_DEMO_TRANSFERS:-100000}
accounts=1000
balance=10000
clerks=16
seed=1

work=$(mktemp -d "${TMPDIR:-/tmp}/goakt-bank.XXXXXX")
export GOAKTCTL_ENDPOINTS="unix://$work/admin.sock"
daemon=
ctl() { "$build/bin/goaktctl" "$@"; }
say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
show() { printf '$ goaktctl %s\n' "$*"; ctl "$@"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

finish() {
  local code=$?
  if [ -n "$daemon" ] && kill -0 "$daemon" 2>/dev/null; then
    kill -TERM "$daemon"
    wait "$daemon" || code=$((code == 0 ? 1 : code))
  fi
  if [ $code -ne 0 ] && [ -s "$work/node.log" ]; then
    printf 'demo: the last lines of the node:\n' >&2
    tail -n 20 "$work/node.log" >&2
  fi
  rm -rf "$work"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "a standalone node with the bank's actors"
"$build/bin/goaktd" --system.name=bank --plugins.load="$build/plugins/bank.so" \
  --admin.socket="$work/admin.sock" --admin.listen=127.0.0.1:0 --log.level=warn >"$work/node.log" 2>&1 &
daemon=$!
until ctl kind list >/dev/null 2>&1; do
  kill -0 "$daemon" 2>/dev/null || die "goaktd did not start"
done
show version
show kind list

say "a branch with $accounts accounts of $balance each, $clerks clerks, an auditor, a crasher"
ctl spawn branch --kind bank.branch >/dev/null
show ask branch --type bank.Open \
  --json "{\"prefix\":\"account-\",\"count\":$accounts,\"balance\":$balance}"
for i in $(seq 0 $((clerks - 1))); do
  ctl spawn "clerk-$i" --kind bank.transfers >/dev/null
done
ctl spawn auditor --kind bank.auditor >/dev/null
ctl spawn crasher --kind bank.crasher >/dev/null
show tree --max-children 4

say "pouring $transfers transfers"
"$build/bin/bank-transfers" "$transfers" "$accounts" "$clerks" "$seed" >"$work/transfers.ndjson"
printf '$ goaktctl send -f transfers.ndjson\n'
started=$(date +%s%N)
refused=0
ctl send -f "$work/transfers.ndjson" -o ndjson >"$work/answers.ndjson" || {
  code=$?
  [ $code -eq 10 ] || die "send ended with exit code $code"
  refused=$(grep -c '"problem"' "$work/answers.ndjson")
}
took=$((($(date +%s%N) - started) / 1000000))
answers=$(wc -l <"$work/answers.ndjson")
[ "$answers" -eq "$transfers" ] || die "$transfers transfers sent, $answers answered"
rate=$((transfers * 1000 / (took > 0 ? took : 1)))
printf '%s answers in %s.%03d s (%s/s), %s refused (overdrawn)\n' \
  "$answers" $((took / 1000)) $((took % 1000)) "$rate" "$refused"

say "asking: one account, and the auditor for all of them"
show ask account-7 --type bank.GetBalance --json '{}'
report=$(ctl ask auditor --type bank.Audit --json '{}' -o json)
printf '$ goaktctl ask auditor --type bank.Audit\n%s\n' "$report"
expected=$((accounts * balance))
total=$(printf '%s' "$report" | tr -d ' \n"' | sed -n 's/.*total:\([0-9]*\).*/\1/p')
[ "$total" = "$expected" ] || die "the balances sum to ${total:-nothing}, they must sum to $expected"
printf 'the balances sum to %s, as they must\n' "$total"

say "a crash under supervision"
show send crasher --type bank.Crash --json '{"reason":"the vault is on fire"}'
restarted=
for _ in $(seq 1 200); do
  if ctl events -o ndjson | grep -q '"actor.restarted".*crasher'; then
    restarted=yes
    break
  fi
done
[ -n "$restarted" ] || die "no event tells of the restart"
show events | grep crasher
show ask crasher --type bank.GetCrashes --json '{}'

say "dead letters: a message that its actor does not handle"
show send account-7 --type bank.Open --json '{"count":1}'
letters=0
for _ in $(seq 1 200); do
  letters=$(ctl dead-letters -o name | wc -l)
  [ "$letters" -eq 0 ] || break
done
[ "$letters" -gt 0 ] || die "the dead letter did not arrive"
show dead-letters

summary="demo ok: $transfers transfers at $rate/s, $refused refused, sum of $accounts balances $total as it must be, 1 supervised restart, $letters dead letter(s)"
if [ "$once" != --once ]; then
  say "$summary"
  printf 'the node stays up until Ctrl-C; try, in another terminal:\n\n'
  printf '  export GOAKTCTL_ENDPOINTS=%s\n' "$GOAKTCTL_ENDPOINTS"
  printf '  %s/bin/goaktctl tree\n  %s/bin/goaktctl ask auditor --type bank.Audit --json "{}"\n' "$build" "$build"
  wait "$daemon"
  exit
fi
kill -TERM "$daemon"
wait "$daemon" || die "goaktd ended with exit code $?"
daemon=
printf '\n%s\n' "$summary"
