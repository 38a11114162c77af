"""The tree of goaktctl's commands as `goaktctl __docs` prints it, and which of them a shell line calls."""

import re
import shlex
import subprocess


class Command:
    def __init__(self, path):
        self.path = path
        self.calls = ""     # "GET /v1/actors"; empty: nobody
        self.exits = set()  # as its help says
        self.examples = []

    @property
    def example(self):
        return self.examples[0] if self.examples else ""


class Tree:
    def __init__(self, goaktctl):
        text = subprocess.run([goaktctl, "__docs"], check=True, capture_output=True, text=True).stdout
        self.commands, self.words, self.flags_with_values = {}, {}, set()
        command = None
        for line in text.splitlines():
            if line.startswith("### "):
                command = self.commands.setdefault(line[4:], Command(line[4:]))
            elif found := re.match(r"\| `([a-z-]+)` \| `([a-z -]+)` \|", line):
                self.words[found[1]] = found[2]
            elif command is None and (found := re.match(r"\| `(-[^ `]*) (TEXT|DUR|N)`", line)):
                self.flags_with_values.update(found[1].split(","))
            elif command and line.startswith("    ") and "goaktctl " in line:
                if not line.startswith(f"    goaktctl {command.path} [") and "[flags]" not in line:
                    self.take_example(command, line.strip())
            elif command and "Exit codes:" in line:
                command.exits = {int(n) for n in re.search(r"Exit codes: ([\d, ]+)", line)[1].split(",")}
                if found := re.search(r"Calls `([^`]+)`", line):
                    command.calls = found[1]

    def take_example(self, command, line):
        """The synopsis looks like an example; it is followed by the line with the exit codes."""
        if command.exits:
            command.examples.append(line)

    def called_by(self, line):
        """The commands that a shell line runs, each with its words."""
        called = []
        for inner in re.findall(r"\$\(([^()]*)\)", line):
            called += self.called_by(inner)
        line = re.sub(r"\$\([^()]*\)", "X", line)
        for piece in re.split(r"goaktctl(?= )", line)[1:]:
            lexer = shlex.shlex(piece, posix=True, punctuation_chars="|&;()<>")
            lexer.whitespace_split = True
            words = []
            try:
                for word in lexer:
                    if word and word[0] in "|&;()<>":
                        break
                    words.append(word)
            except ValueError:  # a quote that ends outside
                pass
            if found := self.command_of(words):
                called.append((found, words))
        return called

    def command_of(self, words):
        plain, skip = [], False
        for word in words:
            if skip:
                skip = False
            elif word.startswith("-"):
                skip = word in self.flags_with_values
            else:
                plain.append(word)
        if not plain:
            return None
        for path in (" ".join(plain[:2]), self.words.get(plain[0]), plain[0]):
            if path in self.commands:
                return path
        return None
