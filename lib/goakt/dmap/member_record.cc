#include "goakt/dmap/member_record.h"

#include "goakt/base/msgpack.h"
#include "goakt/dmap/hash.h"

#include <type_traits>
#include <utility>

namespace goakt::dmap {

namespace {

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift & 0xff));
}

void put_number(std::string& out, unsigned char head, std::uint64_t value) {
  out.push_back(static_cast<char>(head));
  put_big_endian(out, value, 8);
}

// The newer specification's strings; msgpack::Writer has those of the old one.
void put_text(std::string& out, std::string_view text) {
  if (text.size() < 32) {
    out.push_back(static_cast<char>(0xa0 + text.size()));
  } else if (text.size() < 0x100) {
    out.push_back('\xd9');
    put_big_endian(out, text.size(), 1);
  } else {
    out.push_back('\xda');
    put_big_endian(out, text.size() & 0xffff, 2);
  }
  out.append(text);
}

}  // namespace

MemberRecord MemberRecord::make(std::string name, std::int64_t birthdate, std::string meta) {
  MemberRecord record;
  record.name_hash = xxh64(name);
  // The zeros stand where Go's append left room for the name; they are part of the format.
  std::string input;
  put_big_endian(input, static_cast<std::uint64_t>(birthdate), 8);
  input.append(name.size(), '\0').append(name);
  record.id = xxh64(input);
  record.name = std::move(name);
  record.birthdate = birthdate;
  record.meta = std::move(meta);
  return record;
}

std::string MemberRecord::encode() const {
  std::string out = "\x85";
  put_text(out, "Name");
  put_text(out, name);
  put_text(out, "NameHash");
  put_number(out, 0xcf, name_hash);
  put_text(out, "ID");
  put_number(out, 0xcf, id);
  put_text(out, "Birthdate");
  put_number(out, 0xd3, static_cast<std::uint64_t>(birthdate));
  put_text(out, "Meta");
  put_text(out, meta);
  return out;
}

std::optional<MemberRecord> MemberRecord::decode(std::string_view bytes) {
  msgpack::Reader reader(bytes);
  const auto head = reader.next();
  if (!head || head->type != msgpack::Type::map) return std::nullopt;
  MemberRecord record;
  std::string_view missing[] = {"Name", "NameHash", "ID", "Birthdate", "Meta"};
  for (std::uint64_t i = 0; i < head->number; ++i) {
    const auto key = reader.next();
    if (!key || key->type != msgpack::Type::bytes) return std::nullopt;
    const auto text = [&](std::string& to) {
      const auto value = reader.next();
      if (!value || value->type != msgpack::Type::bytes) return false;
      to = value->bytes;
      return true;
    };
    const auto number = [&](auto& to) {
      const auto value = reader.next();
      if (!value ||
          (value->type != msgpack::Type::positive && value->type != msgpack::Type::negative))
        return false;
      to = static_cast<std::remove_reference_t<decltype(to)>>(value->number);
      return true;
    };
    const std::string_view name = key->bytes;
    const bool good = name == "Name"        ? text(record.name)
                      : name == "NameHash"  ? number(record.name_hash)
                      : name == "ID"        ? number(record.id)
                      : name == "Birthdate" ? number(record.birthdate)
                      : name == "Meta"      ? text(record.meta)
                                            : reader.skip();
    if (!good) return std::nullopt;
    for (auto& one : missing)
      if (one == name) one = {};
  }
  for (const auto one : missing)
    if (!one.empty()) return std::nullopt;
  return record;
}

}  // namespace goakt::dmap
