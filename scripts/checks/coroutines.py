#!/usr/bin/env python3
"""Refuses what g++ 12 miscompiles in coroutines.

In a statement that awaits, g++ 12 destroys some temporaries twice: aggregates made by braces and
lambdas that capture by value; and `?:` of class type yields garbage. So a statement with co_await
must have no `{` that makes an object, no capture by value and no `?:`: name the object first.
Where the rule is known not to matter (a `?:` of ints), say so in a comment on the line:
`await-ok: reason`.
"""

import re

from files import finish, project_files, read

TOKEN = re.compile(
    r'''(?P<skip>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:\\\n|[^\n])*)
      | (?P<raw>(?:u8|u|U|L)?R"(?P<d>[^()\\ ]{0,16})\(.*?\)(?P=d)")
      | (?P<text>(?:u8|u|U|L)?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
      | (?P<word>\w(?:\w|'(?=\w))*)
      | (?P<mark>->|::|&&|.)''',
    re.S | re.M | re.X)

BEFORE_BODY = {")", "else", "do", "try", "const", "noexcept", "override", "final", "mutable"}
DEFINES = {"namespace", "class", "struct", "enum", "union", "extern"}


def tokens_of(text):
    tokens = []
    for match in TOKEN.finditer(text):
        if match.lastgroup in ("skip",):
            continue
        value = '""' if match.group("raw") or match.group("text") else match.group()
        tokens.append((value, text.count("\n", 0, match.start()) + 1))
    return tokens


class Statement:
    def __init__(self):
        self.words = []
        self.awaits = None  # line of the first co_await
        self.faults = []


class Parser:
    def __init__(self, text):
        self.tokens = tokens_of(text)
        self.at = 0
        self.problems = []  # (line, what)

    def value(self, offset=0):
        index = self.at + offset
        return self.tokens[index][0] if index < len(self.tokens) else ""

    def line(self):
        return self.tokens[self.at][1]

    def block(self):
        """Statements up to the closing brace, which is consumed."""
        while self.at < len(self.tokens):
            if self.value() == "}":
                self.at += 1
                return
            self.statement()

    def statement(self):
        statement = Statement()
        self.sequence(statement, {";"})
        if statement.awaits is not None:
            self.problems += statement.faults

    def closing(self):
        """The token after the brace group that starts here."""
        depth = 0
        for index in range(self.at, len(self.tokens)):
            depth += {"{": 1, "}": -1}.get(self.tokens[index][0], 0)
            if depth == 0:
                return self.tokens[index + 1][0] if index + 1 < len(self.tokens) else ""
        return ""

    def starts_body(self, statement):
        """At a `{` outside parentheses: a block, or braces that make an object?"""
        previous = statement.words[-1] if statement.words else ";"
        if previous in BEFORE_BODY or previous in (";", ":", "{", "}"):
            return True
        if statement.words and DEFINES & set(statement.words[:3]):
            return True
        if previous in ("=", ",", "return", "co_return", "co_yield", "(", "["):
            return False
        return self.closing() not in (";", ",", ")", ".", "}", "->")

    def lambda_intro(self, statement):
        """At a `[`: consumes captures; true when it is a lambda."""
        previous = statement.words[-1] if statement.words else ";"
        subscript = re.fullmatch(r"\w+", previous) and previous not in (
            "return", "co_return", "co_await", "co_yield", "case", "else")
        if previous in (")", "]") or subscript or self.value(1) == "[":
            return False
        if statement.words and previous in ("auto", "&", "&&") and "auto" in statement.words[-3:]:
            return False  # a structured binding
        line = self.line()
        self.at += 1
        depth, captures, current = 0, [], []
        while self.at < len(self.tokens):
            token = self.value()
            if token == "]" and depth == 0:
                break
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token, 0)
            if token == "," and depth == 0:
                captures.append(current)
                current = []
            else:
                current.append(token)
            self.at += 1
        self.at += 1
        if current:
            captures.append(current)
        for capture in captures:
            if capture[0] != "&" and capture != ["this"]:
                statement.faults.append((line, f"a lambda captures {' '.join(capture)} by value"))
        statement.words.append("[]")
        return True

    def sequence(self, statement, ends):
        """Tokens of one statement; parentheses are entered, bodies of lambdas are apart."""
        pending_lambda = False
        top = ends == {";"}
        while self.at < len(self.tokens):
            token = self.value()
            if token in ends:
                self.at += 1
                statement.words.append(token)
                return
            if token == "}" and top:
                return  # the block ends; block() consumes it
            if token == "[" and self.lambda_intro(statement):
                pending_lambda = True
                continue
            if token == "co_await" and statement.awaits is None:
                statement.awaits = self.line()
            if token == "?":
                statement.faults.append((self.line(), "?: in the statement"))
            if token in ("(", "["):
                self.at += 1
                statement.words.append(token)
                self.sequence(statement, {")" if token == "(" else "]"})
                continue
            if token == "{":
                if pending_lambda:
                    pending_lambda = False
                    self.at += 1
                    self.block()
                    statement.words.append("}")
                    continue
                if top and self.starts_body(statement):
                    self.at += 1
                    self.block()
                    return
                statement.faults.append((self.line(), "braces make an object"))
                self.at += 1
                statement.words.append("{")
                self.sequence(statement, {"}"})
                continue
            statement.words.append(token)
            self.at += 1


def check(text):
    """-> [(line, what)] of a source text."""
    if "co_await" not in text:
        return []
    parser = Parser(text)
    while parser.at < len(parser.tokens):
        parser.block()
    lines = text.splitlines()
    return [(line, what) for line, what in parser.problems if "await-ok:" not in lines[line - 1]]


def main():
    problems = []
    for name in project_files(".h", ".cc"):
        for line, what in check(read(name)):
            problems.append(f"{name}:{line}: with co_await, {what}: g++ 12 miscompiles it; name it first")
    finish(problems)


if __name__ == "__main__":
    main()
