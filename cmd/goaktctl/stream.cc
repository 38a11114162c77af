#include "stream.h"

#include "exit_codes.h"
#include "output/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <thread>

namespace goaktctl {

namespace {

using Clock = std::chrono::steady_clock;

// What would fill the memory if a server never ended its line.
constexpr std::size_t kLongestLine = 64 * 1024 * 1024;

std::string text_of(const Document& object, const char* key) {
  const Document* value = at_path(object, key);
  return value ? plain_text(*value) : std::string();
}

}  // namespace

bool LineCutter::feed(std::string_view piece, const Take& take) {
  rest_ += piece;
  std::size_t begin = 0;
  for (auto feed = rest_.find('\n'); feed != std::string::npos; feed = rest_.find('\n', begin)) {
    const std::string_view line = std::string_view(rest_).substr(begin, feed - begin);
    begin = feed + 1;
    const Document object = Document::parse(line, nullptr, false);
    if (object.is_object() && !take(object)) return false;
  }
  rest_.erase(0, begin);
  return rest_.size() < kLongestLine;
}

int follow(Session& session, goakt::admin::Call call, const Following& following,
           const LineCutter::Take& take) {
  if (call.method != "GET" && session.settings().on("dry-run")) {
    int exit = Exit::ok;
    session.send(std::move(call), exit);
    return exit;
  }
  std::string last_id;
  bool done = false;
  bool ended = false;
  auto alive = Clock::now();
  const auto patience = session.settings().duration("timeout");
  call.headers.push_back({"Accept", "application/x-ndjson"});
  call.target = session.with_node(call.target);
  for (int failures = 0;; ++failures) {
    goakt::admin::Call now = call;
    if (!last_id.empty()) now.headers.push_back({"Last-Event-ID", last_id});
    LineCutter cutter;
    const auto take_object = [&](const Document& object) {
      alive = Clock::now();
      failures = 0;
      const std::string type = text_of(object, "type");
      if (following.until && Clock::now() >= *following.until) done = true;
      if (type == "heartbeat") return !done;
      if (type == "end") {
        // Where the end was asked for, it is no news.
        if (following.resumes)
          session.note("-- the node ended the stream: " + printable(text_of(object, "reason")) +
                       " --");
        ended = true;
        return false;
      }
      if (type == "gap") {
        session.note("-- " + text_of(object, "missed") + " events lost --");
        if (session.out().is_table()) return true;
      }
      if (const std::string id = text_of(object, "id"); !id.empty()) last_id = id;
      done = done || !take(object);
      return !done;
    };
    const auto result = session.client().stream(
        now, [&](std::string_view piece) { return cutter.feed(piece, take_object); });
    if (done || (ended && !following.resumes)) return Exit::ok;
    if (result && !following.resumes) return Exit::ok;
    const bool reachable = result || result.error().exit == Exit::unreachable;
    if (!reachable || !following.resumes || Clock::now() - alive > patience) {
      if (!result) return session.report(result.error());
      alive = Clock::now();
    }
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::min(2'000, 100 << std::min(failures, 5))));
  }
}

}  // namespace goaktctl
