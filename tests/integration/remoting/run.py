#!/usr/bin/env python3
"""run.py GOAKTD GOAKTCTL PLUGIN.so: two goaktd on loopback that talk by remoting alone, and are no cluster:
goaktctl on one of them works with actors on the other.

Every wait has a deadline; how fast the machine is decides nothing.
"""
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "daemon"))
import run as daemon  # noqa: E402
from run import Failed, Node, contains, equal, eventually  # noqa: E402

EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(folder, *words):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"openssl {words[0]}: {done.stderr}")


def make_authority(folder):
    openssl(folder, "req", "-x509", *EC, "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")


def make_certificate(folder, name):
    openssl(folder, "req", *EC, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-out", f"{name}.pem")


def tls(folder, name):
    return [f"--tls.cert={folder}/{name}.pem", f"--tls.key={folder}/{name}.key", f"--tls.ca={folder}/ca.pem"]


def start(folder, name, *flags, **more):
    home = pathlib.Path(folder) / name
    home.mkdir()
    return Node(home, f"--system.name={name}", "--demo.kinds=true", *flags, **more)


def address(node):
    """Where a node that is ready says that it is."""
    return node.ready().lines("goaktd ready")[0]["node"]


def answer(text):
    return json.loads(text)


def work_with_an_actor_elsewhere(node, there):
    contains("ping", node.ctl("node", "ping", there, "--count", "3"), "3 pings")
    node.ctl("--node", there, "spawn", "hello", "--kind", "demo.echo", "--passivate-after", "1h")
    refused = node.ctl("--node", there, "spawn", "hello", "--kind", "demo.echo", code=4)
    contains("twice", refused, "already-exists")
    node.ctl("--node", there, "spawn", "hello", "--kind", "demo.echo", "--if-absent")
    contains("unknown kind", node.ctl("--node", there, "spawn", "x", "--kind", "ghost", code=4), "kind-not-registered")
    contains("list", node.ctl("--node", there, "ls"), "hello")
    equal("names", node.ctl("--node", there, "ls", "-o", "name").split(), ["actor/hello"])
    contains("tree", node.ctl("--node", there, "tree"), "hello")
    equal("asked", answer(node.ctl("--node", there, "ask", "hello", "--string", "hi", "-o", "json"))["message"], "hi")
    node.ctl("--node", there, "send", "hello", "--string", "there")
    document = eventually("the message arrives", lambda: (
        found := answer(node.ctl("--node", there, "get", "hello", "-o", "json")))["metrics"]["processed"] >= 2 and found)
    equal("kind", document["actorKind"], "demo.echo")
    equal("where", document["node"], there)
    equal("passivation", document["passivation"], {"type": "time-based", "timeoutMs": 3600000})
    equal("asked by address", answer(node.ctl("ask", document["address"], "--string", "again", "-o", "json"))["message"],
          "again")
    node.ctl("--node", there, "actor", "restart", "hello")
    equal("restarts", answer(node.ctl("--node", there, "get", "hello", "-o", "json"))["metrics"]["restarts"], 1)
    node.ctl("wait", "actor/hello", "--for", "state=running", "--node", there)
    watching = subprocess.Popen([daemon.GOAKTCTL, "--node", there, "wait", "actor/hello", "--for", "gone"],
                                env=node.environment, stderr=subprocess.DEVNULL)
    node.ctl("--node", there, "kill", "hello", "-y")
    equal("its end is seen", watching.wait(daemon.DEADLINE), 0)
    contains("gone", node.ctl("--node", there, "get", "hello", code=3), "actor-not-found")
    node.ctl("--node", there, "kill", "hello", "-y", "--if-exists")
    contains("not told", node.ctl("--node", there, "top", "--once", code=13), "peer-unsupported")
    contains("the runtime's", node.ctl("--node", there, "kill", "GoAktUserGuardian", "-y", code=4), "system-actor")


def test_an_actor_on_another_node_with_zstd_and_mutual_tls(folder):
    make_authority(folder)
    make_certificate(folder, "here")
    make_certificate(folder, "there")
    with start(folder, "here", "--remoting.compression=zstd", *tls(folder, "here")) as here, \
            start(folder, "there", "--remoting.compression=zstd", *tls(folder, "there")) as there:
        work_with_an_actor_elsewhere(here, address(there))
        for node in (here, there):
            node.send(signal.SIGTERM)
            node.ends(0)


def test_an_actor_on_another_node_in_each_compression(folder):
    for compression in ("none", "gzip", "brotli"):
        os.mkdir(f"{folder}/{compression}")
        flag = f"--remoting.compression={compression}"
        with start(f"{folder}/{compression}", "here", flag) as here, \
                start(f"{folder}/{compression}", "there", flag) as there:
            where = address(there)
            here.ready()
            here.ctl("--node", where, "spawn", "a", "--kind", "demo.echo")
            text = "x" * 100_000
            equal("asked", answer(here.ctl("--node", where, "ask", "a", "--string", text, "-o", "json"))["message"],
                  text)
            here.ctl("--node", where, "kill", "a", "-y")


def test_an_actor_on_another_node_that_is_suspended_is_seen_and_reinstated(folder):
    with start(folder, "here") as here, start(folder, "there") as there:
        where = address(there)
        here.ready()

        def state():
            return answer(here.ctl("--node", where, "get", "c", "-o", "json"))["state"]

        here.ctl("--node", where, "spawn", "c", "--kind", "demo.crasher")
        for _ in range(4):  # three times it is started again
            here.ctl("--node", where, "send", "c", "--string", "boom")
        eventually("it is suspended", lambda: state() == "suspended")
        contains("tree", here.ctl("--node", where, "tree"), "suspended")
        here.ctl("--node", where, "actor", "reinstate", "c")
        eventually("it runs", lambda: state() == "running")


def test_a_certificate_of_another_authority_is_refused(folder):
    make_authority(folder)
    make_certificate(folder, "there")
    os.mkdir(f"{folder}/other")
    make_authority(f"{folder}/other")
    make_certificate(f"{folder}/other", "here")
    with start(folder, "here", *tls(f"{folder}/other", "here")) as here, \
            start(folder, "there", *tls(folder, "there")) as there, start(folder, "clear") as clear:
        where = address(there)
        here.ready(), clear.ready()
        contains("stranger", here.ctl("node", "ping", where, code=6), "node-unreachable")
        contains("in clear", clear.ctl("node", "ping", where, code=6), "node-unreachable")
        there.ctl("node", "ping", "self")
        there.said("a remoting connection could not be accepted")


def test_new_certificates_are_taken_over_by_a_reload(folder):
    make_authority(folder)
    make_certificate(folder, "here")
    make_certificate(folder, "there")
    os.mkdir(f"{folder}/other")
    make_authority(f"{folder}/other")
    make_certificate(f"{folder}/other", "there")
    with start(folder, "here", *tls(folder, "here")) as here, start(folder, "there", *tls(folder, "there")) as there:
        where = address(there)
        here.ready()
        here.ctl("node", "ping", where)
        for end in ("pem", "key"):
            os.replace(f"{folder}/other/there.{end}", f"{folder}/there.{end}")
        there.send(signal.SIGHUP)
        there.said("configuration reloaded")
        # The connection that there is goes on; a new one is shown the new certificate.
        with start(folder, "third", *tls(folder, "here")) as third:
            third.ready()
            contains("new", third.ctl("node", "ping", where, code=6), "node-unreachable")


def test_a_node_without_remoting_opens_no_port_and_says_so(folder):
    with start(folder, "alone", "--remoting.enabled=false") as node:
        equal("id", address(node), "127.0.0.1:0")
        contains("another", node.ctl("node", "ping", "127.0.0.1:9", code=13), "feature-disabled")


def test_a_taken_port_is_given_up_only_where_nobody_chose_it(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with start(folder, "chosen", f"--remoting.port={port}") as node:
            node.ends(71)
            contains("why", daemon.stderr_of(node.folder), "remoting.port")
    with start(folder, "first", environment={"GOAKTD_REMOTING_PORT": "0"}) as first:
        address(first)


def test_a_node_that_is_not_there_is_unreachable(folder):
    with start(folder, "here") as node:
        node.ready()
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # and does not listen
            port = nobody.getsockname()[1]
            where = f"127.0.0.1:{port}"
            contains("ping", node.ctl("node", "ping", where, code=6), "node-unreachable")
            contains("get", node.ctl("get", f"goakt://x@{where}/a", code=6), "node-unreachable")
        contains("no address", node.ctl("--node", "elsewhere", "ls", code=3), "node-not-found")


def frame(type_name, body):
    name = type_name.encode()
    return struct.pack(">II", 8 + len(name) + len(body), len(name)) + name + body


def field(number, content):
    return bytes([number << 3 | 2, len(content)]) + content


def test_a_peers_nonsense_writes_nothing_beside_the_log(folder):
    with start(folder, "here") as node:
        host, port = address(node).rsplit(":", 1)
        node.ctl("spawn", "hello", "--kind", "demo.echo")
        path = f"goakt://here@{host}:{port}/hello".encode()
        no_text = frame("google.protobuf.StringValue", field(1, b"\xff"))
        with socket.create_connection((host, int(port)), daemon.DEADLINE) as peer:
            peer.sendall(frame("internalpb.RemoteTellRequest", field(1, field(2, path) + field(3, no_text))))
            contains("answer", peer.recv(4096).decode("latin-1"), "internalpb.")
        equal("beside the log", daemon.stderr_of(node.folder), "")
        equal("still there", answer(node.ctl("ask", "hello", "--string", "hi", "-o", "json"))["message"], "hi")


def test_whoever_may_only_look_makes_no_connections(folder):
    with start(folder, "here", "--admin.listen=127.0.0.1:0") as node:
        address(node)
        urls = node.lines("goaktd ready")[0]["admin"].split(", ")
        node.environment["GOAKTCTL_ENDPOINTS"] = next(url for url in urls if url.startswith("http"))
        contains("viewer", node.ctl("--node", "127.0.0.1:9", "ls", code=5), "forbidden")


def test_a_restarted_node_is_found_again(folder):
    with start(folder, "here") as here:
        here.ready()
        with start(folder, "there") as there:
            where = address(there)
            here.ctl("--node", where, "spawn", "a", "--kind", "demo.echo")
            here.ctl("--node", where, "ask", "a", "--string", "x")
            there.send(signal.SIGTERM)
            there.ends(0)
        contains("gone", here.ctl("node", "ping", where, code=6), "node-unreachable")
        port = where.rsplit(":", 1)[1]
        with start(folder, "again", f"--remoting.port={port}") as again:
            address(again)
            here.ctl("node", "ping", where)
            here.ctl("--node", where, "spawn", "a", "--kind", "demo.echo")
            equal("asked", answer(here.ctl("--node", where, "ask", "a", "--string", "y", "-o", "json"))["message"], "y")


if __name__ == "__main__":
    daemon.run_tests(globals(), "goakt-remoting-")
