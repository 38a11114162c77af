#!/usr/bin/env python3
"""Which test reaches which problem of the admin API and which exit code of the programs.

docs/operations-checklist.tsv has a line for each: table, row, the file of the test and a text that stands in it;
or "-" and why no test reaches it. This script compares it with the tables in the sources and with the tests, and
makes docs/operations-checklist.md of it (--write), or says what does not fit (default).
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = "docs/operations-checklist.md"
LIST = "docs/operations-checklist.tsv"
TITLES = {"problem": "Problems of the admin API", "goaktctl": "Exit codes of goaktctl",
          "goaktd": "Exit codes of goaktd, failed starts among them"}


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def rows_of_the_sources():
    """table -> row -> what it means"""
    problems = re.findall(r'X\(\w+, "([a-z-]+)", (\d+), (\d+)\)', text_of("lib/goakt/base/problem.h"))
    exits = re.findall(r'X\(\w+, (\d+), "([a-z -]+)"', text_of("cmd/goaktctl/exit_codes.h"))
    codes = dict(re.findall(r"(k\w+) = (\d+)", text_of("lib/goakt/daemon/exit_codes.h")))
    meanings = re.findall(r'\{(k\w+), "([^"]+)"\}', text_of("lib/goakt/daemon/exit_codes.cc"))
    return {"problem": {code: f"{status}, exit {exit_code}" for code, status, exit_code in problems},
            "goaktctl": dict(exits),
            "goaktd": {codes[name]: meaning for name, meaning in meanings}}


def main():
    sources = rows_of_the_sources()
    listed, complaints = {}, []
    for line in text_of(LIST).splitlines():
        table, row, file, text = line.split("\t")
        listed[table, row] = (file, text)
        if row not in sources.get(table, {}):
            complaints.append(f"{LIST}: there is no {table} {row}")
        if file != "-" and (not os.path.exists(os.path.join(ROOT, file)) or text not in text_of(file)):
            complaints.append(f"{LIST}: {table} {row}: {file} has no {text!r}")
    reached = 0
    page = ["# Problems and exit codes, and the test that reaches each", "",
            "Made by `scripts/checks/operations_checklist.py --write` from the tables in the sources and "
            "[operations-checklist.tsv](operations-checklist.tsv); a test fails when they differ."]
    for table, title in TITLES.items():
        page += ["", f"## {title}", "", "| row | | reached by |", "| --- | --- | --- |"]
        for row, meaning in sources[table].items():
            if (table, row) not in listed:
                complaints.append(f"{LIST}: {table} {row} is missing")
                continue
            file, text = listed[table, row]
            proof = f"*none: {text}*" if file == "-" else f"[{file}](../{file}): `{text.replace('|', chr(92) + '|')}`"
            reached += file != "-"
            page.append(f"| {row} | {meaning} | {proof} |")
    made = "\n".join(page) + "\n"
    if "--write" in sys.argv:
        with open(os.path.join(ROOT, PAGE), "w", encoding="utf-8") as file:
            file.write(made)
    elif not os.path.exists(os.path.join(ROOT, PAGE)) or text_of(PAGE) != made:
        complaints.append(f"{PAGE} is out of date: run scripts/checks/operations_checklist.py --write")
    for complaint in complaints:
        print(complaint)
    print(f"{reached} of {len(listed)} rows reached by tests")
    return 1 if complaints else 0


sys.exit(main())
