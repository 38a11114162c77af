#include "archive_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctime>

// The only file that knows libarchive.

namespace goaktctl {

struct ArchiveWriter::State {
  struct archive* out = archive_write_new();
  std::string error;
  bool open = false;

  void check(int result) {
    if (result >= ARCHIVE_WARN || !error.empty()) return;
    const char* text = archive_error_string(out);
    error = text ? text : "the archive cannot be written";
  }
};

ArchiveWriter::ArchiveWriter(const std::string& path) : state_(std::make_unique<State>()) {
  state_->check(archive_write_add_filter_zstd(state_->out));
  state_->check(archive_write_set_format_pax_restricted(state_->out));
  state_->check(archive_write_open_filename(state_->out, path.c_str()));
  state_->open = state_->error.empty();
}

ArchiveWriter::~ArchiveWriter() {
  archive_write_free(state_->out);
}

void ArchiveWriter::add(const std::string& name, std::string_view bytes) {
  if (!state_->error.empty()) return;
  struct archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0600);
  archive_entry_set_mtime(entry, std::time(nullptr), 0);
  state_->check(archive_write_header(state_->out, entry));
  if (archive_write_data(state_->out, bytes.data(), bytes.size()) < 0) state_->check(ARCHIVE_FATAL);
  archive_entry_free(entry);
}

std::string ArchiveWriter::close() {
  if (state_->open) state_->check(archive_write_close(state_->out));
  state_->open = false;
  return state_->error;
}

}  // namespace goaktctl
