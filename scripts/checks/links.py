#!/usr/bin/env python3
"""Every relative link of every .md file leads to a file of the project, and its #anchor to a heading."""

import os
import re

from files import ROOT, finish, project_files, read

LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.S | re.M)


def anchors(text):
    found = set()
    for heading in re.findall(r"^#+\s+(.*?)\s*#*$", FENCE.sub("", text), re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 0
        while (slug if number == 0 else f"{slug}-{number}") in found:
            number += 1
        found.add(slug if number == 0 else f"{slug}-{number}")
    return found


def main():
    problems = []
    for name in project_files(".md"):
        text = read(name)
        prose = re.sub(r"`[^`\n]*`", "", FENCE.sub(lambda m: "\n" * m.group().count("\n"), text))
        for match in LINK.finditer(prose):
            link = match.group(1) or match.group(2)
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            where = f"{name}:{prose.count(chr(10), 0, match.start()) + 1}"
            if not os.path.exists(os.path.join(ROOT, target)):
                problems.append(f"{where}: {link}: there is no {target}")
            elif anchor and target.endswith(".md") and anchor not in anchors(read(target)):
                problems.append(f"{where}: {link}: {target} has no such heading")
    finish(problems)


if __name__ == "__main__":
    main()
