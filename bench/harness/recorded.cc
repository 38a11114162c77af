#include "bench/harness/recorded.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <utility>

namespace goakt::bench {

namespace {

std::string key(std::string_view peer, std::string_view figure) {
  return std::string(peer).append("/").append(figure);
}

}  // namespace

Recorded Recorded::load(const std::string& file, std::string& trouble) {
  Recorded recorded;
  try {
    std::ifstream in(file);
    if (!in) {
      trouble = "cannot read " + file;
      return recorded;
    }
    const auto document = nlohmann::json::parse(in);
    for (const auto& [figure, entry] : document.at("figures").items()) {
      const double scale = entry.at("scale").get<double>();
      for (const auto& [peer, values] : entry.at("peers").items()) {
        recorded.add(peer, figure,
                     {values.at(0).get<double>() * scale, values.at(1).get<double>() * scale,
                      values.at(2).get<double>() * scale});
      }
    }
  } catch (const nlohmann::json::exception& error) {
    trouble = file + ": " + error.what();
    return {};
  }
  return recorded;
}

void Recorded::add(std::string peer, std::string figure, Summary summary) {
  figures_.insert_or_assign(key(peer, figure), summary);
}

const Summary* Recorded::find(std::string_view peer, std::string_view figure) const {
  const auto found = figures_.find(key(peer, figure));
  return found == figures_.end() ? nullptr : &found->second;
}

}  // namespace goakt::bench
