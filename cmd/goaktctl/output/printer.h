#pragma once

#include "output/table.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

using Document = nlohmann::ordered_json;

enum class Format { table, wide, json, ndjson, yaml, name };

std::optional<Format> parse_format(std::string_view word);

// One column of a kind of thing: where its value is and how it looks in a table.
struct Field {
  std::string header;
  std::string path;  // dotted: "metrics.mailbox"
  bool right = false;
  int weight = 100;
  bool only_wide = false;
  std::function<std::string(const Document&)> text = {};  // default: the value as it is
};

struct Schema {
  std::string noun;  // "actor": what `-o name` prints before the slash
  std::vector<Field> fields;
};

// The member behind a dotted path; null when there is none.
const Document* at_path(const Document& object, std::string_view path);
// A scalar as text: strings without quotes, whole numbers with thousands apart.
std::string cell_text(const Document& value);

// Writes results to stdout in the form that the user chose, and nothing else ever goes there.
class Printer {
 public:
  struct Options {
    Format format = Format::table;
    bool headers = true;
    bool trunc = true;
    std::vector<std::string> columns;  // of --columns; empty: the schema's
    std::optional<std::size_t> width;  // of the terminal; none in a pipe
  };

  explicit Printer(Options options) : options_(std::move(options)) {}

  Format format() const { return options_.format; }

  bool is_table() const {
    return options_.format == Format::table || options_.format == Format::wide;
  }

  // One thing. As a table, it is the row of a list of one.
  void one(const Schema& schema, const Document& thing);
  // Several; `next` as the server gave it, or empty.
  void list(const Schema& schema, const std::vector<Document>& things, std::string_view next);
  // Any document in the machine-readable forms.
  void document(const Document& document);
  void raw(std::string_view text);

  // False when whoever read the output has gone.
  bool flush();

 private:
  std::string table(const Schema& schema, const std::vector<Document>& things) const;

  Options options_;
  bool broken_ = false;
};

}  // namespace goaktctl
