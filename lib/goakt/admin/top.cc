#include "goakt/actor/inspect.h"
#include "goakt/admin/actor_filter.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/selection.h"
#include "goakt/admin/traffic.h"
#include "goakt/node/node.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace goakt::admin {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kScanStep = 4'096;
// The clock of the actors' last activity is coarse.
constexpr std::uint32_t kSlackMs = 10;

// How many messages each actor had handled at one moment; those that never had any are left out.
struct Sample {
  struct Entry {
    Pid pid;
    std::uint64_t processed;
  };

  Clock::time_point at;
  std::uint32_t activity_ms = 0;
  std::vector<Entry> entries;

  static bool before(const Entry& a, const Entry& b) {
    return std::hash<Pid>()(a.pid) < std::hash<Pid>()(b.pid);
  }

  std::uint64_t processed_of(const Pid& pid) const {
    const Entry wanted{pid, 0};
    for (auto it = std::lower_bound(entries.begin(), entries.end(), wanted, before);
         it != entries.end() && !before(wanted, *it); ++it)
      if (it->pid == pid) return it->processed;
    return 0;
  }
};

struct Row {
  Pid pid;
  double rate = 0;
  double wait = 0;  // seconds
  double key = 0;
};

struct Wish {
  std::string by = "rate";
  std::size_t rows = 20;
  std::chrono::milliseconds window{1'000};
  bool system = false;
};

// Rates need two looks at all actors. The second look of one request is the first one of the next,
// so whoever asks again and again waits only once.
class Sampler {
 public:
  explicit Sampler(node::Node& node) : node_(node) {}

  std::shared_ptr<const Sample> base(std::chrono::milliseconds window) {
    constexpr std::chrono::seconds kTooOld{60};
    std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (!last_ || now - last_->at > std::max<Clock::duration>(kTooOld, 4 * window))
      last_ = look(nullptr, {}, nullptr);
    return last_;
  }

  // The rows with the largest keys, largest first; rates since `base`.
  std::vector<Row> top(const Sample& base, const Wish& wish) {
    std::vector<Row> rows;
    auto sample = look(&base, wish, &rows);
    std::sort(rows.begin(), rows.end(), larger);
    std::lock_guard lock(mutex_);
    last_ = std::move(sample);
    return rows;
  }

 private:
  static bool larger(const Row& a, const Row& b) {
    return a.key != b.key ? a.key > b.key : a.pid.name() < b.pid.name();
  }

  static double key_of(const Row& row, const std::string& by) {
    if (by == "rate") return row.rate;
    if (by == "latency") return row.wait;
    double value = 0;
    metric_of(row.pid, by, value);
    return value;
  }

  std::shared_ptr<const Sample> look(const Sample* base, const Wish& wish, std::vector<Row>* rows) {
    auto sample = std::make_shared<Sample>();
    sample->at = Clock::now();
    sample->activity_ms = activity_clock_ms(node_.system());
    const double seconds = base ? std::chrono::duration<double>(sample->at - base->at).count() : 1;
    std::uint64_t cursor = 0;
    do {
      const auto page = node_.system().scan_actors(cursor, kScanStep, wish.system);
      for (const Pid& pid : page.actors) {
        const std::uint64_t processed = pid.processed_count();
        if (processed != 0) sample->entries.push_back({pid, processed});
        if (rows == nullptr) continue;
        Row row{pid};
        if (processed != 0 && last_activity_ms(pid) + kSlackMs >= base->activity_ms) {
          const std::uint64_t before = base->processed_of(pid);
          row.rate = processed > before ? static_cast<double>(processed - before) / seconds : 0;
        }
        // Little's law: what waits, over what leaves. Of an actor that has handled nothing all the
        // time no more is known than that a message needs longer than that.
        row.wait = static_cast<double>(pid.mailbox_depth()) / std::max(row.rate, 1 / seconds);
        row.key = key_of(row, wish.by);
        keep(*rows, std::move(row), wish.rows);
      }
      cursor = page.next;
    } while (cursor != 0);
    std::sort(sample->entries.begin(), sample->entries.end(), Sample::before);
    return sample;
  }

  // A heap with the smallest of the largest in front.
  static void keep(std::vector<Row>& rows, Row row, std::size_t most) {
    if (rows.size() == most) {
      if (!larger(row, rows.front())) return;
      std::pop_heap(rows.begin(), rows.end(), larger);
      rows.pop_back();
    }
    rows.push_back(std::move(row));
    std::push_heap(rows.begin(), rows.end(), larger);
  }

  node::Node& node_;
  std::mutex mutex_;  // guards last_
  std::shared_ptr<const Sample> last_;
};

// Those with dead letters are few, and known by the letters that are kept.
std::vector<Row> by_dead_letters(node::Node& node, std::size_t most) {
  DeadletterQuery all;
  all.limit = SIZE_MAX;
  std::unordered_set<std::string> receivers;
  for (const Deadletter& letter : node.system().dead_letters(all))
    receivers.insert(letter.receiver);
  std::vector<Row> rows;
  for (const std::string& path : receivers) {
    const auto pid = node.system().actor_of(path.substr(path.rfind('/') + 1));
    if (pid && pid->path() == path)
      rows.push_back({*pid, 0, 0, static_cast<double>(node.system().dead_letters_count(path))});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key > b.key; });
  if (rows.size() > most) rows.resize(most);
  return rows;
}

Reply top(const Request& request, node::Node& node, Traffic& traffic, Sampler& sampler) {
  const auto rows_wanted = query_number(request, "rows", 20, 1, 1'000);
  if (!rows_wanted) return refuse(rows_wanted.error());
  const auto window = query_number(request, "windowMs", 1'000, 10, 10'000);
  if (!window) return refuse(window.error());
  Wish wish;
  if (!request.query_value("by").empty()) wish.by = request.query_value("by");
  wish.rows = static_cast<std::size_t>(*rows_wanted);
  wish.window = std::chrono::milliseconds(*window);
  wish.system = query_switch(request, "system");
  if (wish.by == "cpu") {
    return refuse(Refusal(Problem::feature_disabled, "no processor time is taken of single actors")
                      .with_hint("by=rate and by=latency are near; with system.metrics, "
                                 "goakt_message_processing_seconds in /metrics has it by kind"));
  }
  if (!is_among(wish.by, "rate,mailbox,latency,restarts,failures,processed,deadletters")) {
    return refuse(
        Problem::invalid_argument,
        "by must be rate, mailbox, latency, restarts, failures, processed or deadletters");
  }
  const auto slot = traffic.begin_wait();
  if (!slot) return refuse(Problem::rate_limited, "too many requests wait");
  const auto base = sampler.base(wish.window);
  const auto age = Clock::now() - base->at;
  // A base that is nearly old enough will do: who asks every two seconds is never held up.
  if (age < wish.window * 9 / 10) std::this_thread::sleep_for(wish.window - age);
  const auto measured = Clock::now() - base->at;
  const auto rows =
      wish.by == "deadletters" ? by_dead_letters(node, wish.rows) : sampler.top(*base, wish);
  const std::string id = node.id();
  Json items = Json::array();
  for (const Row& row : rows) {
    Json item = actor_summary(row.pid, id);
    // Those with dead letters are found by these, not measured.
    if (wish.by != "deadletters") item.set("waitSeconds", row.wait);
    item.set("ratePerSecond", row.rate);
    if (wish.by == "deadletters") item.set("deadLetters", static_cast<std::uint64_t>(row.key));
    items.add(std::move(item));
  }
  Json json = list_of(std::move(items));
  json.set("by", wish.by).set("node", id).set("actors", node.system().num_actors());
  json.set("windowMs", std::chrono::duration_cast<std::chrono::milliseconds>(measured).count());
  return answer(json);
}

}  // namespace

void add_top_routes(Router& router, node::Node& node, Traffic& traffic) {
  router.add("GET", "/v1/top", Role::viewer,
             [&node, &traffic, sampler = std::make_shared<Sampler>(node)](const Request& request) {
               return top(request, node, traffic, *sampler);
             });
}

}  // namespace goakt::admin
