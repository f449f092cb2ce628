// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// Takes the secrets out of SIP and MSRP messages that people are to read: the answers of digests (RFC 7616) and the
// keys of media (RFC 4568, RFC 8839), which stand in lines of their own. Takes the text in pieces of any size, and
// gives back each line when it is whole, or too long to wait for.
class Redaction {
 public:
  static constexpr std::size_t longest_line = 8192;  // bytes that are waited for

  // What is not text for a terminal comes out as \xNN.
  std::string take(std::string_view piece);
  // This piece is not wanted. What comes then of a line that began in it is secret, since who knows what it is.
  void skip(std::string_view piece);

 private:
  std::string take_line();

  std::string line_;     // what came of it
  bool inside_ = false;  // its beginning was given back already
  bool hiding_ = false;  // the line, or the one that it continues, is secret
};

// Writes messages into a file as they pass, each with its time, for the file's owner alone. Secrets must be out of
// them.
class Trace {
 public:
  static constexpr long largest_file = 64L << 20;  // bytes; then it becomes NAME.old, and a new one begins

  // Asked each time: the directory, or nothing while nothing is wanted.
  using Where = std::function<std::optional<std::string>()>;

  Trace(std::string file_name, Where where) : file_name_(std::move(file_name)), where_(std::move(where)) {}

  bool wanted() const { return where_().has_value(); }
  // A heading that says what passes from or to whom, and the message. A failure is logged once, and harms nobody.
  void write(std::string_view heading, std::string_view text);

 private:
  void append(const std::string& directory, const std::string& entry) const;

  const std::string file_name_;
  const Where where_;
  bool failing_ = false;  // and that was logged
};

}  // namespace base
