// Each case must not compile, and must say why in one line: refused.py compiles this file once per
// CASE and looks for the text behind `expect:`. CASE 0 compiles.

#include "goakt/actor/system.h"

#include <memory>
#include <string>

using namespace goakt;
using namespace std::chrono_literals;

namespace {

struct Text {
  std::string text;
};

struct Number {
  int value;
};

class Account final : public Actor {
  Number text(const Text&) { return {1}; }

 public:
  static constexpr auto handles = handlers(&Account::text);
};

struct NoActor {};

[[maybe_unused]] Task<> awaits(ReceiveContext& ctx, PidOf<Account> account, Pid pid) {
  auto text = Text{"named"};
  auto fill = [text](Text& t) { t = text; };
#if CASE == 0
  auto reply = co_await ctx.ask(account, text, 1s);
  static_assert(std::same_as<decltype(reply), Result<Number>>);
  auto in_place = co_await ctx.ask<Number, Text>(pid, 1s, "in place");
  auto filled = co_await ctx.ask<Number>(pid, fill, 1s);
  auto captured = co_await ctx.ask<Number>(
      pid, [&](Text& t) { t = text; }, 1s);
#elif CASE == 1  // expect: name this message first, or build it in place
  auto reply = co_await ctx.ask<Number>(pid, Text{"temporary"}, 1s);  // await-ok: refused
#elif CASE == 2  // expect: capture by reference, or name the function first
  auto reply = co_await ctx.ask<Number>(
      pid, [text](Text& t) { t = text; }, 1s);  // await-ok: refused
#elif CASE == 3  // expect: this actor does not list that message in its `handles`
  auto reply = co_await ctx.ask(account, Number{1}, 1s);  // await-ok: refused
#elif CASE == 4  // expect: this actor does not list that message in its `handles`
  account.tell(Number{1});
#elif CASE == 5  // expect: this actor does not list that message in its `handles`
  ctx.tell(account, [](Number& n) { n.value = 1; });
#elif CASE == 6  // expect: name this function first
  auto done = co_await ctx.offload([text] { return Number{1}; });  // await-ok: refused
#elif CASE == 7  // expect: an actor derives from goakt::Actor
  auto child = ctx.spawn<NoActor>("child");
#endif
  co_return;
}

}  // namespace
