// Whatever parses must fire at ascending times, in either zone, and mean the same when its
// normalised text is parsed again.

#include "goakt/base/cron.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cron = goakt::CronExpression::parse(text);
  if (!cron) {
    require(cron.error().message().starts_with("parse cron expression: "));
    return 0;
  }
  const auto again = goakt::CronExpression::parse(cron->text());
  require(again.has_value());
  for (const auto zone : {goakt::Zone::utc, goakt::Zone::local}) {
    std::chrono::sys_seconds moment(std::chrono::seconds(1'700'000'000));
    for (int i = 0; i < 3; ++i) {
      const auto next = cron->next_after(moment, zone);
      require(next == again->next_after(moment, zone));
      if (!next) break;
      require(*next > moment);
      moment = *next;
    }
  }
  return 0;
}
