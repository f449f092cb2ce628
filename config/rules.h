// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/choices.h"

// Each rule says which values are legal, gives them their canonical form, and describes them to people.
namespace config {

template <typename Stored>
struct Plain {
  using Raw = Stored;
  static Value to(const Raw& raw) { return raw; }
};

struct FlagRule : Plain<bool> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct PortRule : Plain<std::uint16_t> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct PortRangeRule : Plain<Ports> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct PathRule : Plain<std::string> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct TextRule : Plain<std::string> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct IpAddressRule : Plain<std::string> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct TokenRule : Plain<std::string> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct SipAddressRule : Plain<std::string> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct CodecsRule : Plain<std::vector<std::string>> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct TransportsRule {
  using Raw = std::vector<Transport>;
  static Value to(const Raw& raw);
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
// Patterns of MIME types: *, type/* or type/subtype.
struct MimeTypesRule : Plain<std::vector<std::string>> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};
struct SoundRule : Plain<Sound> {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed();
};

template <std::int32_t least, std::int32_t most>
struct NumberRule : Plain<std::int32_t> {
  static std::optional<Raw> from(const Value& value) {
    const auto number = integer_of(value);
    return number && *number >= least && *number <= most ? number : std::nullopt;
  }
  static std::string allowed() { return "a number from " + std::to_string(least) + " to " + std::to_string(most); }
};

template <std::int32_t first, std::int32_t... others>
struct OneOfRule : Plain<std::int32_t> {
  static std::optional<Raw> from(const Value& value) {
    const auto number = integer_of(value);
    return number && ((*number == first) || ... || (*number == others)) ? number : std::nullopt;
  }
  static std::string allowed() { return ("one of " + std::to_string(first) + ... + (", " + std::to_string(others))); }
};

}  // namespace config
