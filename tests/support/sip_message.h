// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace test {

// A SIP message as text, and what a scripted peer must read of it.
struct SipMessage {
  std::string text;

  bool is_request() const { return !text.starts_with("SIP/2.0 "); }
  std::string method() const;  // of a response that of its CSeq
  int code() const;            // 0: a request
  std::string phrase() const;
  std::string request_uri() const;
  std::string header(std::string_view name) const;   // the first of this name
  std::string headers(std::string_view name) const;  // all, whole lines
  std::string body() const;
  std::string tag(std::string_view name) const;  // of From or To
  unsigned sequence() const;
  std::string contact_uri() const;
  // Of the body: what follows "m=audio" and the like in the first such line, without the line's end.
  std::string description_line(std::string_view beginning) const;
};

// A description with one audio medium, of PCMU and telephone-event unless `media` says otherwise.
struct Sdp {
  std::string address = "127.0.0.1";
  unsigned port = 40000;
  std::string direction = "sendrecv";
  unsigned version = 1;
  std::string media = "";  // whole lines, instead of the audio medium

  std::string text() const;
};

}  // namespace test
