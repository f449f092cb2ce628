// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/md5.h"

#include <openssl/evp.h>

#include <array>
#include <cstdio>

namespace test {

std::string md5(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), bytes.data(), &length, EVP_md5(), nullptr);
  std::string digits;
  std::array<char, 3> pair{};
  for (unsigned i = 0; i < length; ++i) {
    std::snprintf(pair.data(), pair.size(), "%02x", bytes[i]);
    digits += pair.data();
  }
  return digits;
}

}  // namespace test
