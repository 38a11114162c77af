#include "output/printer.h"
#include "output/text.h"
#include "output/yaml.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace goaktctl;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string table(Format format, std::optional<std::size_t> width, bool color, const Schema& schema,
                  const std::vector<Document>& things) {
  Printer::Options options;
  options.format = format;
  options.width = width;
  options.color = color;
  options.now = *parse_time("2026-01-02T03:04:05.000Z");
  std::string complaint;
  return Printer::make(options, complaint)->table(schema, things);
}

// Every form that is text for people, one under the other.
std::string pictures(const Schema& schema, const std::vector<Document>& things) {
  std::string out = "-- no terminal\n" + table(Format::table, {}, false, schema, things);
  for (const std::size_t width : {40, 80, 200})
    out += "-- width " + std::to_string(width) + "\n" +
           table(Format::table, width, false, schema, things);
  out += "-- wide\n" + table(Format::wide, 80, false, schema, things);
  out += "-- yaml of the first\n" + to_yaml(things.front());
  return out + "-- schema\n" + json_schema(schema).dump(2) + "\n";
}

}  // namespace

// GOAKT_UPDATE_GOLDEN=1 writes the files anew; then look at what git says.
TEST_CASE("each kind of thing looks as its golden file says, at every width") {
  const std::filesystem::path folder = GOAKT_TEST_DATA_DIR;
  const bool update = std::getenv("GOAKT_UPDATE_GOLDEN") != nullptr;
  const Document samples = Document::parse(read_file(folder / "samples.json"));
  for (const Schema& schema : all_schemas()) {
    CAPTURE(schema.kind);
    REQUIRE(samples.contains(schema.kind));
    const auto things = samples[schema.kind].get<std::vector<Document>>();
    REQUIRE(!things.empty());
    const std::string got = pictures(schema, things);
    const auto file = folder / (schema.noun + ".txt");
    if (update) std::ofstream(file, std::ios::binary) << got;
    CHECK(read_file(file) == got);
  }
}

TEST_CASE("every field of a table exists in the sample of its kind") {
  const Document samples =
      Document::parse(read_file(std::filesystem::path(GOAKT_TEST_DATA_DIR) / "samples.json"));
  for (const Schema& schema : all_schemas()) {
    CAPTURE(schema.kind);
    CHECK(at_path(samples[schema.kind][0], schema.key));
    for (const Field& field : schema.fields)
      CHECK_MESSAGE(at_path(samples[schema.kind][0], field.path), field.path);
  }
}

TEST_CASE("states have colours where there is colour") {
  const std::vector<Document> things = {{{"name", "a"}, {"state", "suspended"}}};
  const std::string text = table(Format::table, {}, true, schema_of("actor"), things);
  CHECK(text.find("\033[33msuspended\033[0m") != std::string::npos);
  CHECK(text.starts_with("\033[1mNAME\033[0m"));
}
