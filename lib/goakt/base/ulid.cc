#include "goakt/base/ulid.h"

#include <string_view>

namespace goakt {

std::string make_ulid(std::chrono::system_clock::time_point now, Rng& rng) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr std::size_t kTimeDigits = 10;
  auto milliseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  std::string id(26, '0');
  for (std::size_t i = kTimeDigits; i-- > 0; milliseconds >>= 5)
    id[i] = kAlphabet[milliseconds & 31];
  for (std::size_t i = kTimeDigits; i < id.size(); ++i) id[i] = kAlphabet[rng() & 31];
  return id;
}

}  // namespace goakt
