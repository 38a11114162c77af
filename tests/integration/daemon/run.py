#!/usr/bin/env python3
"""run.py GOAKTD GOAKTCTL PLUGIN.so: goaktd as a process: what signals do, what the service manager
hears, how it ends, and what it takes over while it runs.

Every wait has a deadline; nothing depends on how fast the machine is.
"""
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

DEADLINE = 60
GOAKTD, GOAKTCTL, PLUGIN = (os.path.abspath(path) for path in sys.argv[1:4])


class Failed(Exception):
    pass


def eventually(what, condition):
    """Waits until condition() gives something true, and returns that."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise Failed(f"{what}: not within {DEADLINE} s")


def equal(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what}: {got!r}, expected {wanted!r}")


def contains(what, text, part):
    if part not in text:
        raise Failed(f"{what}: no {part!r} in {text!r}")


class Node:
    """A goaktd with a folder of its own, which is where it keeps its socket and its log."""

    def __init__(self, folder, *flags, environment=None, **process):
        self.folder = pathlib.Path(folder)
        self.log_path = self.folder / "node.log"
        self.environment = {**os.environ, "GOAKTCTL_ENDPOINTS": f"unix://{folder}/admin.sock",
                            "HOME": str(folder), **(environment or {})}
        with open(self.folder / "stderr", "w", encoding="utf-8") as stderr:
            self.process = subprocess.Popen(
                [GOAKTD, "--admin.listen=", f"--admin.socket={folder}/admin.sock", f"--log.file={self.log_path}",
                 *flags], cwd=folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=stderr, **process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)

    def log(self):
        try:
            return self.log_path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def lines(self, message):
        return [line for line in map(json.loads, self.log().splitlines()) if line["msg"] == message]

    def said(self, message, times=1):
        def look():
            if self.process.poll() is not None and len(self.complete_lines(message)) < times:
                raise Failed(f"ended with {self.process.returncode} before {message!r}: {self.log()}"
                             + (self.folder / "stderr").read_text(encoding="utf-8"))
            lines = self.complete_lines(message)
            return lines if len(lines) >= times else None
        return eventually(message, look)

    def complete_lines(self, message):
        """Like lines(), of what has been written to its end."""
        text = self.log()
        lines = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
        return [line for line in lines if line["msg"] == message]

    def ready(self):
        self.said("goaktd ready")
        return self

    def send(self, number):
        self.process.send_signal(number)

    def ends(self, code):
        try:
            equal("exit code", self.process.wait(DEADLINE), code)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"it did not end:\n{self.log()}") from error

    def ctl(self, *words, code=0, stdin=None):
        result = subprocess.run([GOAKTCTL, *words], env=self.environment, capture_output=True, text=True,
                                timeout=DEADLINE, check=False, input=stdin)
        equal(f"goaktctl {' '.join(words)}: {result.stderr} exit code", result.returncode, code)
        return result.stdout + result.stderr


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def test_the_service_manager_hears_of_each_step(folder):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(f"{folder}/notify")
    manager.settimeout(0.1)
    heard = []

    def listen():
        while True:
            try:
                heard.append(manager.recv(4096).decode())
            except socket.timeout:
                return

    def hear(text, begin=0):
        def look():
            listen()
            return next((i for i in range(begin, len(heard)) if text in heard[i]), None) is not None
        eventually(f"{text} among {heard}", look)
        return next(i for i in range(begin, len(heard)) if text in heard[i])

    environment = {"NOTIFY_SOCKET": f"{folder}/notify", "WATCHDOG_USEC": "200000"}
    with Node(folder, environment=environment) as node:
        ready = hear("READY=1\nSTATUS=running")
        equal("the first word", ready, 0)
        hear("WATCHDOG=1", hear("WATCHDOG=1") + 1)
        for reload in (lambda: node.send(signal.SIGHUP), lambda: node.ctl("reload")):
            begin = len(heard)
            reload()
            again = hear("RELOADING=1\nMONOTONIC_USEC=", begin)
            hear("READY=1", again)
        begin = len(heard)
        hear("WATCHDOG=1", begin)
        node.send(signal.SIGTERM)
        stopping = hear("STOPPING=1\nSTATUS=stopping, 0 actors left\nEXTEND_TIMEOUT_USEC=", begin)
        node.ends(0)
        listen()
        if any("READY=1" in text for text in heard[stopping:]):
            raise Failed(f"ready after stopping: {heard}")


def test_signals_to_a_running_node(folder):
    with Node(folder, f"--data.dir={folder}/data") as node:
        node.ready()
        node.send(signal.SIGQUIT)
        node.said("stacks written")
        stacks = [line["stack"] for line in node.lines("stack of a thread")]
        if len(stacks) < 3 or not any("#0" in stack and "+0x" in stack for stack in stacks):
            raise Failed(f"stacks: {stacks}")
        node.send(signal.SIGUSR2)
        bundle = pathlib.Path(node.said("debug bundle written")[0]["file"])
        equal("folder of the bundle", str(bundle.parent), f"{folder}/data")
        equal("mode of the bundle", bundle.stat().st_mode & 0o777, 0o600)
        equal("zstd", bundle.read_bytes()[:4], b"\x28\xb5\x2f\xfd")
        node.log_path.rename(f"{folder}/old.log")
        node.send(signal.SIGUSR1)
        eventually("the new log", node.log_path.exists)
        node.send(signal.SIGPIPE)
        contains("health", node.ctl("health"), "ok")
        node.send(signal.SIGINT)
        node.ends(0)


def test_a_data_directory_that_cannot_be_written_costs_only_the_bundle(folder):
    with Node(folder, environment={"STATE_DIRECTORY": "/dev/null/state"}) as node:
        node.ready()
        node.send(signal.SIGUSR2)
        contains("why", node.said("debug bundle not written")[0]["error"], "/dev/null/state")
        node.send(signal.SIGTERM)
        node.ends(0)


def with_stuck_actor(folder, *flags):
    return Node(folder, f"--plugin={PLUGIN}", *flags)


def stick(node):
    node.ctl("spawn", "stuck", "--kind", "ping.stuck")
    node.ctl("send", "stuck", "--json", "{}")
    eventually("the actor is in its handler",
               lambda: "cli_plugin.so+" in node.ctl("api", "GET", "/v1/debug/stacks"))


def test_an_actor_that_does_not_end_makes_an_unclean_stop(folder):
    with with_stuck_actor(folder, "--system.shutdown-timeout=1s") as node:
        node.ready()
        stick(node)
        node.send(signal.SIGTERM)
        node.ends(80)
        equal("actors left", node.lines("goaktd stopped, not clean")[0]["actorsLeft"], 1)


def test_a_second_signal_waits_no_longer(folder):
    with with_stuck_actor(folder) as node:
        node.ready()
        stick(node)
        node.send(signal.SIGTERM)
        node.said("goaktd stopping")
        node.send(signal.SIGQUIT)  # why it does not stop
        node.said("stacks written")
        node.send(signal.SIGINT)
        node.ends(80)
        contains("why", node.lines("goaktd stopped, not clean")[0]["error"], "not to wait")


def test_a_third_signal_ends_the_process_at_once(folder):
    with with_stuck_actor(folder) as node:
        node.ready()
        stick(node)
        node.send(signal.SIGTERM)
        node.said("goaktd stopping")
        # Held still, so that both are there when it looks again; of two it takes INT first.
        node.send(signal.SIGSTOP)
        stat = pathlib.Path(f"/proc/{node.process.pid}/stat")
        eventually("it is stopped", lambda: stat.read_text(encoding="ascii").rsplit(") ", 1)[1][0] == "T")
        node.send(signal.SIGINT)
        node.send(signal.SIGTERM)
        node.send(signal.SIGCONT)
        node.ends(143)


def test_a_broken_invariant_has_an_exit_code_of_its_own(folder):
    with Node(folder, preexec_fn=no_core) as node:
        node.ready()
        node.send(signal.SIGABRT)
        node.ends(70)
        contains("standard error", (pathlib.Path(folder) / "stderr").read_text(encoding="utf-8"),
                 "an invariant is broken")


def test_a_folder_that_others_may_change_is_not_used(folder):
    shared = tempfile.mkdtemp(prefix="goaktd-", dir="/tmp")
    try:
        os.chmod(shared, 0o755)
        with Node(folder, f"--admin.socket={shared}/admin.sock") as node:
            node.ends(77)
        contains("standard error", (pathlib.Path(folder) / "stderr").read_text(encoding="utf-8"),
                 "is not a private directory")
    finally:
        os.rmdir(shared)


def test_tokens_are_made_used_and_revoked(folder):
    def token(*words, code=0):
        result = subprocess.run([GOAKTD, f"--admin.token-file={folder}/tokens", "token", *words], check=False,
                                capture_output=True, text=True, timeout=DEADLINE, cwd=folder)
        equal(f"token {' '.join(words)}: {result.stderr} exit code", result.returncode, code)
        return result.stdout
    secret = token("new", "--role", "operator", "--name", "ci").strip()
    equal("mode", os.stat(f"{folder}/tokens").st_mode & 0o777, 0o600)
    with Node(folder, f"--admin.token-file={folder}/tokens", "--admin.listen=127.0.0.1:0") as node:
        url = next(text for text in node.ready().lines("goaktd ready")[0]["admin"].split(", ")
                   if text.startswith("http"))

        def spawn(with_token, name, code):
            node.ctl("--endpoint", url, "--token", with_token, "spawn", name, "--kind", "demo.echo", code=code)
        spawn(secret, "a", 0)
        spawn("goakt_wrong", "b", 5)
        other = token("new", "--role", "admin", "--name", "boss").strip()
        spawn(other, "b", 5)  # not before a reload
        node.send(signal.SIGHUP)
        node.said("configuration reloaded")
        spawn(other, "b", 0)
        token("revoke", "ci")
        node.ctl("reload")
        spawn(secret, "c", 5)
        listed = token("list")
        contains("list", listed, "boss")
        if "ci" in listed or other in listed:
            raise Failed(f"list: {listed}")
        token("revoke", "ci", code=64)
        token("new", "--role", "admin", "--name", "boss", code=64)
        node.send(signal.SIGTERM)
        node.ends(0)


PROTO = """syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto";
message Order { string id = 1; int64 cents = 2; google.protobuf.Timestamp at = 3; %s }
"""


def compile_proto(folder, extra=""):
    path = pathlib.Path(folder)
    (path / "shop.proto").write_text(PROTO % extra, encoding="utf-8")
    (path / "proto").mkdir(exist_ok=True)
    subprocess.run(["protoc", "--include_imports", "--descriptor_set_out=next.desc", "shop.proto"], cwd=folder,
                   check=True, timeout=DEADLINE)
    (path / "next.desc").rename(path / "proto/shop.desc")


def test_descriptor_sets_make_types_known(folder):
    compile_proto(folder)
    with Node(folder, f"--plugins.proto-dir={folder}/proto", "--demo.kinds=true") as node:
        node.ready()
        contains("types", node.ctl("type", "list", "shop."), "shop.Order")
        contains("type", node.ctl("api", "GET", "/v1/types/shop.Order"), "shop.desc")
        node.ctl("spawn", "echo", "--kind", "demo.echo")
        node.ctl("spawn", "sum", "--kind", "demo.counter")
        order = '{"id":"o1","cents":"5","at":"2026-01-01T00:00:00Z"}'
        contains("answer", node.ctl("ask", "echo", "--type", "shop.Order", "--json", order), '"id":"o1"')
        contains("mistake", node.ctl("ask", "echo", "--type", "shop.Order", "--json", '{"idd":1}', code=2), "idd")
        node.ctl("send", "sum", "--type", "shop.Order", "--json", order)
        eventually("the dead letter", lambda: '"o1"' in node.ctl("api", "GET", "/v1/deadletters?type=shop.Order"))
        contains("no such field yet",
                 node.ctl("ask", "echo", "--type", "shop.Order", "--json", '{"note":"n"}', code=2), "note")
        compile_proto(folder, "string note = 4;")
        node.send(signal.SIGHUP)
        node.said("configuration reloaded")
        contains("answer", node.ctl("ask", "echo", "--type", "shop.Order", "--json", '{"note":"n"}'), '"note":"n"')
        (pathlib.Path(folder) / "proto/broken.desc").write_bytes(b"\xff\xff")
        node.send(signal.SIGHUP)
        contains("complaint", node.said("configuration not reloaded")[0]["error"], "broken.desc")
        contains("answer of the reload", node.ctl("reload", code=4), "broken.desc")
        contains("answer", node.ctl("ask", "echo", "--type", "shop.Order", "--json", '{"note":"n"}'), '"note":"n"')
        node.send(signal.SIGTERM)
        node.ends(0)
    with Node(folder, f"--plugins.proto-dir={folder}/proto") as node:
        node.ends(65)
    stderr = (pathlib.Path(folder) / "stderr").read_text(encoding="utf-8")
    contains("standard error", stderr, "--plugins.proto-dir: ")
    contains("standard error", stderr, "broken.desc: it is no descriptor set")


def main():
    failed = 0
    tests = [(name, test) for name, test in sorted(globals().items()) if name.startswith("test_")]
    chosen = sys.argv[4:]
    for name, test in tests:
        if chosen and not any(word in name for word in chosen):
            continue
        with tempfile.TemporaryDirectory(prefix="goakt-daemon-") as folder:
            begin = time.monotonic()
            try:
                test(folder)
                print(f"ok   {name} ({time.monotonic() - begin:.1f} s)", flush=True)
            except (Failed, subprocess.TimeoutExpired, OSError) as error:
                failed += 1
                print(f"FAIL {name}: {error}", flush=True)
    print(f"{failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
