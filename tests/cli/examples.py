#!/usr/bin/env python3
"""Runs every example that the help of goaktctl shows, against a node that has what they name.

Each example gets a node and a home of its own. It ends with 0, or with 13 where it needs a cluster; what goes on
until its reader goes away is interrupted once it has asked the node, and ends with 130.
"""

import argparse
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import tempfile

import commands
import run

# What an example needs (a pattern of its text), and how it comes to be.
NEEDS = {
    r"deadletter replay": "goaktctl spawn order-7 --kind demo.counter -q; for i in 1 2; do "
        "goaktctl send order-7 --string lost -q; done; goaktctl ask order-7 --int 0 -q",
    r"orders": "goaktctl spawn orders --kind demo.tree -q",
    r"orders/order-7": "goaktctl spawn order-7 --kind demo.echo --parent orders -q",
    r"^(?!.* replay).*order-7": "goaktctl spawn order-7 --kind demo.echo --if-absent -q",
    r"ls tmp-": "for i in 1 2 3; do goaktctl spawn tmp-$i --kind demo.echo -q; done",
    r"--state suspended": "goaktctl spawn frail --kind demo.crasher --supervisor "
        "'{\"directives\":[{\"error\":\"*\",\"directive\":\"escalate\"}]}' -q; goaktctl send frail --string x -q; "
        "goaktctl wait actor/frail --for suspended -q",
    r"(ask|send|once) hello": "goaktctl spawn hello --kind demo.echo -q",
    r"(every|cron) sum": "goaktctl spawn sum --kind demo.counter -q",
    r"actor/queue": "goaktctl spawn queue --kind demo.echo -q",
    r"account-1": "goaktctl spawn account-1 --kind bank.account -q",
    r"(get|pause|resume|cancel) nightly": "goaktctl spawn sum --kind demo.counter -q; "
        "goaktctl schedule cron sum --cron '0 0 3 * * *' --int 1 --ref nightly -q",
    r"schedule resume": "goaktctl schedule pause nightly -q",
    r"DELETE /v1/actors/a": "goaktctl spawn a --kind demo.echo -q",
    r"transfers.ndjson": "goaktctl spawn a --kind demo.echo -q; echo "
        "'{\"to\":\"a\",\"type\":\"google.protobuf.StringValue\",\"message\":\"x\"}' > transfers.ndjson",
    r"context (show|use|set|rename|remove) prod": "goaktctl context add prod --set endpoints=$GOAKTCTL_ENDPOINTS",
    r"context use -": "for c in one other; do goaktctl context add $c "
        "--set endpoints=$GOAKTCTL_ENDPOINTS; goaktctl context use $c; done",
    r"prod.token": "mkdir -p .config/goaktctl; echo t > .config/goaktctl/prod.token; chmod 600 .config/goaktctl/prod.token",
    r"zfunc|fish/completions": "mkdir -p .zfunc .config/fish/completions",
    r"config check": "touch goaktd.toml base.toml site.toml",
    r"op-3f2a": "goaktctl bench tell --for 5s --detach -q",
}
# What the text names and this node has under another name.
NAMES = {
    r"op-3f2a-01J9ZK4T7": "$(goaktctl op list -o name | head -1 | sed s,op/,,)",
    r"replay 17 18": "replay $(goaktctl dead-letters -o name | sed s,deadletter/,, | tail -2)",
    r"10\.0\.0\.4:3320": "self",
    r"/tmp/": "./",
}
# What says 13 on some nodes, and not on this one.
HERE = {"node ping", "debug stacks", "actor spawn", "actor top"}
# What waits for other nodes.
ENDS = {
    "goaktctl wait nodes --for 'members>=3' --for settled --wait-timeout 60s": (8, "60s", "100ms"),
}
STAYS = re.compile(r" (-w|-f)( |$)(?!transfers|-$|/tmp)|^goaktctl top( --by \w+)?$|^goaktctl (actor watch|trace) ")


def shell(line, folder, environment):
    return subprocess.run(["bash", "-c", "set -o pipefail; " + line], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=run.DEADLINE, check=False)


def interrupted(line, folder, environment):
    """The end of a command that is interrupted when the node has been asked."""
    process = subprocess.Popen(["bash", "-c", "exec " + line + " -v"], cwd=folder, env=environment, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = ""
    for word in process.stderr:
        said += word
        if re.search("GET|POST", word):
            break
    process.send_signal(signal.SIGINT)
    said += process.stderr.read()
    return subprocess.CompletedProcess(line, process.wait(run.DEADLINE), "", said)


def try_example(command, example, folder, environment):
    """What goes wrong with it, if anything."""
    for need, line in NEEDS.items():
        if re.search(need, example):
            made = shell("set -e; " + line, folder, environment)
            if made.returncode != 0:
                return f"{command.path}: exit {made.returncode} from {line}\n{made.stderr}"
    line, wanted = example, 13 if 13 in command.exits and command.path not in HERE else 0
    if example in ENDS:
        wanted, long, short = ENDS[example]
        line = line.replace(long, short)
    for name, here in NAMES.items():
        line = re.sub(name, here, line)
    if STAYS.search(example):
        done, wanted = interrupted(line, folder, environment), 130
    else:
        done = shell(line, folder, environment)
    if done.returncode == wanted:
        return None
    return f"{command.path}: exit {done.returncode}, expected {wanted}: {line}\n{done.stderr}"


def with_node(options, command, example):
    with tempfile.TemporaryDirectory(prefix="goakt-cli-") as folder:
        environment = {"PATH": os.path.dirname(options.goaktctl) + ":" + os.environ["PATH"],
                       "HOME": folder, "GOAKTCTL_YES": "1",
                       "GOAKTCTL_ENDPOINTS": f"unix://{folder}/admin.sock",
                       **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}
        node = run.start_node(options.goaktd, ["--admin.rate=0", "--demo.kinds=true",
                                               f"--plugins.load={options.plugin}"], folder, environment)
        try:
            return try_example(command, example, folder, environment)
        finally:
            node.kill()
            node.wait(run.DEADLINE)


def main():
    options = argparse.ArgumentParser()
    for name in ("--goaktd", "--goaktctl", "--plugin"):
        options.add_argument(name, required=True)
    options.add_argument("only", nargs="*", help="commands (default: all)")
    options = options.parse_args()
    tree = commands.Tree(options.goaktctl).commands
    examples = [(command, example) for path, command in tree.items() if path in (options.only or tree)
                for example in command.examples]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda pair: with_node(options, *pair), examples))
    problems = [end for end in ends if end]
    for problem in problems:
        print(problem)
    print(f"{len(examples)} examples, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
