#pragma once

#include <cstdint>
#include <string>

// What a figure must be read beside: the machine, the compiler, the revision.
namespace goakt::bench {

// The refusal limit of the 1-minute load average: beyond it other programs disturb the figures.
inline constexpr double kMaxLoad = 0.5;

double load_average();
unsigned cpu_count();
// Resident bytes and threads of this process, from /proc/self.
std::uint64_t resident_bytes();
unsigned thread_count();
std::string cpu_model();
std::string compiler();
std::string git_revision();

}  // namespace goakt::bench
