#!/usr/bin/env python3
"""A server for answers that no node can be made to give. Writes its URL to the file that is named.

    /v1/events?follow     two events and a broken connection; to whoever comes back with the id of
                          the second one a gap, a heartbeat and a third event, then "end"
    /v1/actors/slow       no answer
    /v1/actors/page       a proxy's page instead of an answer
    /v1/actors/broken     200 with something that is no JSON
    /v1/actors/STATUS.CODE  that problem, with Retry-After
    /v1/operations/OP     runs the first two times, then is what its name says
    anything else         503
"""

import http.server
import json
import re
import sys
import threading
import time

looks = {}
ended = threading.Event()  # the stream of events
stop = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def chunk(self, thing):
        data = (json.dumps(thing) + "\n").encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def events(self):
        if ended.is_set():  # nobody is to find it again, even if it is slow to go
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        if self.headers.get("Last-Event-ID") != "n-2":
            for number in (1, 2):
                self.chunk({"id": f"n-{number}", "time": "2026-01-02T03:04:05.000Z",
                            "type": "actor.started", "actor": f"a{number}"})
            return  # in the middle of the body
        self.chunk({"type": "gap", "missed": 42})
        self.chunk({"type": "heartbeat"})
        self.chunk({"id": "n-45", "time": "2026-01-02T03:04:06.000Z", "type": "actor.stopped",
                    "actor": "a1"})
        ended.set()
        self.chunk({"type": "end", "reason": "node-leaving"})
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        stop.set()

    def operation(self, name):
        looks[name] = looks.get(name, 0) + 1
        over = looks[name] > 2 and name != "op-endless"
        self.answer(200, json.dumps({
            "kind": "Operation", "id": name, "type": "bench", "target": "x",
            "state": name[3:] if over else "running",
            "progress": {"total": 4, "done": 4 if over else 1, "failed": 0}}))

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/v1/events":
            self.events()
        elif path == "/v1/actors/slow":
            time.sleep(30)
        elif path == "/v1/actors/page":
            self.answer(502, "<html>bad gateway</html>", "text/html")
        elif path == "/v1/actors/broken":
            self.answer(200, "not json")
        elif found := re.fullmatch(r"/v1/actors/(\d{3})\.([a-z-]+)", path):
            self.answer(int(found[1]), json.dumps({"code": found[2], "detail": "as wished"}),
                        "application/problem+json")
        elif path.startswith("/v1/operations/"):
            self.operation(path.rsplit("/", 1)[1])
        else:
            self.answer(503, '{"code":"starting","detail":"soon"}', "application/problem+json")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write(f"http://127.0.0.1:{server.server_port}")
threading.Thread(target=server.serve_forever, daemon=True).start()
stop.wait(float(sys.argv[2]) if len(sys.argv) > 2 else 60)
time.sleep(0.1)  # the last bytes are on their way
