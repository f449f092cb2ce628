// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

// Answers to digest challenges (RFC 7616, and RFC 8760 for SIP), as values; "auth" is the only quality of protection.
namespace base {

enum class DigestHash { md5, sha256, sha512_256 };  // the weakest first
std::ostream& operator<<(std::ostream& out, DigestHash hash);

struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::optional<std::string> opaque;
  std::string algorithm;  // as it was written; empty: none, which means MD5
  DigestHash hash = DigestHash::md5;
  bool session = false;  // one of the algorithms that end with -sess
  bool counted = false;  // qop was offered: the answer has a count and a nonce of ours
  bool stale = false;    // only the nonce was wrong

  // From texts as realm="a"; nothing when it is none that we can answer.
  static std::optional<DigestChallenge> from_parameters(const std::vector<std::string_view>& parameters);
};

// The text between quotation marks, or what has none as it is.
std::string unquoted(std::string_view text);

struct DigestUser {
  const std::string& name;
  const std::string& password;
};
struct DigestRequest {
  std::string_view method;
  std::string_view uri;
};

// The answers to one server that asks for one realm: which of its challenges is answered, and the count of each nonce.
class DigestAnswers {
 public:
  // Of the challenges of one response the strongest is kept. Refused (false): one that comes though the last was just
  // answered, which means a wrong password; once more when it says that only the nonce was stale.
  bool take(const DigestChallenge& challenge);
  bool has_challenge() const { return challenge_.has_value(); }
  const std::string& realm() const { return challenge_->realm; }

  // The value of Authorization or Proxy-Authorization after "Digest ". `client_nonce` is only used with a new nonce.
  std::string answer(const DigestUser& user, const DigestRequest& request, const std::string& client_nonce);

 private:
  std::optional<DigestChallenge> challenge_;
  std::string client_nonce_;
  unsigned count_ = 0;     // of answers with this nonce
  unsigned refusals_ = 0;  // nonces in a row that were good for one answer only
};

// Unforeseeable, of 32 hexadecimal digits.
std::string new_client_nonce();

}  // namespace base
