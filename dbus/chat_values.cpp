// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/chat_values.h"

#include <sdbus-c++/TypeTraits.h>

#include "base/text.h"
#include "dbus/bytes.h"
#include "dbus/to_bus.h"

namespace dbus {
namespace {

using Texts = std::map<std::string, std::string>;
using Range = sdbus::Struct<std::uint64_t, std::uint64_t, std::uint64_t>;

template <typename Type>
void append_entry(sdbus::Message& signal, const char* name, const Type& value) {
  signal.openDictEntry("sv");
  signal << name;
  signal.openVariant(sdbus::signature_of<Type>::str());
  signal << value;
  signal.closeVariant();
  signal.closeDictEntry();
}

// A dictionary holds a name once: what is repeated is joined.
void add(Texts& texts, const std::string& name, const std::string& value) {
  const auto [at, is_new] = texts.try_emplace(base::to_utf8(name), base::to_utf8(value));
  if (!is_new) at->second.append(", ").append(base::to_utf8(value));
}

Texts texts_of(const std::vector<msrp::Header>& headers) {
  Texts texts;
  for (const msrp::Header& header : headers) add(texts, header.name, header.value);
  return texts;
}

// As they stand on the wire, but for the paths and the range of bytes.
Texts texts_of(const msrp::Headers& headers) {
  Texts texts = texts_of(headers.others);
  if (!headers.message_id.empty()) add(texts, "Message-ID", headers.message_id);
  if (headers.success_report) add(texts, "Success-Report", "yes");
  if (headers.failure_report != msrp::FailureReport::yes)
    add(texts, "Failure-Report", headers.failure_report == msrp::FailureReport::no ? "no" : "partial");
  if (headers.status)
    add(texts, "Status", "000 " + std::to_string(headers.status->code) + " " + headers.status->comment);
  if (!headers.content_type.empty()) add(texts, "Content-Type", headers.content_type);
  return texts;
}

Names names_of(const msrp::Path& path) {
  Names names;
  for (const msrp::Uri& uri : path) names.push_back(base::to_utf8(uri.to_text()));
  return names;
}

// The entries that every message of MSRP has.
void append_entries(sdbus::Message& signal, const std::string& transaction, const msrp::Headers& headers) {
  append_entry(signal, "transaction_id", base::to_utf8(transaction));
  append_entry(signal, "to_path", names_of(headers.to_path));
  append_entry(signal, "from_path", names_of(headers.from_path));
  append_entry(signal, "headers", texts_of(headers));
  if (const auto& range = headers.byte_range)
    append_entry(signal, "byte_range", Range(range->start, range->end.value_or(0), range->total.value_or(0)));
}

bool is_text(const session::GotMessage& event) {
  return base::to_lower(event.content_type).starts_with("text/") && base::is_valid_utf8(event.content);
}

void append_content(sdbus::Message& signal, const session::GotMessage& event) {
  const bool text = is_text(event);
  signal.openVariant(text ? "s" : "ay");
  if (text)
    signal << event.content;
  else
    append_bytes(signal, event.content);
  signal.closeVariant();
}

constexpr const char* to_text(msrp::Verification verification) {
  switch (verification) {
    case msrp::Verification::none: return "none";
    case msrp::Verification::fingerprint: return "fingerprint";
    case msrp::Verification::name: return "name";
  }
  return "";
}

struct EvidenceEntries {
  sdbus::Message& signal;

  void operator()(const std::monostate&) const {}
  void operator()(const msrp::Request& report) const { append_entries(signal, report.transaction, report.headers); }
  void operator()(const msrp::Response& answer) const { append_entries(signal, answer.transaction, answer.headers); }
};

}  // namespace

void append(sdbus::Message& signal, const session::GotMessage& event) {
  append_content(signal, event);
  signal << base::to_utf8(event.content_type) << texts_of(event.cpim_headers);
  signal.openContainer("{sv}");
  append_entries(signal, event.message.transaction, event.message.headers);
  append_entry(signal, "foreign_sender", event.foreign_sender);
  signal.closeContainer();
}

void append(sdbus::Message& signal, const msrp::Verdict& verdict) {
  signal << base::to_utf8(verdict.message_id) << std::uint32_t{verdict.code} << base::to_display(verdict.reason);
  signal.openContainer("{sv}");
  std::visit(EvidenceEntries{signal}, verdict.evidence);
  signal.closeContainer();
}

Dictionary to_bus(const std::optional<msrp::ChatStatistics>& statistics) {
  Dictionary result;
  if (!statistics) return result;
  result["local_path"] = names_of(statistics->local_path);
  result["remote_path"] = names_of(statistics->remote_path);
  result["transport"] = base::to_utf8(statistics->transport);
  result["verification"] = std::string(to_text(statistics->verification));
  result["active"] = statistics->active;
  result["remote_address"] = base::to_utf8(statistics->remote_address);
  result["remote_port"] = statistics->remote_port;
  result["messages_sent"] = statistics->counters.sent_messages;
  result["messages_received"] = statistics->counters.received_messages;
  result["bytes_sent"] = statistics->counters.sent_bytes;
  result["bytes_received"] = statistics->counters.received_bytes;
  return result;
}

}  // namespace dbus
