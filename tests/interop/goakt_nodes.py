#!/usr/bin/env python3
"""goakt_nodes.py GOAKTD GOAKTCTL PLUGIN.so: goaktd and a node of the real GoAkt work on each other's actors, in each
compression. GOAKT_PEER names a program as goakt-peer/ is one, else GOAKT_BUILT_PEER; without it the test is skipped.

Every wait has a deadline; how fast the machine is decides nothing.
"""
import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration" / "daemon"))
import run as daemon  # noqa: E402
from run import Failed, Node, contains, equal, eventually  # noqa: E402

PEER = os.environ.get("GOAKT_PEER") or os.environ.get("GOAKT_BUILT_PEER", "")


class Peer:
    """The real node; its events are read by a thread of their own."""

    def __init__(self, *flags):
        self.process = subprocess.Popen([PEER, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.events = queue.Queue()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()
        started = self.wait("started")
        self.place = f"{started['host']}:{started['port']}"
        self.kind = started["kind"]

    def read(self):
        for line in self.process.stdout:
            self.events.put(json.loads(line))
        self.events.put({"event": "ended"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(daemon.DEADLINE)
        self.thread.join(daemon.DEADLINE)
        self.process.stdin.close()
        self.process.stdout.close()

    def wait(self, event):
        """The next event of that name; what comes before it counts no more."""
        end = time.monotonic() + daemon.DEADLINE
        while time.monotonic() < end:
            try:
                one = self.events.get(timeout=1)
            except queue.Empty:
                continue
            if one["event"] == event:
                return one
            if one["event"] in ("error", "fatal", "ended"):
                raise Failed(f"the peer: {one}")
        raise Failed(f"the peer: no {event} within {daemon.DEADLINE} s")

    def does(self, command, place, *words, event="done"):
        host, port = place.rsplit(":", 1)
        self.process.stdin.write(" ".join([command, host, port, *words]) + "\n")
        self.process.stdin.flush()
        found = self.wait(event)
        if event != "done":
            self.wait("done")
        return found


def string(node, actor, text, *flags):
    """What the actor answers to a text."""
    return json.loads(node.ctl(*flags, "ask", actor, "--string", text, "-o", "json"))["message"]


def report(node, actor, *flags):
    return json.loads(node.ctl(*flags, "ask", actor, "--type", "google.protobuf.Empty", "-o", "json"))["message"]


def state(node, actor, *flags):
    return json.loads(node.ctl(*flags, "get", actor, "-o", "json"))["state"]


def peer_works_on_ours(peer, node, place):
    node.ctl("spawn", "ours", "--kind", "main.echo")
    equal("looked up", peer.does("lookup", place, "ours", event="found")["address"], f"goakt://ours@{place}/ours")
    equal("looked up", peer.does("lookup", place, "ghost", event="found")["address"], "")
    equal("asked", peer.does("ask", place, "ours", "hi", event="answer")["text"], "re:hi")
    peer.does("tell", place, "ours", "ping")
    equal("told back", peer.wait("received")["text"], "pong")
    eventually("it has heard", lambda: report(node, "ours") == "ping")
    equal("spawned", peer.does("spawn", place, "theirs", event="spawned")["address"], f"goakt://ours@{place}/theirs")
    equal("kind", json.loads(node.ctl("get", "theirs", "-o", "json"))["actorKind"], "main.echo")
    peer.does("restart", place, "theirs")
    equal("restarts", json.loads(node.ctl("get", "theirs", "-o", "json"))["metrics"]["restarts"], 1)
    node.ctl("send", "theirs", "--string", "fail")
    eventually("it is suspended", lambda: state(node, "theirs") == "suspended")
    peer.does("reinstate", place, "theirs")
    eventually("it runs", lambda: state(node, "theirs") == "running")
    peer.does("stop", place, "theirs")
    contains("stopped", node.ctl("get", "theirs", code=3), "actor-not-found")


def peer_watches_ours(peer, node, place):
    node.ctl("spawn", "seen", "--kind", "main.echo")
    peer.does("watch", place, "seen")
    node.ctl("kill", "seen", "-y")
    contains("terminated", peer.wait("terminated")["path"], "seen")


def ours_works_on_peer(peer, node):
    there = ["--node", peer.place]
    contains("ping", node.ctl("node", "ping", peer.place, "--count", "2"), "2 pings")
    equal("asked", string(node, "echo", "hi", *there), "re:hi")
    node.ctl(*there, "send", "echo", "--string", "told")
    equal("told", peer.wait("received")["text"], "hi")
    equal("told", peer.wait("received")["text"], "told")
    contains("tree", node.ctl(*there, "tree"), "echo")
    contains("list", node.ctl(*there, "ls"), "watcher")
    node.ctl(*there, "spawn", "made", "--kind", peer.kind, "--long-lived")
    contains("not registered", node.ctl(*there, "spawn", "x", "--kind", "ghost", code=4), "kind-not-registered")
    equal("passivation", json.loads(node.ctl(*there, "get", "made", "-o", "json"))["passivation"]["type"], "long-lived")
    address = json.loads(node.ctl(*there, "get", "made", "-o", "json"))["address"]
    equal("by address", string(node, address, "again"), "re:again")
    node.ctl("spawn", "w", "--kind", "interop.watcher")
    equal("watched", string(node, "w", f"watch {address}"), "watch")
    equal("told by an actor", string(node, "w", f"tell {address}"), "tell")
    while (heard := peer.wait("received"))["text"] != "ping":
        pass
    contains("sender", heard["sender"], "/w")
    node.ctl(*there, "send", "made", "--string", "fail")
    eventually("it is suspended", lambda: state(node, "made", *there) == "suspended")
    string(node, "w", f"reinstate {address}")
    eventually("it runs", lambda: state(node, "made", *there) == "running")
    node.ctl(*there, "actor", "restart", "made")
    string(node, "w", f"stop {address}")
    eventually("it is gone", lambda: "made" not in node.ctl(*there, "ls"))
    equal("nobody was told of a restart", node.lines("an actor on another node cannot be watched"), [])


def work_with(folder, compression):
    flag = f"--remoting.compression={compression}"
    with Node(folder, "--system.name=ours", f"--plugins.load={daemon.PLUGIN}", flag) as node, \
            Peer("-name", "theirs", "-compression", compression) as peer:
        place = node.ready().lines("goaktd ready")[0]["node"]
        equal("kind", peer.kind, "main.echo")
        peer_works_on_ours(peer, node, place)
        peer_watches_ours(peer, node, place)
        ours_works_on_peer(peer, node)
        node.send(signal.SIGTERM)
        node.ends(0)


def test_in_clear(folder):
    work_with(folder, "none")


def test_with_gzip(folder):
    work_with(folder, "gzip")


def test_with_brotli(folder):
    work_with(folder, "brotli")


def test_with_zstd(folder):
    work_with(folder, "zstd")


if __name__ == "__main__":
    if not os.access(PEER, os.X_OK):
        print(f"SKIPPED: there is no real GoAkt to test with: GOAKT_PEER=\"{PEER}\" is no program\n"
              "hint: ctest -R interop.goakt-peer builds it where Go is, or says why it cannot")
        sys.exit(77)
    daemon.run_tests(globals(), "goakt-interop-")
