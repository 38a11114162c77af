#include "goakt/daemon/token_file.h"

#include "goakt/base/text.h"
#include "goakt/daemon/replace_file.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

namespace goakt::daemon {

namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kLongestName = 64;

// Held as long as it lives. The directory, because the file itself is replaced.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::string& file) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    descriptor_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }

  ~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_ = -1;
};

Result<std::string> content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (in) return std::string(std::istreambuf_iterator<char>(in), {});
  if (errno == ENOENT) return std::string();
  const ErrorCode code = errno == EACCES ? ErrorCode::permission_denied : ErrorCode::internal;
  return fail(code, "cannot read " + path + ": " + std::strerror(errno));
}

bool is_good_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || std::strchr("._@-", c) != nullptr;
         });
}

// Recognisable for those who scan repositories for leaked secrets, and good in a URL.
Result<std::string> make_secret() {
  std::string bytes(kSecretBytes, '\0');
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return fail(ErrorCode::internal, "the kernel gives no random bytes");
  std::string secret = "goakt_" + base64_encode(bytes);
  std::replace(secret.begin(), secret.end(), '+', '-');
  std::replace(secret.begin(), secret.end(), '/', '_');
  while (secret.ends_with('=')) secret.pop_back();
  return secret;
}

}  // namespace

Result<std::vector<admin::Token>> TokenFile::list() const {
  GOAKT_TRY(const std::string content, content_of(path_));
  if (content.empty()) return std::vector<admin::Token>();
  return admin::read_tokens(path_);
}

Result<std::string> TokenFile::add(admin::Role role, const std::string& name) {
  if (!is_good_name(name)) {
    return fail(ErrorCode::invalid_id, "\"" + name + "\" is no name of a token: 1 to " +
                                           std::to_string(kLongestName) +
                                           " letters, digits and . _ @ -");
  }
  const DirectoryLock lock(path_);
  GOAKT_TRY(const auto tokens, list());
  for (const admin::Token& token : tokens) {
    if (token.name != name) continue;
    return unexpected(
        Error(ErrorCode::invalid_id, "there is a token named " + name + " in " + path_)
            .with_hint("goaktd token revoke " + name + " first, or take another name"));
  }
  GOAKT_TRY(std::string secret, make_secret());
  GOAKT_TRY(std::string content, content_of(path_));
  if (!content.empty() && !content.ends_with('\n')) content += '\n';
  content += admin::token_line({role, name, admin::sha256(secret)}) + "\n";
  GOAKT_CHECK(replace_file(path_, content));
  return secret;
}

Status TokenFile::revoke(const std::string& name) {
  const DirectoryLock lock(path_);
  GOAKT_TRY(const std::string content, content_of(path_));
  std::string kept;
  for (std::size_t begin = 0; begin < content.size();) {
    const auto end = std::min(content.find('\n', begin), content.size() - 1) + 1;
    const std::string line = content.substr(begin, end - begin);
    const auto token = admin::parse_token(line.substr(0, line.find_last_not_of("\r\n") + 1));
    if (!token || token->name != name) kept += line;
    begin = end;
  }
  if (kept.size() == content.size())
    return fail(ErrorCode::invalid_id, "there is no token named " + name + " in " + path_);
  return replace_file(path_, kept);
}

}  // namespace goakt::daemon
