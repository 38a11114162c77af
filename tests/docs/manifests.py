#!/usr/bin/env python3
"""manifests.py BIN FILE...: the settings in Kubernetes manifests are taken by goaktd, the probes are commands of goaktctl."""

import os
import subprocess
import sys
import tempfile

import yaml


def run(*command, **given):
    return subprocess.run(command, text=True, capture_output=True, check=False, timeout=60, **given)


def check(bin_folder, path):
    with open(path, encoding="utf-8") as text:
        documents = [d for d in yaml.safe_load_all(text) if d]
    files = {name: content for d in documents if d["kind"] == "ConfigMap" for name, content in d["data"].items()}
    wrong = []
    containers = [c for d in documents if d["kind"] == "Deployment" for c in d["spec"]["template"]["spec"]["containers"]]
    if not containers or not files:
        wrong.append("no Deployment or no ConfigMap in it")
    for container in containers:
        variables = {e["name"]: e["value"] for e in container.get("env", [])}
        for name, content in files.items():
            with tempfile.NamedTemporaryFile("w", suffix="-" + name) as file:
                file.write(content)
                file.flush()
                done = run(f"{bin_folder}/goaktd", "config", "check", file.name, env={**os.environ, **variables})
                if done.returncode != 0 or done.stderr:
                    wrong.append(f"{name}, {sorted(variables)}: {done.stderr or done.stdout}")
        probes = [p for name, p in container.items() if name.endswith("Probe")]
        for probe in probes:
            name, *words = probe["exec"]["command"]
            flags = [w for w in words if w.startswith("-")]
            page = run(f"{bin_folder}/{name}", *[w for w in words if w not in flags], "--help")
            if page.returncode != 0 or any(flag not in page.stdout for flag in flags):
                wrong.append(f"no such command: {name} {' '.join(words)}")
        if len(probes) != 3:
            wrong.append("not three probes")
    for problem in wrong:
        print(f"{path}: {problem}")
    return not wrong


if __name__ == "__main__":
    results = [check(sys.argv[1], path) for path in sys.argv[2:]]
    sys.exit(0 if results and all(results) else 1)
