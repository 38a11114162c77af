#!/usr/bin/env python3
"""Which test proves which promise of the runtime.

docs/runtime-checklist.tsv lists the promises: number, text and, where no test proves it, the reason.
A test names the rows that it proves at the end of its title: TEST_CASE("... [31, 32]"). This script
makes docs/runtime-checklist.md of both (--write), or says what does not fit (default): a row with
neither a test nor a reason, a test of an unknown row, a page that is out of date.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TITLE = re.compile(r'(?:TEST_CASE|TEST_CASE_TEMPLATE|TEST_CASE_FIXTURE)\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)')
ROWS = re.compile(r"\[([0-9, -]+)\]\s*$")
PAGE = os.path.join(ROOT, "docs", "runtime-checklist.md")


def numbers(text):
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        yield from range(int(first), int(last or first) + 1)


def proofs():
    found = {}
    for folder, _, files in sorted(os.walk(os.path.join(ROOT, "tests"))):
        for name in sorted(files):
            if not name.endswith((".cc", ".txt", ".py", ".sh")):
                continue
            path = os.path.join(folder, name)
            for match in TITLE.finditer(open(path, encoding="utf-8").read()):
                title = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1)))
                rows = ROWS.search(title)
                if rows is None:
                    continue
                for row in numbers(rows.group(1)):
                    found.setdefault(row, []).append((os.path.relpath(path, ROOT), ROWS.sub("", title).strip()))
    return found


def main():
    promises = []
    for line in open(os.path.join(ROOT, "docs", "runtime-checklist.tsv"), encoding="utf-8"):
        number, text, *reason = line.rstrip("\n").split("\t")
        promises.append((int(number), text, reason[0] if reason else ""))
    found = proofs()
    known = {number for number, _, _ in promises}
    problems = [f"{tests[0][0]}: proves row {row}, which is not in the list"
                for row, tests in found.items() if row not in known]
    page = ["# What the runtime promises, and the test that proves it", "",
            "Made by `scripts/checks/checklist.py --write` from the tests' titles and "
            "[runtime-checklist.tsv](runtime-checklist.tsv); a test fails when it is out of date.", "",
            "| row | promise | proved by |", "| --- | --- | --- |"]
    for number, text, reason in promises:
        tests = found.get(number, [])
        if tests:
            proof = "<br>".join(f"[{os.path.basename(p)}](../{p}): {t}" for p, t in tests)
            if reason:
                proof += f"<br>*in part: {reason}*"
        elif reason:
            proof = f"*not yet: {reason}*"
        else:
            proof = "**nothing**"
            problems.append(f"row {number} ({text}): neither a test nor a reason")
        page.append(f"| {number} | {text} | {proof} |")
    text = "\n".join(page) + "\n"
    if "--write" in sys.argv:
        open(PAGE, "w", encoding="utf-8").write(text)
    elif not os.path.exists(PAGE) or open(PAGE, encoding="utf-8").read() != text:
        problems.append("docs/runtime-checklist.md is out of date: run scripts/checks/checklist.py --write")
    for problem in problems:
        print(problem)
    proved = sum(1 for number, _, _ in promises if number in found)
    print(f"{proved} of {len(promises)} rows proved by tests")
    return 1 if problems else 0


sys.exit(main())
