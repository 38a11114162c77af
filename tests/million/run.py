#!/usr/bin/env python3
"""A node with a million actors, listed and drawn by goaktctl: all of them, once each, in bounded memory.

    tests/million/run.py FOLDER-OF-THE-PROGRAMS [COUNT]

Part of `scripts/test release`: under sanitizers unit.admin does the same with thirty thousand.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

PROGRAMS = os.path.abspath(sys.argv[1])
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
MOST_MEMORY = 64  # MiB, of goaktctl

folder = tempfile.mkdtemp(prefix="goakt-million-")
url = f"unix://{folder}/admin.sock"
environment = {**os.environ, "GOAKTCTL_ENDPOINTS": url, "HOME": folder}


def ctl(*words):
    done = subprocess.run([f"{PROGRAMS}/goaktctl", *words], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"goaktctl {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def expect(what, good, figure):
    print(f"    {what}: {figure}", flush=True)
    if not good:
        sys.exit(f"{what}: {figure} is not what was expected")


def listing():
    """How many distinct names came, and the most memory that goaktctl had, in MiB."""
    read, write = os.pipe()
    pid = os.posix_spawn(f"{PROGRAMS}/goaktctl", ["goaktctl", "ls", "--all", "-o", "name"], environment,
                         file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)])
    os.close(write)
    with open(read, encoding="utf-8") as lines:
        names = [line for line in lines if line != "actor/one\n"]
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"goaktctl ls ended with {status}")
    return len(names), len(set(names)), usage.ru_maxrss / 1024


def main():
    with open(f"{folder}/log", "w", encoding="utf-8") as log:
        node = subprocess.Popen([f"{PROGRAMS}/goaktd", "--demo.kinds", "true", "--admin.listen=127.0.0.1:0",
                                 f"--admin.socket={folder}/admin.sock", "--system.passivation-timeout=1h"],
                                stdout=log, stderr=log, cwd=folder)
    try:
        ctl("wait", "endpoint", "--wait-timeout", "60s", "-q")
        ctl("spawn", "one", "--kind", "demo.tree", "--long-lived", "-q")
        ctl("ask", "one", "--int", str(COUNT), "--ask-timeout", "5m", "-q")
        lines, names, megabytes = listing()
        expect("actors listed", lines == names == COUNT, f"{names:,} names in {lines:,} lines")
        expect("memory of goaktctl", megabytes < MOST_MEMORY, f"{megabytes:.1f} of {MOST_MEMORY} MiB")
        tree = json.loads(ctl("tree", "one", "--depth", "2", "-o", "json", "--timeout", "60s"))["root"]["children"][0]
        shown, more = len(tree["children"]), tree["more"]
        expect("children in the tree", shown == 20 and shown + more == COUNT, f"{shown} shown, {more:,} more")
        top = json.loads(ctl("top", "--once", "--rows", "5", "-o", "json", "--timeout", "60s"))
        expect("rows of top", len(top["items"]) == 5, len(top["items"]))
        page = json.loads(ctl("ls", "-l", "metrics.mailbox>0", "--limit", "10", "-o", "json", "--timeout", "60s"))
        expect("a filter over all of them", page["items"] == [], "nothing found")
    finally:
        node.send_signal(signal.SIGKILL)  # a million actors need not say goodbye
        node.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
