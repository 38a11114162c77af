#!/usr/bin/env python3
"""run.py GOAKTD GOAKTCTL PLUGIN.so: goaktd as a process: what signals do, what the service manager
hears, how it ends, and what it takes over while it runs.

Every wait has a deadline; nothing depends on how fast the machine is.
"""
import fcntl
import http.client
import json
import os
import pathlib
import pty
import resource
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

DEADLINE = 60
GOAKTD, GOAKTCTL, PLUGIN = (os.path.abspath(path) for path in sys.argv[1:4])


class Failed(Exception):
    pass


def eventually(what, condition, deadline=DEADLINE):
    """Waits until condition() gives something true, and returns that."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise Failed(f"{what}: not within {deadline} s")


def equal(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what}: {got!r}, expected {wanted!r}")


def contains(what, text, part):
    if part not in text:
        raise Failed(f"{what}: no {part!r} in {text!r}")


class Node:
    """A goaktd with a folder of its own, which is where it keeps its socket and its log."""

    def __init__(self, folder, *flags, environment=None, stderr=None, **process):
        self.folder = pathlib.Path(folder)
        self.log_path = self.folder / "node.log"
        self.environment = {**os.environ, "GOAKTCTL_ENDPOINTS": f"unix://{folder}/admin.sock",
                            "HOME": str(folder), "GOAKTD_REMOTING_PORT": "0",
                            **(environment or {})}
        with open(self.folder / "stderr", "w", encoding="utf-8") as file:
            self.process = subprocess.Popen(
                [GOAKTD, "--admin.listen=", f"--admin.socket={folder}/admin.sock", f"--log.file={self.log_path}",
                 *flags], cwd=folder, env=self.environment, stdout=subprocess.DEVNULL,
                stderr=file if stderr is None else stderr, **process)

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


def stderr_of(folder):
    return (pathlib.Path(folder) / "stderr").read_text(encoding="utf-8")


class Manager:
    """What the service manager hears at the other end of $NOTIFY_SOCKET."""

    def __init__(self, folder):
        self.path = f"{folder}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(0.1)
        self.heard = []

    def listen(self):
        while True:
            try:
                self.heard.append(self.socket.recv(4096).decode())
            except socket.timeout:
                return

    def hear(self, text, begin=0, times=1):
        """Where the last of so many datagrams with that text is."""
        def look():
            self.listen()
            found = [i for i in range(begin, len(self.heard)) if text in self.heard[i]]
            return found[:times] if len(found) >= times else None
        return eventually(f"{text} {times} times", look)[-1]


class UnixConnection(http.client.HTTPConnection):
    """The admin API without a process for each request."""

    def __init__(self, path):
        super().__init__("localhost", timeout=DEADLINE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(DEADLINE)
        self.sock.connect(self.path)

    def ask(self, method, path):
        self.request(method, path)
        response = self.getresponse()
        return response.status, response.read().decode()


def admin_of(folder):
    """A connection, as soon as the node takes one."""
    path = f"{folder}/admin.sock"

    def connect():
        connection = UnixConnection(path)
        try:
            return connection if connection.ask("GET", "/readyz")[0] == 200 else None
        except OSError:
            return None
    return eventually("the admin API answers", connect)


def lost_lines(admin, log, reason):
    """Of that log, as /metrics tells it."""
    wanted = f'goakt_log_lines_lost_total{{log="{log}",reason="{reason}"}} '
    line = next((line for line in admin.ask("GET", "/metrics")[1].splitlines() if line.startswith(wanted)), None)
    return float(line[len(wanted):]) if line else 0


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def test_the_service_manager_hears_of_each_step(folder):
    manager = Manager(folder)
    heard, hear, listen = manager.heard, manager.hear, manager.listen
    environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"}
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


def test_a_system_that_stops_by_itself_ends_the_process(folder):
    manager = Manager(folder)
    environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"}
    # An actor that hangs makes the end long enough to look at it.
    with Node(folder, f"--plugin={PLUGIN}", "--system.shutdown-timeout=10m", environment=environment) as node:
        node.ready()
        stick(node)
        contains("alive", node.ctl("api", "GET", "/livez"), "ok")
        manager.hear("WATCHDOG=1")
        node.ctl("spawn", "ender", "--kind", "ping.ender")
        node.ctl("send", "ender", "--json", '{"text":"broken within"}')
        failed = node.said("goaktd failed")[0]
        equal("level", failed["level"], "error")
        contains("reason", failed["error"], "the actor system stops by itself")
        equal("what the runtime said", node.lines("a system actor failed: stopping the actor system")[0]["reason"],
              "broken within")
        admin = UnixConnection(f"{folder}/admin.sock")
        for path in ("/livez", "/readyz"):
            status, body = admin.ask("GET", path)
            equal(path, (status, json.loads(body)["code"]), (503, "stopping"))
        equal("it has started, once", admin.ask("GET", "/startupz")[0], 200)
        check = json.loads(admin.ask("GET", "/livez?verbose=1")[1])["checks"][0]
        equal("the check", (check["name"], check["ok"]), ("runtime", False))
        if check["sinceMs"] < 0:
            raise Failed(f"since: {check}")
        begin = manager.hear("STOPPING=1\nSTATUS=failed: the actor system stops by itself")
        manager.hear("STOPPING=1", begin, times=3)
        if any("WATCHDOG=1" in text for text in manager.heard[begin:]):
            raise Failed(f"the watchdog was fed: {manager.heard[begin:]}")
        node.send(signal.SIGTERM)  # waits no longer for the actor
        node.ends(1)


def test_a_third_interrupt_has_its_exit_code(folder):
    manager = Manager(folder)
    os.mkfifo(f"{folder}/log")
    reader = os.open(f"{folder}/log", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    # Nobody reads the log, so that the last line takes its time.
    with Node(folder, f"--plugin={PLUGIN}", f"--log.file={folder}/log",
              environment={"NOTIFY_SOCKET": manager.path}) as node:
        admin = admin_of(folder)
        stick(node)
        for _ in range(40):  # each a line about a refused write
            admin.ask("DELETE", "/v1/actors/" + "x" * 200)
        node.send(signal.SIGINT)
        manager.hear("STOPPING=1")

        def interrupt():
            if node.process.poll() is None:
                node.send(signal.SIGINT)
            return node.process.poll() is not None
        eventually("it ends", interrupt)
        node.ends(130)
    os.close(reader)


def test_a_configured_port_in_use_is_refused(folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        path = pathlib.Path(folder) / "node.toml"
        path.write_text(f'[admin]\nlisten = "127.0.0.1:{port}"\n', encoding="utf-8")
        result = subprocess.run([GOAKTD, "-c", str(path), f"--admin.socket={folder}/admin.sock"], check=False,
                                capture_output=True, text=True, timeout=DEADLINE, cwd=folder)
    equal("exit code", result.returncode, 71)
    contains("place", result.stderr, f"node.toml:2:1: admin.listen: cannot listen on 127.0.0.1:{port}")
    contains("what to do", result.stderr, "hint: choose another address")


def start_at_terminal(folder):
    """goaktd with nothing configured, and what it says to somebody at a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "RUNTIME_DIRECTORY": folder, "STATE_DIRECTORY": f"{folder}/state", "HOME": folder}
    process = subprocess.Popen([GOAKTD], stderr=theirs, stdout=subprocess.DEVNULL, env=environment, cwd=folder)
    os.close(theirs)
    os.set_blocking(ours, False)
    said = []

    def greeted():
        try:
            said.append(os.read(ours, 4096).decode())
        except BlockingIOError:
            pass
        return "".join(said) if "goaktctl" in "".join(said) and " tree" in "".join(said) else None
    return process, eventually("the greeting", greeted)


def test_a_default_address_in_use_gives_way(folder):
    os.chmod(folder, 0o700)
    nodes = []
    try:
        first, _ = start_at_terminal(folder)
        nodes.append(first)
        second, said = start_at_terminal(folder)
        nodes.append(second)
        contains("what it says", said, "the usual address is in use by another node")
        contains("data folder", said, f"data    {folder}/state")
        admin = next(line for line in said.splitlines() if line.startswith("  admin"))
        path, url = (word.strip(",") for word in admin.split()[1:])
        port = url.rsplit(":", 1)[1]
        equal("socket", path, f"unix://{folder}/admin-{port}.sock")
        contains("what to type", said, f"goaktctl --endpoint {path} tree")
        result = subprocess.run([GOAKTCTL, "--endpoint", path, "health"], capture_output=True, text=True,
                                timeout=DEADLINE, check=False)
        equal(f"health: {result.stderr}", result.returncode, 0)
    finally:
        for process in nodes:
            process.terminate()
        codes = [process.wait(DEADLINE) for process in nodes]
    equal("exit codes", codes, [0, 0])


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem"], cwd=folder,
                   check=True, timeout=DEADLINE, stderr=subprocess.DEVNULL)
    return (pathlib.Path(folder) / f"{name}.pem").read_text(encoding="ascii").strip()


def test_a_reload_serves_the_certificate_that_the_file_names_now(folder):
    certificates = {name: make_certificate(folder, name) for name in ("old", "new")}
    path = pathlib.Path(folder) / "node.toml"

    def configure(name):
        path.write_text("" if not name else f'[admin.tls]\ncert = "{folder}/{name}.pem"\nkey = "{folder}/{name}.key"\n',
                        encoding="utf-8")
    configure("old")
    with Node(folder, "-c", str(path), "--admin.listen=127.0.0.1:0") as node:
        url = node.ready().lines("goaktd ready")[0]["admin"].split(", ")[1]
        at = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        reloads = 0

        def reload():
            nonlocal reloads
            reloads += 1
            node.send(signal.SIGHUP)
            return node.said("configuration reloaded", reloads)[-1]

        def served(name):
            equal("certificate", ssl.get_server_certificate(at).strip(), certificates[name])
        served("old")
        configure("new")
        equal("reload", reload()["changed"], "admin.tls.cert,admin.tls.key")
        served("new")
        # A listener speaks TLS for as long as it is open; that is said for as long as it is so.
        configure(None)
        for _ in range(2):
            line = reload()
            equal("reload", (line["changed"], line["needsRestart"]), ("", "admin.tls.cert,admin.tls.key"))
        served("new")
        # A broken file changes nothing.
        (pathlib.Path(folder) / "old.key").write_text("no key", encoding="ascii")
        configure("old")
        node.send(signal.SIGHUP)
        contains("complaint", node.said("configuration not reloaded")[0]["error"],
                 f"node.toml:3:1: admin.tls.key: {folder}/old.key")
        served("new")
        node.send(signal.SIGTERM)
        node.ends(0)


def test_a_reload_cannot_switch_tls_on(folder):
    make_certificate(folder, "node")
    path = pathlib.Path(folder) / "node.toml"
    path.write_text("", encoding="utf-8")
    with Node(folder, "-c", str(path), "--admin.listen=127.0.0.1:0") as node:
        node.ready()
        path.write_text(f'[admin.tls]\ncert = "{folder}/node.pem"\nkey = "{folder}/node.key"\n', encoding="utf-8")
        node.send(signal.SIGHUP)
        equal("needs a restart", node.said("configuration reloaded")[0]["needsRestart"], "admin.tls.cert,admin.tls.key")
        node.send(signal.SIGTERM)
        node.ends(0)


def test_check_and_start_tell_the_same_and_all_of_it(folder):
    path = pathlib.Path(folder)
    (path / "tokens").write_text("# fine\ngarbage\nviewer:x:12\n", encoding="utf-8")
    (path / "junk.pem").write_text("junk", encoding="utf-8")
    (path / "node.toml").write_text(f"""[log]
level = "loud"
[admin]
listen = "0.0.0.0:0"
token-file = "{folder}/tokens"
audit-file = "/nonexistent/audit.log"
[admin.tls]
roles = ["CN=a:boss", "CN=b:viewer", "nonsense"]
""", encoding="utf-8")
    wanted = ["node.toml:2:1: log.level: \"loud\" must be one of",
              "node.toml:4:1: admin.listen: 0.0.0.0 can be reached from other machines",
              f"node.toml:5:1: admin.token-file: {folder}/tokens:2 is no token",
              f"node.toml:5:1: admin.token-file: {folder}/tokens:3 is no token",
              "node.toml:6:1: admin.audit-file: \"/nonexistent/audit.log\" cannot be written: No such file",
              "node.toml:8:1: admin.tls.roles: \"CN=a:boss\" is no rule",
              "node.toml:8:1: admin.tls.roles: \"nonsense\" is no rule"]

    def complaints(*words):
        result = subprocess.run([GOAKTD, "-c", "node.toml", f"--admin.socket={folder}/admin.sock", *words], check=False,
                                capture_output=True, text=True, timeout=DEADLINE, cwd=folder)
        equal(f"exit code of {words}", result.returncode, 78)
        return result.stderr
    for words in ((), ("config", "check")):
        text = complaints(*words)
        for part in wanted:
            contains(f"goaktd {words}", text, part)
        equal(f"lines of {words}", len(text.splitlines()), len(wanted))
    (path / "node.toml").write_text(f"""[admin.tls]
cert = "{folder}/junk.pem"
key = "{folder}/junk.pem"
client-ca = "{folder}/junk.pem"
""", encoding="utf-8")
    for words in ((), ("config", "check")):
        text = complaints(*words)
        for line, key in ((2, "cert"), (3, "key"), (4, "client-ca")):
            contains(f"goaktd {words}", text, f"node.toml:{line}:1: admin.tls.{key}: {folder}/junk.pem")


def test_the_log_level_reaches_the_actors_lines(folder):
    path = pathlib.Path(folder) / "node.toml"
    path.write_text("", encoding="utf-8")
    with Node(folder, "-c", str(path), "--demo.kinds=true") as node:
        node.ready()
        node.ctl("spawn", "quiet", "--kind", "demo.echo")
        node.ctl("node", "log-level", "self", "debug")
        node.ctl("spawn", "loud", "--kind", "demo.echo")
        contains("actor", node.said("actor started")[0]["actor"], "/loud")
        node.ctl("node", "log-level", "self", "info")
        path.write_text('[log]\nlevels = {actor = "debug"}\n', encoding="utf-8")
        node.ctl("reload")
        node.ctl("spawn", "again", "--kind", "demo.echo")
        contains("actor", node.said("actor started", 2)[1]["actor"], "/again")
        equal("lines", len(node.lines("actor started")), 2)
        node.send(signal.SIGTERM)
        node.ends(0)


def test_the_runtime_can_be_tuned_while_it_runs(folder):
    path = pathlib.Path(folder) / "node.toml"
    rest = "metrics = true\nsystem-threads = 2\n"
    path.write_text(f'[system]\nstall-warning = "1h"\n{rest}', encoding="utf-8")
    with with_stuck_actor(folder, "-c", str(path), "--system.shutdown-timeout=1s") as node:
        node.ready()
        node.ctl("spawn", "pong", "--kind", "ping.ponger")
        node.ctl("ask", "pong", "--json", '{"text":"a","count":1}')
        eventually("handlers are measured",
                   lambda: "goakt_message_processing_seconds_count{" in node.ctl("api", "GET", "/metrics"))
        stick(node)
        path.write_text(f'[system]\nstall-warning = "50ms"\nmailbox-soft-limit = 5\n{rest}', encoding="utf-8")
        node.send(signal.SIGHUP)
        equal("changed", node.said("configuration reloaded")[0]["changed"],
              "system.stall-warning,system.mailbox-soft-limit")
        node.ctl("send", "pong", "--json", '{}')  # wakes the watchdog, should it sleep
        contains("stall", node.said("actor warning")[0]["reason"], "stalled: at cliping.Ping for")
        node.send(signal.SIGTERM)
        node.ends(80)


def test_the_audit_file_is_opened_again(folder):
    path = pathlib.Path(folder) / "node.toml"
    first, second = pathlib.Path(folder) / "audit.log", pathlib.Path(folder) / "other.log"

    def configure(name):
        path.write_text(f'[admin]\naudit-file = "{name}"\n', encoding="utf-8")
    configure(first)
    with Node(folder, "-c", str(path), "--demo.kinds=true") as node:
        node.ready()

        def audited(name, file):
            node.ctl("spawn", name, "--kind", "demo.echo")
            eventually(f"a line about the spawn in {file}",
                       lambda: file.exists() and '"path":"/v1/actors"' in file.read_text(encoding="utf-8"))
        audited("a", first)
        for number, how in ((1, lambda: node.send(signal.SIGUSR1)), (2, lambda: node.send(signal.SIGHUP))):
            first.rename(f"{folder}/audit.{number}")
            how()
            eventually("the new audit file", first.exists)
            audited(f"b{number}", first)
        configure(second)
        contains("reload", node.ctl("reload"), "admin.audit-file")
        audited("c", second)
        configure("/nonexistent/audit.log")
        contains("complaint", node.ctl("reload", code=4), "cannot be written")
        node.send(signal.SIGTERM)
        node.ends(0)


def test_a_full_disk_costs_lines_and_nothing_else(folder):
    with Node(folder, "--demo.kinds=true", "--log.file=/dev/full", "--admin.audit-file=/dev/full",
              "--log.level=debug") as node:
        admin = admin_of(folder)
        node.ctl("spawn", "echo", "--kind", "demo.echo")
        for i in range(5):
            contains("answer", node.ctl("ask", "echo", "--string", f"hi {i}"), f"hi {i}")
        for log in ("node", "audit"):
            eventually(f"lost lines of the log {log}", lambda log=log: lost_lines(admin, log, "write") > 0)
        node.send(signal.SIGTERM)
        node.ends(0)


def test_a_reader_that_reads_nothing_costs_lines_and_nothing_else(folder):
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    read = []

    def read_all():
        while True:
            text = os.read(reader, 65536)
            if not text:
                return
            read.append(text.decode())
    thread = threading.Thread(target=read_all)
    with Node(folder, "--demo.kinds=true", "--log.file=", stderr=writer) as node:
        os.close(writer)
        admin = admin_of(folder)
        node.ctl("spawn", "echo", "--kind", "demo.echo")

        def flood():
            for _ in range(500):  # each a line about a refused write
                admin.ask("DELETE", "/v1/actors/none")
            return lost_lines(admin, "node", "queue") > 0
        eventually("lines are dropped", flood)
        contains("answer", node.ctl("ask", "echo", "--string", "hi"), "hi")
        for number in (signal.SIGUSR1, signal.SIGHUP):
            node.send(number)
        contains("answer", node.ctl("ask", "echo", "--string", "hi"), "hi")
        thread.start()

        def told():
            admin.ask("DELETE", "/v1/actors/none")
            return "lines of the log are lost" in "".join(read)
        eventually("the reader is told", told)
        line = next(line for line in "".join(read).splitlines() if "lines of the log are lost" in line)
        if json.loads(line)["dropped"] == 0:
            raise Failed(line)
        node.send(signal.SIGTERM)
        node.ends(0)
        thread.join(DEADLINE)
    os.close(reader)


def test_a_node_ends_also_when_nobody_reads_its_log(folder):
    os.mkfifo(f"{folder}/log")
    reader = os.open(f"{folder}/log", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    with Node(folder, f"--log.file={folder}/log") as node:
        admin = admin_of(folder)
        for _ in range(40):  # each a line about a refused write
            admin.ask("DELETE", "/v1/actors/" + "x" * 200)
        node.send(signal.SIGTERM)
        node.ends(0)
    os.close(reader)


def run_tests(named, folder_prefix):
    """Each test_... of a module in a folder of its own; further words of the command line choose some."""
    failed = 0
    tests = [(name, test) for name, test in sorted(named.items()) if name.startswith("test_")]
    chosen = sys.argv[4:]
    for name, test in tests:
        if chosen and not any(word in name for word in chosen):
            continue
        with tempfile.TemporaryDirectory(prefix=folder_prefix) as folder:
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
    run_tests(globals(), "goakt-daemon-")
