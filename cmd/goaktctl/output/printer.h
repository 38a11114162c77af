#pragma once

#include "output/jq.h"
#include "output/schema.h"
#include "output/template.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

enum class Format { table, wide, json, ndjson, yaml, name, jq, cols, template_ };

// What -o says: "json", "jq=.items[].name", "cols=NAME,metrics.mailbox", "template={name}\n".
struct FormatChoice {
  Format format = Format::table;
  std::string argument;
};

std::optional<FormatChoice> parse_format(std::string_view word);
// For complaints and completion: "table", "wide", ...
const std::vector<std::string>& format_words();

// Writes results to stdout in the form that the user chose, and nothing else ever goes there.
class Printer {
 public:
  struct Options {
    Format format = Format::table;
    std::string argument;  // of jq, cols, template
    bool headers = true;
    bool trunc = true;
    bool color = false;
    std::vector<std::string> columns;  // of --columns; empty: the schema's
    std::optional<std::size_t> width;  // of the terminal; none in a pipe
    Now now = std::chrono::system_clock::now();
  };

  // Null when the argument of the format is wrong.
  static std::unique_ptr<Printer> make(Options options, std::string& complaint);

  Format format() const { return options_.format; }

  const Options& options() const { return options_; }

  // A form for people: aligned columns.
  bool is_table() const {
    return options_.format == Format::table || options_.format == Format::wide ||
           options_.format == Format::cols;
  }

  // A table with the schema's own columns: where a command may choose a richer picture.
  bool is_plain_table() const {
    return is_table() && options_.format != Format::cols && options_.columns.empty();
  }

  // A form that prints each thing by itself, so that a list needs no memory.
  bool is_by_item() const {
    return options_.format == Format::ndjson || options_.format == Format::name ||
           options_.format == Format::template_;
  }

  // One thing. As a table, it is the row of a list of one.
  void one(const Schema& schema, const Document& thing);
  // Several; `next` as the server gave it, or empty.
  void list(const Schema& schema, const std::vector<Document>& things, std::string_view next);
  // One object of a stream: a compact line, also where a single document would be indented.
  void line(const Schema& schema, const Document& thing);
  // Any document in the machine-readable forms.
  void document(const Document& document);
  // The same as one compact line, also where it would be indented.
  void document_line(const Document& document);
  void raw(std::string_view text);
  // The text that `list` would print as a table.
  std::string table(const Schema& schema, const std::vector<Document>& things) const;

  // The columns that are shown of a kind.
  std::vector<Field> fields(const Schema& schema) const;

  // False when whoever read the output has gone.
  bool flush();

  // Whether something was printed, for --require-match.
  bool has_printed() const { return printed_; }

  // What jq said of its input; empty when all was well.
  const std::string& complaint() const { return complaint_; }

 private:
  explicit Printer(Options options) : options_(std::move(options)) {}

  void filter(const Document& document);
  void compact(const Document& document);

  Options options_;
  std::unique_ptr<Jq> jq_;
  Template template_;
  std::string complaint_;
  bool broken_ = false;
  bool printed_ = false;
};

}  // namespace goaktctl
