#include "goakt/daemon/bundle_file.h"

#include "goakt/admin/bundle.h"
#include "goakt/daemon/data_directory.h"
#include "goakt/daemon/replace_file.h"

#include <ctime>

namespace goakt::daemon {

namespace {

// "20261123T120501Z": in the order of time when listed by name.
std::string time_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm date{};
  ::gmtime_r(&now, &date);
  char text[32];
  const auto size = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &date);
  return {text, size};
}

Status make_file(node::Operation& operation, node::Node& node, const admin::Router& router,
                 const std::string& directory, const std::string& path) {
  GOAKT_CHECK(prepare_data_directory(directory));
  GOAKT_TRY(const std::string bytes, admin::make_bundle(operation, router, node));
  if (bytes.empty()) return fail(ErrorCode::request_canceled);
  return replace_file(path, bytes);
}

}  // namespace

Status write_bundle(node::Node& node, const admin::Router& router, const std::string& directory,
                    const Logger& log) {
  node::Operations::Spec spec{"debug.bundle", node.id(), "signal", ""};
  auto operation = node.operations().start(
      std::move(spec), [&node, &router, directory, log](node::Operation& running) -> Status {
        const std::string path =
            directory + "/debug-" + time_stamp() + "-" + running.id() + ".tar.zst";
        Status made = make_file(running, node, router, directory, path);
        if (made)
          log.info("debug bundle written", {{"file", path}});
        else
          log.log(LogLevel::error, "debug bundle not written", made.error());
        return made;
      });
  if (!operation) return unexpected(std::move(operation).error());
  return {};
}

}  // namespace goakt::daemon
