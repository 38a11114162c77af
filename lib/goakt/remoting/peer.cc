#include "goakt/remoting/peer.h"

#include "goakt/actor/extension.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/internal/actor_spec.h"
#include "goakt/wire/durations.h"

#include <google/protobuf/message_lite.h>

#include <internal/remoting.pb.h>
#include <utility>

namespace goakt::remoting {

using namespace internalpb;

namespace {

Result<Address> address_in(const std::string& text) {
  auto address = Address::parse(text);
  if (!address) return fail(ErrorCode::invalid_response);
  return address;
}

// Who is not there needs no stop.
Status unless_absent(Status did) {
  if (!did && did.error().is(ErrorCode::address_not_found)) return {};
  return did;
}

// What both requests say about how the actor is run.
template <class Request>
Status write_options(const SpawnOptions& options, Request& request) {
  if (options.long_lived)
    write_passivation(Passivation::long_lived(), *request.mutable_passivation_strategy());
  else if (options.passivation)
    write_passivation(*options.passivation, *request.mutable_passivation_strategy());
  if (options.init_timeout)
    wire::set_duration(*request.mutable_init_timeout(), *options.init_timeout);
  request.set_relocatable(options.relocatable);
  request.set_enable_stash(options.stashing);
  if (options.reentrancy) write_reentrancy(*options.reentrancy, *request.mutable_reentrancy());
  if (options.supervisor) write_supervisor(*options.supervisor, *request.mutable_supervisor());
  for (const auto& dependency : options.dependencies) {
    GOAKT_TRY(std::string bytes, dependency->marshal());
    internalpb::Dependency& added = *request.add_dependencies();
    added.set_id(dependency->id());
    added.set_type_name(dependency->type_name());
    added.set_bytea(std::move(bytes));
  }
  return {};
}

}  // namespace

Status Peer::call(const google::protobuf::MessageLite& request,
                  google::protobuf::MessageLite& response) const {
  return client_.call(host_, port_, request, response, timeout_);
}

template <class Response, class Request>
Result<Response> Peer::ask(Request request) const {
  request.set_host(host_);
  request.set_port(port_);
  Response response;
  GOAKT_CHECK(call(request, response));
  return response;
}

template <class Response, class Request>
Result<Response> Peer::about(std::string_view name) const {
  Request request;
  request.set_name(std::string(name));
  return ask<Response>(std::move(request));
}

Result<Duration> Peer::ping() const {
  const auto begin = std::chrono::steady_clock::now();
  // No actor has an empty name, so the node looks into no registry.
  const auto answer = about<RemoteLookupResponse, RemoteLookupRequest>({});
  if (!answer && !answer.error().is(ErrorCode::address_not_found))
    return unexpected(answer.error().clone());
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin);
}

Result<Address> Peer::find(std::string_view name) const {
  GOAKT_TRY(const auto found, (about<RemoteLookupResponse, RemoteLookupRequest>(name)));
  return address_in(found.address());
}

Result<Address> Peer::spawn(const RemoteSpawn& spawn) const {
  if (spawn.parent.empty()) {
    RemoteSpawnRequest request;
    request.set_actor_name(spawn.name);
    request.set_actor_type(spawn.kind);
    if (!spawn.options.role.empty()) request.set_role(spawn.options.role);
    GOAKT_CHECK(write_options(spawn.options, request));
    GOAKT_TRY(const auto made, ask<RemoteSpawnResponse>(std::move(request)));
    return address_in(made.address());
  }
  RemoteSpawnChildRequest request;
  request.set_actor_name(spawn.name);
  request.set_actor_type(spawn.kind);
  request.set_parent(spawn.parent);
  GOAKT_CHECK(write_options(spawn.options, request));
  GOAKT_TRY(const auto made, ask<RemoteSpawnChildResponse>(std::move(request)));
  return address_in(made.address());
}

namespace {

template <class T>
Status status_of(Result<T> result) {
  if (!result) return unexpected(std::move(result).error());
  return {};
}

}  // namespace

Status Peer::stop(std::string_view name) const {
  return unless_absent(status_of(about<RemoteStopResponse, RemoteStopRequest>(name)));
}

Status Peer::restart(std::string_view name) const {
  return unless_absent(status_of(about<RemoteReSpawnResponse, RemoteReSpawnRequest>(name)));
}

Status Peer::reinstate(std::string_view name) const {
  return unless_absent(status_of(about<RemoteReinstateResponse, RemoteReinstateRequest>(name)));
}

Result<bool> Peer::is(std::string_view name, RemoteState state) const {
  RemoteStateRequest request;
  request.set_name(std::string(name));
  request.set_state(static_cast<internalpb::State>(state));
  GOAKT_TRY(const auto answer, ask<RemoteStateResponse>(std::move(request)));
  return answer.state();
}

Result<std::string> Peer::kind(std::string_view name) const {
  GOAKT_TRY(const auto answer, (about<RemoteKindResponse, RemoteKindRequest>(name)));
  return answer.kind();
}

Result<std::string> Peer::role(std::string_view name) const {
  GOAKT_TRY(const auto answer, (about<RemoteRoleResponse, RemoteRoleRequest>(name)));
  return answer.role();
}

Result<Address> Peer::parent(std::string_view name) const {
  GOAKT_TRY(const auto answer, (about<RemoteParentResponse, RemoteParentRequest>(name)));
  return address_in(answer.address());
}

Result<std::vector<Address>> Peer::children(std::string_view name) const {
  GOAKT_TRY(const auto answer, (about<RemoteChildrenResponse, RemoteChildrenRequest>(name)));
  std::vector<Address> children;
  for (const std::string& text : answer.addresses()) {
    GOAKT_TRY(Address child, address_in(text));
    children.push_back(std::move(child));
  }
  return children;
}

Result<std::uint64_t> Peer::stash_size(std::string_view name) const {
  GOAKT_TRY(const auto answer, (about<RemoteStashSizeResponse, RemoteStashSizeRequest>(name)));
  return answer.size();
}

Result<Passivation> Peer::passivation(std::string_view name) const {
  GOAKT_TRY(const auto answer,
            (about<RemotePassivationStrategyResponse, RemotePassivationStrategyRequest>(name)));
  const auto passivation = read_passivation(answer.passivation_strategy());
  if (!passivation) return fail(ErrorCode::invalid_response);
  return *passivation;
}

Result<ActorMetric> Peer::metric(std::string_view name) const {
  GOAKT_TRY(const auto answer, (about<RemoteMetricResponse, RemoteMetricRequest>(name)));
  const Metric& told = answer.metric();
  ActorMetric metric;
  metric.dead_letters = told.deadletters_count();
  metric.children = told.children_count();
  metric.uptime = std::chrono::seconds(told.uptime());
  metric.since_last_message = std::chrono::duration_cast<std::chrono::milliseconds>(
      wire::to_nanoseconds(told.latest_processed_duration()));
  metric.restarts = told.restart_count();
  metric.processed = told.processed_count();
  metric.stash_size = told.stash_size();
  metric.failures = told.failure_count();
  metric.reinstated = told.reinstate_count();
  return metric;
}

Result<std::vector<Peer::MarshalledDependency>> Peer::dependencies(std::string_view name) const {
  GOAKT_TRY(const auto answer,
            (about<RemoteDependenciesResponse, RemoteDependenciesRequest>(name)));
  std::vector<MarshalledDependency> all;
  for (const auto& dependency : answer.dependencies())
    all.push_back({dependency.id(), dependency.type_name(), dependency.bytea()});
  return all;
}

}  // namespace goakt::remoting
