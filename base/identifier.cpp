// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/identifier.h"

#include <array>

#include <glib.h>
#include <systemd/sd-id128.h>

#include "base/handle.h"
#include "base/random.h"

namespace base {
namespace {

constexpr sd_id128_t our_application = SD_ID128_ARRAY(5d, 2f, 1c, 8e, 93, 47, 4b, 0a, 8f, 61, d2, 70, 3e, b5, 19, c4);

// Where the machine has no identity: one for the life of the process.
std::string machine() {
  static const std::string text = [] {
    sd_id128_t id{};
    char letters[SD_ID128_STRING_MAX] = "";
    if (sd_id128_get_machine_app_specific(our_application, &id) == 0)
      return std::string(sd_id128_to_string(id, letters));
    return std::to_string(Random()()) + std::to_string(Random()());
  }();
  return text;
}

}  // namespace

std::string stable_urn(std::string_view name) {
  const std::string text = machine() + " " + std::string(name);
  const Handle<char, g_free> sum(g_compute_checksum_for_string(G_CHECKSUM_SHA256, text.data(), -1));
  std::string uuid = std::string(sum.get()).substr(0, 32);
  // RFC 4122, 4.1: made of a name (version 5), in the variant of the RFC.
  uuid[12] = '5';
  uuid[16] = "89ab"[uuid[16] % 4];
  for (const std::size_t dash : {8, 13, 18, 23}) uuid.insert(dash, 1, '-');
  return "urn:uuid:" + uuid;
}

}  // namespace base
