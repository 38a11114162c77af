#!/usr/bin/env python3
"""run.py GOAKTD OPENAPI.yaml: a node's answers against the document that describes them.

Starts a node, drives each documented operation, and validates every answer (good ones, refusals and
the objects of streams) against the schema that stands there for its status and media type.
"""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing} (Debian: python3-yaml, python3-jsonschema)")
    sys.exit(77)

STRING = "google.protobuf.StringValue"


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class Api:
    def __init__(self, path, document):
        self.path = path
        self.document = document
        self.failures = []
        self.covered = set()
        self.answers = 0

    def schema(self, reference):
        # References inside stay what they are: they are resolved in the whole document.
        return {"$ref": reference["$ref"], "components": self.document["components"]} \
            if "$ref" in reference else {**reference, "components": self.document["components"]}

    def validate(self, what, schema, value):
        validator = jsonschema.Draft202012Validator(self.schema(schema))
        for error in validator.iter_errors(value):
            self.failures.append(f"{what}: at /{'/'.join(map(str, error.path))}: {error.message}")

    def call(self, method, path, route=None, body=None, expect=None, headers=None):
        connection = Unix(self.path)
        data = None if body is None else body if isinstance(body, str) else json.dumps(body)
        sent = dict(headers or {})
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        route = route or path.split("?")[0]
        self.check(method, route, path, answer, text, expect)
        media = answer.headers.get("Content-Type", "").split(";")[0]
        value = json.loads(text) if text and media.endswith("json") and not media.endswith("ndjson") else text
        return answer, value

    def check(self, method, route, path, answer, text, expect):
        what = f"{method} {path} {answer.status}"
        self.answers += 1
        operation = self.document["paths"].get(route, {}).get(method.lower())
        if operation is None:
            self.failures.append(f"{what}: {route} is not in the document")
            return
        self.covered.add((method, route))
        if expect is not None and answer.status != expect:
            self.failures.append(f"{what}: expected {expect}: {text[:300]}")
        if answer.status == 500:
            self.failures.append(f"{what}: {text[:300]}")
        responses = operation["responses"]
        response = responses.get(str(answer.status)) or responses.get("default")
        if response is None:
            self.failures.append(f"{what}: that status is not in the document")
            return
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].split("/")[-1]]
        if not text:
            return
        media = answer.headers.get("Content-Type", "").split(";")[0]
        content = response.get("content", {}).get(media)
        if content is None:
            self.failures.append(f"{what}: media type {media} is not in the document")
            return
        schema = content.get("schema")
        if schema is None:
            return
        if media.endswith("ndjson"):
            for line in text.splitlines():
                value = json.loads(line)
                if value.get("type") not in ("end", "heartbeat", "gap"):
                    self.validate(what, schema, value)
        elif media.endswith("json"):
            self.validate(what, schema, json.loads(text))


def refusals(api):
    """Every operation once more, with nothing that it wants: a problem or an answer, as documented."""
    for route, methods in api.document["paths"].items():
        for method in methods:
            if method == "parameters":
                continue
            path = route
            while "{" in path:
                path = path[:path.index("{")] + "no-such-thing" + path[path.index("}") + 1:]
            body = "{}" if method in ("post", "put", "patch") else None
            if path in ("/v1/bench", "/v1/debug/bundle"):
                body = '{"nonsense": 1}'
            if path == "/v1/messages":
                api.call("POST", path, body="{}\n", headers={"Content-Type": "application/x-ndjson"})
                continue
            answer, value = api.call(method.upper(), path, route, body=body)
            if "{" in route and "/metrics" not in route and answer.status not in (404, 501, 204):
                # What a parameter names does not exist.
                if answer.status != 400:
                    api.failures.append(f"{method} {path}: {answer.status}, not 404")


def operation_over(api, accepted):
    location = accepted.headers["Location"]
    route = "/v1/operations/{id}"
    api.call("GET", location + "/stream?maxAge=20s", route + "/stream", expect=200)
    _, value = api.call("GET", location, route, expect=200)
    api.call("GET", location + "/failures", route + "/failures", expect=200)
    return value


def drive(api):
    for path in ("/healthz", "/livez", "/readyz", "/startupz"):
        api.call("GET", path, expect=200)
        api.call("GET", path + "?verbose=1", expect=200)
    for path in ("/metrics", "/v1", "/v1/openapi.yaml", "/v1/schemas", "/v1/version", "/v1/nodes", "/v1/kinds",
                 "/v1/types?limit=5", "/v1/tree", "/v1/tree?system=1", "/v1/actors", "/v1/actors?system=true",
                 "/v1/events", "/v1/logs", "/v1/deadletters", "/v1/deadletters/stats", "/v1/operations", "/v1/schedules",
                 "/v1/top?windowMs=10", "/v1/debug/stacks"):
        api.call("GET", path, expect=200)
    for kind in api.document["components"]["schemas"]:
        api.call("GET", "/v1/schemas/" + kind, "/v1/schemas/{kind}", expect=200)
    node = "/v1/nodes/{node}"
    api.call("GET", "/v1/nodes/self", node, expect=200)
    api.call("PATCH", "/v1/nodes/self", node, {"weight": 50, "logLevel": "info"}, 200)
    api.call("PATCH", "/v1/nodes/self", node, {"weight": -1}, 400)
    api.call("PATCH", "/v1/nodes/self", node, {}, 412, {"If-Match": '"0"'})
    api.call("POST", "/v1/nodes/self/ping", node + "/ping", {"count": 2}, 200)
    api.call("GET", "/v1/nodes/self/config", node + "/config", expect=200)
    api.call("POST", "/v1/nodes/self/reload", node + "/reload", {}, 200)
    api.call("GET", "/v1/kinds/demo.echo", "/v1/kinds/{kind}", expect=200)
    api.call("GET", f"/v1/types/{STRING}", "/v1/types/{name}", expect=200)

    actor = "/v1/actors/{name}"
    api.call("POST", "/v1/bench", body={"type": "ask", "messages": 100, "senders": 2}, expect=202)
    accepted, _ = api.call("POST", "/v1/bench", body={"type": "tell", "messages": 100, "force": True}, expect=202)
    done = operation_over(api, accepted)
    api.validate("bench result", {"$ref": "#/components/schemas/BenchResult"}, done.get("result"))
    key = {"Idempotency-Key": "one"}
    api.call("POST", "/v1/actors", body={"name": "e", "kind": "demo.echo", "role": "r"}, expect=201, headers=key)
    again, _ = api.call("POST", "/v1/actors", body={"name": "e", "kind": "demo.echo", "role": "r"}, expect=201, headers=key)
    if again.headers["Idempotency-Replayed"] != "true":
        api.failures.append("a repeated key was not answered from what is kept")
    api.call("POST", "/v1/actors", body={"name": "x", "kind": "demo.echo"}, expect=422, headers=key)
    api.call("POST", "/v1/actors", body={"name": "e", "kind": "demo.echo"}, expect=409)
    api.call("POST", "/v1/actors", body={"name": "x", "kind": "none"}, expect=422)
    api.call("POST", "/v1/actors", body={"name": 7, "nonsense": 1}, expect=400)
    api.call("GET", "/v1/actors/e", actor, expect=200)
    message = {"type": STRING, "message": "hi"}
    api.call("POST", "/v1/actors/e/messages", actor + "/messages", message, 202)
    api.call("POST", "/v1/actors/e/ask", actor + "/ask", message, 200)
    api.call("POST", "/v1/actors/e/ask", actor + "/ask", {"type": "none", "message": {}}, 400)
    lines = json.dumps({"to": "e", **message, "ask": 1000}) + "\n" + json.dumps({"to": "none", **message}) + "\n"
    api.call("POST", "/v1/messages", body=lines, expect=200, headers={"Content-Type": "application/x-ndjson"})
    for act in ("restart", "reinstate"):
        api.call("POST", f"/v1/actors/e/{act}", f"{actor}/{act}", {}, 200)
    api.call("POST", "/v1/actors/e/passivation", actor + "/passivation", {"paused": True}, 200)
    api.call("GET", "/v1/top?windowMs=10&by=mailbox", "/v1/top", expect=200)
    api.call("GET", "/v1/top?by=cpu", "/v1/top", expect=501)

    for method, path, route, body in (
            ("POST", "/v1/actors", "/v1/actors", {"name": "y", "kind": "demo.echo"}),
            ("DELETE", "/v1/actors/e", actor, None),
            ("POST", "/v1/actors/e/restart", actor + "/restart", {}),
            ("POST", "/v1/actors/e/messages", actor + "/messages", message),
            ("POST", "/v1/actors/e/ask", actor + "/ask", message),
            ("PATCH", "/v1/nodes/self", node, {"weight": 7}),
            ("POST", "/v1/trace", "/v1/trace", {"actor": "e"}),
            ("POST", "/v1/debug/bundle", "/v1/debug/bundle", None),
            ("POST", "/v1/schedules", "/v1/schedules", {"target": "e", "everyMs": 1000, **message})):
        answer, _ = api.call(method, path + "?dryRun=true", route, body, 200)
        if answer.headers["Content-Type"] != "application/vnd.goakt.plan+json":
            api.failures.append(f"{method} {path}: no plan")
    api.call("POST", "/v1/messages?dryRun=true", "/v1/messages", lines, 200, {"Content-Type": "application/x-ndjson"})
    api.call("GET", "/v1/actors/y", actor, expect=404)

    schedule = "/v1/schedules/{ref}"
    api.call("POST", "/v1/schedules", body={"target": "e", "ref": "s", "everyMs": 3600000, **message}, expect=201)
    api.call("POST", "/v1/schedules", body={"target": "e", "ref": "t", "inMs": 1, "cron": "x", **message}, expect=400)
    api.call("GET", "/v1/schedules", expect=200)
    api.call("GET", "/v1/schedules/s", schedule, expect=200)
    api.call("POST", "/v1/schedules/s/pause", schedule + "/pause", {}, 200)
    api.call("POST", "/v1/schedules/s/resume", schedule + "/resume", {}, 200)
    api.call("DELETE", "/v1/schedules/s", schedule, expect=204)

    # A dead letter, and its way back.
    api.call("POST", "/v1/actors", body={"name": "c", "kind": "demo.counter"}, expect=201)
    api.call("POST", "/v1/actors/c/messages", actor + "/messages", {"type": "google.protobuf.Duration", "message": "1s"}, 202)
    deadline = time.monotonic() + 20
    letters = []
    while not letters and time.monotonic() < deadline:
        letters = api.call("GET", "/v1/deadletters?to=c", "/v1/deadletters", expect=200)[1]["items"]
    api.call("GET", "/v1/deadletters/stats", expect=200)
    accepted, _ = api.call("POST", "/v1/deadletters/replay", body={"ids": [x["id"] for x in letters] + ["none"]}, expect=202)
    operation_over(api, accepted)

    api.call("POST", "/v1/actors/c/passivate", actor + "/passivate", {}, 200)
    accepted, _ = api.call("POST", "/v1/debug/bundle", body={"since": "1h"}, expect=202)
    bundle = operation_over(api, accepted)
    if bundle["state"] != "succeeded":
        api.failures.append(f"bundle: {bundle}")
    api.call("POST", "/v1/operations/" + bundle["id"] + "/cancel", "/v1/operations/{id}/cancel", {}, 409)
    api.call("GET", "/v1/events?follow&limit=5&maxAge=10ms", "/v1/events", expect=200)
    api.call("GET", "/v1/logs?follow&limit=5&maxAge=10ms", "/v1/logs", expect=200)
    api.call("GET", "/v1/deadletters?follow&maxAge=10ms", "/v1/deadletters", expect=200)
    api.call("POST", "/v1/trace", body={"actor": "e", "forMs": 10, "bodies": True}, expect=200)
    api.call("DELETE", "/v1/actors/e", actor, expect=204)
    api.call("DELETE", "/v1/actors/e?ifExists=1", actor, expect=204)
    api.call("DELETE", "/v1/actors/e", actor, expect=404)


def main(goaktd, openapi):
    document = yaml.safe_load(pathlib.Path(openapi).read_text())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "admin.sock")
        log = open(os.path.join(folder, "log"), "w+")
        node = subprocess.Popen([goaktd, "--remoting.enabled=false", "--admin.listen", "", "--admin.socket", path], stderr=log)
        try:
            deadline = time.monotonic() + 60
            while not os.path.exists(path):
                if node.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    print("the node does not start:", log.read())
                    return 1
                time.sleep(0.02)
            api = Api(path, document)
            drive(api)
            refusals(api)
        finally:
            node.send_signal(signal.SIGTERM)
            exit_code = node.wait(60)
        if exit_code != 0:
            api.failures.append(f"the node ended with {exit_code}")
        operations = {(method.upper(), route) for route, methods in document["paths"].items()
                      for method in methods if method != "parameters"}
        for method, route in sorted(operations - api.covered):
            api.failures.append(f"{method} {route} was never called")
        for failure in api.failures:
            print(failure)
        print(f"{api.answers} answers of {len(operations)} operations, {len(api.failures)} complaints")
        return 1 if api.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
