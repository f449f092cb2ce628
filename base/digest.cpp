// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "base/text.h"

namespace base {
namespace {

constexpr std::size_t longest_parameter = 2048;

struct Algorithm {
  std::string_view name;
  DigestHash hash;
};
constexpr Algorithm algorithms[] = {
    {"md5", DigestHash::md5}, {"sha-256", DigestHash::sha256}, {"sha-512-256", DigestHash::sha512_256}};

const EVP_MD* function_of(DigestHash hash) {
  switch (hash) {
    case DigestHash::md5: return EVP_md5();
    case DigestHash::sha256: return EVP_sha256();
    case DigestHash::sha512_256: return EVP_sha512_256();
  }
  return nullptr;
}

std::string hexadecimal(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

// The parts with a colon between them, as the RFC writes its formulas.
template <typename... Parts>
std::string hashed(DigestHash hash, std::string_view first, const Parts&... parts) {
  std::string text(first);
  ((text += ':', text += parts), ...);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, function_of(hash), nullptr) != 1)
    throw std::runtime_error("the hash of a digest is not to be had");
  return hexadecimal(bytes.data(), length);
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

// "auth,auth-int": the word is one of the list.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (equals_ignoring_case(trim(list.substr(0, comma)), word)) return true;
    list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
  }
  return false;
}

bool understand_algorithm(DigestChallenge& challenge) {
  std::string name = to_lower(challenge.algorithm.empty() ? "md5" : challenge.algorithm);
  challenge.session = name.ends_with("-sess");
  if (challenge.session) name.resize(name.size() - 5);
  for (const Algorithm& known : algorithms)
    if (known.name == name) {
      challenge.hash = known.hash;
      return true;
    }
  return false;
}

bool is_control(unsigned char c) { return c < 32 || c == 127; }

// Names in lower case, values without quotes; nothing if one of them is not to be written back.
std::optional<std::map<std::string, std::string>> values_of(const std::vector<std::string_view>& parameters) {
  std::map<std::string, std::string> values;
  for (const std::string_view parameter : parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (parameter.size() > longest_parameter || !is_valid_utf8(parameter)) return {};
    std::string value = unquoted(trim(parameter.substr(equals + 1)));
    // It must not break out of its header field.
    if (std::any_of(value.begin(), value.end(), is_control)) return {};
    values[to_lower(trim(parameter.substr(0, equals)))] = std::move(value);
  }
  return values;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, DigestHash hash) {
  return out << algorithms[static_cast<std::size_t>(hash)].name;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string result;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

std::optional<DigestChallenge> DigestChallenge::from_parameters(const std::vector<std::string_view>& parameters) {
  auto values = values_of(parameters);
  if (!values || !values->contains("realm")) return {};
  DigestChallenge challenge;
  challenge.realm = (*values)["realm"];
  challenge.nonce = (*values)["nonce"];
  challenge.opaque = (*values)["opaque"];
  challenge.algorithm = (*values)["algorithm"];
  challenge.stale = equals_ignoring_case((*values)["stale"], "true");
  if (challenge.nonce.empty() || !understand_algorithm(challenge)) return {};
  const std::string qop = (*values)["qop"];
  challenge.counted = lists(qop, "auth");
  // RFC 7616, 3.3: without any qop we are with an old server; with others only, we cannot answer it. Nor have the
  // formulas of -sess a meaning without a nonce of ours.
  if (!challenge.counted && (!trim(qop).empty() || challenge.session)) return {};
  return challenge;
}

bool DigestAnswers::take(const DigestChallenge& challenge) {
  if (challenge_ && count_ == 0) {
    if (challenge.hash > challenge_->hash) challenge_ = challenge;
    return true;
  }
  if (challenge_ && (refusals_ > 1 || (refusals_ == 1 && !challenge.stale))) return false;
  challenge_ = challenge;
  count_ = 0;
  return true;
}

std::string DigestAnswers::answer(const DigestUser& user, const DigestRequest& request,
                                  const std::string& client_nonce) {
  if (++count_ == 1) {
    ++refusals_;
    client_nonce_ = client_nonce;
  } else {
    refusals_ = 0;  // it was good for more than one answer
  }
  const DigestChallenge& c = *challenge_;
  std::array<char, 16> count{};
  snprintf(count.data(), count.size(), "%08x", count_);
  const std::string_view nc = count.data();
  std::string secret = hashed(c.hash, user.name, c.realm, user.password);
  if (c.session) secret = hashed(c.hash, secret, c.nonce, client_nonce_);
  const std::string what = hashed(c.hash, request.method, request.uri);
  const std::string response = c.counted ? hashed(c.hash, secret, c.nonce, nc, client_nonce_, "auth", what)
                                         : hashed(c.hash, secret, c.nonce, what);
  std::string text = "username=" + quoted(user.name) + ", realm=" + quoted(c.realm) + ", nonce=" + quoted(c.nonce) +
                     ", uri=" + quoted(request.uri) + ", response=\"" + response + "\"";
  if (!c.algorithm.empty()) text += ", algorithm=" + c.algorithm;
  if (c.opaque) text += ", opaque=" + quoted(*c.opaque);
  if (c.counted) text += ", qop=auth, nc=" + std::string(nc) + ", cnonce=" + quoted(client_nonce_);
  return text;
}

std::string new_client_nonce() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("there is no randomness");
  return hexadecimal(bytes.data(), bytes.size());
}

}  // namespace base
