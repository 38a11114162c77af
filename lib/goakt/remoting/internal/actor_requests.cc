#include "goakt/actor/extension.h"
#include "goakt/actor/metric.h"
#include "goakt/base/address.h"
#include "goakt/base/errors.h"
#include "goakt/base/names.h"
#include "goakt/remoting/internal/actor_spec.h"
#include "goakt/remoting/internal/typed.h"
#include "goakt/wire/durations.h"

#include <algorithm>
#include <internal/remoting.pb.h>

// Requests about one actor that is there, by its name, a child's being PARENT/NAME.

namespace goakt::remoting {

using namespace internalpb;

Answer<void> check_user_name(std::string_view name) {
  if (names::is_reserved(name))
    return refuse(RemoteCode::failed_precondition, errors::actor_not_found(name));
  return {};
}

Answer<Pid> find_named(const LocalNode& node, std::string_view name, unsigned checks) {
  if ((checks & kUserName) != 0)
    if (auto checked = check_user_name(name); !checked)
      return tl::unexpected<wire::RemoteError>(checked.error());
  const std::string address = node.address_of(name);
  const Pid pid = node.find(address);
  if (!pid) return refuse(RemoteCode::not_found, errors::address_not_found(address));
  if ((checks & kRunning) != 0 && !pid.is_running())
    return refuse(RemoteCode::not_found, errors::actor_not_found(address));
  return pid;
}

namespace {

// Stop and restart have until the request's deadline.
Duration time_left(const LocalNode& node, const Request& request) {
  const auto longest = node.runtime.options().shutdown_timeout;
  if (!request.deadline) return longest;
  return std::clamp<Duration>(*request.deadline - node.runtime.clock().now(), Duration::zero(),
                              longest);
}

Error failed_to(std::string_view what, const std::string& address, const Error& error) {
  return Error(ErrorCode::internal,
               "failed to " + std::string(what) + " actor=" + address + ": " + error.message());
}

bool holds(const Pid& pid, State state) {
  switch (state) {
    case STATE_RUNNING:
      return pid.is_running();
    case STATE_SUSPENDED:
      return pid.is_suspended();
    case STATE_STOPPING:
      return pid.is_stopping();
    case STATE_RELOCATABLE:
      return pid.is_relocatable();
    default:
      return false;
  }
}

Answer<RemoteDependenciesResponse> dependencies_of(const Pid& pid) {
  RemoteDependenciesResponse response;
  for (const auto& dependency : pid.dependencies()) {
    auto bytes = dependency->marshal();
    if (!bytes) return refuse(RemoteCode::internal_error, bytes.error());
    internalpb::Dependency& added = *response.add_dependencies();
    added.set_id(dependency->id());
    added.set_type_name(dependency->type_name());
    added.set_bytea(*std::move(bytes));
  }
  return response;
}

RemoteMetricResponse metric_of(const ActorMetric& metric) {
  RemoteMetricResponse response;
  Metric& m = *response.mutable_metric();
  m.set_uptime(metric.uptime.count());
  wire::set_duration(*m.mutable_latest_processed_duration(), metric.since_last_message);
  m.set_children_count(metric.children);
  m.set_deadletters_count(metric.dead_letters);
  m.set_restart_count(metric.restarts);
  m.set_processed_count(metric.processed);
  m.set_stash_size(metric.stash_size);
  m.set_failure_count(metric.failures);
  m.set_reinstate_count(metric.reinstated);
  return response;
}

void add_queries(Handlers& handlers, LocalNode& node) {
  answer<RemoteLookupRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteLookupResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kContext));
        RemoteLookupResponse response;
        response.set_address(pid.path());
        return response;
      });
  answer<RemoteChildrenRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteChildrenResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kRunning));
        RemoteChildrenResponse response;
        for (const Pid& child : pid.children()) response.add_addresses(child.path());
        return response;
      });
  answer<RemoteParentRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteParentResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kRunning));
        const Pid parent = pid.parent();
        if (!parent) return refuse(RemoteCode::not_found, errors::actor_not_found(pid.path()));
        RemoteParentResponse response;
        response.set_address(parent.path());
        return response;
      });
  answer<RemoteKindRequest>(handlers,
                            [&node](const auto& q, const Request& r) -> Answer<RemoteKindResponse> {
                              GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kRunning));
                              RemoteKindResponse response;
                              response.set_kind(pid.kind());
                              return response;
                            });
  answer<RemoteDependenciesRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteDependenciesResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kRunning));
        return dependencies_of(pid);
      });
  answer<RemoteMetricRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteMetricResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kContext | kRunning));
        const auto metric = pid.metric();
        if (!metric) return refuse(RemoteCode::not_found, errors::actor_not_found(pid.path()));
        return metric_of(*metric);
      });
  answer<RemoteRoleRequest>(handlers,
                            [&node](const auto& q, const Request& r) -> Answer<RemoteRoleResponse> {
                              GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kRunning));
                              RemoteRoleResponse response;
                              response.set_role(RemoteAccess::role_of(pid));
                              return response;
                            });
  answer<RemoteStashSizeRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteStashSizeResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kRunning));
        RemoteStashSizeResponse response;
        const auto metric = pid.metric();
        response.set_size(metric ? metric->stash_size : 0);
        return response;
      });
  answer<RemotePassivationStrategyRequest>(
      handlers,
      [&node](const auto& q, const Request& r) -> Answer<RemotePassivationStrategyResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kRunning));
        RemotePassivationStrategyResponse response;
        write_passivation(RemoteAccess::passivation_of(pid),
                          *response.mutable_passivation_strategy());
        return response;
      });
  answer<RemoteStateRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteStateResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kNothing));
        RemoteStateResponse response;
        response.set_state(holds(pid, q.state()));
        return response;
      });
}

void add_watches(Handlers& handlers, LocalNode& node) {
  answer<RemoteWatchRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteWatchResponse> {
        if (auto ok = check_request(node, q, r, kNothing); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        if (auto ok = check_user_name(q.name()); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        if (auto address = Address::parse(q.watcher_address()); !address)
          return refuse(RemoteCode::invalid_argument, address.error());
        GOAKT_ANSWER_TRY(const Pid pid, find_named(node, q.name(), kNothing));
        if (const Pid watcher = node.sender(q.watcher_address())) node.runtime.watch(pid, watcher);
        return RemoteWatchResponse();
      });
  answer<RemoteUnWatchRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteUnWatchResponse> {
        if (auto ok = check_request(node, q, r, kNothing); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        if (auto ok = check_user_name(q.name()); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        if (auto address = Address::parse(q.watcher_address()); !address)
          return refuse(RemoteCode::invalid_argument, address.error());
        const auto pid = find_named(node, q.name(), kNothing);
        if (const Pid watcher = node.sender(q.watcher_address()); pid && watcher)
          node.runtime.unwatch(*pid, watcher);
        return RemoteUnWatchResponse();
      });
}

void add_changes(Handlers& handlers, LocalNode& node) {
  answer<RemoteReinstateRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<RemoteReinstateResponse> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kUserName));
        static_cast<void>(pid.reinstate());
        return RemoteReinstateResponse();
      });
  answer_blocking<RemoteStopRequest, RemoteStopResponse>(
      handlers, node, [&node](const auto& q, const Request& r) -> Answer<Work<RemoteStopResponse>> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kContext | kUserName));
        return Work<RemoteStopResponse>([pid, limit = time_left(
                                                  node, r)]() -> Answer<RemoteStopResponse> {
          const std::string address = pid.path();
          if (Status stopped = pid.stop_blocking(limit); !stopped)
            return refuse(RemoteCode::internal_error, failed_to("stop", address, stopped.error()));
          return RemoteStopResponse();
        });
      });
  answer_blocking<RemoteReSpawnRequest, RemoteReSpawnResponse>(
      handlers, node,
      [&node](const auto& q, const Request& r) -> Answer<Work<RemoteReSpawnResponse>> {
        GOAKT_ANSWER_TRY(const Pid pid, named_actor(node, q, r, kContext | kUserName));
        return Work<RemoteReSpawnResponse>(
            [pid, limit = time_left(node, r)]() -> Answer<RemoteReSpawnResponse> {
              RemoteReSpawnResponse response;
              response.set_address(pid.path());
              if (Status started = pid.restart_blocking(limit); !started)
                return refuse(RemoteCode::internal_error,
                              failed_to("restart", response.address(), started.error()));
              return response;
            });
      });
}

}  // namespace

void add_actor_requests(Handlers& handlers, LocalNode& node) {
  add_queries(handlers, node);
  add_watches(handlers, node);
  add_changes(handlers, node);
}

}  // namespace goakt::remoting
