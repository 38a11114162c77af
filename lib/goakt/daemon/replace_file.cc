#include "goakt/daemon/replace_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace goakt::daemon {

namespace {

tl::unexpected<Error> refuse(const std::string& path, int number) {
  const bool denied = number == EACCES || number == EPERM || number == EROFS;
  return fail(denied ? ErrorCode::permission_denied : ErrorCode::internal,
              "cannot write " + path + ": " + std::strerror(number));
}

// A file beside the one that it will replace; removed unless it was renamed.
class Draft {
 public:
  explicit Draft(const std::string& path) : path_(path + ".XXXXXX") {
    descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);  // mode 0600
  }

  ~Draft() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!renamed_) ::unlink(path_.c_str());
  }

  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  bool write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t wrote = ::write(descriptor_, content.data(), content.size());
      if (wrote < 0 && errno != EINTR) return false;
      if (wrote > 0) content.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
  }

  bool own_like(const struct stat& info, mode_t mode) {
    if (::geteuid() == 0 && ::fchown(descriptor_, info.st_uid, info.st_gid) != 0) return false;
    return ::fchmod(descriptor_, mode) == 0;
  }

  bool become(const std::string& path) {
    renamed_ = ::fsync(descriptor_) == 0 && ::rename(path_.c_str(), path.c_str()) == 0;
    return renamed_;
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

}  // namespace

Status replace_file(const std::string& path, std::string_view content) {
  std::error_code error;
  const std::filesystem::path target =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  if (error) return refuse(path, error.value());
  const std::filesystem::path folder = target.parent_path();

  struct stat like {};

  mode_t mode = 0600;
  if (::stat(target.c_str(), &like) == 0)
    mode = like.st_mode & 0640;
  else if (::stat(folder.c_str(), &like) != 0)
    return refuse(path, errno);
  Draft draft(target);
  if (!draft.is_open() || !draft.write(content) || !draft.own_like(like, mode) ||
      !draft.become(target))
    return refuse(path, errno);
  // So that the name outlives a power cut, too; not all file systems can.
  if (const int at = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); at >= 0) {
    static_cast<void>(::fsync(at));
    ::close(at);
  }
  return {};
}

}  // namespace goakt::daemon
