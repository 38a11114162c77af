#!/usr/bin/env python3
"""Text that must not be committed: unfinished work, paths of one machine, conflict markers."""

import re

from files import finish, project_files, read

# Spelled so that this file does not find itself.
FORBIDDEN = {
    r"NO" r"COMMIT": "left over from work in progress",
    r"(?<![\w.}])/" r"work/": "a path of one machine",
    r"^(<<<<<<<|>>>>>>>) ": "a conflict marker",
}


def main():
    problems = []
    for name in project_files():
        try:
            text = read(name)
        except UnicodeDecodeError:
            continue  # binary test data
        for pattern, why in FORBIDDEN.items():
            for match in re.finditer(pattern, text, re.M):
                problems.append(f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {why}: {match.group()}")
    finish(problems)


if __name__ == "__main__":
    main()
