// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string_view>

#include "base/text.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 4> codec_names = {"opus", "G722", "PCMU", "PCMA"};
constexpr std::size_t most_types = 64;

template <typename Texts>
std::string joined(const Texts& texts) {
  std::string line;
  for (const std::string_view text : texts) line += (line.empty() ? "" : ", ") + std::string(text);
  return line;
}

// An ordered choice of the names without repetition, at least one, as their places.
std::optional<std::vector<std::size_t>> subset_of(const Value& value, Words names) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  if (!texts || texts->empty()) return {};
  std::vector<std::size_t> places;
  for (const std::string& text : *texts) {
    const auto place = place_of(text, names);
    if (!place || std::count(places.begin(), places.end(), *place) != 0) return {};
    places.push_back(*place);
  }
  return places;
}

// The text of a value when it is one, not empty, not long and without control characters.
std::optional<std::string> clean_text(const Value& value, std::size_t limit) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text || text->empty() || text->size() > limit) return {};
  if (base::to_display(*text, limit) != *text) return {};
  return *text;
}

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool consists_of(std::string_view text, std::string_view marks) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [marks](char c) { return is_alphanumeric(c) || marks.find(c) != marks.npos; });
}

template <typename Address>
std::optional<std::string> canonical_address(int family, const std::string& text) {
  Address address{};
  const Address wildcard{};
  if (inet_pton(family, text.c_str(), &address) != 1) return {};
  if (std::equal(reinterpret_cast<const char*>(&address), reinterpret_cast<const char*>(&address + 1),
                 reinterpret_cast<const char*>(&wildcard)))
    return {};
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  return inet_ntop(family, &address, buffer.data(), buffer.size());
}

// A text in quotes for a sentence: bounded and on one line, whatever it came from.
std::string quoted(const std::string& text) {
  const std::string shown = base::to_display(text, 100);
  return "\"" + shown + (text.size() > 100 ? "…" : "") + "\"";
}

struct TextOf {
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int32_t number) const { return std::to_string(number); }
  std::string operator()(std::uint16_t port) const { return std::to_string(port); }
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string line;
    for (const std::string& text : std::span(list).first(std::min<std::size_t>(list.size(), 20)))
      line += (line.empty() ? "" : ", ") + quoted(text);
    return "[" + line + (list.size() > 20 ? ", …]" : "]");
  }
  std::string operator()(const Ports& ports) const {
    return std::to_string(ports.start) + ":" + std::to_string(ports.end);
  }
  std::string operator()(const Sound& sound) const { return quoted(sound.file) + "," + std::to_string(sound.volume); }
};

}  // namespace

std::string signature_of(const Value& value) {
  constexpr std::array signatures = {"b", "i", "q", "s", "as", "(qq)", "(su)"};
  static_assert(signatures.size() == std::variant_size_v<Value>);
  return signatures.at(value.index());
}

bool is_empty(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return list->empty();
  if (const auto* sound = std::get_if<Sound>(&value)) return sound->file.empty();
  return false;
}

std::optional<std::int32_t> integer_of(const Value& value) {
  if (const auto* number = std::get_if<std::int32_t>(&value)) return *number;
  if (const auto* port = std::get_if<std::uint16_t>(&value)) return *port;
  return {};
}

std::string text_of(const Value& value) { return std::visit(TextOf{}, value); }

std::optional<Ports> ports_from_text(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == text.npos) return {};
  const auto start = base::to_number<std::uint16_t>(std::string_view(text).substr(0, colon));
  const auto end = base::to_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  if (!start || !end) return {};
  return Ports{*start, *end};
}

std::optional<Sound> sound_from_text(const std::string& text) {
  const auto comma = text.rfind(',');
  const auto volume =
      comma == text.npos ? std::nullopt : base::to_number<std::uint32_t>(std::string_view(text).substr(comma + 1));
  return volume ? Sound{text.substr(0, comma), *volume} : Sound{text, 100};
}

std::optional<bool> FlagRule::from(const Value& value) {
  const auto* flag = std::get_if<bool>(&value);
  return flag ? std::optional(*flag) : std::nullopt;
}
std::string FlagRule::allowed() { return "true or false"; }

std::optional<std::uint16_t> PortRule::from(const Value& value) {
  const auto number = integer_of(value);
  if (!number || *number < 0 || *number > std::numeric_limits<std::uint16_t>::max()) return {};
  return static_cast<std::uint16_t>(*number);
}
std::string PortRule::allowed() { return "a port from 0 to 65535"; }

std::optional<Ports> PortRangeRule::from(const Value& value) {
  const auto* ports = std::get_if<Ports>(&value);
  if (!ports || ports->start == 0 || ports->start > ports->end) return {};
  return *ports;
}
std::string PortRangeRule::allowed() { return "two ports from 1 to 65535, the first not above the second"; }

std::optional<std::string> PathRule::from(const Value& value) {
  auto path = clean_text(value, 4095);
  return path && path->front() == '/' ? path : std::nullopt;
}
std::string PathRule::allowed() { return "an absolute path"; }

std::optional<std::string> TextRule::from(const Value& value) { return clean_text(value, 255); }
std::string TextRule::allowed() { return "a text of 1 to 255 bytes without control characters"; }

std::optional<std::string> IpAddressRule::from(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text || text->find('\0') != text->npos) return {};
  if (*text == "auto") return *text;
  if (auto address = canonical_address<in_addr>(AF_INET, *text)) return address;
  return canonical_address<in6_addr>(AF_INET6, *text);
}
std::string IpAddressRule::allowed() { return "\"auto\" or one numeric IPv4 or IPv6 address"; }

std::optional<std::string> TokenRule::from(const Value& value) {
  auto text = clean_text(value, 64);
  return text && consists_of(*text, "-.!%*_+`'~") ? text : std::nullopt;  // RFC 3261, 25.1
}
std::string TokenRule::allowed() { return "1 to 64 letters, digits and characters of -.!%*_+`'~"; }

std::optional<std::string> SipAddressRule::from(const Value& value) {
  const auto text = clean_text(value, 255);
  const auto at = text ? text->rfind('@') : std::string::npos;
  if (at == std::string::npos) return {};
  const std::string user = text->substr(0, at);
  const std::string domain = base::to_lower(text->substr(at + 1));
  if (!consists_of(user, "-_.!~*'()&=+$,;?/%") || !consists_of(domain, "-.:[]")) return {};  // RFC 3261, 25.1
  return user + "@" + domain;
}
std::string SipAddressRule::allowed() { return "a SIP address, user@domain"; }

std::optional<std::vector<std::string>> CodecsRule::from(const Value& value) {
  const auto places = subset_of(value, codec_names);
  if (!places) return {};
  std::vector<std::string> names;
  for (const std::size_t place : *places) names.emplace_back(codec_names[place]);
  return names;
}
std::string CodecsRule::allowed() { return "a list of one or more of " + joined(codec_names) + ", each once"; }

std::optional<std::vector<Transport>> TransportsRule::from(const Value& value) {
  const auto places = subset_of(value, words_of(Transport()));
  if (!places) return {};
  std::vector<Transport> transports;
  for (const std::size_t place : *places) transports.push_back(static_cast<Transport>(place));
  return transports;
}
Value TransportsRule::to(const Raw& raw) {
  std::vector<std::string> names;
  for (const Transport transport : raw) names.push_back(to_text(transport));
  return names;
}
std::string TransportsRule::allowed() {
  return "a list of one or more of " + joined(words_of(Transport())) + ", each once";
}

std::optional<std::vector<std::string>> MimeTypesRule::from(const Value& value) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  if (!texts || texts->empty() || texts->size() > most_types) return {};
  Raw types;
  for (const std::string& text : *texts) {
    const auto slash = text.find('/');
    const auto token = [](std::string_view part) { return part.size() <= 127 && consists_of(part, "!#$&-^_.+"); };
    // RFC 6838, 4.2: the characters of both parts.
    const bool pattern =
        text == "*" || (slash != text.npos && token(std::string_view(text).substr(0, slash)) &&
                        (text.substr(slash) == "/*" || token(std::string_view(text).substr(slash + 1))));
    if (!pattern) return {};
    types.push_back(base::to_lower(text));
  }
  return types;
}
std::string MimeTypesRule::allowed() { return "a list of 1 to 64 of *, type/* and type/subtype"; }

std::optional<Sound> SoundRule::from(const Value& value) {
  const auto* sound = std::get_if<Sound>(&value);
  if (!sound || sound->volume > 100 || !clean_text(sound->file, 4095)) return {};
  return *sound;
}
std::string SoundRule::allowed() { return "a file and a volume from 0 to 100"; }

}  // namespace config
