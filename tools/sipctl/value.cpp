// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/value.h"

#include <cstdint>
#include <iterator>
#include <sstream>

#include <sdbus-c++/Error.h>
#include <sdbus-c++/Types.h>
#include <systemd/sd-bus.h>

namespace sipctl {
namespace {

// No text but that of a chat is longer.
constexpr std::size_t longest_text = 4096;
constexpr std::size_t most_bytes = 64;

// The way to the message of sd-bus, which sdbus-c++ 1.2 keeps from all but what derives.
struct Opened : sdbus::Message {
  static sd_bus_message* of(const sdbus::Message& message) {
    return static_cast<sd_bus_message*>(message.*(&Opened::msg_));
  }
};

// An `ay` in one piece. sdbus-c++ 1.2 reads it byte by byte.
std::string bytes(const sdbus::Message& message) {
  const void* data = nullptr;
  std::size_t size = 0;
  const int result = sd_bus_message_read_array(Opened::of(message), 'y', &data, &size);
  if (result < 0) throw sdbus::createError(-result, "an array of bytes cannot be read");
  return {static_cast<const char*>(data), size};
}

template <typename Basic>
std::string basic_text(sdbus::Message& message) {
  Basic basic{};
  message >> basic;
  std::ostringstream text;
  text << std::boolalpha << +basic;
  return text.str();
}

template <>
std::string basic_text<bool>(sdbus::Message& message) {
  bool flag = false;
  message >> flag;
  return flag ? "true" : "false";
}

template <typename Text>
std::string string_text(sdbus::Message& message) {
  Text text;
  message >> text;
  return text;
}

std::string basic(sdbus::Message& message, char type) {
  switch (type) {
    case 'b': return basic_text<bool>(message);
    case 'y': return basic_text<std::uint8_t>(message);
    case 'n': return basic_text<std::int16_t>(message);
    case 'q': return basic_text<std::uint16_t>(message);
    case 'i': return basic_text<std::int32_t>(message);
    case 'u': return basic_text<std::uint32_t>(message);
    case 'x': return basic_text<std::int64_t>(message);
    case 't': return basic_text<std::uint64_t>(message);
    case 'd': return basic_text<double>(message);
    case 'o': return string_text<sdbus::ObjectPath>(message);
    case 'g': return string_text<sdbus::Signature>(message);
    case 's': return string_text<std::string>(message);
    default: throw sdbus::Error("org.sipsession1.Error.Failed", std::string("cannot print a value of type ") + type);
  }
}

bool is_text(char type) { return type == 's' || type == 'o' || type == 'g'; }

struct Form {
  const char* open;
  const char* close;
};

bool is_container(char type) { return type == 'a' || type == '(' || type == '{'; }

Form form_in_text(char container) {
  if (container == '(') return {"(", ")"};
  return container == 'a' ? Form{"[", "]"} : Form{"{", "}"};
}

std::string numbers(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    if (!text.empty()) text += ", ";
    text += std::to_string(static_cast<std::uint8_t>(byte));
  }
  return text;
}

std::string rest(std::size_t size) { return "... " + std::to_string(size) + " bytes"; }

std::string quoted(const std::string& text) {
  const std::string_view begin = base::beginning(text, longest_text);
  return to_json(begin) + (begin.size() < text.size() ? rest(text.size()) : "");
}

std::string joined(const Value& value, Form form) {
  std::string text = form.open;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const bool after_key = value.type == '{' && i % 2 == 1;
    if (i > 0) text += after_key ? ": " : ", ";
    const bool key = value.type == '{' && !after_key;
    text += key && !is_text(value.items[i].type) ? to_json(value.items[i].text) : value.items[i].to_json();
  }
  return text + form.close;
}

}  // namespace

std::string Value::to_json() const {
  if (type == 'v') return items.front().to_json();
  if (type == 'a' && !text.empty()) return "[" + numbers(text) + "]";
  if (type == 'a' || type == '(') return joined(*this, {"[", "]"});
  if (type == '{') return joined(*this, {"{", "}"});
  return is_text(type) ? sipctl::to_json(text) : text;
}

std::string Value::to_text() const {
  if (type == 'v') return items.front().to_text();
  if (!is_container(type)) return is_text(type) ? quoted(text) : text;
  if (text.size() > most_bytes) return "[" + numbers(text.substr(0, most_bytes)) + rest(text.size()) + "]";
  if (!text.empty()) return "[" + numbers(text) + "]";
  const Form form = form_in_text(type);
  std::string result = form.open;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) result += type == '{' && i % 2 == 1 ? ": " : ", ";
    result += items[i].to_text();
  }
  return result + form.close;
}

std::vector<Value> read_values(sdbus::Message& message) {
  std::vector<Value> values;
  for (Value value = read_value(message); value.type != 0; value = read_value(message))
    values.push_back(std::move(value));
  return values;
}

Value read_value(sdbus::Message& message) {
  std::string type;
  std::string contents;
  message.peekType(type, contents);
  Value value;
  value.type = type.at(0);
  switch (value.type) {
    case 0: break;  // the end of the message or of a container
    case 'a':
      if (contents == "y") {
        value.text = bytes(message);
        break;
      }
      message.enterContainer(contents);
      if (contents.starts_with("{")) value.type = '{';
      for (Value& item : read_values(message))
        if (item.type == 'e')
          std::ranges::move(item.items, std::back_inserter(value.items));
        else
          value.items.push_back(std::move(item));
      message.exitContainer();
      break;
    case 'e':
      message.enterDictEntry(contents);
      value.items = read_values(message);
      message.exitDictEntry();
      break;
    case 'r':
      value.type = '(';
      message.enterStruct(contents);
      value.items = read_values(message);
      message.exitStruct();
      break;
    case 'v':
      message.enterVariant(contents);
      value.items = read_values(message);
      message.exitVariant();
      break;
    default: value.text = basic(message, value.type);
  }
  return value;
}

}  // namespace sipctl
