#include "goakt/base/errors.h"
#include "goakt/remoting/internal/actor_spec.h"
#include "goakt/remoting/internal/typed.h"
#include "goakt/wire/durations.h"

#include <internal/remoting.pb.h>

// Actors that other nodes start here, by kind.

namespace goakt::remoting {

using namespace internalpb;

namespace {

// Of spawns, other codes than elsewhere: names that break the rules are an internal error.
tl::unexpected<wire::RemoteError> spawn_failure(const Error& error) {
  if (error.is(ErrorCode::type_not_registered))
    return refuse(RemoteCode::failed_precondition, Error(ErrorCode::type_not_registered));
  if (error.is(ErrorCode::actor_already_exists)) return refuse(RemoteCode::already_exists, error);
  return refuse(RemoteCode::internal_error, error);
}

struct Made {
  internal::ActorRecipe recipe;
  SpawnOptions options;
};

Answer<Made> make(const LocalNode& node, const std::string& kind) {
  Made made{};
  if (!node.options.make_actor) return spawn_failure(Error(ErrorCode::type_not_registered));
  auto recipe = node.options.make_actor(kind, made.options);
  if (!recipe) return spawn_failure(recipe.error());
  made.recipe = *std::move(recipe);
  return made;
}

// What both requests say about how the actor is run.
template <class Q>
Answer<void> read_options(const LocalNode& node, const Q& query, SpawnOptions& options) {
  if (auto passivation = read_passivation(query.passivation_strategy()))
    options.passivation = passivation;
  if (query.has_init_timeout()) options.init_timeout = wire::to_nanoseconds(query.init_timeout());
  options.relocatable = query.relocatable();
  options.stashing = query.enable_stash();
  if (query.has_reentrancy()) options.reentrancy = read_reentrancy(query.reentrancy());
  if (query.has_supervisor()) options.supervisor = read_supervisor(query.supervisor());
  for (const internalpb::Dependency& dependency : query.dependencies()) {
    auto made = node.system.make_dependency(dependency.type_name(), dependency.bytea());
    if (!made) return refuse(RemoteCode::internal_error, made.error());
    options.dependencies.push_back(*std::move(made));
  }
  return {};
}

template <class Response>
Answer<Response> address_answer(const Result<Pid>& spawned) {
  if (!spawned) return spawn_failure(spawned.error());
  Response response;
  response.set_address(spawned->path());
  return response;
}

Answer<RemoteSpawnResponse> spawn(const LocalNode& node, const RemoteSpawnRequest& query) {
  GOAKT_ANSWER_TRY(Made made, make(node, query.actor_type()));
  if (query.has_singleton()) return spawn_failure(Error(ErrorCode::cluster_disabled));
  if (auto read = read_options(node, query, made.options); !read)
    return tl::unexpected<wire::RemoteError>(read.error());
  if (!query.role().empty()) made.options.role = query.role();
  if (query.has_reliable_delivery())
    return refuse(RemoteCode::failed_precondition, Error(ErrorCode::reliable_cluster_required));
  return address_answer<RemoteSpawnResponse>(node.system.spawn_recipe(
      query.actor_name(), std::move(made.recipe), std::move(made.options)));
}

Answer<RemoteSpawnChildResponse> spawn_child(const LocalNode& node, const Pid& parent,
                                             const RemoteSpawnChildRequest& query) {
  GOAKT_ANSWER_TRY(Made made, make(node, query.actor_type()));
  if (auto read = read_options(node, query, made.options); !read)
    return tl::unexpected<wire::RemoteError>(read.error());
  return address_answer<RemoteSpawnChildResponse>(internal::spawn_child(
      parent, query.actor_name(), std::move(made.recipe), std::move(made.options)));
}

}  // namespace

void add_spawn_requests(Handlers& handlers, LocalNode& node) {
  answer_blocking<RemoteSpawnRequest, RemoteSpawnResponse>(
      handlers, node,
      [&node](const auto& q, const Request& r) -> Answer<Work<RemoteSpawnResponse>> {
        if (auto ok = check_request(node, q, r, kContext); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        if (auto ok = check_user_name(q.actor_name()); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        return Work<RemoteSpawnResponse>([&node, q] { return spawn(node, q); });
      });
  answer_blocking<RemoteSpawnChildRequest, RemoteSpawnChildResponse>(
      handlers, node,
      [&node](const auto& q, const Request& r) -> Answer<Work<RemoteSpawnChildResponse>> {
        if (auto ok = check_request(node, q, r, kContext); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        for (const std::string& name : {q.actor_name(), q.parent()})
          if (!check_user_name(name))
            return refuse(RemoteCode::failed_precondition, errors::actor_not_found(q.actor_name()));
        GOAKT_ANSWER_TRY(const Pid parent, find_named(node, q.parent(), kRunning));
        if (parent.kind() != q.actor_type())
          return refuse(RemoteCode::failed_precondition, Error(ErrorCode::invalid_kinds));
        return Work<RemoteSpawnChildResponse>(
            [&node, parent, q] { return spawn_child(node, parent, q); });
      });
}

}  // namespace goakt::remoting
