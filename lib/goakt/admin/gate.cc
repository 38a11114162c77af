#include "goakt/admin/gate.h"

#include "goakt/admin/projection.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/watch.h"
#include "goakt/base/log_output.h"
#include "goakt/base/text.h"
#include "goakt/config/settings.h"
#include "goakt/node/node.h"

#include <chrono>

namespace goakt::admin {

namespace {

bool is_read(const Request& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

std::string seconds_text(Duration wait) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
}

}  // namespace

Result<std::unique_ptr<Gate>> Gate::open(const config::Settings& settings, node::Node& node,
                                         const Router& router, Traffic& traffic) {
  GOAKT_TRY(auto access, Access::open(settings));
  std::unique_ptr<Gate> gate(new Gate(settings, node, router, traffic, std::move(access)));
  GOAKT_CHECK(gate->reload_audit(settings));
  return gate;
}

Gate::Gate(const config::Settings& settings, node::Node& node, const Router& router,
           Traffic& traffic, std::unique_ptr<Access> access)
    : node_(node),
      traffic_(traffic),
      forward_(node, router, traffic),
      access_(std::move(access)),
      // Writes get two fifths: 20 of the usual 50.
      rate_limit_(static_cast<double>(settings.number("admin.rate")),
                  static_cast<double>(settings.number("admin.rate")) * 0.4,
                  SystemClock::instance()),
      answers_(SystemClock::instance()) {}

Gate::Audit Gate::current_audit() const {
  std::lock_guard lock(audit_mutex_);
  return audit_;
}

Status Gate::reload_audit(const config::Settings& settings) {
  const std::string& path = settings.text("admin.audit-file");
  const Audit before = current_audit();
  if (before.file && before.path == path) {
    before.file->reopen();
    return {};
  }
  LogOptions options;
  options.lines_per_site_and_second = 0;  // never cut off like ordinary lines
  Audit audit{path, nullptr, Logger(node_.log_sink(), options).named("audit")};
  if (!path.empty()) {
    auto output = LogOutput::open({.format = LogFormat::json, .file = path});
    if (!output)
      return fail(ErrorCode::invalid_argument, "admin.audit-file: " + output.error().message());
    audit.file = *std::move(output);
    audit.log = Logger(audit.file, options).named("audit");
  }
  node_.watch_log("audit", audit.file);
  std::lock_guard lock(audit_mutex_);
  audit_ = std::move(audit);
  return {};
}

Status Gate::check_audit(const config::Settings& settings) {
  const Status usable = LogOutput::check(settings.text("admin.audit-file"));
  if (usable) return {};
  return fail(ErrorCode::invalid_argument, "admin.audit-file: " + usable.error().message());
}

void Gate::reopen_audit() {
  if (const auto file = current_audit().file) file->reopen();
}

Response Gate::handle(Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  Response response = decide(request);
  const auto took = std::chrono::steady_clock::now() - begin;
  traffic_.count(request.route.empty() ? "none" : request.route, response.status, took);
  if (!is_read(request) || response.status == 401 || response.status == 403)
    audit(request, response, took);
  return response;
}

Response Gate::decide(Request& request) {
  const bool known = access_->identify(request);
  if (request.door != Door::socket) {
    const Duration wait = rate_limit_.take(request.caller, !is_read(request));
    if (wait.count() > 0) {
      return Refusal(Problem::rate_limited, "too many requests from " + request.caller)
          .with_hint("the unix socket has no such limit")
          .with_retry_after(seconds_text(wait))
          .to_response(request);
    }
  }
  // Wrong credentials are as good as none, so that the health of a node stays visible.
  if (!known) request.role = Role::none;
  const auto router = forward_.choose(request);
  if (!router) return router.error().to_response(request);
  if (const auto refusal = settle_dry_run(request)) return refusal->to_response(request);
  if (request.method == "GET" && query_switch(request, "watch")) {
    Reply reply = watch(request, **router, traffic_);
    return reply ? *std::move(reply) : reply.error().to_response(request);
  }
  const auto run = [&] { return (*router)->dispatch(request); };
  // Only who may do something can be answered from what is kept: his name is part of the key. What
  // was only asked about is not kept, so that its key still serves for the doing.
  Response response = request.method == "POST" && request.role >= Role::viewer && !request.dry_run
                          ? answers_.answer(request, run)
                          : run();
  if (request.method == "GET" && request.has_query("fields") && response.status == 200 &&
      response.content_type == kJsonType && !response.stream)
    response.body = project(response.body, request.query_value("fields"));
  return response;
}

void Gate::audit(const Request& request, const Response& response, Duration took) const {
  current_audit().log.info(
      "request",
      {{"requestId", request.request_id},
       {"caller", request.caller},
       {"peer", request.peer},
       {"role", role_name(request.role)},
       {"method", request.method},
       {"path", request.path},
       {"node", node_.id()},
       {"status", response.status},
       {"micros", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
       {"dryRun", request.dry_run},
       {"bodySha256", request.body.empty() ? std::string() : hex_encode(sha256(request.body))}});
}

}  // namespace goakt::admin
