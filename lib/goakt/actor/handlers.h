#pragma once

#include "goakt/actor/actor.h"
#include "goakt/actor/messages.h"
#include "goakt/actor/task.h"
#include "goakt/message/type.h"

#include <concepts>
#include <cstddef>
#include <memory>
#include <mutex>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

// How an actor's handlers become a table. A list is written once:
//
//   static constexpr auto handles = goakt::handlers(&Account::credit, &Account::balance);
//
// and from it come dispatch, registration of the message types, typed handles and `type show`.

namespace goakt {

class ReceiveContext;

namespace internal {

template <class F>
struct HandlerTraits;

template <class R, class A, class M, bool kTakesContext>
struct HandlerShape {
  using Reply = R;
  using ActorType = A;
  using Message = M;
  static constexpr bool takes_context = kTakesContext;
};

#define GOAKT_HANDLER_TRAITS(qualifiers)                                                 \
  template <class R, class A, class M>                                                   \
  struct HandlerTraits<R (A::*)(const M&) qualifiers> : HandlerShape<R, A, M, false> {}; \
  template <class R, class A, class M>                                                   \
  struct HandlerTraits<R (A::*)(const M&, ReceiveContext&) qualifiers>                   \
      : HandlerShape<R, A, M, true> {};
GOAKT_HANDLER_TRAITS()
GOAKT_HANDLER_TRAITS(const)
GOAKT_HANDLER_TRAITS(noexcept)
GOAKT_HANDLER_TRAITS(const noexcept)
#undef GOAKT_HANDLER_TRAITS

template <class T>
struct IsTask : std::false_type {};

template <class T>
struct IsTask<Task<T>> : std::true_type {
  using Value = T;
};

template <class T>
struct IsResult : std::false_type {};

template <class T>
struct IsResult<tl::expected<T, Error>> : std::true_type {
  using Value = T;
};

// R, Result<R>, Task<R>, Task<Result<R>> → R; void and Status → void.
template <class R>
struct ReplyOf {
  using type = R;
};

template <class T>
struct ReplyOf<Task<T>> : ReplyOf<T> {};

template <class T>
struct ReplyOf<tl::expected<T, Error>> : ReplyOf<T> {};

// The runtime's side of a finished handler (receive_context.cc).
GOAKT_API void answer(ReceiveContext& ctx, Envelope* reply);
GOAKT_API void refuse(ReceiveContext& ctx, Error error);

template <class R>
void answer_with(ReceiveContext& ctx, R&& result) {
  using Value = std::remove_cvref_t<R>;
  if constexpr (IsResult<Value>::value) {
    if (!result) return refuse(ctx, std::move(result).error());
    if constexpr (std::is_void_v<typename IsResult<Value>::Value>) {
      answer(ctx, Message::make<Ack>().release());
    } else {
      answer_with(ctx, *std::forward<R>(result));
    }
  } else {
    answer(ctx, Message::of(std::forward<R>(result)).release());
  }
}

// A coroutine handler under way: owns the context and with it the message, until the coroutine
// ends.
struct AsyncReceive;
GOAKT_API ReceiveContext& detach_context(ReceiveContext& ctx, AsyncReceive*& receive);
// Runs the coroutine to its first suspension. `complete` answers with its result and may throw what
// the coroutine threw; `destroy` ends the task object.
GOAKT_API void start_async(AsyncReceive* receive, void* task, std::coroutine_handle<> root,
                           void (*complete)(void* task, ReceiveContext&),
                           void (*destroy)(void* task));

template <class T>
void complete_task(void* memory, ReceiveContext& ctx) {
  auto& promise = static_cast<Task<T>*>(memory)->handle().promise();
  if (promise.exception) std::rethrow_exception(promise.exception);
  if constexpr (!std::is_void_v<T>) answer_with(ctx, std::move(*promise.value));
}

template <class A, class F>
void call_handler(A& actor, F function, ReceiveContext& ctx, const void* value) {
  using Traits = HandlerTraits<F>;
  using R = typename Traits::Reply;
  const auto& message = *static_cast<const typename Traits::Message*>(value);
  auto invoke = [&](ReceiveContext& c) -> R {
    if constexpr (Traits::takes_context)
      return (actor.*function)(message, c);
    else
      return (actor.*function)(message);
  };
  if constexpr (std::is_void_v<R>) {
    invoke(ctx);
  } else if constexpr (IsTask<R>::value) {
    using T = typename IsTask<R>::Value;
    AsyncReceive* receive = nullptr;
    ReceiveContext& kept = detach_context(ctx, receive);
    auto* task = new Task<T>(invoke(kept));
    start_async(receive, task, task->handle(), &complete_task<T>,
                [](void* memory) { delete static_cast<Task<T>*>(memory); });
  } else {
    answer_with(ctx, invoke(ctx));
  }
}

}  // namespace internal

// What an actor does with messages: a table from type to handler. One per handler list and process,
// or the actor's own receive().
struct Behaviour {
  using Handler = void (*)(Actor&, ReceiveContext&, const void* value, const void* list);

  struct Entry {
    const MessageType* type;
    Handler handler;
    const MessageType* reply;  // null: none declared
  };

  const void* list = nullptr;   // the handler list that entries belong to
  std::vector<Entry> entries;   // small: searched in order
  bool takes_anything = false;  // receive() gets what no entry takes
  bool handles_post_start = false;

  const Entry* find(const MessageType* type) const {
    for (const Entry& entry : entries)
      if (entry.type == type) return &entry;
    return nullptr;
  }
};

// The list that `handlers(...)` makes.
template <class... F>
struct HandlerList {
  std::tuple<F...> functions;

  template <std::size_t I>
  using Traits = internal::HandlerTraits<std::tuple_element_t<I, std::tuple<F...>>>;
  static constexpr std::size_t size = sizeof...(F);

  // One behaviour per list object; lists are static constexpr members.
  const Behaviour& behaviour() const {
    static const Behaviour table = make_behaviour(std::index_sequence_for<F...>());
    if (table.list == this) return table;
    return *internal_other(this);
  }

 private:
  template <std::size_t I>
  static void invoke(Actor& actor, ReceiveContext& ctx, const void* value, const void* list) {
    using A = typename Traits<I>::ActorType;
    internal::call_handler(static_cast<A&>(actor),
                           std::get<I>(static_cast<const HandlerList*>(list)->functions), ctx,
                           value);
  }

  template <std::size_t... I>
  Behaviour make_behaviour(std::index_sequence<I...>) const {
    Behaviour made;
    made.list = this;
    (made.entries.push_back(entry<I>()), ...);
    made.handles_post_start = (std::same_as<typename Traits<I>::Message, PostStart> || ...);
    return made;
  }

  template <std::size_t I>
  static Behaviour::Entry entry() {
    using Reply = typename internal::ReplyOf<typename Traits<I>::Reply>::type;
    const MessageType* reply = nullptr;
    if constexpr (!std::is_void_v<Reply>) reply = &message_type<Reply>();
    return {&message_type<typename Traits<I>::Message>(), &HandlerList::template invoke<I>, reply};
  }

  // Two lists of one type (same signatures, other functions): the second has a table of its own.
  static const Behaviour* internal_other(const HandlerList* list) {
    static std::vector<std::unique_ptr<Behaviour>>* const others =
        new std::vector<std::unique_ptr<Behaviour>>;
    static std::mutex* const mutex = new std::mutex;  // guards others
    std::lock_guard lock(*mutex);
    for (const auto& other : *others)
      if (other->list == list) return other.get();
    others->push_back(
        std::make_unique<Behaviour>(list->make_behaviour(std::index_sequence_for<F...>())));
    return others->back().get();
  }
};

template <class... F>
constexpr HandlerList<F...> handlers(F... functions) {
  return {{functions...}};
}

namespace internal {

template <class A>
concept HasHandles = requires {
  A::handles.behaviour();
};

GOAKT_API const Behaviour& receive_behaviour();  // everything goes to Actor::receive

template <class A>
const Behaviour& behaviour_of() {
  if constexpr (HasHandles<A>)
    return A::handles.behaviour();
  else
    return receive_behaviour();
}

// The reply type of M in A's list; void when A does not list M.
template <class A, class M, class List = std::remove_cvref_t<decltype(A::handles)>>
struct ListedReply {
  template <std::size_t... I>
  static constexpr std::size_t index(std::index_sequence<I...>) {
    std::size_t found = List::size;
    ((std::same_as<typename List::template Traits<I>::Message, M> ? (found = I, 0) : 0), ...);
    return found;
  }

  static constexpr std::size_t position = index(std::make_index_sequence<List::size>());
  static constexpr bool listed = position < List::size;

  template <std::size_t P, bool kListed>
  struct Pick {
    using type = typename ReplyOf<typename List::template Traits<P>::Reply>::type;
  };

  template <std::size_t P>
  struct Pick<P, false> {
    using type = void;
  };

  using type = typename Pick<position, listed>::type;
};

// The message that a value, a fill function or a Message stands for.
template <class M, bool kFill = FillFunction<std::remove_cvref_t<M>>>
struct SentMessage {
  using type = std::remove_cvref_t<M>;
};

template <class M>
struct SentMessage<M, true> {
  using type = typename FillTraits<decltype(&std::remove_cvref_t<M>::operator())>::Message;
};

// Everybody takes control messages; what an untyped Message or a receive() takes shows at run time.
template <class A, class M>
constexpr bool takes() {
  using Sent = typename SentMessage<M>::type;
  if constexpr (!HasHandles<A> || std::same_as<Sent, Message> || kIsControl<Sent>)
    return true;
  else
    return ListedReply<A, Sent>::listed;
}

template <class A, class M>
constexpr void check_listed() {
  static_assert(takes<A, M>(), "this actor does not list that message in its `handles`");
}

// What A answers to M; Message when its list does not say.
template <class A, class M, bool kListed = HasHandles<A>>
struct TypedReplyOf {
  using Listed = typename ListedReply<A, typename SentMessage<M>::type>::type;
  using type = std::conditional_t<std::is_void_v<Listed>, Message, Listed>;
};

template <class A, class M>
struct TypedReplyOf<A, M, false> {
  using type = Message;
};

template <class A, class M>
using TypedReply = typename TypedReplyOf<A, M>::type;

struct AsListed;  // the reply's type is the one in the list

}  // namespace internal

// A handle that knows its actor's protocol: sends only what A handles, and knows the reply's type.
// Converts to Pid.
template <class A>
class PidOf : public Pid {
 public:
  PidOf() = default;

  // The caller vouches for the type: the name's kind is not checked.
  explicit PidOf(Pid pid) : Pid(pid) {}

  template <class M>
  Status tell(M&& message) const {
    internal::check_listed<A, M>();
    return Pid::tell(std::forward<M>(message));
  }
  template <MessageValue M, class... Args>
  requires(sizeof...(Args) != 1) Status tell(Args&&... args)
  const {
    internal::check_listed<A, M>();
    return Pid::template tell<M>(std::forward<Args>(args)...);
  }

  // Result<what A lists as the reply>, unless the caller names another type.
  template <class R = internal::AsListed, class M>
  auto ask(M&& message, std::chrono::nanoseconds timeout) const {
    internal::check_listed<A, M>();
    using Reply =
        std::conditional_t<std::same_as<R, internal::AsListed>, internal::TypedReply<A, M>, R>;
    return Pid::template ask<Reply>(std::forward<M>(message), timeout);
  }

  template <class R = internal::AsListed, class M>
  auto ask(M&& message, std::chrono::nanoseconds timeout, const std::stop_token& canceled) const {
    internal::check_listed<A, M>();
    using Reply =
        std::conditional_t<std::same_as<R, internal::AsListed>, internal::TypedReply<A, M>, R>;
    return Pid::template ask<Reply>(std::forward<M>(message), timeout, canceled);
  }
};

}  // namespace goakt
