// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "msrp/parser.h"
#include "msrp/writer.h"

namespace {

struct Told {
  msrp::Event head;
  std::string body;
  bool ended = false;
  msrp::Flag flag = msrp::Flag::complete;
};

std::vector<Told> read(std::string_view bytes, std::size_t part_size) {
  msrp::Parser parser;
  std::vector<Told> told;
  while (!bytes.empty()) {
    const std::string part(bytes.substr(0, part_size));
    bytes.remove_prefix(part.size());
    std::string_view rest = part;
    while (auto event = parser.next(rest)) {
      if (const auto* piece = std::get_if<msrp::Piece>(&*event)) {
        told.back().body += piece->bytes;
      } else if (const auto* end = std::get_if<msrp::End>(&*event)) {
        told.back().ended = true;
        told.back().flag = end->flag;
      } else {
        told.push_back({std::move(*event), "", false, msrp::Flag::complete});
      }
    }
    if (!rest.empty()) std::abort();
  }
  return told;
}

std::string describe(const Told& told) {
  std::string text = std::to_string(told.head.index()) + (told.ended ? static_cast<char>(told.flag) : '?') + told.body;
  if (const auto* fault = std::get_if<msrp::Fault>(&told.head)) text += fault->reason + fault->request.transaction;
  return text;
}

bool same(const Told& a, const Told& b) {
  if (describe(a) != describe(b)) return false;
  if (const auto* request = std::get_if<msrp::Request>(&a.head)) return *request == std::get<msrp::Request>(b.head);
  if (const auto* response = std::get_if<msrp::Response>(&a.head)) return *response == std::get<msrp::Response>(b.head);
  return true;
}

// What was read can be written, under another transaction, and reads the same.
void check_writing(const Told& told) {
  auto request = std::get<msrp::Request>(told.head);
  // A body without a type is read, for a peer to be told, and never written.
  if (!told.ended || (request.headers.content_type.empty() && !told.body.empty())) return;
  request.transaction = msrp::choose_transaction(told.body, [] { return 1; });
  std::string out;
  msrp::write(request, told.body, told.flag, out);
  const auto again = read(out, out.size());
  if (again.size() != 1 || again[0].body != told.body || again[0].flag != told.flag ||
      std::get<msrp::Request>(again[0].head) != request)
    std::abort();
}

}  // namespace

// However the bytes are split, the same is told.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, std::max<std::size_t>(size, 1));
  for (const std::size_t part_size : {1, 7}) {
    const auto parts = read(bytes, part_size);
    if (!std::equal(whole.begin(), whole.end(), parts.begin(), parts.end(), same)) std::abort();
  }
  for (const Told& told : whole)
    if (std::holds_alternative<msrp::Request>(told.head)) check_writing(told);
  return 0;
}
