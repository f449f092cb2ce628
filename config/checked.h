// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace config {

struct Ports {
  std::uint16_t start = 0;
  std::uint16_t end = 0;
  bool operator==(const Ports&) const = default;
};
struct Sound {
  std::string file;
  std::uint32_t volume = 100;  // percent
  bool operator==(const Sound&) const = default;
};

// Any setting as the bus carries it: b, i, q, s, as, (qq), (su). The empty text and the empty list are null.
using Value = std::variant<bool, std::int32_t, std::uint16_t, std::string, std::vector<std::string>, Ports, Sound>;

std::string signature_of(const Value& value);
bool is_empty(const Value& value);
// A whole number of either shape: clients guess.
std::optional<std::int32_t> integer_of(const Value& value);
// As sentences write it, bounded and on one line.
std::string text_of(const Value& value);
// As files write them: 50000:50400 and /ring.wav,80.
std::optional<Ports> ports_from_text(const std::string& text);
std::optional<Sound> sound_from_text(const std::string& text);

// A value that was checked when it was made, in its canonical form; a rule says which ones are legal. It is read like
// an optional: *port, codecs->size(). One made by default is null, or zero.
template <typename Rule>
class Checked {
 public:
  using Raw = typename Rule::Raw;

  Checked() = default;
  Checked(Raw raw) : raw_(checked(Rule::to(raw))) {}
  Checked(const char* text) requires std::is_same_v<Raw, std::string> : Checked(std::string(text)) {}

  // Nothing when the rule, or the shape of the value, forbids it.
  static std::optional<Checked> from_value(const Value& value) {
    std::optional<Raw> raw = Rule::from(value);
    return raw ? std::optional<Checked>(std::in_place, *std::move(raw)) : std::nullopt;
  }
  Value to_value() const { return Rule::to(raw_); }
  static std::string allowed() { return Rule::allowed(); }

  const Raw& operator*() const { return raw_; }
  const Raw* operator->() const { return &raw_; }
  bool operator==(const Checked&) const = default;

 private:
  static Raw checked(const Value& value) {
    if (std::optional<Raw> raw = Rule::from(value)) return *std::move(raw);
    throw base::Error(base::Errc::invalid_argument, text_of(value) + " is not " + Rule::allowed());
  }

  Raw raw_{};
};

}  // namespace config
