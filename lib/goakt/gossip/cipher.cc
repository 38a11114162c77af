#include "goakt/gossip/cipher.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace goakt::gossip {

namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kTag = 16;
constexpr std::size_t kHead = 1 + std::tuple_size_v<Nonce>;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const EVP_CIPHER* cipher_of(std::string_view key) {
  switch (key.size()) {
    case 16:
      return EVP_aes_128_gcm();
    case 24:
      return EVP_aes_192_gcm();
    default:
      return EVP_aes_256_gcm();
  }
}

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* raw(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

bool fits(std::string_view bytes) {
  return bytes.size() <= std::numeric_limits<int>::max() - 2 * kBlock;
}

std::optional<std::string> open_with(std::string_view key, std::string_view sealed,
                                     std::string_view bound_to) {
  const auto nonce = sealed.substr(1, kHead - 1);
  const auto hidden = sealed.substr(kHead, sealed.size() - kHead - kTag);
  auto tag = std::string(sealed.substr(sealed.size() - kTag));
  std::string plain(hidden.size(), '\0');
  int length = 0;
  const Context context(EVP_CIPHER_CTX_new());
  auto* c = context.get();
  if (c == nullptr || EVP_DecryptInit_ex(c, cipher_of(key), nullptr, raw(key), raw(nonce)) != 1 ||
      EVP_DecryptUpdate(c, nullptr, &length, raw(bound_to), static_cast<int>(bound_to.size())) !=
          1 ||
      EVP_DecryptUpdate(c, raw(plain), &length, raw(hidden), static_cast<int>(hidden.size())) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(c, nullptr, &length) != 1)
    return std::nullopt;
  return plain;
}

bool remove_padding(std::string& plain) {
  if (plain.empty()) return false;
  const auto padding = static_cast<unsigned char>(plain.back());
  if (padding == 0 || padding > kBlock || padding > plain.size()) return false;
  plain.resize(plain.size() - padding);
  return true;
}

}  // namespace

std::string seal(CipherVersion version, std::string_view key, const Nonce& nonce,
                 std::string_view plain, std::string_view bound_to) {
  if (!fits(plain)) return {};
  std::string padded;
  if (version == CipherVersion::padded) {
    const auto padding = kBlock - plain.size() % kBlock;
    padded.append(plain).append(padding, static_cast<char>(padding));
    plain = padded;
  }
  std::string out(kHead + plain.size() + kTag, '\0');
  auto* at = raw(out);
  *at = static_cast<unsigned char>(version);
  std::copy(nonce.begin(), nonce.end(), at + 1);

  int length = 0;
  const Context context(EVP_CIPHER_CTX_new());
  auto* c = context.get();
  if (c == nullptr || EVP_EncryptInit_ex(c, cipher_of(key), nullptr, raw(key), nonce.data()) != 1 ||
      EVP_EncryptUpdate(c, nullptr, &length, raw(bound_to), static_cast<int>(bound_to.size())) !=
          1 ||
      EVP_EncryptUpdate(c, at + kHead, &length, raw(plain), static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(c, at + kHead + plain.size(), &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, kTag, at + kHead + plain.size()) != 1)
    return {};
  return out;
}

std::optional<std::string> unseal(const Keyring& keys, std::string_view sealed,
                                  std::string_view bound_to) {
  if (sealed.empty() || !fits(sealed)) return std::nullopt;
  const auto version = static_cast<std::uint8_t>(sealed[0]);
  if (version > 1) return std::nullopt;
  if (sealed.size() < cipher_overhead(CipherVersion{version})) return std::nullopt;
  for (const auto& key : keys.keys()) {
    auto plain = open_with(key, sealed, bound_to);
    if (!plain) continue;
    if (version == 0 && !remove_padding(*plain)) return std::nullopt;
    return plain;
  }
  return std::nullopt;
}

}  // namespace goakt::gossip
