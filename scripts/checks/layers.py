#!/usr/bin/env python3
"""Compares the #include graph of lib/, discovery/, controlplane/ and cmd/ with docs/layers.txt.

Two rules: a folder includes only what the table allows, and a header outside internal/ includes
nothing from internal/ unless the table says `public HEADER: INTERNAL...`; internal/ belongs to its
own folder.
"""

import fnmatch
import os
import re

from files import finish, project_files, read

TABLE = "docs/layers.txt"
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]((?:goakt|discovery|controlplane)/[^">]+)[">]', re.M)


class Table:
    def __init__(self, text):
        self.allowed = {}  # folder -> folders named in its line
        self.public = {}  # public header -> internal headers that it may include
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            if ":" not in line:
                raise SystemExit(f"{TABLE}:{number}: no colon")
            left, right = line.split(":")
            if left.startswith("public "):
                self.public[left.split()[1]] = set(right.split())
            else:
                self.allowed[left.strip()] = right.split()
        for folder, others in self.allowed.items():
            for other in others:
                if other not in self.allowed:
                    raise SystemExit(f"{TABLE}: {folder} may know {other}, which has no line")
        self._closures = {}

    def row(self, folder):
        """The line that is about this folder: its own, else the one whose pattern fits."""
        if folder in self.allowed:
            return folder
        return next((row for row in self.allowed if fnmatch.fnmatchcase(folder, row)), None)

    def reachable(self, row):
        if row not in self._closures:
            self._closures[row] = {row}
            for other in self.allowed[row]:
                self._closures[row] |= self.reachable(other)
        return self._closures[row]

    def allows(self, source, target):
        if source == target:
            return True
        row = self.row(source)
        reachable = self.reachable(row)
        return target in reachable or any(fnmatch.fnmatchcase(target, other) for other in
                                          reachable if other != row and "*" in other)


def folder_of(path, table):
    """lib/goakt/gossip/io/x.h or goakt/gossip/io/x.h -> gossip/io; discovery/etcd/x.h -> //discovery/etcd"""
    if path.startswith("lib/"):
        path = path[len("lib/"):]
    folder = os.path.dirname(path)
    if folder.startswith("goakt"):
        folder = folder[len("goakt"):].lstrip("/")
    else:
        folder = "//" + "/".join(folder.split("/")[:2])
    while folder and not folder.startswith("//") and table.row(folder) is None:
        folder = os.path.dirname(folder)  # internal/ and other rooms of one folder
    return folder


def check(files, table):
    """files: {path: text} -> list of complaints."""
    problems = []
    for path, text in files.items():
        source = folder_of(path, table)
        if not source or table.row(source) is None:
            problems.append(f"{path}: its folder has no line in {TABLE}")
            continue
        for match in INCLUDE.finditer(text):
            header = match.group(1)
            where = f"{path}:{text.count(chr(10), 0, match.start(1)) + 1}"
            target = folder_of(header, table)
            if not target or table.row(target) is None:
                problems.append(f"{where}: {header} is in a folder without a line in {TABLE}")
                continue
            if not table.allows(source, target):
                problems.append(f"{where}: {source} must not know {target} ({header})")
            if "/internal/" in header:
                if target != source:
                    problems.append(f"{where}: {header} belongs to {target} alone")
                elif path.endswith(".h") and "/internal/" not in path:
                    public = path[len("lib/"):] if path.startswith("lib/") else path
                    if header not in table.public.get(public, ()):
                        problems.append(f"{where}: a public header includes {header}")
    return problems


def main():
    table = Table(read(TABLE))
    places = ("lib/goakt/", "discovery/", "controlplane/", "cmd/")
    files = {name: read(name) for name in project_files(".h", ".cc") if name.startswith(places)}
    if not files:
        raise SystemExit("found no sources")
    problems = check(files, table)
    if not problems:
        print(f"    {len(files)} files keep to {TABLE}")
    finish(problems)


if __name__ == "__main__":
    main()
