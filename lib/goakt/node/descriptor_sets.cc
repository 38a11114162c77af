#include "goakt/node/descriptor_sets.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace goakt::node {

namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

constexpr std::uintmax_t kLargestSet = 64 << 20;
constexpr const char* kCommand =
    "protoc --include_imports --descriptor_set_out=FILE.desc FILE.proto makes such files";

Error problem(const std::string& set, const std::string& why, const std::string& hint = kCommand) {
  return Error(ErrorCode::invalid_argument, set + ": " + why).with_hint(hint);
}

tl::unexpected<Error> refuse(const std::string& set, const std::string& why,
                             const std::string& hint = kCommand) {
  return unexpected(problem(set, why, hint));
}

// What protobuf complains about while it builds a file; the first one is enough.
class Complaint final : public DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string&, const std::string& element, const google::protobuf::Message*,
                ErrorLocation, const std::string& message) override {
    if (text_.empty()) text_ = element.empty() ? message : element + ": " + message;
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct Entry {
  FileDescriptorProto proto;
  std::string from;  // the set, as complaints name it
};

std::string in_package(const FileDescriptorProto& file, const std::string& name) {
  return file.package().empty() ? name : file.package() + "." + name;
}

// Full names of all that the file defines at its top.
std::vector<std::string> symbols_of(const FileDescriptorProto& file) {
  std::vector<std::string> names;
  for (const auto& type : file.message_type()) names.push_back(in_package(file, type.name()));
  for (const auto& type : file.enum_type()) names.push_back(in_package(file, type.name()));
  for (const auto& type : file.service()) names.push_back(in_package(file, type.name()));
  return names;
}

Result<std::vector<std::string>> set_files(const std::string& folder, bool must_exist) {
  std::vector<std::string> files;
  std::error_code error;
  std::filesystem::directory_iterator it(folder, error);
  if (error == std::errc::no_such_file_or_directory && !must_exist) return files;
  for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    const auto extension = it->path().extension();
    if (extension == ".desc" || extension == ".binpb") files.push_back(it->path().string());
  }
  if (error)
    return refuse("plugins.proto-dir: " + folder, "cannot read this directory: " + error.message(),
                  "make it, or set plugins.proto-dir to \"\" for none");
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::string> read_file(const std::string& path, const std::string& set) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return refuse(set, "cannot read it: " + error.message(), "look at its permissions");
  if (size > kLargestSet) return refuse(set, "it is larger than 64 MiB");
  std::ifstream in(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (in.bad() || bytes.size() < size)
    return refuse(set, "cannot read it", "look at its permissions");
  return bytes;
}

using Entries = std::map<std::string, Entry>;  // by name of the .proto file

// Brings the files of several sets into one pool.
class Sets {
 public:
  Sets(const DescriptorPool& below, DescriptorPool& pool) : below_(below), pool_(pool) {}

  Status take(const std::string& name, std::string_view bytes) {
    FileDescriptorSet set;
    if (bytes.size() > kLargestSet ||
        !set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return refuse(name, "it is no descriptor set");
    if (set.file().empty()) return refuse(name, "there is no .proto file in it");
    for (FileDescriptorProto& file : *set.mutable_file()) {
      file.clear_source_code_info();
      GOAKT_CHECK(take(Entry{std::move(file), name}));
    }
    return {};
  }

  // Imports first; they may be in another set.
  Result<std::vector<DescriptorSetFile>> build() {
    std::vector<DescriptorSetFile> files;
    while (!entries_.empty()) {
      const auto built = files.size();
      for (auto it = entries_.begin(); it != entries_.end();) {
        const Entry& entry = it->second;
        if (!is_ready(entry)) {
          ++it;
          continue;
        }
        Complaint complaint;
        const auto* file = pool_.BuildFileCollectingErrors(entry.proto, &complaint);
        if (file == nullptr)
          return refuse(entry.from, entry.proto.name() + " is broken: " + complaint.text());
        files.push_back({file, std::filesystem::path(entry.from).filename().string()});
        it = entries_.erase(it);
      }
      if (files.size() == built) return unexpected(missing_import());
    }
    return files;
  }

 private:
  Status take(Entry entry) {
    const std::string name = entry.proto.name();
    if (const auto* known = below_.FindFileByName(name)) return check_same(entry, *known);
    GOAKT_CHECK(check_hides_nothing(entry));
    const auto [it, is_new] = entries_.try_emplace(name, std::move(entry));
    if (!is_new && it->second.proto.SerializeAsString() != entry.proto.SerializeAsString())
      return refuse(entry.from, "its " + name + " is not the one of " + it->second.from,
                    "make both anew from the same .proto files");
    return {};
  }

  // A file of that name is known: it must be the same one, as far as its types go.
  Status check_same(const Entry& entry, const FileDescriptor& known) const {
    for (const std::string& name : symbols_of(entry.proto)) {
      if (below_.FindFileContainingSymbol(name) == &known) continue;
      return refuse(entry.from,
                    "another " + entry.proto.name() + ", without " + name + ", is known already",
                    "give the .proto file another name");
    }
    return {};
  }

  // protobuf would let a type of a set hide the known one of that name.
  Status check_hides_nothing(const Entry& entry) const {
    for (const std::string& name : symbols_of(entry.proto)) {
      const auto* there = below_.FindFileContainingSymbol(name);
      if (there == nullptr) continue;
      return refuse(entry.from, name + " is known already, from " + there->name(),
                    "leave it out: a type that is known needs no descriptor set");
    }
    return {};
  }

  bool is_ready(const Entry& entry) const {
    return std::all_of(entry.proto.dependency().begin(), entry.proto.dependency().end(),
                       [&](const auto& name) { return pool_.FindFileByName(name) != nullptr; });
  }

  Error missing_import() const {
    const Entry& entry = entries_.begin()->second;
    for (const std::string& name : entry.proto.dependency()) {
      if (pool_.FindFileByName(name) != nullptr) continue;
      return problem(entry.from, entry.proto.name() + " imports " + name +
                                     ", which is in no set or imports it in turn");
    }
    return Error(ErrorCode::internal);
  }

  const DescriptorPool& below_;
  DescriptorPool& pool_;
  Entries entries_;
};

}  // namespace

Result<std::vector<DescriptorSetFile>> read_descriptor_sets(const std::string& folder,
                                                            bool must_exist, DescriptorPool& pool) {
  GOAKT_TRY(const auto paths, set_files(folder, must_exist));
  Sets sets(*DescriptorPool::generated_pool(), pool);
  for (const std::string& path : paths) {
    const std::string name = "plugins.proto-dir: " + path;
    GOAKT_TRY(const std::string bytes, read_file(path, name));
    GOAKT_CHECK(sets.take(name, bytes));
  }
  return sets.build();
}

Result<std::vector<DescriptorSetFile>> add_descriptor_set(std::string_view bytes,
                                                          const DescriptorPool& below,
                                                          DescriptorPool& pool) {
  const auto add = [&]() -> Result<std::vector<DescriptorSetFile>> {
    Sets sets(below, pool);
    GOAKT_CHECK(sets.take("the descriptor set of the request", bytes));
    return sets.build();
  };
  auto files = add();
  if (files) return files;
  return unexpected(Error(ErrorCode::invalid_message, files.error().message())
                        .with_hint(std::string(files.error().hint())));
}

}  // namespace goakt::node
