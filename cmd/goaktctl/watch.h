#pragma once

#include "session.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace goaktctl {

// Things that differ between two looks at a list: {"type": "added|changed|removed", "object": ...}.
std::vector<Document> changes_between(const Schema& schema, const std::vector<Document>& before,
                                      const std::vector<Document>& after);

// Fetches until interrupted. A first failure ends it; later ones are said and waited out.
// On a terminal the table is drawn anew, elsewhere each change is a line.
using FetchList = std::function<std::optional<std::vector<Document>>(int& exit)>;
int watch_list(Session& session, const Schema& schema, std::chrono::milliseconds interval,
               const FetchList& fetch);

// The same for a picture of any kind: `draw` gives the text, or nothing after a failure.
using DrawPicture = std::function<std::optional<std::string>(int& exit)>;
int watch_picture(Session& session, const std::string& title, std::chrono::milliseconds interval,
                  const DrawPicture& draw);

}  // namespace goaktctl
