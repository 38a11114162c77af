#!/usr/bin/env python3
"""What users must not write does not compile, and the compiler says why in one line.

usage: refused.py COMPILER SOURCE INCLUDE_DIRECTORY...
"""
import re
import subprocess
import sys


def compile_case(compiler, source, includes, case):
    command = [compiler, "-std=c++20", "-fsyntax-only", f"-DCASE={case}", source]
    command += [f"-I{directory}" for directory in includes]
    return subprocess.run(command, capture_output=True, text=True)


def main():
    compiler, source, *includes = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        cases = re.findall(r"#elif CASE == (\d+)  // expect: (.*)", file.read())
    if not cases:
        sys.exit("no cases found")
    failures = 0
    good = compile_case(compiler, source, includes, 0)
    if good.returncode != 0:
        failures += 1
        print("what is allowed does not compile:\n" + good.stderr)
    for case, text in cases:
        result = compile_case(compiler, source, includes, case)
        errors = [line for line in result.stderr.splitlines() if "error:" in line]
        if result.returncode == 0:
            failures += 1
            print(f"case {case} compiles, but must not: {text}")
        elif not any(text in line for line in errors):
            failures += 1
            print(f"case {case} is refused without saying '{text}':\n" + "\n".join(errors))
    print(f"{len(cases)} refused forms, {failures} failures")
    sys.exit(1 if failures else 0)


main()
