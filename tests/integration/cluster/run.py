#!/usr/bin/env python3
"""run.py GOAKTD GOAKTCTL PLUGIN.so: some goaktd as members of one cluster, on loopback.

Every wait has a deadline; how fast the machine is decides nothing.
"""
import contextlib
import json
import pathlib
import random
import signal
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "daemon"))
import run as daemon  # noqa: E402
from run import Failed, Node, contains, equal, eventually  # noqa: E402

# A crash is found by a probe, confirmed by nobody in a small cluster, and told at the latest by an exchange of
# tables: 15 + 24 + 30 s on an idle machine.
CRASH = 300


def free_ports(count):
    """Of UDP and TCP, and below those that the kernel gives to others."""
    found = []
    while len(found) < count:
        port = random.randrange(20000, 32000)
        with contextlib.ExitStack() as stack:
            try:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    stack.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


class Cluster:
    """Where its members listen; all know the same seeds."""

    def __init__(self, folder, size, *flags):
        self.folder = pathlib.Path(folder)
        ports = free_ports(3 * size)
        self.gossip, self.peers, self.remoting = ports[:size], ports[size:2 * size], ports[2 * size:]
        self.flags = flags

    def start(self, number, *flags, **more):
        home = self.folder / str(number)
        home.mkdir(exist_ok=True)
        return Node(home, "--cluster.enabled=true", f"--cluster.discovery-port={self.gossip[number]}",
                    f"--cluster.peers-port={self.peers[number]}", f"--remoting.port={self.remoting[number]}",
                    "--discovery.static.hosts=" + ",".join(f"127.0.0.1:{port}" for port in self.gossip),
                    *self.flags, *flags, **more)

    def id(self, number):
        return f"127.0.0.1:{self.peers[number]}"


def members(node, *flags):
    return {one["id"]: one for one in json.loads(node.ctl("members", "-o", "json", *flags))["items"]}


def wait_for_members(node, ids):
    return eventually(f"the members are {ids}", lambda: (
        found := members(node)) and set(found) == set(ids) and all(
            one["state"] == "active" for one in found.values()) and found)


def events(node, kind):
    return [one["actor"] for one in json.loads(node.ctl("event", "list", "--type", kind, "-o", "json"))["items"]]


def metric(node, line):
    text = daemon.admin_of(node.folder).ask("GET", "/metrics")[1]
    for each in text.splitlines():
        if each.startswith(line + " "):
            return float(each[len(line):])
    raise Failed(f"no {line} in {text}")


def test_three_nodes_know_each_other_and_hear_who_leaves(folder):
    cluster = Cluster(folder, 3, "--system.name=Orders")
    ids = [cluster.id(number) for number in range(3)]
    with cluster.start(0, "--cluster.roles=web,api") as first:
        first.ready()
        with cluster.start(1) as second, cluster.start(2) as third:
            second.ready(), third.ready()
            for node in (first, second, third):
                found = wait_for_members(node, ids)
                equal("leaders", [one["id"] for one in found.values() if one["leader"]], [ids[0]])
                own = found[ids[0]]
                equal("roles", own["roles"], ["api", "web"])
                equal("ports", [own["discoveryPort"], own["peersPort"], own["remotingPort"]],
                      [cluster.gossip[0], cluster.peers[0], cluster.remoting[0]])
                equal("where", [own["host"], own["gossip"]], ["127.0.0.1", f"127.0.0.1:{cluster.gossip[0]}"])
                equal("who", [own["system"], own["impl"]], ["Orders", "cpp"])
                for one in found.values():
                    if one["incarnation"] < 1 or "since" not in one or "birthdate" not in one:
                        raise Failed(f"incomplete: {one}")
            eventually("joins are told", lambda: set(events(first, "node.joined")) == set(ids[1:]))
            contains("wide table", first.ctl("members", "-o", "wide"), "INCARNATION")
            equal("leader", second.ctl("cluster", "leader").strip(), ids[0])
            equal("one of them", json.loads(first.ctl("node", "get", ids[1], "-o", "json"))["id"], ids[1])
            equal("self", json.loads(second.ctl("node", "get", "self", "-o", "json"))["id"], ids[1])
            first.ctl("node", "ping", ids[1])  # by its id, to where its actors are reached
            contains("another's secrets", first.ctl("deadletter", "list", "-n", ids[1], code=13), "peer-unsupported")
            contains("nobody's actors", first.ctl("ls", "-n", "nobody", code=3), "node-not-found")
            contains("what is to come", first.ctl("drain", "self", "-y", code=13), "feature-disabled")
            equal("members", metric(first, 'goakt_cluster_members{state="active"}'), 3)
            equal("peers", metric(first, 'goakt_peers{impl="cpp"}'), 2)
            equal("leads", [metric(node, "goakt_cluster_leader") for node in (first, second)], [1, 0])
            eventually("packets", lambda: metric(third, 'goakt_gossip_packets_total{direction="in"}') > 0)

            third.send(signal.SIGTERM)
            third.ends(0)
            wait_for_members(first, ids[:2])
            wait_for_members(second, ids[:2])
            for node in (first, second):
                eventually("the leave is told", lambda node=node: events(node, "node.left") == [ids[2]])
            equal("left", set(members(second, "--state", "left")), {ids[2]})
            contains("log", second.said("member left")[0]["node"], ids[2])

            # The oldest one leaves: the other leads.
            first.send(signal.SIGTERM)
            first.ends(0)
            eventually("another leads", lambda: second.ctl("cluster", "leader").strip() == ids[1])
            eventually("and that is told", lambda: events(second, "node.leader-changed") == [ids[1]])


def test_a_node_that_is_killed_is_missed_and_comes_back(folder):
    cluster = Cluster(folder, 2, "--cluster.minimum-peers-quorum=2", "--cluster.bootstrap-timeout=5m")
    ids = [cluster.id(number) for number in range(2)]
    with cluster.start(0) as first:
        with cluster.start(1) as second:
            first.ready(), second.ready()
            wait_for_members(first, ids)
            equal("health", first.ctl("health"), "ok\n")
            second.process.kill()
            second.process.wait()
            eventually("the loss is told", lambda: events(first, "node.left") == [ids[1]], CRASH)
            contains("health", first.ctl("health", code=11), "1 of 2 members")
            equal("lost", set(members(first)), {ids[0]})
        with cluster.start(1) as again:
            again.ready()
            wait_for_members(first, ids)
            wait_for_members(again, ids)
            equal("health", first.ctl("health"), "ok\n")


def test_too_few_members_end_the_start_with_75(folder):
    cluster = Cluster(folder, 2, "--cluster.minimum-peers-quorum=2", "--cluster.bootstrap-timeout=1s")
    with cluster.start(0) as node:
        node.ends(75)
        contains("why", daemon.stderr_of(node.folder), "only 1 of 2 members are there after 1 s")
        contains("hint", daemon.stderr_of(node.folder), "hint: ")


def test_a_start_that_waits_for_others_can_be_stopped(folder):
    cluster = Cluster(folder, 2, "--cluster.minimum-peers-quorum=2", "--cluster.bootstrap-timeout=1h")
    with cluster.start(0) as node:
        node.said("joined")  # itself: it is one of the seeds
        node.send(signal.SIGTERM)
        node.ends(0)
        node.said("goaktd stopped before it was ready")


def test_a_port_of_gossip_that_is_in_use_ends_the_start_with_71(folder):
    cluster = Cluster(folder, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", cluster.gossip[0]))
        other.listen()
        with cluster.start(0) as node:
            node.ends(71)
            contains("why", daemon.stderr_of(node.folder), str(cluster.gossip[0]))


def test_systems_of_another_name_stay_apart(folder):
    cluster = Cluster(folder, 2)
    with cluster.start(0, "--system.name=orders") as first, cluster.start(1, "--system.name=payments") as second:
        for number, node in enumerate((first, second)):
            node.ready()
            wait_for_members(node, [cluster.id(number)])


def test_members_with_certificates_gossip_over_tls(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=nodes", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
                   check=True, capture_output=True, timeout=daemon.DEADLINE)
    cluster = Cluster(folder, 2, f"--tls.cert={folder}/cert.pem", f"--tls.key={folder}/key.pem",
                      f"--tls.ca={folder}/cert.pem")
    ids = [cluster.id(number) for number in range(2)]
    with cluster.start(0) as first, cluster.start(1) as second:
        first.ready(), second.ready()
        wait_for_members(first, ids)
        wait_for_members(second, ids)
        with socket.create_connection(("127.0.0.1", cluster.gossip[0]), daemon.DEADLINE) as raw:
            raw.sendall(b"\x01 not TLS")
            raw.settimeout(daemon.DEADLINE)
            with contextlib.suppress(ConnectionResetError):
                raw.recv(4096)
        first.send(signal.SIGHUP)
        first.said("configuration reloaded")
        second.send(signal.SIGTERM)
        second.ends(0)
        wait_for_members(first, ids[:1])


if __name__ == "__main__":
    daemon.run_tests(globals(), "goakt-cluster-")
