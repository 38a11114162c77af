#include "goakt/actor/inspect.h"
#include "goakt/admin/members.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/traffic.h"
#include "goakt/base/cpu_time.h"
#include "goakt/gossip/packet.h"
#include "goakt/node/node.h"
#include "goakt/node/plugin.h"
#include "goakt/observe/exposition.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <dirent.h>
#include <map>
#include <sys/resource.h>
#include <unistd.h>

namespace goakt::admin {

namespace {

using observe::Exposition;
using Type = Exposition::Type;

constexpr std::size_t kMostKinds = 50;

// The kinds with the most actors; all others are one, "other", so that the number of series stays
// bounded whatever a program registers.
std::vector<KindMetric> kinds_of(ActorSystem& system) {
  std::vector<KindMetric> kinds = system.kind_metrics();
  std::erase_if(kinds, [](const KindMetric& kind) { return kind.kind.empty(); });
  std::sort(kinds.begin(), kinds.end(), [](const KindMetric& a, const KindMetric& b) {
    return a.actors != b.actors ? a.actors > b.actors : a.kind < b.kind;
  });
  if (kinds.size() <= kMostKinds) return kinds;
  KindMetric other;
  other.kind = "other";
  for (std::size_t i = kMostKinds; i < kinds.size(); ++i) {
    const KindMetric& kind = kinds[i];
    other.actors += kind.actors;
    other.processed += kind.processed;
    other.failures += kind.failures;
    other.restarts += kind.restarts;
    other.reinstated += kind.reinstated;
    other.passivated += kind.passivated;
    other.stashed += kind.stashed;
    other.mailbox += kind.mailbox;
    for (std::size_t b = 0; b < PowerHistogram::kBuckets; ++b)
      other.processing.buckets[b] += kind.processing.buckets[b];
    other.processing.count += kind.processing.count;
    other.processing.sum += kind.processing.sum;
  }
  kinds.resize(kMostKinds);
  kinds.push_back(std::move(other));
  return kinds;
}

void per_kind(Exposition& out, const std::vector<KindMetric>& kinds, std::string_view name,
              Type type, std::string_view help, std::uint64_t KindMetric::*member) {
  out.family(name, type, help);
  for (const KindMetric& kind : kinds)
    out.sample({{"kind", kind.kind}}, static_cast<double>(kind.*member));
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// How many values of a power-of-two histogram are at most `end`.
std::uint64_t at_most(const PowerHistogram& histogram, std::uint64_t end) {
  std::uint64_t count = 0;
  for (std::size_t b = 0; b < PowerHistogram::kBuckets && PowerHistogram::upper_end(b) <= end; ++b)
    count += histogram.buckets[b];
  return count;
}

void actors(Exposition& out, node::Node& node) {
  const auto kinds = kinds_of(node.system());
  per_kind(out, kinds, "goakt_actors", Type::gauge, "User actors alive.", &KindMetric::actors);
  per_kind(out, kinds, "goakt_messages_processed_total", Type::counter, "Messages handled.",
           &KindMetric::processed);
  per_kind(out, kinds, "goakt_message_failures_total", Type::counter, "Messages that failed.",
           &KindMetric::failures);
  per_kind(out, kinds, "goakt_actor_restarts_total", Type::counter, "Restarts of actors.",
           &KindMetric::restarts);
  per_kind(out, kinds, "goakt_actor_reinstated_total", Type::counter, "Returns from suspension.",
           &KindMetric::reinstated);
  per_kind(out, kinds, "goakt_actor_passivated_total", Type::counter,
           "Actors that passivation stopped.", &KindMetric::passivated);
  per_kind(out, kinds, "goakt_stashed_messages", Type::gauge, "Messages in stashes.",
           &KindMetric::stashed);

  out.family("goakt_message_processing_seconds", Type::histogram,
             "Time that handlers take; only with system.metrics.");
  for (const KindMetric& kind : kinds) {
    if (kind.processing.count == 0) continue;
    for (const double end : {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0})
      out.sample(
          {{"kind", kind.kind}, {"le", number(end)}},
          static_cast<double>(at_most(kind.processing, static_cast<std::uint64_t>(end * 1e9))),
          "_bucket");
    out.sample({{"kind", kind.kind}, {"le", "+Inf"}}, static_cast<double>(kind.processing.count),
               "_bucket");
    out.sample({{"kind", kind.kind}}, static_cast<double>(kind.processing.sum) * 1e-9, "_sum");
    out.sample({{"kind", kind.kind}}, static_cast<double>(kind.processing.count), "_count");
  }
}

// Of each user actor's mailbox as it is now. Looked at one by one: sums by powers of two could tell
// neither these buckets nor the fullest.
void mailboxes(Exposition& out, node::Node& node) {
  constexpr std::array<std::uint64_t, 7> kEnds{0, 1, 10, 100, 1'000, 10'000, 100'000};
  constexpr std::size_t kScanStep = 4'096;
  std::array<std::uint64_t, kEnds.size()> at_most{};
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  std::uint64_t fullest = 0;
  std::uint64_t cursor = 0;
  do {
    const auto page = node.system().scan_actors(cursor, kScanStep, false);
    for (const Pid& pid : page.actors) {
      const std::uint64_t depth = pid.mailbox_depth();
      ++count;
      sum += depth;
      fullest = std::max(fullest, depth);
      for (std::size_t i = 0; i < kEnds.size(); ++i) at_most[i] += depth <= kEnds[i] ? 1 : 0;
    }
    cursor = page.next;
  } while (cursor != 0);
  out.family("goakt_mailbox_depth", Type::histogram, "Messages waiting, one value per actor.");
  for (std::size_t i = 0; i < kEnds.size(); ++i)
    out.sample({{"le", std::to_string(kEnds[i])}}, static_cast<double>(at_most[i]), "_bucket");
  out.sample({{"le", "+Inf"}}, static_cast<double>(count), "_bucket");
  out.sample({}, static_cast<double>(sum), "_sum");
  out.sample({}, static_cast<double>(count), "_count");
  out.gauge("goakt_mailbox_depth_max", "Messages in the fullest mailbox.",
            static_cast<double>(fullest));
}

void runtime(Exposition& out, node::Node& node) {
  out.gauge("goakt_uptime_seconds", "Time since the start.",
            std::chrono::duration<double>(node.system().uptime()).count());
  out.family("goakt_dead_letters_total", Type::counter, "Messages that nobody handled.");
  for (const DeadletterCount& letters : dead_letters_by_cause(node.system()))
    out.sample({{"reason", letters.cause}}, static_cast<double>(letters.count));
  const DispatcherFacts facts = inspect_dispatcher(node.system());
  out.gauge("goakt_dispatcher_workers", "Threads that run actors.",
            static_cast<double>(facts.workers));
  out.gauge("goakt_dispatcher_busy_ratio", "Of them at work.",
            facts.workers == 0
                ? 0
                : static_cast<double>(facts.busy) / static_cast<double>(facts.workers));
  out.counter("goakt_dispatcher_turns_total", "Turns that actors have taken.",
              static_cast<double>(facts.turns));
  out.counter("goakt_dispatcher_steals_total", "Turns taken over from another thread.",
              static_cast<double>(facts.steals));
  out.gauge("goakt_dispatcher_ready_queue", "Actors that wait for a thread.",
            static_cast<double>(facts.ready));
  out.family("goakt_node_state", Type::gauge, "1 for the node's state.");
  const bool active = node.system().is_running();
  out.sample({{"state", "active"}}, active).sample({{"state", "stopping"}}, !active);
  const std::string id = node.id();
  out.family("goakt_node_info", Type::gauge, "Which node this is.");
  out.sample({{"system", node.system().name()}, {"node", id}}, 1);
  out.family("goakt_build_info", Type::gauge, "What runs here.");
  out.sample({{"version", GOAKT_VERSION}, {"build", library_build_id()}, {"impl", "cpp"}}, 1);
}

// The members as gossip knows them, and how gossip itself does.
void membership(Exposition& out, node::Node& node) {
  if (node.cluster() == nullptr) return;
  using gossip::State;
  const cluster::Member& cluster = *node.cluster();
  std::map<std::string_view, std::size_t> states, peers{{"cpp", 0}, {"go", 0}};
  for (const State state : {State::alive, State::suspect, State::dead, State::left})
    states[state_word(state)] = 0;
  for (const auto& view : cluster.members()) {
    ++states[state_word(view.state)];
    const bool present = view.state == State::alive || view.state == State::suspect;
    if (present && !view.self && view.node) ++peers[view.node->goaktd ? "cpp" : "go"];
  }
  out.family("goakt_cluster_members", Type::gauge, "Members by state, this one included.");
  for (const auto& [state, count] : states)
    out.sample({{"state", state}}, static_cast<double>(count));
  out.family("goakt_peers", Type::gauge, "Other members that are present.");
  for (const auto& [impl, count] : peers) out.sample({{"impl", impl}}, static_cast<double>(count));
  out.gauge("goakt_cluster_leader", "1 on the member that leads.", cluster.is_leader() ? 1 : 0);
  out.gauge("goakt_cluster_quorum", "1 as long as enough members are present.",
            cluster.has_quorum() ? 1 : 0);

  const auto facts = cluster.facts();
  const auto& counters = facts.counters;
  out.family("goakt_gossip_packets_total", Type::counter, "Packets of gossip.");
  out.sample({{"direction", "in"}}, static_cast<double>(counters.packets_in));
  out.sample({{"direction", "out"}}, static_cast<double>(counters.packets_out));
  out.family("goakt_gossip_packets_dropped_total", Type::counter, "Packets that were no gossip.");
  for (std::size_t i = 0; i < counters.drops.size(); ++i)
    out.sample({{"reason", gossip::drop_name(static_cast<gossip::Drop>(i))}},
               static_cast<double>(counters.drops[i]));
  out.family("goakt_gossip_refused_total", Type::counter, "What was beyond a limit.");
  out.sample({{"what", "stream"}}, static_cast<double>(counters.refused_streams));
  out.sample({{"what", "relay"}}, static_cast<double>(counters.refused_relays));
  out.sample({{"what", "member"}}, static_cast<double>(counters.refused_members));
  out.counter("goakt_gossip_probes_total", "Members asked whether they live.",
              static_cast<double>(counters.probes));
  out.counter("goakt_gossip_probes_failed_total", "Of them without any answer.",
              static_cast<double>(counters.probes_failed));
  out.counter("goakt_gossip_suspicions_total", "Members that came under suspicion.",
              static_cast<double>(counters.suspicions));
  out.gauge("goakt_gossip_health_score", "0 is best: how much this member doubts itself.",
            static_cast<double>(facts.health));
  out.gauge("goakt_gossip_queue", "News that are still to be told.",
            static_cast<double>(facts.queued));
}

void administration(Exposition& out, node::Node& node, const Traffic& traffic) {
  out.gauge("goakt_operation_running", "Operations under way.",
            static_cast<double>(node.operations().running()));
  out.family("goakt_operations_total", Type::counter, "Operations that are over.");
  for (const auto& count : node.operations().counts())
    out.sample({{"type", count.type}, {"result", count.result}}, static_cast<double>(count.count));
  out.family("goakt_log_lines_lost_total", Type::counter,
             "Lines of the log and of the audit file that never got there.");
  for (const auto& lost : node.log_losses()) {
    out.sample({{"log", lost.log}, {"reason", "queue"}}, static_cast<double>(lost.dropped));
    out.sample({{"log", lost.log}, {"reason", "write"}}, static_cast<double>(lost.failed));
  }
  out.gauge("goakt_admin_streams", "Streams open.", static_cast<double>(traffic.streams()));
  const auto series = traffic.series();
  out.family("goakt_admin_requests_total", Type::counter, "Requests of the admin API.");
  for (const auto& s : series)
    out.sample({{"route", s.route}, {"code", std::to_string(s.status)}},
               static_cast<double>(s.count));
  out.family("goakt_admin_request_seconds", Type::histogram, "How long they took.");
  for (const auto& s : series) {
    const std::string code = std::to_string(s.status);
    for (std::size_t i = 0; i < Traffic::kBuckets.size(); ++i)
      out.sample({{"route", s.route}, {"code", code}, {"le", number(Traffic::kBuckets[i])}},
                 static_cast<double>(s.buckets[i]), "_bucket");
    out.sample({{"route", s.route}, {"code", code}, {"le", "+Inf"}}, static_cast<double>(s.count),
               "_bucket");
    out.sample({{"route", s.route}, {"code", code}}, s.seconds, "_sum");
    out.sample({{"route", s.route}, {"code", code}}, static_cast<double>(s.count), "_count");
  }
}

std::size_t open_files() {
  std::size_t count = 0;
  if (DIR* const folder = ::opendir("/proc/self/fd")) {
    while (::readdir(folder) != nullptr) ++count;
    ::closedir(folder);
  }
  return count > 3 ? count - 3 : 0;  // ".", ".." and the folder itself
}

void process(Exposition& out, node::Node& node) {
  out.counter("process_cpu_seconds_total", "Processor time used.", cpu_seconds());
  unsigned long size = 0;
  unsigned long resident = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%lu %lu", &size, &resident) != 2) size = resident = 0;
    std::fclose(file);
  }
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  out.gauge("process_virtual_memory_bytes", "Address space.", static_cast<double>(size) * page);
  out.gauge("process_resident_memory_bytes", "Memory in use.",
            static_cast<double>(resident) * page);
  out.gauge("process_open_fds", "Open files and sockets.", static_cast<double>(open_files()));
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
    out.gauge("process_max_fds", "As many may be open.", static_cast<double>(files.rlim_cur));
  out.gauge("process_start_time_seconds", "When the node was made, since 1970.",
            std::chrono::duration<double>(node.birthdate().time_since_epoch()).count());
}

}  // namespace

std::string metrics_text(node::Node& node, const Traffic& traffic, bool open_metrics) {
  Exposition out(open_metrics);
  actors(out, node);
  mailboxes(out, node);
  runtime(out, node);
  membership(out, node);
  administration(out, node, traffic);
  process(out, node);
  return std::move(out).finish();
}

void add_metric_routes(Router& router, node::Node& node, const Traffic& traffic) {
  router.add("GET", "/metrics", Role::none, [&node, &traffic](const Request& request) -> Reply {
    if (request.door == Door::network && request.role < Role::viewer)
      return refuse(Problem::unauthenticated, "credentials are missing or wrong");
    const bool open_metrics =
        request.header("accept").find("application/openmetrics-text") != std::string_view::npos;
    Response response;
    response.content_type = open_metrics
                                ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                : "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(node, traffic, open_metrics);
    return response;
  });
}

}  // namespace goakt::admin
