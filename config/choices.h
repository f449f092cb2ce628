// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <iosfwd>
#include <span>
#include <string_view>

#include "config/checked.h"

// Settings that are one of a few words: the words, and the rule for them.
namespace config {

enum class Transport { udp, tcp, tls };
enum class RecordingLayout { mixed, stereo };  // both parties in one channel; or ours left and theirs right
enum class Encryption { disabled, optional, mandatory };
enum class PasswordPlace { automatic, secret_service, file };

using Words = std::span<const std::string_view>;
Words words_of(Transport transport);
Words words_of(RecordingLayout layout);
Words words_of(Encryption encryption);
Words words_of(PasswordPlace place);

// The place of the word in the list, without regard to case.
std::optional<std::size_t> place_of(std::string_view word, Words words);

template <typename Choice>
concept Choosable = requires(Choice choice) {
  words_of(choice);
};

template <Choosable Choice>
std::string to_text(Choice choice) {
  return std::string(words_of(choice)[static_cast<std::size_t>(choice)]);
}
std::ostream& operator<<(std::ostream& out, Transport transport);
std::ostream& operator<<(std::ostream& out, RecordingLayout layout);

// One of all words of the choice, or of these only.
template <Choosable Choice, Choice... only>
struct ChoiceRule {
  using Raw = Choice;
  static Value to(Raw raw) { return to_text(raw); }
  static std::optional<Raw> from(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    const auto place = text ? place_of(*text, words_of(Choice())) : std::nullopt;
    if (!place) return {};
    const auto choice = static_cast<Choice>(*place);
    return sizeof...(only) == 0 || ((choice == only) || ...) ? std::optional(choice) : std::nullopt;
  }
  static std::string allowed() {
    std::string line = "one of ";
    if constexpr (sizeof...(only) == 0)
      for (const std::string_view word : words_of(Choice())) line += std::string(word) + ", ";
    else
      ((line += to_text(only) + ", "), ...);
    return line.substr(0, line.size() - 2);
  }
};

}  // namespace config
