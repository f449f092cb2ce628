// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/dns_message.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace sip::dns {
namespace {

constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t flag_response = 0x8000;
constexpr std::uint16_t mask_opcode = 0x7800;
constexpr std::uint16_t flag_truncated = 0x0200;
constexpr std::uint16_t flag_recursion = 0x0100;
constexpr unsigned mask_code = 0x000f;
constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;
constexpr std::size_t most_records = 1000;
constexpr unsigned most_aliases = 8;

void put(std::string& bytes, std::uint16_t number) {
  bytes += static_cast<char>(number >> 8);
  bytes += static_cast<char>(number & 0xff);
}

// Reads on from a place in a message; after the first fault it reads nothing but zeros and empty texts.
class Reader {
 public:
  Reader(std::string_view message, std::size_t at) : message_(message), at_(at) {}

  std::uint8_t byte() {
    if (at_ >= message_.size()) return fail();
    return static_cast<std::uint8_t>(message_[at_++]);
  }
  std::uint16_t number() {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }
  std::uint32_t long_number() {
    const std::uint32_t high = number();
    return high << 16 | number();
  }
  std::string_view bytes(std::size_t count) {
    if (count > message_.size() || at_ > message_.size() - count) return fail(), std::string_view();
    at_ += count;
    return message_.substr(at_ - count, count);
  }
  std::string text() { return std::string(bytes(byte())); }  // RFC 1035, 3.3: character-string
  std::string name();

  std::size_t at() const { return at_; }
  bool failed() const { return failed_; }

 private:
  bool append_label(std::string& name, std::size_t length);
  std::uint8_t fail() {
    failed_ = true;
    at_ = message_.size();
    return 0;
  }

  std::string_view message_;
  std::size_t at_;
  bool failed_ = false;
};

// What no name of a host has in its labels becomes '?', which no check of a name passes.
bool Reader::append_label(std::string& name, std::size_t length) {
  if (length > longest_label) return false;
  if (!name.empty()) name += '.';
  for (const char c : bytes(length)) name += c > ' ' && c < 127 && c != '.' ? c : '?';
  return name.size() <= longest_name;
}

// RFC 1035, 4.1.4. Each pointer must lead further back than the name so far, so that there is an end.
std::string Reader::name() {
  std::string result;
  std::size_t least = at_;
  std::size_t end = 0;
  while (const std::size_t length = byte()) {
    if (length >= 0xc0) {
      const std::size_t target = (length & 0x3f) << 8 | byte();
      if (end == 0) end = at_;
      if (target >= least) return fail(), std::string();
      at_ = least = target;
    } else if (!append_label(result, length)) {
      return fail(), std::string();
    }
  }
  if (end != 0 && !failed_) at_ = end;
  return result;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

struct Record {
  std::string owner;
  Type type{};
  std::chrono::seconds ttl{0};
  std::string text = {};  // of an address or an alias
  Service service = {};
  Pointer pointer = {};
};

std::string address_of(int family, std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const std::size_t size = family == AF_INET ? 4 : 16;
  if (bytes.size() != size) return {};
  return inet_ntop(family, bytes.data(), text.data(), text.size()) ? text.data() : "";
}

// Nothing for a type or a class that nobody asked for.
std::optional<Record> read_record(std::string_view message, Reader& reader) {
  Record record;
  record.owner = reader.name();
  const std::uint16_t type = reader.number();
  const std::uint16_t its_class = reader.number();
  const std::uint32_t ttl = reader.long_number();
  const std::size_t length = reader.number();
  const std::size_t start = reader.at();
  reader.bytes(length);
  if (reader.failed() || its_class != class_in) return {};
  record.type = static_cast<Type>(type);
  // RFC 2181, 8: with the highest bit set it is 0.
  record.ttl = std::chrono::seconds(ttl > 0x7fffffff ? 0 : ttl);
  // A pointer may lead out of the record, but no name may reach beyond its end.
  Reader data(message.substr(0, start + length), start);
  switch (record.type) {
    case Type::a: record.text = address_of(AF_INET, data.bytes(length)); break;
    case Type::aaaa: record.text = address_of(AF_INET6, data.bytes(length)); break;
    case Type::cname: record.text = data.name(); break;
    case Type::srv: {
      auto& [priority, weight, port, target] = record.service;
      priority = data.number();
      weight = data.number();
      port = data.number();
      target = data.name();
      break;
    }
    case Type::naptr: {
      auto& [order, preference, flags, service, replacement] = record.pointer;
      order = data.number();
      preference = data.number();
      flags = base::to_lower(data.text());
      service = upper(data.text());
      data.text();  // a regular expression: no pointer of SIP has one
      replacement = data.name();
      break;
    }
    default: return {};
  }
  if (data.failed()) return {};
  return record;
}

void take(Answer& answer, const Record& record) {
  switch (record.type) {
    case Type::a:
    case Type::aaaa:
      if (!record.text.empty()) answer.addresses.push_back(record.text);
      break;
    case Type::srv: answer.services.push_back(record.service); break;
    case Type::naptr: answer.pointers.push_back(record.pointer); break;
    default: break;
  }
}

// Takes the records of the name, and gives its alias if it has one.
const Record* take_those_of(const std::string& name, const std::vector<Record>& records, Type wanted, Answer& answer) {
  const Record* alias = nullptr;
  for (const Record& record : records) {
    if (!base::equals_ignoring_case(record.owner, name)) continue;
    if (record.type == Type::cname) alias = &record;
    if (record.type != wanted && &record != alias) continue;
    answer.ttl = std::min(answer.ttl, record.ttl);
    if (record.type == wanted) take(answer, record);
  }
  return alias;
}

// Follows the aliases from the name of the question to the records of its type.
Answer gather(const std::vector<Record>& records, const Question& question) {
  Answer answer;
  answer.outcome = Outcome::nothing;
  answer.ttl = std::chrono::hours(24);
  std::string name = question.name;
  for (unsigned alias = 0; alias <= most_aliases; ++alias) {
    const Record* next = take_those_of(name, records, question.type, answer);
    if (!answer.addresses.empty() || !answer.services.empty() || !answer.pointers.empty()) {
      answer.outcome = Outcome::records;
      break;
    }
    if (!next) break;
    name = next->text;
  }
  return answer;
}

Answer failure(const std::string& detail) {
  Answer answer;
  answer.outcome = Outcome::failure;
  answer.detail = detail;
  return answer;
}

Answer read_answers(std::string_view message, Reader& reader, std::size_t count, const Question& question) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    auto record = read_record(message, reader);
    if (reader.failed()) return failure("an answer that cannot be read");
    if (record) records.push_back(std::move(*record));
  }
  return gather(records, question);
}

// RFC 1035, 4.1.1, and RFC 2136.
std::string name_of(unsigned code) {
  constexpr std::array names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
  return code < names.size() ? names[code] : "code " + std::to_string(code);
}

}  // namespace

std::optional<std::string> query(std::uint16_t id, const Question& question) {
  if (question.name.size() > longest_name) return {};
  std::string bytes;
  put(bytes, id);
  put(bytes, flag_recursion);
  for (const std::uint16_t count : {1, 0, 0, 0}) put(bytes, count);
  std::string_view rest = question.name;
  while (true) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > longest_label) return {};
    bytes += static_cast<char>(label.size());
    bytes += label;
    if (label.size() == rest.size()) break;
    rest.remove_prefix(label.size() + 1);
  }
  bytes += '\0';
  put(bytes, static_cast<std::uint16_t>(question.type));
  put(bytes, class_in);
  return bytes;
}

std::optional<Reply> read_reply(std::string_view bytes, std::uint16_t id, const Question& question) {
  Reader reader(bytes, 0);
  const std::uint16_t its_id = reader.number();
  const std::uint16_t flags = reader.number();
  const std::uint16_t questions = reader.number();
  const std::size_t answers = reader.number();
  reader.long_number();  // authorities and additional records are nothing that we asked for
  if (reader.failed() || its_id != id || (flags & flag_response) == 0 || (flags & mask_opcode) != 0) return {};
  if (questions != 1 || !base::equals_ignoring_case(reader.name(), question.name)) return {};
  if (reader.number() != static_cast<std::uint16_t>(question.type) || reader.number() != class_in) return {};
  if (reader.failed()) return {};

  Reply reply;
  reply.truncated = (flags & flag_truncated) != 0;
  const unsigned code = flags & mask_code;
  if (code == 3) reply.answer.outcome = Outcome::no_such_name;
  if (code != 0 && code != 3) reply.answer = failure(name_of(code));
  if (code != 0 || reply.truncated) return reply;
  reply.answer = read_answers(bytes, reader, std::min(answers, most_records), question);
  return reply;
}

}  // namespace sip::dns
