#!/usr/bin/env python3
"""Compiles the ```cpp blocks of a page: compile_docs.py PAGE.md COMPILER FLAG...

Blocks are independent: each one becomes a namespace of one translation unit, its includes hoisted.
"""
import re
import subprocess
import sys
import tempfile

page, compiler, *flags = sys.argv[1:]
text = open(page, encoding="utf-8").read()
includes, bodies = [], []
for match in re.finditer(r"^```cpp\n(.*?)^```$", text, re.M | re.S):
    line = text.count("\n", 0, match.start(1)) + 1
    body = []
    for offset, source in enumerate(match.group(1).splitlines()):
        if source.startswith("#include"):
            includes.append(f'#line {line + offset} "{page}"\n{source}')
            source = ""
        body.append(source)
    block = "\n".join(body)
    bodies.append(f'namespace block_{len(bodies)} {{\n#line {line} "{page}"\n{block}\n}}\n')
if not bodies:
    sys.exit(f"{page}: no ```cpp block found")
with tempfile.NamedTemporaryFile("w", suffix=".cc") as unit:
    unit.write("\n".join(includes) + "\n" + "\n".join(bodies))
    unit.flush()
    done = subprocess.run([compiler, *flags, "-fsyntax-only", unit.name])
print(f"{len(bodies)} blocks of {page} {'compile' if done.returncode == 0 else 'DO NOT COMPILE'}")
sys.exit(done.returncode)
