// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "msrp/parser.h"

// What a parser told, with each body put together.
struct Told {
  std::variant<msrp::Request, msrp::Response, msrp::Fault> head;
  std::string body;
  msrp::Flag flag = msrp::Flag::complete;
  bool ended = false;
};

inline void tell(msrp::Parser& parser, std::string_view bytes, std::vector<Told>& told) {
  while (auto event = parser.next(bytes)) {
    if (auto* request = std::get_if<msrp::Request>(&*event)) told.push_back({std::move(*request), "", {}, false});
    if (auto* response = std::get_if<msrp::Response>(&*event)) told.push_back({std::move(*response), "", {}, false});
    if (auto* fault = std::get_if<msrp::Fault>(&*event)) told.push_back({std::move(*fault), "", {}, true});
    if (const auto* piece = std::get_if<msrp::Piece>(&*event)) {
      BOOST_TEST(!piece->bytes.empty());
      told.back().body += piece->bytes;
    }
    if (const auto* end = std::get_if<msrp::End>(&*event)) {
      told.back().flag = end->flag;
      told.back().ended = true;
    }
  }
}

// Reads the bytes in parts, each as long as the function says.
inline std::vector<Told> read_parts(std::string_view bytes, const std::function<std::size_t()>& next_size) {
  msrp::Parser parser;
  std::vector<Told> told;
  while (!bytes.empty()) {
    // A copy of exactly that size, so that a sanitizer sees any look beyond it or back.
    const std::string part(bytes.substr(0, next_size()));
    bytes.remove_prefix(part.size());
    tell(parser, part, told);
  }
  return told;
}

inline std::vector<Told> read_whole(std::string_view bytes) {
  return read_parts(bytes, [&] { return bytes.size(); });
}

// One line for each: "SEND abcd 8 bytes +", "200 abcd", "fault close: ...".
inline std::string summary(const std::vector<Told>& told) {
  std::string text;
  for (const Told& one : told) {
    if (const auto* request = std::get_if<msrp::Request>(&one.head))
      text += request->method + " " + request->transaction;
    else if (const auto* response = std::get_if<msrp::Response>(&one.head))
      text += std::to_string(response->code) + " " + response->transaction;
    else if (const auto* fault = std::get_if<msrp::Fault>(&one.head))
      text +=
          std::vector{"fault answer: ", "fault ignore: ", "fault close: "}[static_cast<std::size_t>(fault->remedy)] +
          fault->reason;
    if (one.head.index() != 2) {
      text += " " + std::to_string(one.body.size());
      text += one.ended ? static_cast<char>(one.flag) : '?';
    }
    text += "\n";
  }
  return text;
}

// The variable names the directory: MSRP_DATA or CPIM_DATA.
inline std::string data_file(const std::string& name, const char* variable = "MSRP_DATA") {
  const char* directory = std::getenv(variable);
  BOOST_REQUIRE_MESSAGE(directory, variable);
  std::ifstream file(std::string(directory) + "/" + name, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(file.good(), name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A text of lines with LF, as it is on the wire.
inline std::string crlf(std::string_view text) {
  std::string result;
  for (const char c : text) result.append(c == '\n' ? "\r\n" : std::string(1, c));
  return result;
}
