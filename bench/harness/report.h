#pragma once

#include "bench/harness/goals.h"
#include "bench/harness/options.h"
#include "bench/harness/recorded.h"
#include "bench/harness/results.h"

#include <string>
#include <string_view>

namespace goakt::bench {

// "27.3 M", "105", "1.21 k": three digits, as the tables show them.
std::string short_number(double value);

// The tables for people, on standard output: machine, anchors, figures beside the peers', goals.
void print_tables(const Results& results, const Recorded& recorded);

// One JSON object per figure of ours, of each peer and of the anchors. False when the file cannot
// be written.
bool write_json(const std::string& file, const Results& results, const Options& options);

}  // namespace goakt::bench
