#pragma once

#include "goakt/admin/http_server.h"
#include "goakt/admin/router.h"
#include "goakt/backend/http/client.h"

#include <filesystem>
#include <stdlib.h>
#include <string>

namespace goakt::admin {

// A directory of its own that is gone after the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "goakt-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  ~ScratchFolder() { std::filesystem::remove_all(path_); }

  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// The value, or the end of the test program with the reason.
template <class T>
T must(Result<T> result) {
  if (!result) must_failed(result.error(), __FILE__, __LINE__);
  return *std::move(result);
}

inline http::Client client_of(const HttpServer& server) {
  return http::Client(*http::Address::parse(server.listener().url()), {});
}

inline http::Request get(std::string target) {
  http::Request request;
  request.target = std::move(target);
  return request;
}

inline http::Request post(std::string target, std::string body,
                          std::string type = "application/json") {
  http::Request request;
  request.method = "POST";
  request.target = std::move(target);
  request.body = std::move(body);
  request.content_type = std::move(type);
  return request;
}

}  // namespace goakt::admin
