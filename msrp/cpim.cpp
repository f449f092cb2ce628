// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/cpim.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "msrp/escapes.h"
#include "msrp/text.h"

namespace msrp {
namespace {

constexpr std::size_t longest_address_uri = 1000;

bool is_uri(std::string_view text) {
  const auto breaks = [](char c) { return c <= ' ' || c > '~' || c == '<' || c == '>' || c == '"'; };
  return !text.empty() && text.size() <= longest_address_uri && std::none_of(text.begin(), text.end(), breaks);
}

// Behind the opening quote; the text goes on behind the closing one. Nothing if there is none.
std::optional<std::string_view> take_quoted(std::string_view& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      const std::string_view quoted = text.substr(0, i);
      text.remove_prefix(i + 1);
      return quoted;
    }
  }
  return {};
}

// RFC 3862, 3.3: a name of words or in quotes, and the URI in brackets; a bare URI is read too.
std::optional<Address> address_from_text(std::string_view text) {
  Address address;
  text = trim(text);
  if (text.starts_with('"')) {
    text.remove_prefix(1);
    const auto name = take_quoted(text);
    if (!name) return {};
    address.name = unescape(*name);
    text = trim(text);
    if (!text.starts_with('<')) return {};
  } else if (const auto bracket = text.find('<'); bracket != text.npos) {
    address.name = unescape(trim(text.substr(0, bracket)));
    text.remove_prefix(bracket);
  }
  if (text.starts_with('<')) {
    if (!text.ends_with('>')) return {};
    text = trim(text.substr(1, text.size() - 2));
  } else if (text.find_first_of(":@") == text.npos) {
    return {};
  }
  if (!is_uri(text)) return {};
  address.uri = text;
  return address;
}

// Takes ;lang=fr;x="a b" from the front, each value as written. False if it is broken.
bool take_parameters(std::string_view& text, std::vector<Header>& parameters) {
  while (text.starts_with(';')) {
    text.remove_prefix(1);
    const auto end = std::min(text.find_first_of("=; \t"), text.size());
    Header parameter{std::string(text.substr(0, end)), {}};
    if (!is_token(parameter.name)) return false;
    text.remove_prefix(end);
    if (text.starts_with('=')) {
      text.remove_prefix(1);
      std::string_view rest = text;
      if (rest.starts_with('"')) {
        rest.remove_prefix(1);
        if (!take_quoted(rest)) return false;
      }
      rest.remove_prefix(std::min(rest.find_first_of("; \t"), rest.size()));
      parameter.value = text.substr(0, text.size() - rest.size());
      text = rest;
    }
    parameters.push_back(std::move(parameter));
  }
  return true;
}

std::string language_in(const std::vector<Header>& parameters) {
  for (const Header& parameter : parameters)
    if (base::equals_ignoring_case(parameter.name, "lang")) return parameter.value;
  return {};
}

std::string text_of(const std::vector<Header>& parameters) {
  std::string text;
  for (const Header& parameter : parameters) {
    text.append(";").append(parameter.name);
    if (!parameter.value.empty()) text.append("=").append(parameter.value);
  }
  return text;
}

bool read_address(std::string_view value, std::vector<Address>& addresses) {
  auto address = address_from_text(value);
  if (address) addresses.push_back(std::move(*address));
  return address.has_value();
}

// One header of the first block. False if the whole message is to be refused for it.
bool read_field(const std::string& name, const std::vector<Header>& parameters, std::string_view value, Cpim& message) {
  if (name == "From") {
    if (message.from) return false;  // two senders are none
    message.from = address_from_text(value);
    return message.from.has_value();
  }
  if (name == "To") return read_address(value, message.to);
  if (base::equals_ignoring_case(name, "cc")) return read_address(value, message.cc);
  if (name == "NS") return read_address(value, message.namespaces);
  if (name == "Subject") {
    message.subjects.push_back({unescape(value), language_in(parameters)});
    return true;
  }
  if (name == "Require") {
    message.require.push_back(unescape(value));
    return true;
  }
  const auto time = name == "DateTime" && !message.date_time ? date_time_from_text(value) : std::nullopt;
  if (time)
    message.date_time = time;
  else  // a time that is none is shown as it came
    message.others.push_back({name, unescape(value), text_of(parameters)});
  return true;
}

// The next line without its line break; nothing if none ends here, or it holds what a line may not.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto feed = text.substr(0, longest_cpim_head).find('\n');
  if (feed == text.npos) return {};
  std::string_view line = text.substr(0, feed);
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f; };
  if (std::any_of(line.begin(), line.end(), is_control)) return {};
  text.remove_prefix(feed + 1);
  return line;
}

// A line of the first block: NAME ":" PARAMETERS SP VALUE.
bool read_line(std::string_view line, Cpim& message) {
  const std::string valid = base::to_utf8(line);
  const std::string_view text = valid;
  const auto colon = std::min(text.find(':'), text.size());
  const std::string name(text.substr(0, colon));
  if (colon == text.size() || !is_token(name)) return false;
  std::string_view value = text.substr(colon + 1);
  std::vector<Header> parameters;
  return take_parameters(value, parameters) && read_field(name, parameters, trim(value), message);
}

// A line of MIME: a header, or more of the last one.
bool read_mime_line(std::string_view line, Cpim& message) {
  const std::string valid = base::to_utf8(line);
  const std::string_view text = valid;
  if (text.front() == ' ' || text.front() == '\t') {
    if (message.mime.empty()) return false;
    std::string& value = message.mime.back().value;
    value = std::string(trim(value.append(" ").append(trim(text))));
    return true;
  }
  const auto colon = std::min(text.find(':'), text.size());
  if (colon == text.size() || !is_token(text.substr(0, colon))) return false;
  message.mime.push_back({std::string(text.substr(0, colon)), std::string(trim(text.substr(colon + 1)))});
  return true;
}

bool is_content_type_header(const Header& header) { return base::equals_ignoring_case(header.name, "Content-Type"); }

// The content type has its own place.
bool take_content_type(Cpim& message) {
  const auto found = std::find_if(message.mime.begin(), message.mime.end(), is_content_type_header);
  if (found == message.mime.end()) {
    message.content_type = "text/plain";
    return true;
  }
  message.content_type = std::move(found->value);
  message.mime.erase(found);
  return is_content_type(message.content_type) &&
         std::none_of(message.mime.begin(), message.mime.end(), is_content_type_header);
}

// Some senders forget the empty line before the MIME headers; so does an example of RFC 4975 (12.4).
bool begins_mime(std::string_view line) { return base::equals_ignoring_case(line.substr(0, 8), "Content-"); }

// Both blocks, up to the content. False if there is no such wrapper.
bool read_blocks(std::string_view& text, Cpim& message) {
  bool mime = false;
  const std::size_t whole = text.size();
  for (std::size_t lines = 0; lines < most_cpim_headers + 2 && whole - text.size() <= longest_cpim_head; ++lines) {
    const auto line = take_line(text);
    if (!line) return false;
    if (line->empty() && mime) return true;
    mime = mime || line->empty() || begins_mime(*line);
    if (line->empty()) continue;
    if (!(mime ? read_mime_line(*line, message) : read_line(*line, message))) return false;
  }
  return false;
}

void require(bool good, const char* sentence) {
  if (!good) throw base::Error(base::Errc::invalid_argument, sentence);
}

void append_line(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_addresses(std::string_view name, const std::vector<Address>& addresses, std::string& out) {
  for (const Address& address : addresses) append_line(name, address.to_text(), out);
}

void append_field(const Field& field, std::string& out) {
  std::vector<Header> parameters;
  std::string_view rest = field.parameters;
  require(is_token(field.name), "the name of a CPIM header is none");
  require(is_text(rest) && take_parameters(rest, parameters) && rest.empty(),
          "the parameters of a CPIM header are none");
  out.append(field.name).append(":").append(field.parameters).append(" ");
  out.append(escape(field.value, false)).append("\r\n");
}

}  // namespace

std::string Address::to_text() const {
  require(is_uri(uri), "an address of a CPIM message is no URI");
  if (name.empty()) return "<" + uri + ">";
  return "\"" + escape(name, true) + "\" <" + uri + ">";
}

std::vector<Header> Cpim::headers() const {
  std::vector<Header> result;
  const auto add = [&](std::string_view name, const Address& address) {
    result.push_back({std::string(name), address.name.empty() ? "<" + address.uri + ">" : address.to_text()});
  };
  if (from) add("From", *from);
  for (const Address& address : to) add("To", address);
  for (const Address& address : cc) add("cc", address);
  if (date_time) result.push_back({"DateTime", date_time->to_text()});
  for (const Subject& subject : subjects) result.push_back({"Subject", subject.text});
  for (const Address& name_space : namespaces) add("NS", name_space);
  for (const std::string& required : require) result.push_back({"Require", required});
  for (const Field& field : others) result.push_back({field.name, field.value});
  result.push_back({"Content-Type", content_type});
  result.insert(result.end(), mime.begin(), mime.end());
  return result;
}

std::optional<Cpim> cpim_from_text(std::string_view body) {
  Cpim message;
  if (!read_blocks(body, message) || !take_content_type(message)) return {};
  message.content = body;
  return message;
}

std::string to_text(const Cpim& message) {
  std::string out;
  if (message.from) append_line("From", message.from->to_text(), out);
  append_addresses("To", message.to, out);
  append_addresses("cc", message.cc, out);
  if (message.date_time) append_line("DateTime", message.date_time->to_text(), out);
  for (const Subject& subject : message.subjects)
    append_field({"Subject", subject.text, subject.language.empty() ? "" : ";lang=" + subject.language}, out);
  append_addresses("NS", message.namespaces, out);
  for (const std::string& required : message.require) append_line("Require", escape(required, false), out);
  for (const Field& field : message.others) append_field(field, out);
  require(is_content_type(message.content_type), "the content type is none");
  out += "\r\n";
  append_line("Content-Type", message.content_type, out);
  for (const Header& header : message.mime) {
    require(is_token(header.name) && is_text(header.value) && !is_content_type_header(header),
            "a MIME header has a line break or is no text");
    append_line(header.name, header.value, out);
  }
  return out.append("\r\n").append(message.content);
}

}  // namespace msrp
