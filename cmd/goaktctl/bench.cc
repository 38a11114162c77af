#include "bench_client.h"
#include "command.h"
#include "exit_codes.h"
#include "message_flags.h"
#include "operation.h"
#include "output/text.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace goaktctl {

namespace {

struct Options {
  std::string workload, target, kind;
  std::string from = "node";
  std::int64_t messages = 0;
  std::chrono::milliseconds time{0};
  std::string size = "64B";
  std::int64_t senders = 4;
  std::int64_t in_flight = 256;
  MessageFlags body;
};

// "64B", "16KiB", "1MiB" or a number of bytes; -1 when it is none.
std::int64_t bytes_of(const std::string& text) {
  std::size_t used = 0;
  std::int64_t number = 0;
  while (used < text.size() && used < 9 && text[used] >= '0' && text[used] <= '9')
    number = number * 10 + (text[used++] - '0');
  const std::string unit = text.substr(used);
  if (used == 0) return -1;
  if (unit.empty() || unit == "B") return number;
  if (unit == "KiB") return number * 1024;
  return unit == "MiB" ? number * 1024 * 1024 : -1;
}

std::string nanos_text(const Document& result, const char* path) {
  const Document* nanos = at_path(result, path);
  return nanos && nanos->is_number() ? fine_duration(nanos->get<double>() / 1e9) : "-";
}

void print_result(Session& session, const Document& operation) {
  const Document* result = at_path(operation, "result");
  if (!result || !result->is_object() ||
      (session.out().is_table() && !session.out().is_plain_table()))
    session.out().one(schema_of("op"), operation);
  else
    print_bench(session, *result);
}

// One message after the other, as a caller of the API would send them.
int run_from_here(Session& session, const Options& o, std::int64_t size) {
  ClientBench wish;
  wish.asks = o.workload == "ask";
  if (!wish.asks && o.workload != "tell")
    return session.usage("--from client measures tell and ask, not " + o.workload);
  wish.target = plain_name(o.target);
  wish.kind = o.kind.empty() ? "demo.echo" : o.kind;
  wish.senders = static_cast<std::size_t>(std::clamp<std::int64_t>(o.senders, 1, 64));
  wish.messages = static_cast<std::uint64_t>(std::max<std::int64_t>(o.messages, 0));
  wish.time = o.time.count() > 0 || o.messages > 0 ? o.time : std::chrono::seconds(10);
  if (o.body.given()) {
    std::string complaint;
    auto message = o.body.document(complaint);
    if (!message) return session.usage(complaint);
    wish.body = message->dump();
  } else {
    const Document message = {{"type", "google.protobuf.StringValue"},
                              {"message", std::string(static_cast<std::size_t>(size), 'x')}};
    wish.body = message.dump();
  }
  return run_client_bench(session, wish);
}

}  // namespace

void print_bench(Session& session, const Document& figures) {
  if (!session.out().is_plain_table()) {
    session.out().document(figures);
    return;
  }
  const Document* const result = &figures;
  const auto line = [&](const char* title, const std::string& text) {
    std::string head(title);
    head.resize(14, ' ');
    session.out().raw(head + text + "\n");
  };
  const auto number = [&](const char* path) {
    const Document* value = at_path(*result, path);
    return value && value->is_number() ? short_number(value->get<double>()) : std::string("-");
  };
  line("messages", number("messages") + " in " + number("seconds") + " s");
  line("rate", number("perSecond") + " msgs/s");
  if (at_path(*result, "latencyNanos"))
    line("latency", "p50 " + nanos_text(*result, "latencyNanos.p50") + "  p90 " +
                        nanos_text(*result, "latencyNanos.p90") + "  p99 " +
                        nanos_text(*result, "latencyNanos.p99") + "  p99.9 " +
                        nanos_text(*result, "latencyNanos.p99_9") + "  max " +
                        nanos_text(*result, "latencyNanos.max"));
  line("cpu", number("cpuSeconds") + " s");
  if (const Document* machine = at_path(*result, "environment"))
    line("environment", printable(machine->is_string() ? plain_text(*machine) : machine->dump()));
}

namespace {

int run_bench(Session& session, const Options& o) {
  const std::int64_t size = bytes_of(o.size);
  if (size < 0) return session.usage("--size is no size: " + o.size, "64B, 16KiB, 1MiB");
  if (o.from == "client") return run_from_here(session, o, size);
  if (o.from != "node") return session.usage("--from is node or client, not " + o.from);
  Document body = {
      {"type", o.workload}, {"sizeBytes", size}, {"senders", o.senders}, {"inFlight", o.in_flight}};
  if (!o.kind.empty()) body["kind"] = o.kind;
  if (!o.target.empty()) body["target"] = plain_name(o.target);
  if (o.body.given()) {
    std::string complaint;
    const auto message = o.body.document(complaint);
    if (!message) return session.usage(complaint);
    body["message"] = *message;
  }
  if (o.messages > 0) body["messages"] = o.messages;
  if (o.time.count() > 0) body["forMs"] = o.time.count();
  if (session.settings().on("yes")) body["force"] = true;
  int exit = Exit::ok;
  auto operation = session.post("/v1/bench", body, exit);
  if (!operation) return exit;
  if (session.settings().on("detach")) {
    session.out().one(schema_of("op"), *operation);
    return exit;
  }
  exit = await_operation(session, *operation);
  print_result(session, *operation);
  return exit;
}

}  // namespace

std::vector<Command> bench_commands() {
  auto o = std::make_shared<Options>();
  std::vector<Flag> flags = {
      {"WORKLOAD", &o->workload, "tell, ask or spawn", true, "tell|ask|spawn"},
      {"--from", &o->from,
       "node: inside it, what actors can do; client: from here over HTTP, tell and ask", false,
       "node|client"},
      {"--target", &o->target, "this actor instead of one made for it", false, "@actor"},
      {"--kind", &o->kind, "one of this kind instead", false, "@kind"},
      {"--messages", &o->messages, "so many"},
      {"--for", &o->time, "or for so long"},
      {"--size", &o->size, "of a message's body, 64B; the flags below say another message"},
      {"--senders", &o->senders, "at the same time, 4"},
      {"--in-flight", &o->in_flight, "messages under way of each, 256"}};
  for (Flag& flag : o->body.flags()) flags.push_back(std::move(flag));
  return {{"bench",
           "",
           {},
           "measures messages, inside the node or from here",
           "POST /v1/bench",
           {"goaktctl bench tell --for 5s", "goaktctl bench ask --messages 100000 -o json",
            "goaktctl bench ask --kind demo.counter --int 1",
            "goaktctl bench ask --from client --messages 1000"},
           std::move(flags),
           [o](Session& session) { return run_bench(session, *o); },
           {Exit::conflict, Exit::wait_timeout, Exit::impossible}}};
}

}  // namespace goaktctl
