#include "goakt/admin/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctime>

namespace goakt::admin {

struct Archive::Impl {
  archive* out = nullptr;
};

namespace {

la_ssize_t append(archive*, void* bytes, const void* data, std::size_t size) {
  static_cast<std::string*>(bytes)->append(static_cast<const char*>(data), size);
  return static_cast<la_ssize_t>(size);
}

tl::unexpected<Error> failed(archive* out) {
  const char* text = out ? archive_error_string(out) : nullptr;
  return fail(ErrorCode::internal, std::string("archive: ") + (text ? text : "cannot be made"));
}

}  // namespace

Archive::Archive(std::string_view folder) : folder_(folder), impl_(std::make_unique<Impl>()) {
  archive* const out = archive_write_new();
  if (out == nullptr) return;
  if (archive_write_add_filter_zstd(out) == ARCHIVE_OK &&
      archive_write_set_format_pax_restricted(out) == ARCHIVE_OK &&
      archive_write_open(out, &bytes_, nullptr, append, nullptr) == ARCHIVE_OK)
    impl_->out = out;
  else
    archive_write_free(out);
}

Archive::~Archive() {
  if (impl_->out != nullptr) archive_write_free(impl_->out);
}

Status Archive::add(std::string_view name, std::string_view bytes) {
  if (impl_->out == nullptr) return failed(nullptr);
  archive_entry* const entry = archive_entry_new();
  archive_entry_set_pathname(entry, (folder_ + "/" + std::string(name)).c_str());
  archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0640);
  archive_entry_set_mtime(entry, std::time(nullptr), 0);
  const bool good = archive_write_header(impl_->out, entry) == ARCHIVE_OK &&
                    archive_write_data(impl_->out, bytes.data(), bytes.size()) ==
                        static_cast<la_ssize_t>(bytes.size());
  archive_entry_free(entry);
  if (!good) return failed(impl_->out);
  return {};
}

Result<std::string> Archive::finish() {
  if (impl_->out == nullptr || archive_write_close(impl_->out) != ARCHIVE_OK)
    return failed(impl_->out);
  return std::move(bytes_);
}

}  // namespace goakt::admin
