#include "goakt/cluster/member.h"

#include "goakt/dmap/member_record.h"
#include "goakt/gossip/io/addresses.h"
#include "goakt/gossip/io/shell.h"

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <map>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>

namespace goakt::cluster {

using namespace std::chrono_literals;

namespace {

// As Olric does it.
constexpr int kJoinAttempts = 10;
constexpr auto kBetweenAttempts = 1s;
constexpr auto kBelowQuorum = 5s;
constexpr auto kLeaveTimeout = 5s;
// How soon a start that is given up ends.
constexpr auto kLook = 100ms;

// Members of other systems are turned away by it.
std::string label_of(const std::string& system) {
  std::string label = "prefix-";
  for (const char c : system)
    label += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return label;
}

// What this node says of itself; the mark is the first thing to give way when there is no room.
Result<std::string> record_of(const std::string& id, NodeMeta node, const Logger& log) {
  const auto birthdate = SystemClock::instance().wall().time_since_epoch().count();
  auto bytes = dmap::MemberRecord::make(id, birthdate, node.to_json()).encode();
  if (bytes.size() <= gossip::kMaxMeta) return bytes;
  if (std::exchange(node.goaktd, std::nullopt)) {
    bytes = dmap::MemberRecord::make(id, birthdate, node.to_json()).encode();
    if (bytes.size() <= gossip::kMaxMeta) {
      log.warn("no room to tell the others that this is goaktd", {{"bytes", bytes.size()}});
      return bytes;
    }
  }
  return unexpected(Error(ErrorCode::invalid_argument,
                          "cluster.roles: with them the node's metadata has " +
                              std::to_string(bytes.size()) + " bytes, others carry " +
                              std::to_string(gossip::kMaxMeta))
                        .with_hint("use fewer or shorter roles"));
}

}  // namespace

class Member::Core {
 public:
  explicit Core(MemberOptions options)
      : options_(std::move(options)), id_(options_.node.peers_address()) {}

  ~Core() { stop(); }

  Status start(Duration patience);
  void leave(Duration timeout);
  void stop();

  const std::string& id() const { return id_; }

  std::size_t quorum() const { return options_.quorum; }

  std::string leader() const {
    std::lock_guard lock(mutex_);
    return leader_;
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return present_.size();
  }

  std::vector<MemberView> members() const;

  gossip::Facts facts() const { return shell_->inspect(); }

  Status reload_tls() {
    if (options_.server_tls) GOAKT_CHECK(options_.server_tls->reload());
    if (options_.client_tls) GOAKT_CHECK(options_.client_tls->reload());
    return {};
  }

 private:
  // Thread of the shell.
  void on_event(const gossip::MemberEvent& event);
  void tell(Change::Kind kind, const std::string& node) const;

  // Thread of its own: joins, and joins again while too few are there.
  void look_for_others();
  bool join();
  // How many members end the search.
  std::size_t wanted() const;
  // With mutex_ held. False: it stops.
  bool wait(std::unique_lock<std::mutex>& lock, Duration time);

  // With mutex_ held: who it is now.
  std::string oldest() const;

  const MemberOptions options_;
  const std::string id_;
  std::unique_ptr<gossip::Shell> shell_;
  std::thread searcher_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  // Birthdates of those whose metadata can be read.
  std::map<std::string, std::optional<std::int64_t>> present_;
  std::string leader_;
  bool searched_ = false;  // joined, or given up for now
  bool started_ = false;
  bool stopping_ = false;
};

Status Member::Core::start(Duration patience) {
  const auto until = SystemClock::instance().now() + patience;
  const auto& node = options_.node;
  auto config = options_.profile.value_or(gossip::Config::goakt(options_.server_tls != nullptr));
  config.name = id_;
  config.sealing.label = label_of(node.system);
  GOAKT_TRY(config.meta, record_of(id_, node, options_.log));
  gossip::ShellOptions shell;
  GOAKT_TRY(shell.bind, net::Endpoint::parse(node.host, node.discovery_port));
  shell.packets_over_tcp = options_.server_tls != nullptr;
  shell.server_tls = options_.server_tls;
  shell.client_tls = options_.client_tls;
  shell.on_event = [this](const gossip::MemberEvent& event) { on_event(event); };
  GOAKT_TRY(shell_, gossip::Shell::start(std::move(config), std::move(shell)));
  searcher_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "goakt-cluster");
    look_for_others();
  });

  std::unique_lock lock(mutex_);
  const auto ready = [&] { return searched_ && present_.size() >= options_.quorum; };
  while (!ready() && SystemClock::instance().now() < until) {
    changed_.wait_until(lock, std::min<TimePoint>(until, SystemClock::instance().now() + kLook),
                        ready);
    if (!options_.give_up) continue;
    lock.unlock();
    if (options_.give_up()) {
      leave(kLeaveTimeout);
      return fail(ErrorCode::system_shutting_down);
    }
    lock.lock();
  }
  if (present_.size() < options_.quorum) {
    return unexpected(
        Error(ErrorCode::cluster_quorum,
              "only " + std::to_string(present_.size()) + " of " + std::to_string(options_.quorum) +
                  " members are there after " + std::to_string(patience / 1s) + " s")
            .with_hint("start the others and this node again, or look at discovery.static.hosts "
                       "and cluster.minimum-peers-quorum"));
  }
  started_ = true;
  return {};
}

void Member::Core::on_event(const gossip::MemberEvent& event) {
  using Kind = gossip::MemberEvent::Kind;
  const auto& member = event.member;
  const auto at = gossip::to_net(member.endpoint);
  const std::string where = at ? at->to_string() : "";
  if (event.kind == Kind::conflict) {
    const auto claimed = gossip::to_net(event.other.endpoint);
    options_.log.warn("two members have the same name",
                      {{"node", member.name},
                       {"gossip", where},
                       {"other", claimed ? claimed->to_string() : std::string()}});
    return;
  }
  std::string before, now;
  bool tell_leader = false;
  {
    std::lock_guard lock(mutex_);
    before = leader_;
    if (event.kind == Kind::leave) {
      present_.erase(member.name);
    } else {
      const auto record = dmap::MemberRecord::decode(member.meta.bytes);
      present_[member.name] = record ? std::optional(record->birthdate) : std::nullopt;
      if (!record)
        options_.log.warn("a member's metadata cannot be read",
                          {{"node", member.name}, {"gossip", where}});
    }
    leader_ = now = oldest();
    tell_leader = started_ && !stopping_ && now != before;
  }
  changed_.notify_all();
  if (member.name != id_ && event.kind != Kind::update) {
    const bool joined = event.kind == Kind::join;
    options_.log.info(joined ? "member joined" : "member left",
                      {{"node", member.name}, {"gossip", where}});
    tell(joined ? Change::Kind::joined : Change::Kind::left, member.name);
  }
  if (tell_leader) {
    options_.log.info("another member leads", {{"node", now}, {"before", before}});
    tell(Change::Kind::leader, now);
  }
}

void Member::Core::tell(Change::Kind kind, const std::string& node) const {
  if (options_.on_change) options_.on_change({kind, node});
}

std::string Member::Core::oldest() const {
  std::string name;
  std::int64_t least = 0;
  for (const auto& [candidate, birthdate] : present_) {
    if (!birthdate || (!name.empty() && *birthdate >= least)) continue;
    name = candidate;
    least = *birthdate;
  }
  return name;
}

std::size_t Member::Core::wanted() const {
  const auto& node = options_.node;
  const bool others =
      std::any_of(options_.seeds.begin(), options_.seeds.end(), [&](const net::Endpoint& seed) {
        return seed.ip() != node.host || seed.port() != node.discovery_port;
      });
  return std::max<std::size_t>(options_.quorum, others ? 2 : 1);
}

bool Member::Core::wait(std::unique_lock<std::mutex>& lock, Duration time) {
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

void Member::Core::look_for_others() {
  const auto enough = wanted();
  for (int attempt = 1;; ++attempt) {
    const bool joined = options_.seeds.empty() || join();
    std::unique_lock lock(mutex_);
    if ((joined || attempt >= kJoinAttempts) && !std::exchange(searched_, true)) {
      changed_.notify_all();
      if (!joined)
        options_.log.warn("no other member was found; this node is alone for now",
                          {{"attempts", attempt}, {"seeds", options_.seeds.size()}});
    }
    if (!wait(lock, searched_ ? Duration(kBelowQuorum) : Duration(kBetweenAttempts))) return;
    // Nothing to look for as long as enough are there.
    while (searched_ && present_.size() >= enough)
      if (!wait(lock, kBelowQuorum)) return;
  }
}

bool Member::Core::join() {
  // Shared: a call that is still open when the wait is over ends later.
  struct Answer {
    std::optional<gossip::CallDone> done;
  };

  const auto answer = std::make_shared<Answer>();
  shell_->join(options_.seeds, [this, answer](const gossip::CallDone& done) {
    {
      std::lock_guard lock(mutex_);
      answer->done = done;
    }
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || answer->done; });
  if (!answer->done) return false;
  if (answer->done->reached == 0)
    options_.log.log(searched_ ? LogLevel::debug : LogLevel::info, "cannot join, trying again",
                     {{"error", answer->done->error}});
  else
    options_.log.info("joined", {{"reached", answer->done->reached}, {"members", present_.size()}});
  return answer->done->reached > 0;
}

void Member::Core::leave(Duration timeout) {
  if (!shell_) return;
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  changed_.notify_all();
  if (searcher_.joinable()) searcher_.join();
  const auto told = std::make_shared<bool>(false);
  shell_->leave(timeout, [this, told](const gossip::CallDone& done) {
    if (!done.error.empty())
      options_.log.warn("the others may not know that this node leaves", {{"error", done.error}});
    {
      std::lock_guard lock(mutex_);
      *told = true;
    }
    changed_.notify_all();
  });
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout + kBelowQuorum, [&] { return *told; });
  }
  shell_->stop();
}

void Member::Core::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (searcher_.joinable()) searcher_.join();
  if (shell_) shell_->stop();
}

std::vector<MemberView> Member::Core::members() const {
  std::vector<MemberView> views;
  const auto leading = leader();
  for (auto& fact : shell_->inspect().members) {
    MemberView view;
    view.id = fact.name;
    view.gossip = gossip::to_net(fact.endpoint).value_or(net::Endpoint());
    view.state = fact.state;
    view.incarnation = fact.incarnation;
    view.since = fact.since;
    view.self = fact.name == id_;
    view.leader = fact.name == leading;
    if (const auto record = dmap::MemberRecord::decode(fact.meta.bytes)) {
      view.node = NodeMeta::parse(record->meta);
      view.birthdate = WallTime(std::chrono::nanoseconds(record->birthdate));
    }
    views.push_back(std::move(view));
  }
  std::stable_sort(views.begin(), views.end(), [](const MemberView& a, const MemberView& b) {
    return a.birthdate < b.birthdate;
  });
  return views;
}

Result<std::unique_ptr<Member>> Member::start(MemberOptions options, Duration patience) {
  auto core = std::make_unique<Core>(std::move(options));
  GOAKT_CHECK(core->start(patience));
  return std::unique_ptr<Member>(new Member(std::move(core)));
}

Member::Member(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Member::~Member() = default;

void Member::leave(Duration timeout) {
  core_->leave(timeout);
}

void Member::stop() {
  core_->stop();
}

const std::string& Member::id() const noexcept {
  return core_->id();
}

std::string Member::leader() const {
  return core_->leader();
}

std::size_t Member::size() const {
  return core_->size();
}

std::size_t Member::quorum() const noexcept {
  return core_->quorum();
}

std::vector<MemberView> Member::members() const {
  return core_->members();
}

gossip::Facts Member::facts() const {
  return core_->facts();
}

Status Member::reload_tls() {
  return core_->reload_tls();
}

}  // namespace goakt::cluster
