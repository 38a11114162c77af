#pragma once

#include "goakt/base/result.h"
#include "goakt/base/uuid.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace goakt {

// Where an actor lives and what it is called, as it crosses the wire:
//
//   goakt://SYSTEM@HOST:PORT/NAME
//   goakt://SYSTEM@HOST:PORT/PARENT/NAME     the direct parent's name, never deeper
//
// Immutable value: the text is built once and the parts are slices of it. The incarnation tells two
// lives of one name apart; it is not in the text and travels beside it. A default-made address is
// "nobody": the sender of a message without one. Construction checks nothing, validate() does.
class GOAKT_API Address {
 public:
  struct Parts {
    std::string_view system;
    std::string_view host;
    std::int32_t port = 0;
    std::string_view parent = {};
    std::string_view name;
  };

  Address() = default;
  explicit Address(const Parts& parts, Uuid incarnation = {});

  // Reads the text; says nothing about names or ports that validate() would refuse.
  [[nodiscard]] static Result<Address> parse(std::string_view text, Uuid incarnation = {});

  // The first rule broken, in GoAkt's order: endpoint, system, name, its length, both patterns,
  // incarnation; then what is wrong between it and its parent, on a line of its own.
  // Nobody is valid.
  [[nodiscard]] Status validate() const;

  const std::string& text() const noexcept { return text_; }

  std::string_view system() const noexcept;
  std::string_view host() const noexcept;
  // "127.0.0.1:3320"
  std::string_view host_port() const noexcept;

  std::int32_t port() const noexcept { return port_; }

  // Empty at top level.
  std::string_view parent_name() const noexcept;
  std::string_view name() const noexcept;

  Uuid incarnation() const noexcept { return incarnation_; }

  bool is_nobody() const noexcept;

  bool has_parent() const noexcept { return parent_length_ != 0; }

  // A child's address under this one; its text shows this one's name as parent.
  Address child(std::string_view name, Uuid incarnation = {}) const;
  Address with_incarnation(Uuid incarnation) const;

  // Same place and name. Parent and incarnation do not count: GoAkt's index is flat.
  friend bool operator==(const Address& a, const Address& b) noexcept {
    return a.port_ == b.port_ && a.name() == b.name() && a.system() == b.system() &&
           a.host() == b.host();
  }

  // The same life of the same actor; false if either incarnation is unknown.
  bool same_incarnation(const Address& other) const noexcept {
    return *this == other && !incarnation_.is_none() && incarnation_ == other.incarnation_;
  }

  // What makes two PIDs equal: the whole text, letter case aside.
  bool same_text(const Address& other) const noexcept;

 private:
  std::string text_;
  // Lengths of the parts; where they start follows from the form.
  std::uint32_t system_length_ = 0;
  std::uint32_t host_length_ = 0;
  std::uint32_t host_port_length_ = 0;
  std::uint32_t parent_length_ = 0;
  std::int32_t port_ = 0;
  Uuid incarnation_;
};

}  // namespace goakt

template <>
struct std::hash<goakt::Address> {
  std::size_t operator()(const goakt::Address& address) const noexcept {
    const std::hash<std::string_view> of;
    return (of(address.name()) * 31 + of(address.host_port())) * 31 + of(address.system());
  }
};
