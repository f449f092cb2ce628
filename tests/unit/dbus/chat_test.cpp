// SPDX-License-Identifier: LGPL-2.1-or-later
#include <poll.h>

#include <boost/test/unit_test.hpp>

#include "dbus/bytes.h"
#include "tests/support/client.h"
#include "tests/support/private_bus.h"
#include "tests/support/recorder.h"
#include "tests/unit/dbus/server.h"

namespace {

using Strings = std::vector<std::string>;
using Bytes = std::vector<std::uint8_t>;
using test::Client;
using test::Recorder;

// A session with chat. What is said to "echo" comes back.
struct Fixture {
  test::PrivateBus bus;
  test::Server server{bus.address()};
  Recorder recorder{bus.connect()};
  std::unique_ptr<sdbus::IConnection> other = bus.connect();
  Client client{*other};
  std::string session = client.call_out("sip:bob@example.com", {"chat"});

  Fixture() {
    recorder.settle();
    recorder.clear();
  }

  template <typename Content>
  void say(const char* member, const Content& content, const char* content_type, const char* to_uri,
           std::uint64_t time = 0) {
    recorder.send(session, "org.sipsession1.Session", member, content, content_type, to_uri, time);
  }
  const test::Entry& told(const char* member) { return recorder.wait(session, member); }
  Strings all_told() {
    recorder.settle();
    Strings result;
    for (const test::Entry& entry : recorder.entries()) result.push_back(entry.timeless());
    return result;
  }
};

const std::string entries =
    "{\"transaction_id\": \"t1\", \"to_path\": [\"msrp://192.0.2.1:2855/a;tcp\"], \"from_path\": "
    "[\"msrp://relay.example.com;tcp\", \"msrp://192.0.2.2/b;tcp\"], \"headers\": ";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(chat, Fixture, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(a_message_comes_with_all_that_is_known_of_it) {
  say("SendMessage", "H\xc3\xbclle", "TEXT/plain", "echo", 1234567);
  const test::Entry& message = told("SIPSessionGotMessage");
  BOOST_TEST(recorder.entries().front().timeless() == "reply SendMessage(\"message1\")");
  BOOST_TEST_REQUIRE(message.arguments.size() == 5u);
  BOOST_TEST(message.arguments[0].type == 't');
  BOOST_TEST(message.arguments[1].to_text() == "\"H\xc3\xbclle\"");
  BOOST_TEST(message.arguments[2].to_text() == "\"TEXT/plain\"");
  BOOST_TEST(message.arguments[3].to_text() ==
             "{\"DateTime\": \"1234567\", \"To\": \"<sip:a@b>, <sip:c@d>\", \"X-\xef\xbf\xbd\": \"n\xef\xbf\xbdl\"}");
  BOOST_TEST(message.arguments[4].to_text() ==
             entries +
                 "{\"Content-Type\": \"text/plain\", \"Message-ID\": \"message1\", \"Status\": \"000 200 OK\", "
                 "\"Success-Report\": \"yes\", \"X-Odd\": \"a\xef\xbf\xbd, b\"}, \"byte_range\": (1, 5, 0), "
                 "\"foreign_sender\": true}");
}

BOOST_AUTO_TEST_CASE(what_is_no_text_comes_as_bytes) {
  struct Row {
    Bytes content;
    const char* content_type;
    const char* shown;
  };
  const Row rows[] = {
      {{'a', 'b'}, "text/html", "\"ab\""},
      {{}, "text/plain", "\"\""},
      {{'a', 'b'}, "application/json", "[97, 98]"},
      {{'a', 'b'}, "", "[97, 98]"},
      {{'a', 0}, "text/plain", "[97, 0]"},
      {{0xff}, "text/plain", "[255]"},
      {{0xef, 0xbf, 0xbe}, "text/plain", "[239, 191, 190]"},
      {{0xed, 0xa0, 0x80}, "text/plain", "[237, 160, 128]"},
      {{}, "image/png", "[]"},
  };
  for (const Row& row : rows) {
    recorder.clear();
    say("SendData", row.content, row.content_type, "echo");
    BOOST_TEST(told("SIPSessionGotMessage").arguments[1].to_text() == row.shown, row.content_type);
  }
}

BOOST_AUTO_TEST_CASE(a_verdict_comes_with_what_says_so) {
  say("SendMessage", "a", "", "report");
  say("SendMessage", "b", "", "answer");
  say("SendMessage", "c", "", "silence");
  const Strings expected{
      "reply SendMessage(\"message1\")",
      "SIPSessionDidDeliverMessage(\"message1\", 200, \"OK\", " + entries +
          "{\"Content-Type\": \"text/plain\", \"Message-ID\": \"message1\", \"Status\": \"000 200 OK\", "
          "\"Success-Report\": \"yes\", \"X-Odd\": \"a\xef\xbf\xbd, b\"}, \"byte_range\": (1, 5, 0)})",
      "reply SendMessage(\"message2\")",
      "SIPSessionDidNotDeliverMessage(\"message2\", 415, \"No\xef\xbf\xbd\", {\"transaction_id\": \"t1\", \"to_path\": "
      "[\"msrp://relay.example.com;tcp\"], \"from_path\": [\"msrp://192.0.2.1:2855/a;tcp\"], \"headers\": {}})",
      "reply SendMessage(\"message3\")",
      "SIPSessionDidNotDeliverMessage(\"message3\", 0, \"nothing came\", {})",
  };
  BOOST_TEST(all_told() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(writing_is_told_both_ways) {
  recorder.send(session, "org.sipsession1.Session", "SetComposing", true, 60u);
  recorder.send(session, "org.sipsession1.Session", "SetComposing", false, 0u);
  const Strings expected{"reply SetComposing()", "SIPSessionGotComposingIndication(\"active\", \"text/plain\", 60)",
                         "reply SetComposing()", "SIPSessionGotComposingIndication(\"idle\", \"text/plain\", 0)"};
  BOOST_TEST(all_told() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_refused) {
  const auto error = [&](const char* member, const auto& content, const std::string& content_type,
                         const std::string& to_uri, std::uint64_t time) {
    return Client::error_of(
        [&] { client.call<std::string>(session, "Session", member, content, content_type, to_uri, time); });
  };
  const std::string longest(10'000'000, 'x');
  BOOST_TEST(error("SendMessage", longest, "", "", 0) == "");
  BOOST_TEST(error("SendMessage", longest + "x", "", "", 0) == "LimitReached");
  BOOST_TEST(error("SendData", Bytes(10'000'001), "", "", 0) == "LimitReached");
  BOOST_TEST(error("SendMessage", "a", std::string(4097, 'x'), "", 0) == "LimitReached");
  BOOST_TEST(error("SendMessage", "a", "", std::string(4097, 'x'), 0) == "LimitReached");
  BOOST_TEST(error("SendMessage", "a", "", "", 9'223'372'036'854'775) == "");
  BOOST_TEST(error("SendMessage", "a", "", "", 9'223'372'036'854'776) == "InvalidArgument");
  BOOST_TEST(error("SendMessage", "a", "", "", ~std::uint64_t{0}) == "InvalidArgument");
}

// The default limit of a bus is 32 MiB, and whoever sends more is cut off.
BOOST_AUTO_TEST_CASE(the_longest_message_that_can_be_allowed_passes_the_bus) {
  client.call(test::settings_path, "SettingsObject", "SetSetting", "chat.max_message_size",
              sdbus::Variant(std::int32_t{30'000'000}));
  client.call(test::settings_path, "SettingsObject", "Save");
  std::size_t came = 0;
  const auto listener = bus.connect();
  const auto match = listener->addMatch("type='signal',member='SIPSessionGotMessage'", [&](sdbus::Message& signal) {
    std::uint64_t time = 0;
    Bytes content;
    signal >> time;
    signal.enterVariant("ay");
    signal >> content;
    came = content.size();
  });
  client.call<std::string>(session, "Session", "SendData", Bytes(30'000'000), "application/octet-stream", "echo",
                           std::uint64_t{0});
  pollfd poll{listener->getEventLoopPollData().fd, POLLIN, 0};
  while (came == 0)
    if (!listener->processPendingRequest()) BOOST_TEST_REQUIRE(::poll(&poll, 1, 30000) > 0);
  BOOST_TEST(came == 30'000'000u);
  BOOST_TEST(client.state(session) == "ESTABLISHED");
}

BOOST_AUTO_TEST_CASE(the_diagnostics_have_their_types) {
  const auto transport = client.get<test::Dictionary>(session, "Session", "ChatTransport");
  BOOST_TEST(transport.size() == 11u);
  BOOST_TEST(transport.at("local_path").get<Strings>() == (Strings{"msrps://192.0.2.1:2855/a;tcp"}),
             boost::test_tools::per_element());
  BOOST_TEST(transport.at("remote_path").get<Strings>().empty());
  BOOST_TEST(transport.at("transport").get<std::string>() == "tls");
  BOOST_TEST(transport.at("verification").get<std::string>() == "fingerprint");
  BOOST_TEST(!transport.at("active").get<bool>());
  BOOST_TEST(transport.at("remote_address").get<std::string>() == "");
  BOOST_TEST(transport.at("remote_port").get<std::uint16_t>() == 4711);
  for (const char* counter : {"messages_sent", "messages_received", "bytes_sent"})
    BOOST_TEST(transport.at(counter).get<std::uint64_t>() == 0u);
  BOOST_TEST(transport.at("bytes_received").get<std::uint64_t>() == 7u);
  BOOST_TEST(client.get<bool>(session, "Session", "HasChat"));
  const std::string without = client.call_out("sip:bob@example.com");
  BOOST_TEST(client.get<test::Dictionary>(without, "Session", "ChatTransport").empty());
  BOOST_TEST(Client::error_of([&] { client.call(without, "Session", "SendMessage", "a", "", "", std::uint64_t{0}); }) ==
             "NoSuchStream");
}

BOOST_AUTO_TEST_SUITE_END()
