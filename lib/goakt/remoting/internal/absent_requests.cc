#include "goakt/base/errors.h"
#include "goakt/base/names.h"
#include "goakt/remoting/internal/payloads.h"
#include "goakt/remoting/internal/typed.h"

#include <internal/cluster.pb.h>
#include <internal/network.pb.h>
#include <internal/peers.pb.h>
#include <internal/remoting.pb.h>

// The refusals of features that this node does not have. A feature that comes sets its own handlers
// in place of these.

namespace goakt::remoting {

using namespace internalpb;

namespace {

tl::unexpected<wire::RemoteError> no_cluster() {
  return refuse(RemoteCode::failed_precondition, Error(ErrorCode::cluster_disabled));
}

void add_cluster(Handlers& handlers, LocalNode& node) {
  const auto refuse_enabled = [&node](const auto&, const Request&) -> Answer<internalpb::Error> {
    if (auto enabled = node.check_enabled(); !enabled)
      return tl::unexpected<wire::RemoteError>(enabled.error());
    return no_cluster();
  };
  const auto refuse_always = [](const auto&, const Request&) -> Answer<internalpb::Error> {
    return no_cluster();
  };
  answer<PersistPeerStateRequest>(handlers, refuse_enabled);
  answer<RelocateBatchRequest>(handlers, refuse_enabled);
  answer<GetNodeMetricRequest>(handlers, refuse_always);
  answer<GetKindsRequest>(handlers, refuse_always);
}

// "kind/name" of a grain's identity.
Answer<void> check_identity(const std::string& value) {
  const auto slash = value.find('/');
  if (slash == std::string::npos)
    return refuse(RemoteCode::invalid_argument, Error(ErrorCode::invalid_grain_identity));
  const std::string_view name = std::string_view(value).substr(slash + 1);
  if (names::is_reserved(name))
    return refuse(RemoteCode::failed_precondition, errors::reserved_name(value));
  if (Status checked = names::check_actor(name); !checked)
    return refuse(RemoteCode::invalid_argument,
                  checked.error().message() + '\n' +
                      std::string(error_text(ErrorCode::invalid_grain_identity)));
  return {};
}

template <class Q>
Answer<void> check_grain(const LocalNode& node, const Q& query, const Request& request) {
  if (auto ok = node.check_enabled(); !ok) return ok;
  if (auto ok = node.check_host(query.grain().host(), query.grain().port()); !ok) return ok;
  if (auto context = node.context_of(request.metadata.headers); !context)
    return tl::unexpected<wire::RemoteError>(context.error());
  return {};
}

template <class Q>
Answer<internalpb::Error> refuse_grain_message(const LocalNode& node, const Q& query,
                                               const Request& request) {
  if (auto ok = check_grain(node, query, request); !ok)
    return tl::unexpected<wire::RemoteError>(ok.error());
  if (auto message = decode(node, query.message()); !message)
    return refuse(RemoteCode::invalid_argument, message.error());
  if (auto ok = check_identity(query.grain().grain_id().value()); !ok)
    return tl::unexpected<wire::RemoteError>(ok.error());
  return refuse(RemoteCode::internal_error, goakt::Error(ErrorCode::grain_not_registered));
}

void add_grains(Handlers& handlers, LocalNode& node) {
  answer<RemoteAskGrainRequest>(handlers, [&node](const auto& q, const Request& r) {
    return refuse_grain_message(node, q, r);
  });
  answer<RemoteTellGrainRequest>(handlers, [&node](const auto& q, const Request& r) {
    return refuse_grain_message(node, q, r);
  });
  answer<RemoteActivateGrainRequest>(
      handlers, [&node](const auto& q, const Request& r) -> Answer<internalpb::Error> {
        if (auto ok = check_grain(node, q, r); !ok)
          return tl::unexpected<wire::RemoteError>(ok.error());
        return refuse(RemoteCode::internal_error, goakt::Error(ErrorCode::grain_not_registered));
      });
}

Answer<internalpb::Error> refuse_companion(const LocalNode& node,
                                           const GetReliableCompanionRequest& query,
                                           const Request& request) {
  if (auto ok = check_request(node, query, request, kNothing); !ok)
    return tl::unexpected<wire::RemoteError>(ok.error());
  if (query.role() != RELIABLE_CONTROLLER_ROLE_PRODUCER &&
      query.role() != RELIABLE_CONTROLLER_ROLE_CONSUMER)
    return refuse(RemoteCode::invalid_argument, "reliable controller role is not supported");
  std::string text =
      "reliable delivery companion is unavailable: endpoint=" + query.endpoint_name();
  const Pid endpoint = node.find(node.address_of(query.endpoint_name()));
  if (!endpoint)
    text += " has no local record";
  else if (!endpoint.is_running())
    text += " is not running";
  else
    text += std::string(" has no ") +
            (query.role() == RELIABLE_CONTROLLER_ROLE_PRODUCER ? "producer" : "consumer") +
            " controller for incarnation=" + endpoint.incarnation_id();
  return refuse(RemoteCode::not_found, std::move(text));
}

}  // namespace

void add_absent_requests(Handlers& handlers, LocalNode& node) {
  add_cluster(handlers, node);
  add_grains(handlers, node);
  answer<GetReliableCompanionRequest>(
      handlers, [&node](const auto& q, const Request& r) { return refuse_companion(node, q, r); });
}

}  // namespace goakt::remoting
