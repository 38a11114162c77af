#!/usr/bin/env python3
"""go_traffic.py PEER MEMBERS [SECONDS]: what calm members of the real memberlist send each second.

PEER is tests/interop/memberlist-peer, built. Beside the last lines of `test_sim_membership --storm`.
"""
import json
import subprocess
import sys
import time


class Member:
    def __init__(self, peer, name, *flags):
        self.process = subprocess.Popen([peer, "-name", name, "-port", "0", "-compress=false", *flags], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)
        self.port = self.wait_for("started")["port"]

    def wait_for(self, event):
        for line in self.process.stdout:
            said = json.loads(line)
            if said["event"] == event:
                return said
        sys.exit("a member has ended")

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        return self.wait_for(command)


def traffic(members):
    told = [member.ask("traffic") for member in members]
    return [sum(one[what] for one in told) for what in ("packets", "packet_bytes", "stream_bytes")]


def main(peer, count, seconds=120):
    members = [Member(peer, "m0")]
    try:
        seed = f"127.0.0.1:{members[0].port}"
        for i in range(1, count):
            members.append(Member(peer, f"m{i}", "-join", seed))
        while any(member.ask("members")["count"] < count for member in members):
            time.sleep(1)
        time.sleep(30)  # the last news is told
        before, start = traffic(members), time.monotonic()
        time.sleep(seconds)
        after, each = traffic(members), (time.monotonic() - start) * count
        packets, packet_bytes, stream_bytes = ((b - a) / each for a, b in zip(before, after))
        print(f"{count} members: each sends {packets:.2f} packets, {packet_bytes:.0f} bytes in packets "
              f"and {stream_bytes:.0f} bytes in streams per second")
    finally:
        for member in members:
            member.process.kill()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), *(int(one) for one in sys.argv[3:]))
