#pragma once

#include "output/schema.h"

#include <string_view>
#include <vector>

namespace goaktctl {

// The samples of a Prometheus text exposition (0.0.4) as documents: name, labels, labelText, value,
// type, help. Lines that are none are passed over.
std::vector<Document> read_metrics(std::string_view text);

}  // namespace goaktctl
