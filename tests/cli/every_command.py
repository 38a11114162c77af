#!/usr/bin/env python3
"""Every command that goaktctl has: is it tested, and does it end as all commands do?

It walks the tree of commands, so that a new one without tests fails here.

In the data files each command needs a case that shows its table, one that shows its JSON, and one for
each exit code that its own help names. The codes of every call are tried with the command's first
example: an unknown flag is 2, a wrong token 5, nobody there 6, and silence 7.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile

import commands
import run

OF_EVERY_CALL = {0, 2, 5, 6, 7}
# What the help says and no data file can show, and why.
NOT_SHOWN = {
    "help": {"json"},              # texts
    "completion": {"json"},
    "debug stacks": {"json", 13},  # 13: a platform without a way to look at its own threads
    "event watch": {"table"},      # `actor watch` shows the same table
    "actor send": {4},             # it stops meanwhile
    "schedule pause": {4},         # 4: it fires for the last time meanwhile
    "schedule resume": {4},
    "deadletter replay": {3},      # an id that is not there is an item that failed, 9 or 10
    "node ping": {13},             # nodes of a cluster, and of other implementations
    "node weight": {4},
    "cluster check": {11},
    **{f"context {verb}": {"json", "table"}  # print nothing but what they did, on stderr
       for verb in ("use", "add", "set", "rename", "remove")},
}
# Commands that take a failure for their answer or ask nobody, so that its usual code never comes.
OTHER_ENDS = {
    "metrics": {5},      # open to everybody who reaches the socket
    "health": {5},
    "wait": {5, 6, 7},   # waits until somebody answers
    "schema": {5, 6, 7}, # knows the kinds itself
}


def form_of(words):
    form = next((after for flag, after in zip(words, words[1:]) if flag in ("-o", "--output")), "table")
    if "--jq" in words or form in ("json", "ndjson"):
        return "json"
    return "table" if form in ("table", "wide") or form.startswith("cols=") else form


def shown(tree, files):
    """Per command what the data files show of it: "table", "json" and exit codes."""
    result = {path: set() for path in tree.commands}
    for file in files:
        for case in run.parse(file)[3]:
            called = tree.called_by(case.command)
            patterns = [line for line in case.out or []] + [p for _, p in case.patterns]
            printed = {int(code) for p in patterns for code in re.findall(r"exit \(?(\d+)", p)}
            for path, words in called:
                marks = result[path]
                marks |= printed
                asserted = case.out is not None or any(s == "out" for s, _ in case.patterns)
                if asserted:
                    marks.add(form_of(words))
            if called:
                result[called[-1][0]].add(case.exit)
    return result


def missing_cases(tree, files):
    problems = []
    for path, marks in shown(tree, files).items():
        command = tree.commands[path]
        # What only a cluster has: the refusal is all that there is to see.
        wanted = {"table", "json"} if 13 not in command.exits else set()
        wanted |= command.exits - OF_EVERY_CALL
        wanted -= NOT_SHOWN.get(path, set())
        if lacks := sorted(map(str, wanted - marks)):
            problems.append(f"{path}: no case in tests/cli/*.txt for {', '.join(lacks)}")
    return problems


def exit_of(line, environment, folder):
    result = subprocess.run(line, shell=True, cwd=folder, env=environment, text=True,
                            stdin=subprocess.DEVNULL, capture_output=True, timeout=run.DEADLINE,
                            check=False)
    return result.returncode, result.stderr


def wrong_ends(tree, environment, folder, silent):
    """Runs each command's example against a node that refuses, one that is not there, one that is silent."""
    problems = []
    tries = [
        (2, "--no-such-flag", {}),
        (5, "", {"GOAKTCTL_ENDPOINTS": environment["HTTP"], "GOAKTCTL_TOKEN": "wrong"}),
        (6, "--retries 0", {"GOAKTCTL_ENDPOINTS": f"unix://{folder}/nobody.sock"}),
        (7, "--retries 0 --timeout 50ms", {"GOAKTCTL_ENDPOINTS": silent}),
    ]
    for path, command in tree.commands.items():
        example = next((e for e in command.examples if e.startswith("goaktctl ")), "")
        if not example:
            problems.append(f"{path}: its help has no example")
            continue
        for code, flags, more in tries:
            if code not in command.exits - OTHER_ENDS.get(path, set()):
                continue
            line = re.sub(r"goaktctl ", f"goaktctl {flags} -y ", example.split(" | ")[0], count=1)
            got, said = exit_of(line, {**environment, **more}, folder)
            if got != code:
                problems.append(f"{path}: exit {got}, expected {code}: {line}\n{said}")
            elif "goaktctl: " not in said and '"code":' not in said:
                problems.append(f"{path}: exit {code} without a word: {line}")
    return problems


def main():
    options = argparse.ArgumentParser()
    for name in ("--goaktd", "--goaktctl"):
        options.add_argument(name, required=True)
    options = options.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    tree = commands.Tree(options.goaktctl)
    files = sorted(os.path.join(here, f) for f in os.listdir(here)
                   if f.endswith(".txt") and f != "CMakeLists.txt")
    problems = missing_cases(tree, files)
    with tempfile.TemporaryDirectory(prefix="goakt-cli-") as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)  # the kernel takes the connections, and nobody answers
        environment = {"PATH": os.path.dirname(options.goaktctl) + ":" + os.environ["PATH"],
                       "HOME": folder, "GOAKTCTL_YES": "1",
                       **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}
        node = run.start_node(options.goaktd, ["--admin.rate=0"], folder, environment)
        try:
            problems += wrong_ends(tree, environment, folder,
                                   f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            node.terminate()
            node.wait(run.DEADLINE)
    for problem in problems:
        print(problem)
    print(f"{len(tree.commands)} commands, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
