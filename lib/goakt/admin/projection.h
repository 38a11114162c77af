#pragma once

#include <string>
#include <string_view>

namespace goakt::admin {

// The `fields` of a read: of the document, or of each of its `items`, only the members named by
// dotted paths, "name,metrics.mailbox". What is not there is left out.
std::string project(const std::string& document, std::string_view fields);

}  // namespace goakt::admin
