// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/choices.h"

#include <ostream>

#include "base/text.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 3> transport_words = {"udp", "tcp", "tls"};
constexpr std::array<std::string_view, 2> layout_words = {"mixed", "stereo"};
constexpr std::array<std::string_view, 3> encryption_words = {"disabled", "optional", "mandatory"};
constexpr std::array<std::string_view, 3> place_words = {"auto", "secret-service", "file"};

}  // namespace

Words words_of(Transport) { return transport_words; }
Words words_of(RecordingLayout) { return layout_words; }
Words words_of(Encryption) { return encryption_words; }
Words words_of(PasswordPlace) { return place_words; }

std::optional<std::size_t> place_of(std::string_view word, Words words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (base::equals_ignoring_case(words[i], word)) return i;
  return {};
}

std::ostream& operator<<(std::ostream& out, Transport transport) { return out << to_text(transport); }
std::ostream& operator<<(std::ostream& out, RecordingLayout layout) { return out << to_text(layout); }

}  // namespace config
