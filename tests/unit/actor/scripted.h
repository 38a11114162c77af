#pragma once

#include "goakt/actor/metric.h"
#include "tests/unit/actor/seeded_system.h"

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace goakt::testing {

// What a scripted actor shall do, in its own turn.
struct Do {
  std::function<void(ReceiveContext&)> run;
};

// Is written down.
struct Note {
  std::string text;
};

struct Question {};

struct Answer {
  int value;
};

struct Script {
  Journal* journal = nullptr;
  std::function<Status()> pre_start;
  std::function<Status()> post_stop;
  bool quiet = false;  // does not write down its starts
};

// Writes down what happens to it: "pre:NAME", "started:NAME", "post:NAME", "gone:OTHER@NAME",
// "panic:CHILD@NAME", notes as they are.
class Scripted : public Actor {
 public:
  explicit Scripted(Script script) : script_(std::move(script)) {}

  Status pre_start(Context& ctx) override {
    if (script_.pre_start) GOAKT_CHECK(script_.pre_start());
    if (!script_.quiet) write("pre:" + std::string(ctx.actor_name()));
    return {};
  }

  Status post_stop(Context& ctx) override {
    write("post:" + std::string(ctx.actor_name()));
    return script_.post_stop ? script_.post_stop() : Status();
  }

 private:
  void started(const PostStart&, ReceiveContext& ctx) {
    if (!script_.quiet) write("started:" + std::string(ctx.self().name()));
  }

  void act(const Do& m, ReceiveContext& ctx) { m.run(ctx); }

  void note(const Note& m) { write(m.text); }

  Answer answer(const Question&) { return {++questions_}; }

  void terminated(const Terminated& m, ReceiveContext& ctx) {
    const std::string name = m.path.substr(m.path.rfind('/') + 1);
    write("gone:" + name + "@" + std::string(ctx.self().name()));
  }

  void panicked(const PanicSignal&, ReceiveContext& ctx) {
    write("panic:" + std::string(ctx.sender().name()) + "@" + std::string(ctx.self().name()));
  }

  void write(std::string line) {
    if (script_.journal != nullptr) script_.journal->write(std::move(line));
  }

  const Script script_;
  int questions_ = 0;

 public:
  static constexpr auto handles =
      handlers(&Scripted::started, &Scripted::act, &Scripted::note, &Scripted::answer,
               &Scripted::terminated, &Scripted::panicked);
};

inline Pid spawn_scripted(ActorSystem& system, std::string_view name, Script script,
                          SpawnOptions options = {}) {
  auto pid = system.spawn<Scripted>(name, std::move(options), std::move(script));
  REQUIRE(pid);
  return *pid;
}

// Makes `parent` spawn a child; its turn must run before the result is there.
inline void tell_to_spawn(const Pid& parent, std::string name, Script script,
                          SpawnOptions options = {}) {
  REQUIRE(parent.tell(Do{[=](ReceiveContext& ctx) {
    if (auto child = ctx.spawn<Scripted>(name, options, script); !child)
      ctx.err(std::move(child).error());
  }}));
}

inline Do throws(std::string text) {
  return Do{[text](ReceiveContext&) { throw std::runtime_error(text); }};
}

inline Do fails(std::string type) {
  return Do{[type](ReceiveContext& ctx) { ctx.err(Error::user(type, "on purpose")); }};
}

// A seeded system, a journal, and the short forms of the above.
struct Stage {
  explicit Stage(SystemOptions options = {}) : system(std::move(options)) {}

  Pid spawn(std::string_view name, SpawnOptions options = {}) {
    Pid pid = spawn_scripted(*system, name, {&journal, {}, {}}, std::move(options));
    system.run();
    return pid;
  }

  Pid child(const Pid& parent, const std::string& name, SpawnOptions options = {}) {
    tell_to_spawn(parent, name, {&journal, {}, {}}, std::move(options));
    system.run();
    auto pid = parent.child(name);
    REQUIRE(pid);
    return *pid;
  }

  // Has the message handled; what the journal says since the last look.
  template <class M>
  std::string after(const Pid& pid, M&& message) {
    CHECK(pid.tell(std::forward<M>(message)));
    system.run();
    return journal.read();
  }

  Journal journal;  // outlives the actors, which write in it to the last
  SeededSystem system;
};

}  // namespace goakt::testing
