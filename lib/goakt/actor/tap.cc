#include "goakt/actor/tap.h"

#include "goakt/actor/handlers.h"
#include "goakt/actor/internal/extension.h"
#include "goakt/actor/internal/receive_access.h"
#include "goakt/actor/internal/system.h"

#include <algorithm>

namespace goakt {

namespace internal {

// A table that stands in for an actor's own. Owned by the tap and by the tasks that put it into the
// actor and take it out again, so it lives for as long as the actor may use it.
struct TappedTable {
  Tap::Options options;
  Behaviour behaviour;
  const Behaviour* own = nullptr;

  std::mutex mutex;  // guards all below
  std::condition_variable noted;
  std::deque<TappedMessage> notes;
  std::uint64_t dropped = 0;

  void note(TappedMessage message) {
    {
      std::lock_guard lock(mutex);
      if (notes.size() >= options.kept) {
        notes.pop_front();
        ++dropped;
      }
      notes.push_back(std::move(message));
    }
    noted.notify_one();
  }
};

namespace {

// A copy of a message that stays where it is; empty when its type cannot be copied.
Message copy_of(Envelope* envelope) {
  if (envelope->type->copy_construct == nullptr) return {};
  Message whole(envelope);
  auto copy = whole.copy();
  static_cast<void>(whole.release());
  return copy ? *std::move(copy) : Message();
}

void take_note(Actor& actor, ReceiveContext& ctx, const void* value, const void* list) {
  auto& table = *static_cast<TappedTable*>(const_cast<void*>(list));
  const MessageType& type = ctx.message_type();
  TappedMessage message;
  message.time = SystemClock::instance().wall();
  message.type = type.name;
  message.sender = ctx.sender() ? ctx.sender().path() : std::string();
  if (table.options.bodies) message.body = copy_of(ReceiveAccess::envelope(ctx));
  const auto begin = std::chrono::steady_clock::now();

  struct AtTheEnd {
    TappedTable& table;
    TappedMessage& message;
    std::chrono::steady_clock::time_point begin;
    int exceptions = std::uncaught_exceptions();

    ~AtTheEnd() {
      message.took = std::chrono::steady_clock::now() - begin;
      message.threw = std::uncaught_exceptions() > exceptions;
      table.note(std::move(message));
    }
  } at_the_end{table, message, begin};

  // The context belongs to the handler from here on: a coroutine takes it away.
  table.own->find(&type)->handler(actor, ctx, value, table.own->list);
}

void put_in(Cell& cell, TappedTable& table) {
  if (cell.behaviour == table.own) cell.behaviour = &table.behaviour;
}

void take_out(Cell& cell, const TappedTable& table) {
  const auto back = [&](const Behaviour*& behaviour) {
    if (behaviour == &table.behaviour) behaviour = table.own;
  };
  back(cell.behaviour);
  // It may have been laid aside meanwhile, by become.
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr) return;
  back(x->original);
  for (const Behaviour*& behaviour : x->behaviours) back(behaviour);
}

}  // namespace

}  // namespace internal

Result<std::unique_ptr<Tap>> Tap::open(const Pid& pid, Options options) {
  if (!pid || !pid.is_running()) return fail(ErrorCode::dead);
  if (pid.is_system()) return fail(ErrorCode::shutdown_forbidden);
  std::unique_ptr<Tap> tap(new Tap(pid));
  auto table = std::make_shared<internal::TappedTable>();
  table->options = options;
  auto completion = std::make_shared<internal::Completion>();
  auto task = [table, waiter = internal::Waiter(completion, ErrorCode::dead)](
                  internal::Cell& cell) mutable {
    const auto waiting = waiter.release();
    const Behaviour& own = *cell.behaviour;
    if (own.entries.empty() || own.takes_anything) {
      waiting->finish(fail(ErrorCode::invalid_instance, "this actor has no list of handlers"));
      return;
    }
    // One at a time: taps on top of each other could not go in any order.
    if (own.entries.front().handler == internal::take_note) {
      waiting->finish(
          fail(ErrorCode::actor_already_exists, "somebody listens to this actor already"));
      return;
    }
    table->own = &own;
    table->behaviour = own;
    table->behaviour.list = table.get();
    for (Behaviour::Entry& entry : table->behaviour.entries) entry.handler = internal::take_note;
    internal::put_in(cell, *table);
    waiting->finish({});
  };
  if (!internal::post(pid, std::move(task))) return fail(ErrorCode::dead);
  tap->table_ = std::move(table);
  // From here on the destructor takes out what the task may have put in, whenever it runs.
  GOAKT_CHECK(
      internal::await_completion(pid.system()->internals(), *completion, std::chrono::seconds(5)));
  return tap;
}

Tap::~Tap() {
  if (!table_) return;
  static_cast<void>(internal::post(pid_, [table = std::move(table_)](internal::Cell& cell) {
    internal::take_out(cell, *table);
  }));
}

std::vector<TappedMessage> Tap::take(std::chrono::milliseconds wait) {
  std::unique_lock lock(table_->mutex);
  table_->noted.wait_for(lock, wait, [this] { return !table_->notes.empty(); });
  std::vector<TappedMessage> taken(std::make_move_iterator(table_->notes.begin()),
                                   std::make_move_iterator(table_->notes.end()));
  table_->notes.clear();
  return taken;
}

std::uint64_t Tap::dropped() const {
  std::lock_guard lock(table_->mutex);
  return table_->dropped;
}

}  // namespace goakt
