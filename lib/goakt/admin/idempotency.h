#pragma once

#include "goakt/admin/router.h"
#include "goakt/base/clock.h"

#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>

namespace goakt::admin {

// Remembers the answers of POSTs that carry an Idempotency-Key, for ten minutes, so that a client
// may repeat a request whose answer it has not seen. Keys belong to a caller and a path.
// Thread-safe. Bounded in number and bytes: the oldest answers go first.
class IdempotencyStore {
 public:
  static constexpr Duration kKept = std::chrono::minutes(10);
  static constexpr std::size_t kEntries = 10'000;
  static constexpr std::size_t kBytes = 64 << 20;
  static constexpr std::size_t kLongestKey = 128;

  explicit IdempotencyStore(const Clock& clock) : clock_(clock) {}

  // The kept answer, or that of `run`. Refusals: the key with another body, and one whose first
  // request still runs.
  Response answer(const Request& request, const std::function<Response()>& run);

 private:
  struct Entry {
    std::string key;
    std::string body_hash;
    TimePoint at{};
    bool running = true;
    Response response;
  };

  using List = std::list<Entry>;

  void erase(List::iterator entry);
  void shrink(TimePoint now);

  const Clock& clock_;
  std::mutex mutex_;  // guards all below
  List entries_;      // oldest first
  std::map<std::string, List::iterator, std::less<>> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace goakt::admin
