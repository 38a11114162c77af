#!/usr/bin/env python3
"""The checks catch what they are for, and let through what is right."""

import unittest

import coroutines
import layers


class Coroutines(unittest.TestCase):
    def faults(self, body):
        return [what for _, what in coroutines.check("Task<> f() {\n" + body + "\n}\n")]

    def test_refuses_what_g12_miscompiles(self):
        for body in (
                'co_await ask(pid, Debit{5, "x"});',
                "co_await f({.role = s});",
                "auto r = co_await f({});",
                "co_await offload([s] { use(s); });",
                "co_await offload([=] { use(s); });",
                "co_await offload([s = std::move(s)]() mutable { use(s); });",
                "auto x = ok ? co_await a() : co_await b();",
                "if (co_await f(Agg{1})) {\n  g();\n}",
                "std::vector<std::string> v{co_await x(), co_await y()};",
                "auto a = Agg{co_await x()};",
                "co_return Agg{co_await x()};",
                "run([&] { g(); });\nfor (;;) {\n  co_await f(Agg{2});\n}",
                "auto l = [&]() -> Task<> { co_await f(Agg{3}); };",
                "const auto r = co_await ctx.ask<std::vector<int>>(Msg{s}, 2s);"):
            with self.subTest(body):
                self.assertTrue(self.faults(body))

    def test_accepts_what_is_right(self):
        for body in (
                "auto opts = Opts{1};\nco_await f(std::move(opts));",
                "co_await ctx.ask<Done>(m.from(), [&](Debit& d) { d.set_amount(m.amount()); }, 2s);",
                "co_await ctx.ask<Done>(to, [](Debit& d) { d.set(Agg{1}); }, 2s);",
                "co_await g([this, &x] { run(x ? 1 : 2); });",
                "if (auto r = co_await f(); r) {\n  g(Agg{1});\n}",
                "if (ok) {\n  co_await f();\n} else {\n  g(a ? b : c);\n}",
                "while (co_await next()) {\n  co_await g(x[1]);\n}",
                "for (auto& [k, v] : co_await all()) {\n  use(Agg{k});\n}",
                "auto [a, b] = co_await both();",
                "// co_await f(Agg{1});\ng(\"co_await ? {\");",
                "int n = co_await f(a ? 1 : 2);  // await-ok: ints",
                "try {\n  co_await f();\n} catch (const E& e) {\n  g({});\n}",
                "co_return Agg{1};",
                "auto l = [&]() -> Task<> { co_await f(); };\nAgg a{1};"):
            with self.subTest(body):
                self.assertEqual(self.faults(body), [])

    def test_names_the_line(self):
        self.assertEqual(coroutines.check("Task<> f() {\n  g();\n  co_await h(\n      A{1});\n}")[0][0], 4)


class Layers(unittest.TestCase):
    TABLE = layers.Table("base:\nnet: base\nactor: base\ndiscovery: base\nremoting: actor net\n"
                         "node: //discovery/* remoting\n//discovery/*: discovery\n"
                         "//discovery/mdns: discovery net\n"
                         "public goakt/actor/pid.h: goakt/actor/internal/cell.h\n")

    def problems(self, path, header):
        return layers.check({path: f'#pragma once\n#include "{header}"\n'}, self.TABLE)

    def test_allows_what_stands_below(self):
        for path, header in (
                ("lib/goakt/actor/pid.h", "goakt/base/error.h"),
                ("lib/goakt/remoting/server.cc", "goakt/base/error.h"),
                ("lib/goakt/actor/pid.cc", "goakt/actor/internal/cell.h"),
                ("lib/goakt/actor/pid.h", "goakt/actor/internal/cell.h"),
                ("lib/goakt/actor/internal/a.h", "goakt/actor/internal/b.h"),
                ("lib/goakt/node/node.cc", "discovery/etcd/etcd.h"),
                ("discovery/etcd/etcd.cc", "goakt/discovery/provider.h"),
                ("discovery/mdns/mdns.cc", "goakt/net/loop.h")):
            with self.subTest(f"{path} -> {header}"):
                self.assertEqual(self.problems(path, header), [])

    def test_refuses_the_rest(self):
        for path, header in (
                ("lib/goakt/base/error.h", "goakt/actor/pid.h"),
                ("lib/goakt/actor/pid.cc", "goakt/net/loop.h"),
                ("lib/goakt/actor/system.h", "goakt/actor/internal/cell.h"),
                ("lib/goakt/remoting/server.cc", "goakt/actor/internal/cell.h"),
                ("lib/goakt/new/x.cc", "goakt/base/error.h"),
                ("lib/goakt/actor/x.cc", "goakt/new/x.h"),
                ("discovery/etcd/etcd.cc", "goakt/net/loop.h"),
                ("lib/goakt/remoting/server.cc", "discovery/etcd/etcd.h")):
            with self.subTest(f"{path} -> {header}"):
                self.assertTrue(self.problems(path, header))


if __name__ == "__main__":
    unittest.main()
