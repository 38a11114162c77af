#include "goakt/admin/idempotency.h"

#include "goakt/admin/access.h"

#include <algorithm>

namespace goakt::admin {

namespace {

bool is_good_key(std::string_view key) {
  return key.size() <= IdempotencyStore::kLongestKey &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// What another try may change is not kept: it would make a passing trouble last ten minutes.
bool is_final(const Response& response) {
  return response.status < 500 && response.status != 429 && !response.stream;
}

}  // namespace

void IdempotencyStore::erase(List::iterator entry) {
  bytes_ -= entry->response.body.size();
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void IdempotencyStore::shrink(TimePoint now) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto entry = it++;
    const bool full = entries_.size() > kEntries || bytes_ > kBytes;
    if (entry->at + kKept > now && !full) return;
    if (!entry->running) erase(entry);
  }
}

Response IdempotencyStore::answer(const Request& request, const std::function<Response()>& run) {
  const std::string_view key = request.header("idempotency-key");
  if (key.empty()) return run();
  if (!is_good_key(key)) {
    return Refusal(Problem::invalid_argument,
                   "an Idempotency-Key has at most 128 printable characters")
        .to_response(request);
  }
  std::string full_key = request.caller + '\n' + request.path + '\n';
  full_key += key;
  std::string hash = sha256(request.body);
  List::iterator mine;
  {
    std::lock_guard lock(mutex_);
    const TimePoint now = clock_.now();
    shrink(now);
    if (const auto it = by_key_.find(full_key); it != by_key_.end()) {
      const Entry& entry = *it->second;
      if (entry.body_hash != hash) {
        return Refusal(Problem::idempotency_mismatch,
                       "this Idempotency-Key was used for another body")
            .to_response(request);
      }
      Response again = entry.running ? Refusal(Problem::wrong_state,
                                               "the first request with this key still runs")
                                           .with_retry_after("1")
                                           .to_response(request)
                                     : entry.response;
      if (!entry.running) again.set_header("Idempotency-Replayed", "true");
      return again;
    }
    mine = entries_.insert(entries_.end(), {full_key, std::move(hash), now, true, {}});
    by_key_.emplace(std::move(full_key), mine);
  }
  Response response = run();
  std::lock_guard lock(mutex_);
  mine->running = false;
  if (is_final(response)) {
    mine->response = response;
    bytes_ += response.body.size();
    shrink(clock_.now());
  } else {
    erase(mine);
  }
  return response;
}

}  // namespace goakt::admin
