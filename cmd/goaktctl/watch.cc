#include "watch.h"

#include "exit_codes.h"
#include "output/screen.h"
#include "output/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <thread>
#include <unistd.h>
#include <unordered_map>

namespace goaktctl {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kShortestInterval{100};

std::string key_of(const Schema& schema, const Document& thing) {
  const Document* address = at_path(thing, "address");
  const Document* key = at_path(thing, schema.key);
  return address ? plain_text(*address) : key ? plain_text(*key) : std::string();
}

Document change(const char* type, const Document& object) {
  return {{"type", type}, {"object", object}};
}

bool draws_on_terminal(Session& session) {
  return session.out().is_table() && is_terminal(STDOUT_FILENO);
}

}  // namespace

std::vector<Document> changes_between(const Schema& schema, const std::vector<Document>& before,
                                      const std::vector<Document>& after) {
  std::unordered_map<std::string, const Document*> old;
  for (const Document& thing : before) old.emplace(key_of(schema, thing), &thing);
  std::vector<Document> changes;
  for (const Document& thing : after) {
    const auto it = old.find(key_of(schema, thing));
    if (it == old.end()) {
      changes.push_back(change("added", thing));
    } else {
      if (*it->second != thing) changes.push_back(change("changed", thing));
      old.erase(it);
    }
  }
  for (const Document& thing : before)
    if (old.contains(key_of(schema, thing))) changes.push_back(change("removed", thing));
  return changes;
}

int watch_picture(Session& session, const std::string& title, std::chrono::milliseconds interval,
                  const DrawPicture& draw) {
  int exit = Exit::ok;
  auto picture = draw(exit);
  if (!picture) return exit;
  std::string last;
  Screen screen;
  for (;;) {
    const auto now = std::chrono::system_clock::now();
    std::string head = title;
    if (interval.count() > 0)
      head += "   every " + short_duration(std::chrono::duration<double>(interval).count());
    head += "   " + format_time(now).substr(11, 8) + " UTC   ctrl-C ends";
    if (!picture) head += "   -- no answer --";
    if (picture) last = std::move(*picture);
    screen.draw(head + "\n\n" + last);
    if (!session.out().flush()) return Exit::broken_pipe;
    std::this_thread::sleep_for(std::max(interval, kShortestInterval));
    picture = draw(exit);
  }
}

int watch_list(Session& session, const Schema& schema, std::chrono::milliseconds interval,
               const FetchList& fetch) {
  if (draws_on_terminal(session)) {
    return watch_picture(session, schema.noun, interval,
                         [&](int& exit) -> std::optional<std::string> {
                           const auto things = fetch(exit);
                           if (!things) return std::nullopt;
                           return session.out().table(schema, *things);
                         });
  }
  int exit = Exit::ok;
  std::vector<Document> before;
  bool began = false;
  for (;;) {
    auto things = fetch(exit);
    if (!things && !began) return exit;
    if (things) {
      for (const Document& each : changes_between(schema, before, *things))
        session.out().document_line(each);
      if (!session.out().flush()) return Exit::broken_pipe;
      before = std::move(*things);
      began = true;
    }
    std::this_thread::sleep_for(std::max(interval, kShortestInterval));
  }
}

}  // namespace goaktctl
