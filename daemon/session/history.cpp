// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/history.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/session/recording.h"
#include "daemon/sip/uri.h"
#include "msrp/cpim.h"

namespace session {
namespace {

[[noreturn]] void fail(const std::string& why) { throw base::Error(base::Errc::file_failure, why); }

std::string file_of(const Properties& session) {
  const std::string peer = sip::user_of(session.remote_uri) + "@" + sip::host_of(session.remote_uri);
  return folder_name(session.account) + "/" + folder_name(peer) + ".jsonl";
}

// The members of one record. Texts of the network become valid UTF-8.
class Record {
 public:
  explicit Record(Time time) {
    const msrp::DateTime written{std::chrono::time_point_cast<std::chrono::microseconds>(time)};
    add("time", written.to_text());
  }

  Record& add(std::string_view name, std::string_view value) {
    return add_raw(name, base::to_json(base::to_utf8(value)));
  }
  Record& add(std::string_view name, unsigned value) { return add_raw(name, std::to_string(value)); }
  // What is no text goes in base64, under another name.
  Record& add_content(std::string_view content) {
    if (base::is_valid_utf8(content)) return add_raw("content", base::to_json(content));
    return add("content_base64", base::to_base64(content));
  }
  // The record is done with.
  std::string line() { return std::move(text_.append("}\n")); }

 private:
  Record& add_raw(std::string_view name, const std::string& value) {
    text_.append(text_.empty() ? "{" : ", ").append(base::to_json(name)).append(": ").append(value);
    return *this;
  }

  std::string text_;
};

// The line of an event; empty for one that is not of messages.
struct Line {
  const Properties& session;
  Time time;

  std::string operator()(const GotMessage& e) const {
    Record record(time);
    record.add("direction", "incoming").add("id", e.message.headers.message_id);
    record.add("from", session.remote_uri).add("to", session.local_uri);
    for (const msrp::Header& header : e.cpim_headers)
      if (e.foreign_sender && header.name == "From") record.add("sender", header.value);
    return record.add("content_type", e.content_type).add_content(e.content).line();
  }
  std::string operator()(const DidSendMessage& e) const {
    Record record(time);
    record.add("direction", "outgoing").add("id", e.message_id).add("from", session.local_uri);
    record.add("to", e.to_uri.empty() ? session.remote_uri : e.to_uri);
    return record.add("content_type", e.content_type).add_content(e.content).line();
  }
  std::string operator()(const DidDeliverMessage& e) const { return verdict(e.verdict, "delivered"); }
  std::string operator()(const DidNotDeliverMessage& e) const { return verdict(e.verdict, "not delivered"); }
  template <typename Other>
  std::string operator()(const Other&) const {
    return {};
  }

  std::string verdict(const msrp::Verdict& verdict, const char* word) const {
    Record record(time);
    record.add("id", verdict.message_id).add("verdict", word);
    return record.add("code", verdict.code).add("reason", verdict.reason).line();
  }
};

// Whether the file ends in the middle of a line: of a disk that was full, or a daemon that died.
bool is_torn(int file, off_t size) {
  char last = '\n';
  return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

History::History(std::string directory, const config::ChatSettings& settings)
    : directory_(std::move(directory)), settings_(settings) {}

void History::note(const Properties& session, const Event& event, Time time) {
  if (!*settings_.history) return;
  std::string line = std::visit(Line{session, time}, event);
  if (line.empty()) return;
  const std::string name = file_of(session);
  try {
    append(name, std::move(line));
    failing_ = false;
  } catch (const base::Error& error) {
    if (!std::exchange(failing_, true))
      base::log::warning("the history of a chat cannot be written",
                         {{"FILE", directory_ + "/" + name}, {"REASON", error.what()}});
  }
}

void History::append(const std::string& name, std::string record) {
  // A pipe would keep us waiting.
  const auto file = base::open_below(directory_, name, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK);
  struct stat status {};
  if (!file || fstat(file->number(), &status) != 0) fail(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail("it is no file");
  // In one piece, so that two writers never mix.
  if (is_torn(file->number(), status.st_size)) record.insert(0, 1, '\n');
  const ssize_t count = write(file->number(), record.data(), record.size());
  if (count < 0) fail(std::strerror(errno));
  if (count != static_cast<ssize_t>(record.size())) fail("there is no room for all of a line");
}

}  // namespace session
