#include "goakt/admin/watch.h"

#include "goakt/admin/object_stream.h"
#include "goakt/admin/query_values.h"

#include <nlohmann/json.hpp>

#include <map>
#include <thread>

namespace goakt::admin {

namespace {

using Document = nlohmann::ordered_json;

// By what an object is known from one look to the next.
std::string key_of(const Document& object) {
  for (const char* member : {"address", "id", "ref", "name", "key"}) {
    const auto it = object.find(member);
    if (it != object.end() && it->is_string()) return it->get<std::string>();
  }
  return {};
}

// Times that pass by themselves are no change.
Document without_clocks(Document object) {
  for (const char* member : {"uptimeSeconds", "sinceLastMessageSeconds", "dueInMs", "load"})
    object.erase(member);
  if (const auto metrics = object.find("metrics"); metrics != object.end() && metrics->is_object())
    for (const char* member : {"uptimeSeconds", "sinceLastMessageSeconds"}) metrics->erase(member);
  return object;
}

class Watcher final : public ObjectStream {
 public:
  Watcher(Request request, const Router& router, std::chrono::milliseconds interval)
      : request_(std::move(request)), router_(router), interval_(interval) {}

 protected:
  bool more() override {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) {
      // Often enough to see that the node stops.
      std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(
          next_ - now, std::chrono::milliseconds(500)));
      return true;
    }
    next_ = now + interval_;
    const Response response = router_.dispatch(request_);
    std::map<std::string, Document> seen;
    if (response.status == 200) {
      Document document = Document::parse(response.body, nullptr, false);
      if (const auto items = document.find("items"); items != document.end() && items->is_array()) {
        for (Document& item : *items) seen.emplace(key_of(item), std::move(item));
      } else if (document.is_object()) {
        seen.emplace(key_of(document), std::move(document));
      }
    } else if (response.status != 404) {
      return true;  // a passing trouble: what was there is still thought to be
    }
    tell(seen);
    return true;
  }

 private:
  void tell(std::map<std::string, Document>& seen) {
    for (const auto& [key, object] : seen) {
      const auto before = known_.find(key);
      if (before == known_.end())
        put_change("added", object);
      else if (without_clocks(object) != without_clocks(before->second))
        put_change("changed", object);
    }
    for (const auto& [key, object] : known_)
      if (!seen.contains(key)) put_change("removed", object);
    known_.swap(seen);
  }

  void put_change(std::string_view type, const Document& object) {
    Json change;
    change.set("type", type);
    change.set_raw("object", object.dump(-1, ' ', false, Document::error_handler_t::replace));
    put(change, {}, type);
  }

  Request request_;
  const Router& router_;
  const std::chrono::milliseconds interval_;
  std::chrono::steady_clock::time_point next_{};
  std::map<std::string, Document> known_;
};

}  // namespace

Reply watch(const Request& request, const Router& router, Traffic& traffic) {
  const auto interval = query_number(request, "intervalMs", 2'000, 100, 3'600'000);
  if (!interval) return refuse(interval.error());
  Request asked = request;
  // What is wrong with the request is told at once, and not in the stream.
  Response first = router.dispatch(asked);
  if (first.status != 200 && first.status != 404) return first;
  if (first.stream || first.content_type != kJsonType) {
    if (first.status == 200)
      return refuse(Problem::invalid_argument, "only documents and lists can be watched");
  }
  return open_stream<Watcher>(request, traffic, std::move(asked), router,
                              std::chrono::milliseconds(*interval));
}

}  // namespace goakt::admin
