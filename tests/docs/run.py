#!/usr/bin/env python3
"""Runs the sessions in Markdown files, one file after the other, and compares what they print.

    ```console                 commands behind "$ ", each followed by all that it prints
    ```console terminal=node   a command that stays, in a terminal of its own; a later block of that name
                               says what it printed since then, and a line ^C there ends it
    ```console root            done by root of a fresh machine: run with --machine only
    ```console shown           not run at all; counted, and listed in the end
    ```cpp file=shop/x.cc      of any language: a file, made below the folder of the session

In what is printed `...` stands for anything in a line, a line of it alone for any lines; blanks in a row are
one, since the width of a column depends on what else is in it. A command ends with 0 unless `$ echo $?` follows.
A command that goes on in the next line ends with a backslash.

Without --machine the nodes have their socket in the temporary folder and any free port: where the text says
127.0.0.1:4258 and /run/goaktd/admin.sock, theirs are taken.

Commands elsewhere in the files, in indented blocks and between backticks, are not run; their words and flags
are compared with what --help says.
"""

import argparse
import fcntl
import os
import pty
import re
import secrets
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

DEADLINE = 60
ADDRESS, SOCKET = "127.0.0.1:4258", "/run/goaktd/admin.sock"


class Block:
    def __init__(self, number, words):
        self.number = number
        self.words = words
        self.lines = []

    def word(self, name):
        return next((w[len(name) + 1:] for w in self.words if w.startswith(name + "=")), None)

    @property
    def terminal(self):
        return self.word("terminal")

    def steps(self):
        """Pairs of a command (None: what comes before one) and its lines of output."""
        steps, going_on = [(None, [])], False
        for line in self.lines:
            if going_on:
                steps[-1] = (steps[-1][0] + "\n" + line.removeprefix("> "), steps[-1][1])
            elif line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
            going_on = steps[-1][0] is not None and not steps[-1][1] and \
                (line if going_on or line.startswith("$ ") else "").endswith("\\")
        return [(c, o) for c, o in steps if c is not None or o]


def parse(path):
    """The sessions of a file, and (line, command) of all other commands in it."""
    blocks, others, block, fence = [], [], None, False
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            if line.startswith("```"):
                words = line[3:].split()
                fence = not fence
                block = Block(number, words[1:]) if fence and words else None
                if block is not None and words[0] != "console" and not block.word("file"):
                    block = None
                if block is not None:
                    blocks.append(block)
            elif block is not None:
                block.lines.append(line)
            elif re.match(r"(    |\$ )?goakt(ctl|d) ", line.removeprefix("    ")) and (fence or line.startswith("    ")):
                others.append((number, line.strip()))
            elif not fence and not line.startswith("    "):
                others += [(number, c) for c in re.findall(r"`(goakt(?:ctl|d) [^`]+)`", line)]
    return blocks, others


def squeezed(text):
    return re.sub(r"[ \t]+", " ", text).strip()


def pattern_of(lines, open_end):
    """A regular expression for the squeezed lines of output."""
    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(p) for p in squeezed(line).split("...")) + r" ?\n")
    return re.compile("".join(parts) + (r"(?:.*\n?)*" if open_end else r"\Z"))


def matches(lines, got, open_end=False):
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    got = "".join(squeezed(line) + "\n" for line in got.replace("\r", "").splitlines())
    return pattern_of(lines, open_end).match(got) is not None


class Terminal:
    """One command on a pseudo terminal."""

    def __init__(self, command, session):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [*session.inside, "bash", "-c", f"cd {shlex.quote(session.cwd)} && exec {command}"],
            stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=own_terminal,
            env={**session.environment, "TERM": "xterm"})
        os.close(theirs)
        self.text = ""
        self.seen = 0

    def read(self, seconds):
        if select.select([self.ours], [], [], seconds)[0]:
            try:
                piece = os.read(self.ours, 65536)
            except OSError:  # the last writer has gone
                piece = b""
            plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", piece.decode("utf-8", "replace"))
            self.text += plain
            return bool(piece)
        return True

    def expect(self, lines, session):
        """Waits until that is what was printed since the last time; else what was printed instead."""
        deadline = time.monotonic() + DEADLINE
        going = True
        while True:
            new = self.text[self.seen:]
            session.learn(new)
            if matches(lines, session.as_written(new), open_end=True):
                self.seen = len(self.text)
                return None
            if time.monotonic() > deadline or not going:
                return session.as_written(new)
            going = self.read(0.1)

    def interrupt(self):
        os.write(self.ours, b"\x03")

    def end(self):
        """Its exit code. It is killed when it does not end by itself."""
        deadline = time.monotonic() + DEADLINE
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read(0.05)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        while self.read(0):
            if not select.select([self.ours], [], [], 0)[0]:
                break
        return self.process.wait()


class Session:
    """One file: a shell in a temporary folder, and terminals beside it."""

    def __init__(self, options):
        self.inside = shlex.split(options.inside)
        self.machine = options.machine
        self.terminals = {}
        self.address = None
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "LANG": "C.UTF-8",
                            **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}
        if self.machine:
            self.folder, self.cwd = None, "/root"
        else:
            self.folder = self.cwd = tempfile.mkdtemp(prefix="goakt-docs-")
            self.environment.update({
                "PATH": options.bin + ":" + os.environ["PATH"], "HOME": self.folder,
                "GOAKTD_ADMIN_LISTEN": "127.0.0.1:0",
                "GOAKTD_REMOTING_PORT": "0",
                "GOAKTD_ADMIN_SOCKET": self.folder + "/admin.sock",
                "GOAKTCTL_ENDPOINTS": f"unix://{self.folder}/admin.sock"})
        self.shell = subprocess.Popen([*self.inside, "bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, env=self.environment,
                                      start_new_session=True)
        self.run(f"cd {shlex.quote(self.cwd)}")

    def learn(self, text):
        found = re.search(r"https?://(127\.0\.0\.1:\d+)", text)
        if found and not self.machine:
            self.address = found.group(1)

    def as_written(self, text):
        if self.folder:
            text = text.replace(self.folder + "/admin.sock", SOCKET)
        return text.replace(self.address, ADDRESS) if self.address else text

    def as_here(self, command):
        if self.folder:
            command = command.replace(SOCKET, self.folder + "/admin.sock")
        return command.replace(ADDRESS, self.address) if self.address else command

    def run(self, command):
        """(exit code, output) of a command in the shell."""
        mark = secrets.token_hex(8)
        script = f"eval {shlex.quote(self.as_here(command))} </dev/null\n" \
                 f"{{ __s=$?; printf '\\n%s %s\\n' {mark} $__s; (exit $__s); }} 2>/dev/null\n"
        self.shell.stdin.write(script.encode())
        self.shell.stdin.flush()
        text, deadline = b"", time.monotonic() + 5 * DEADLINE
        end = re.compile(rb"\n" + mark.encode() + rb" (\d+)\n")
        while not end.search(text):
            left = deadline - time.monotonic()
            if left < 0 or not select.select([self.shell.stdout], [], [], left)[0]:
                return 124, text.decode("utf-8", "replace") + "\n(no end in time)\n"
            piece = os.read(self.shell.stdout.fileno(), 65536)
            if not piece:
                return 125, text.decode("utf-8", "replace") + "\n(the shell has ended)\n"
            text += piece
        code = int(end.search(text).group(1))
        return code, self.as_written(end.sub(b"", text).decode("utf-8", "replace"))

    def write(self, name, lines):
        text = "".join(line + "\n" for line in lines)
        self.run(f"mkdir -p $(dirname {name}) && printf %s {shlex.quote(text)} >{name}")

    def close(self):
        for terminal in self.terminals.values():
            if terminal.process.poll() is None:
                terminal.interrupt()
                terminal.end()
        self.shell.stdin.close()
        try:
            os.killpg(self.shell.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self.shell.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Report:
    def __init__(self):
        self.ran = 0
        self.failed = 0
        self.shown = []
        self.for_machines = 0

    def fail(self, place, command, wanted, got, why):
        self.failed += 1
        print(f"{place}: $ {command}\n  {why}")
        print("  -- expected\n" + "\n".join(wanted) + "\n  -- printed\n" + got)


def run_in_terminal(path, block, session, report):
    name = block.terminal
    for command, lines in block.steps():
        place = f"{path}:{block.number}"
        if command is not None:
            if command.endswith("&"):
                sys.exit(f"{place}: no & in a terminal of its own")
            report.ran += 1
            session.terminals[name] = Terminal(session.as_here(command), session)
        terminal = session.terminals.get(name)
        if terminal is None:
            sys.exit(f"{place}: no terminal is called {name} yet")
        before, interrupted, after = [], False, []
        for line in lines:
            if line == "^C":
                interrupted = True
            else:
                (after if interrupted else before).append(line)
        label = command or f"(terminal {name})"
        got = terminal.expect(before, session)
        if got is not None:
            report.fail(place, label, before, got, "is not what the terminal shows")
        if interrupted:
            terminal.interrupt()
            code = terminal.end()
            if code not in (0, 130, -signal.SIGINT):
                report.fail(place, label, lines, terminal.text, f"ended with {code}")
            elif after and terminal.expect(after, session) is not None:
                report.fail(place, label, after, terminal.text[terminal.seen:], "is not its end")


def run_in_shell(path, block, session, report):
    failed_before = None
    for command, lines in [*block.steps(), (None, [])]:
        if failed_before and command != "echo $?":
            report.fail(*failed_before, "failed, and no `$ echo $?` follows")
        failed_before = None
        if command is None:
            continue
        report.ran += 1
        place = f"{path}:{block.number}"
        code, got = session.run(command)
        session.learn(got)
        if not matches(lines, got):
            report.fail(place, command, lines, got, "prints something else")
        elif code != 0:
            failed_before = (place, command, lines, f"exit {code}\n")


def run_file(path, blocks, options, report):
    session = Session(options)
    try:
        for block in blocks:
            if block.word("file"):
                session.write(block.word("file"), block.lines)
            elif "shown" in block.words:
                report.shown += [f"{path}:{block.number}: {c}" for c, _ in block.steps() if c]
            elif "root" in block.words and not options.machine:
                report.for_machines += sum(c is not None for c, _ in block.steps())
            elif block.terminal:
                run_in_terminal(path, block, session, report)
            else:
                run_in_shell(path, block, session, report)
    finally:
        session.close()


class Spelling:
    """Compares commands with what --help says."""

    def __init__(self, folder):
        self.folder = folder
        self.pages = {}

    def help(self, words):
        key = tuple(words)
        if key not in self.pages:
            done = subprocess.run([f"{self.folder}/{words[0]}", *words[1:], "--help"], text=True,
                                  capture_output=True, timeout=DEADLINE, check=False)
            self.pages[key] = done.stdout if done.returncode == 0 else None
        return self.pages[key]

    def complaint(self, command):
        try:
            words = shlex.split(command.replace("...", "x"), comments=True)
        except ValueError:
            return "cannot be read"
        end = next((i for i, w in enumerate(words) if re.match(r"^[|<>&;]|^\d>", w) or w.endswith(";")), len(words))
        words = [w.rstrip(";") for w in words[:end + 1 if end < len(words) and words[end].endswith(";") else end]]
        name, plain = words[0], [w for w in words[1:] if not w.startswith("-")]
        page = None
        for count in (2, 1, 0):
            if len(plain) >= count and (page := self.help([name, *plain[:count]])) is not None:
                break
        if page is None or (not plain and name == "goaktctl" and len(words) == 1):
            return "has no such command"
        if name == "goaktctl" and plain and count == 0 and not plain[0].isupper():
            return f"has no command {plain[0]}"
        if "\nVerbs:\n" in page and len(plain) > 1 and not plain[1].isupper():
            return f"has no command {plain[0]} {plain[1]}"
        for word in words[1:]:
            flag = word.split("=")[0]
            if flag == "--":
                break
            if flag.startswith("--") and not re.search(re.escape(flag) + r"(?![\w-])", page):
                return f"has no flag {flag}"
        return None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--bin", default="", help="where goaktd and goaktctl are")
    options.add_argument("--machine", action="store_true", help="a fresh machine: run what root does there too")
    options.add_argument("--inside", default="", help="words before each command, such as: chroot FOLDER")
    options.add_argument("files", nargs="+")
    options = options.parse_args()
    report, spelled = Report(), 0
    spelling = Spelling(options.bin) if options.bin else None
    for path in options.files:
        blocks, others = parse(path)
        if blocks:
            run_file(path, blocks, options, report)
        for number, command in others if spelling else []:
            spelled += 1
            complaint = spelling.complaint(command)
            if complaint:
                report.failed += 1
                print(f"{path}:{number}: `{command}`: {complaint}")
    for place in report.shown:
        print(f"not run: {place}")
    print(f"{report.ran} commands run, {len(report.shown)} shown only, {report.for_machines} for a fresh machine, "
          f"{spelled} others compared with --help, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
