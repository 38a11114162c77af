#pragma once

#include "goakt/base/export.h"

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace goakt::observe {

// Writes metrics in Prometheus' text form 0.0.4, or as OpenMetrics. A family's samples follow its
// head; names and help texts are ours and need no check, label values are escaped.
class GOAKT_API Exposition {
 public:
  enum class Type { counter, gauge, histogram };
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Exposition(bool open_metrics) : open_metrics_(open_metrics) {}

  Exposition& family(std::string_view name, Type type, std::string_view help);
  // `suffix` of the family's name: "_bucket", "_sum", "_count".
  Exposition& sample(Labels labels, double value, std::string_view suffix = {});

  Exposition& sample(double value) { return sample({}, value); }

  // A family of one sample.
  Exposition& gauge(std::string_view name, std::string_view help, double value) {
    return family(name, Type::gauge, help).sample(value);
  }

  Exposition& counter(std::string_view name, std::string_view help, double value) {
    return family(name, Type::counter, help).sample(value);
  }

  std::string finish() &&;

 private:
  const bool open_metrics_;
  std::string text_;
  std::string name_;
  Type type_ = Type::gauge;
};

}  // namespace goakt::observe
