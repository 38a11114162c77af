#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/gossip/broadcast_queue.h"
#include "goakt/gossip/context.h"
#include "goakt/gossip/table.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace goakt::gossip {

// Who is in the cluster, as far as this member has heard: the rules by which news changes the
// table. The newest incarnation wins; only a member itself raises its own. News is passed on once.
class GOAKT_API Membership {
 public:
  explicit Membership(Context& context) : context_(context) {}

  // This member itself, alive: its own join event.
  void start();

  void alive(const Alive& news);
  void suspect(const Suspect& news);
  void dead(const Dead& news);

  // All that another member knows. Nothing is taken over if the versions would not fit.
  [[nodiscard]] Status merge(const PushPull& remote);
  // All that this member knows, for another one to merge.
  PushPull state(bool join) const;

  // Announces new metadata, or that this member leaves. `told` is called when the others should
  // know: sent often enough, or replaced by newer news.
  void update(std::string meta, BroadcastQueue::Finished told);
  void leave(BroadcastQueue::Finished told);

  bool leaving() const noexcept { return leaving_; }

  // Somebody else to tell.
  bool has_company() const;

  const Member& self() const { return *table_.find(context_.config.name); }

  MemberTable& table() noexcept { return table_; }

  const MemberTable& table() const noexcept { return table_; }

  BroadcastQueue& queue() noexcept { return queue_; }

  const BroadcastQueue& queue() const noexcept { return queue_; }

  std::uint32_t own_incarnation() const noexcept { return own_incarnation_; }

 private:
  enum class Origin { own, peer };

  void alive(const Alive& news, Origin origin, BroadcastQueue::Finished told);
  void refute(Member& self, std::uint32_t accused);
  void begin_suspicion(Member& member, std::string from);
  void verdict(const std::string& name, TimePoint since);
  void end_suspicion(Member& member);
  Status check_versions(const PushPull& remote) const;

  bool is_self(std::string_view name) const { return name == context_.config.name; }

  Alive own_news() const;
  void emit(MemberEvent::Kind kind, const MemberInfo& member, const MemberInfo& other = {});

  Context& context_;
  MemberTable table_;
  BroadcastQueue queue_;
  BroadcastQueue::Finished left_told_;
  std::uint32_t own_incarnation_ = 0;
  bool leaving_ = false;
};

}  // namespace goakt::gossip
