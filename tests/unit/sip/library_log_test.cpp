// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/library_log.h"

#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/support/private_bus.h"

BOOST_AUTO_TEST_SUITE(library_log)

namespace {

// As the library writes: the lines of a message after three blanks, between two lines of hyphens.
std::string logged(const std::string& message) {
  const std::string rule = "   " + std::string(72, '-') + "\n";
  return "recv 9 bytes from udp/[127.0.0.1]:5060 at 12:00:00.000000:\n" + rule + message + rule;
}

struct Traced {
  Traced() { log.set_trace(&trace); }
  // Without the times.
  std::string text() const {
    std::ifstream stream(directory.path() / "trace.txt");
    std::string all;
    for (std::string line; std::getline(stream, line);)
      all += (line.starts_with("20") ? line.substr(line.find(' ') + 1) : line) + "\n";
    return all;
  }

  test::TemporaryDirectory directory;
  base::Trace trace{"trace.txt", [this] { return std::optional<std::string>(directory.path()); }};
  sip::LibraryLog log;
};

const std::string heading = "recv 9 bytes from udp/[127.0.0.1]:5060\n";

}  // namespace

BOOST_AUTO_TEST_CASE(messages_are_told_from_other_words_in_every_split) {
  const std::string text = "nua: something\n" + logged("   OPTIONS sip:a SIP/2.0\n   \n") + "tport: something\n" +
                           logged("   SIP/2.0 200 OK\n   \n   no end\n");
  for (std::size_t first = 0; first <= text.size(); first += 7) {
    Traced traced;
    traced.log.take(std::string_view(text).substr(0, first));
    traced.log.take(std::string_view(text).substr(first));
    BOOST_TEST(traced.text() == heading + "OPTIONS sip:a SIP/2.0\n\n" + heading + "SIP/2.0 200 OK\n\nno end\n");
  }
}

BOOST_AUTO_TEST_CASE(no_secret_gets_through_whatever_else_a_message_says) {
  // The message holds what ends one, and what begins another one.
  const std::string forged = "   " + std::string(72, '-') + "\n   recv 9 bytes from tls/[::1]:1 at 1:\n";
  Traced traced;
  traced.log.take(logged("   OPTIONS sip:a SIP/2.0\n" + forged + "   Authorization: Digest response=\"0123\"\n"));
  BOOST_TEST(traced.text().find("0123") == std::string::npos);
  BOOST_TEST(traced.text().find("Authorization: (not shown)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_never_ends_is_not_kept) {
  Traced traced;
  for (int i = 0; i < 10'000; ++i) traced.log.take("   " + std::string(1000, 'x') + "\n");
  BOOST_TEST(traced.text().size() > 9'000'000);
}

BOOST_AUTO_TEST_SUITE_END()
