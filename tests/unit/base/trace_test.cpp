// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/trace.h"

#include <sys/stat.h>

#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/support/private_bus.h"
#include "tests/support/sipp.h"

BOOST_AUTO_TEST_SUITE(trace)

namespace {

const std::string request =
    "REGISTER sip:example.com SIP/2.0\r\n"
    "AUTHORIZATION : Digest username=\"alice\",\r\n"
    " response=\"0123\"\r\n"
    "Proxy-Authorization: Digest response=\"4567\"\r\n"
    "Authentication-Info: rspauth=\"89ab\"\r\n"
    "Authorizations: 2\r\n"
    "\r\n"
    "k=clear:cdef\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:cdef\r\n"
    "a=ice-pwd:cdef\r\n"
    "a=sendrecv\t\xc3\xa4\r\n";

const std::string shown =
    "REGISTER sip:example.com SIP/2.0\n"
    "AUTHORIZATION : (not shown)\n"
    "Proxy-Authorization: (not shown)\n"
    "Authentication-Info: (not shown)\n"
    "Authorizations: 2\n"
    "\n"
    "k= (not shown)\n"
    "a=crypto (not shown)\n"
    "a=ice-pwd (not shown)\n"
    "a=sendrecv\t\xc3\xa4\n";

}  // namespace

BOOST_AUTO_TEST_CASE(secrets_are_not_shown_however_the_text_is_split) {
  for (std::size_t first = 0; first <= request.size(); ++first) {
    base::Redaction redaction;
    std::string text = redaction.take(std::string_view(request).substr(0, first));
    text += redaction.take(std::string_view(request).substr(first));
    BOOST_TEST(text == shown);
  }
}

BOOST_AUTO_TEST_CASE(a_secret_that_began_while_nobody_looked_is_not_shown) {
  for (std::size_t first = 1; first <= request.size(); ++first) {
    base::Redaction redaction;
    redaction.take("Call-ID: half a line");
    redaction.skip(std::string_view(request).substr(0, first));
    const std::string text = redaction.take(std::string_view(request).substr(first));
    BOOST_TEST(std::string_view(shown).ends_with(text), text);
  }
  base::Redaction redaction;
  redaction.skip("Authorization: Digest a,\r\n");
  BOOST_TEST(redaction.take(" response=secret\r\nTo: a\r\n") == "To: a\n");
}

BOOST_AUTO_TEST_CASE(a_secret_of_any_length_is_not_shown) {
  base::Redaction redaction;
  const std::string text = redaction.take("Authorization: " + std::string(50'000, 'x') + "\r\nTo: a\r\n");
  BOOST_TEST(text == "Authorization: (not shown)\nTo: a\n");
}

BOOST_AUTO_TEST_CASE(a_long_line_is_shown_whole_without_its_end) {
  base::Redaction redaction;
  const std::string long_line(20'000, 'x');
  BOOST_TEST(redaction.take(long_line) == long_line.substr(0, 2 * base::Redaction::longest_line));
  BOOST_TEST(redaction.take("\n") == long_line.substr(2 * base::Redaction::longest_line) + "\n");
}

BOOST_AUTO_TEST_CASE(nothing_that_is_shown_moves_a_terminal) {
  base::Redaction redaction;
  BOOST_TEST(redaction.take("a\x1b[2Jb\n\xff\xe2\x80\xae\n" + std::string("c\0d\n", 4)) ==
             "a\\x1B[2Jb\n\\xFF\\xE2\\x80\\xAE\nc\\x00d\n");
}

BOOST_AUTO_TEST_CASE(messages_go_to_a_file_of_the_owner_alone_while_that_is_wanted) {
  const test::TemporaryDirectory place;
  bool wanted = true;
  base::Trace trace("trace.txt", [&]() -> std::optional<std::string> {
    if (!wanted) return {};
    return place.path().string() + "/logs";
  });
  trace.write("send 5 bytes to nobody", "hello");
  wanted = false;
  BOOST_TEST(!trace.wanted());
  trace.write("send 5 bytes to nobody", "other");
  const std::string text = test::read_file(place.path() / "logs/trace.txt");
  BOOST_TEST(text.substr(text.find(' ')) == " send 5 bytes to nobody\nhello\n");
  struct stat file {
  }, directory{};
  BOOST_REQUIRE(stat((place.path().string() + "/logs/trace.txt").c_str(), &file) == 0);
  BOOST_REQUIRE(stat((place.path().string() + "/logs").c_str(), &directory) == 0);
  BOOST_TEST((file.st_mode & 07777) == 0600u);
  BOOST_TEST((directory.st_mode & 07777) == 0700u);
}

BOOST_AUTO_TEST_CASE(no_link_and_no_pipe_is_written_to) {
  const test::TemporaryDirectory place;
  base::Trace trace("trace.txt", [&] { return std::optional(place.path().string()); });
  std::filesystem::create_symlink(place.path().string() + "/other.txt", place.path().string() + "/trace.txt");
  trace.write("send 5 bytes to nobody", "hello");
  BOOST_TEST(!std::filesystem::exists(place.path().string() + "/other.txt"));
  std::filesystem::remove(place.path().string() + "/trace.txt");
  BOOST_REQUIRE(mkfifo((place.path().string() + "/trace.txt").c_str(), 0600) == 0);
  trace.write("send 5 bytes to nobody", "hello");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_full_makes_room_for_a_new_one) {
  const test::TemporaryDirectory place;
  base::Trace trace("trace.txt", [&] { return std::optional(place.path().string()); });
  trace.write("send 5 bytes to nobody", "hello");
  std::filesystem::resize_file(place.path().string() + "/trace.txt", base::Trace::largest_file);
  trace.write("send 5 bytes to nobody", "again");
  BOOST_TEST(test::read_file(place.path() / "trace.txt").ends_with(" nobody\nagain\n"));
  BOOST_TEST(std::filesystem::file_size(place.path().string() + "/trace.txt.old") ==
             static_cast<std::uintmax_t>(base::Trace::largest_file));
}

BOOST_AUTO_TEST_SUITE_END()
