#!/usr/bin/env bash
# wrong.sh PYTHON BIN: a document that is wrong in every line fails in every line.
set -uo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/wrong.md" <<'END'
```console
$ echo one
two
$ echo one; echo two
one
$ echo one
$ false
$ echo one
one
two
$ printf 'a\nb\n'
...
c
```

Neither `goaktctl actor lst` nor `goaktctl ls --kin x` nor `goaktd --admin.lsten x` is spelled well.

```console
$ sh -c 'echo also; exit 3'
also
$ echo $?
3
$ printf 'a\nb\nc   d\n'
...
c d
```
END
said=$("$1" "$(dirname "$0")/run.py" --bin "$2" "$folder/wrong.md")
if [ $? -ne 1 ] || ! grep -q '^9 commands run, .* 3 others .*, 9 failed$' <<<"$said"; then
  echo "$said"
  exit 1
fi
