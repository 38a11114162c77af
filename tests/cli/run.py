#!/usr/bin/env python3
"""Runs one file of command-line cases against a node of its own in a temporary folder.

    node: --demo.kinds true      flags of the node; `node: none` for no node
    before: openssl ...          run by the shell in the temporary folder before the node starts
    file NAME                    a file, made of the data| lines that follow
    data| text
    $ goaktctl get nobody        a command, run by the shell in the temporary folder
    in| text                     its standard input
    terminal: 80                 its standard output is a terminal of so many columns
    exit: 3                      its exit code; 0 when not said
    out| text                    its standard output, all of it, line by line; <*> stands for anything
    out~ pattern                 or: somewhere in it, a regular expression
    err~ pattern                 somewhere in its standard error

Lines that begin with # are comments. $DIR is the temporary folder, $PLUGINS where the test plugins are,
$BIN where the programs are, $SOURCE the top of the project, $HTTP the node's loopback address (https
under TLS).
"""

import argparse
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

DEADLINE = 60


class Case:
    def __init__(self, number, command):
        self.number = number
        self.command = command
        self.stdin = []
        self.exit = 0
        self.terminal = None
        self.out = None
        self.patterns = []  # (stream, pattern)


def parse(path):
    flags, files, before, cases, target = [], {}, [], [], None
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("node:"):
                flags = line[5:].split()
            elif line.startswith("before:"):
                before.append(line[7:].strip())
            elif line.startswith("file "):
                target = files.setdefault(line[5:].strip(), [])
            elif line.startswith("data|"):
                target.append(line[6:])
            elif line.startswith("$ "):
                cases.append(Case(number, line[2:]))
            elif line.startswith("in|"):
                cases[-1].stdin.append(line[4:])
            elif line.startswith("exit:"):
                cases[-1].exit = int(line[5:])
            elif line.startswith("terminal:"):
                cases[-1].terminal = int(line[9:])
            elif line.startswith("out|"):
                cases[-1].out = (cases[-1].out or []) + [line[5:]]
            elif line.startswith(("out~", "err~")):
                cases[-1].patterns.append((line[:3], line[5:]))
            else:
                sys.exit(f"{path}:{number}: what is {line!r}?")
    return flags, files, before, cases


def line_matches(wanted, got):
    return re.fullmatch(".*".join(re.escape(part) for part in wanted.split("<*>")), got) is not None


def check(case, result):
    problems = []
    if result.returncode != case.exit:
        problems.append(f"exit {result.returncode}, expected {case.exit}")
    if case.out is not None:
        got = result.stdout.splitlines()
        if len(got) != len(case.out) or not all(map(line_matches, case.out, got)):
            problems.append("standard output is not as expected")
    for stream, pattern in case.patterns:
        text = result.stdout if stream == "out" else result.stderr
        if not re.search(pattern, text, re.M):
            problems.append(f"no {pattern!r} in std{stream}")
    return problems


def start_node(goaktd, flags, folder, environment):
    log = open(os.path.join(folder, "node.log"), "w+", encoding="utf-8")
    node = subprocess.Popen([goaktd, "--admin.listen=127.0.0.1:0", f"--admin.socket={folder}/admin.sock",
                             *flags], cwd=folder,
                            env={"GOAKTD_REMOTING_ENABLED": "false", **environment}, stderr=log, stdout=log)
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        with open(log.name, encoding="utf-8") as text:
            said = text.read()
        found = re.search(r"https?://127\.0\.0\.1:\d+", said)
        if "ready" in said and found:
            environment["HTTP"] = found.group()
            return node
        if node.poll() is not None:
            break
        time.sleep(0.02)
    with open(log.name, encoding="utf-8") as text:
        sys.exit(f"the node did not start:\n{text.read()}")


def run_on_terminal(case, folder, environment):
    """Runs the command with a terminal as its standard output."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, case.terminal, 0, 0))
    process = subprocess.Popen(case.command, shell=True, cwd=folder, stdin=subprocess.DEVNULL,
                               env={**environment, "TERM": "xterm"}, stdout=theirs,
                               stderr=subprocess.PIPE, text=True)
    os.close(theirs)
    pieces = []

    def read():
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the last writer has gone
                return
            if not piece:
                return
            pieces.append(piece)

    reader = threading.Thread(target=read)
    reader.start()
    stderr = process.communicate(timeout=DEADLINE)[1]
    reader.join(DEADLINE)
    os.close(ours)
    stdout = b"".join(pieces).decode("utf-8", "replace").replace("\r\n", "\n")
    return subprocess.CompletedProcess(case.command, process.returncode, stdout, stderr)


def has_terminals():
    """A root without /dev/pts mounted has none."""
    try:
        ours, theirs = pty.openpty()
    except OSError:
        return False
    os.close(ours)
    os.close(theirs)
    return True


def run(case, folder, environment):
    if case.terminal is not None:
        return run_on_terminal(case, folder, environment)
    return subprocess.run(case.command, shell=True, cwd=folder, env=environment, text=True,
                          input="".join(line + "\n" for line in case.stdin),
                          capture_output=True, timeout=DEADLINE, check=False)


def main():
    options = argparse.ArgumentParser()
    for name in ("--goaktd", "--goaktctl", "--plugins"):
        options.add_argument(name, required=True)
    options.add_argument("file")
    options = options.parse_args()
    flags, files, before, cases = parse(options.file)
    folder = tempfile.mkdtemp(prefix="goakt-cli-")
    environment = {
        "PATH": os.path.dirname(options.goaktctl) + ":" + os.environ["PATH"],
        "BIN": os.path.dirname(options.goaktctl), "DIR": folder, "PLUGINS": options.plugins,
        "SOURCE": os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
        "GOAKTCTL_ENDPOINTS": f"unix://{folder}/admin.sock", "HOME": folder,
        # The shell's commands end early: what they leave to the kernel is no leak of ours.
        **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")},
    }
    node = None
    failed = 0
    try:
        for name, lines in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write("\n".join(lines) + "\n")
        for command in before:
            subprocess.run(command, shell=True, cwd=folder, env=environment, check=True,
                           capture_output=True, timeout=DEADLINE)
        if flags != ["none"]:
            flags = [f.replace("$PLUGINS", options.plugins).replace("$DIR", folder) for f in flags]
            node = start_node(options.goaktd, flags, folder, environment)
        without_terminal = [c for c in cases if c.terminal is None]
        if len(without_terminal) < len(cases) and not has_terminals():
            print(f"SKIPPED {len(cases) - len(without_terminal)} commands: they need a terminal, and this "
                  "system has no pseudo-terminals (mount devpts on /dev/pts)")
            cases = without_terminal
        for case in cases:
            result = run(case, folder, environment)
            problems = check(case, result)
            if problems:
                failed += 1
                print(f"{options.file}:{case.number}: $ {case.command}")
                for problem in problems:
                    print(f"  {problem}")
                print(f"  -- stdout\n{result.stdout}  -- stderr\n{result.stderr}")
        if node is not None:
            node.terminate()
            code = node.wait(DEADLINE)
            if code != 0:
                failed += 1
                with open(os.path.join(folder, "node.log"), encoding="utf-8") as log:
                    print(f"the node ended with {code}:\n{log.read()}")
    finally:
        if node is not None and node.poll() is None:
            node.kill()
            node.wait()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(cases)} commands, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
