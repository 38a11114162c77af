#pragma once

#include "goakt/remoting/internal/local_node.h"

#include <functional>
#include <memory>
#include <utility>

// Handlers of requests that are classes of protoc's.
namespace goakt::remoting {

template <class A>
void send_answer(Reply& reply, const Answer<A>& answer) {
  if (answer)
    reply.send(*answer);
  else
    reply.fail(answer.error());
}

// Answers at once: Answer<A>(const Q&, const Request&).
template <class Q, class F>
void answer(Handlers& handlers, F function) {
  handlers.set(Q::descriptor()->full_name(), [function = std::move(function)](
                                                 const Request& request, Reply reply) {
    Q query;
    if (!query.ParseFromArray(request.body.data(), static_cast<int>(request.body.size())))
      return reply.hang_up();
    send_answer(reply, function(query, request));
  });
}

template <class A>
using Work = std::function<Answer<A>()>;

// For what may block, as users' start and stop hooks do: the function, Answer<Work<A>>(const Q&,
// const Request&), makes the checks, and what it returns runs on a thread that may wait.
template <class Q, class A, class F>
void answer_blocking(Handlers& handlers, LocalNode& node, F function) {
  handlers.set(Q::descriptor()->full_name(), [&node, function = std::move(function)](
                                                 const Request& request, Reply reply) {
    Q query;
    if (!query.ParseFromArray(request.body.data(), static_cast<int>(request.body.size())))
      return reply.hang_up();
    Answer<Work<A>> work = function(query, request);
    if (!work) return reply.fail(work.error());
    node.runtime.run_blocking(
        [kept = node.shared_from_this(), work = *std::move(work),
         reply = std::make_shared<Reply>(std::move(reply))] { send_answer(*reply, work()); });
  });
}

// What to check of a request that names an actor, beside that remoting is enabled, the host is ours
// and the actor is there.
enum Check : unsigned {
  kNothing = 0,
  kContext = 1,   // its headers must make a context
  kUserName = 2,  // the runtime's own actors are out of reach
  kRunning = 4,
};

template <class Q>
Answer<void> check_request(const LocalNode& node, const Q& query, const Request& request,
                           unsigned checks) {
  if (auto enabled = node.check_enabled(); !enabled) return enabled;
  if ((checks & kContext) != 0)
    if (auto context = node.context_of(request.metadata.headers); !context)
      return tl::unexpected<wire::RemoteError>(context.error());
  return node.check_host(query.host(), query.port());
}

Answer<void> check_user_name(std::string_view name);
Answer<Pid> find_named(const LocalNode& node, std::string_view name, unsigned checks);

// The actor that the request names.
template <class Q>
Answer<Pid> named_actor(const LocalNode& node, const Q& query, const Request& request,
                        unsigned checks) {
  if (auto checked = check_request(node, query, request, checks); !checked)
    return tl::unexpected<wire::RemoteError>(checked.error());
  return find_named(node, query.name(), checks);
}

}  // namespace goakt::remoting

// GOAKT_ANSWER_TRY(auto x, expression): passes on a refusal, else declares x.
#define GOAKT_ANSWER_TRY_(tmp, decl, ...)                                                \
  auto tmp = (__VA_ARGS__);                                                              \
  if (!tmp) return ::tl::unexpected<::goakt::wire::RemoteError>(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define GOAKT_ANSWER_TRY(decl, ...) \
  GOAKT_ANSWER_TRY_(GOAKT_CONCAT(goakt_answer_, __COUNTER__), decl, __VA_ARGS__)
