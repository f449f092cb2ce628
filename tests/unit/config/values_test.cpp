// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/values.h"

#include <boost/test/unit_test.hpp>

using namespace config;
using List = std::vector<std::string>;

namespace {

template <typename Type>
std::optional<Value> accepted(const Value& value) {
  const auto checked = Type::from_value(value);
  return checked ? std::optional(checked->to_value()) : std::nullopt;
}

struct Good {
  std::optional<Value> (*take)(const Value&);
  Value given;
  Value canonical;
};

struct Bad {
  std::optional<Value> (*take)(const Value&);
  Value given;
};

const std::string longest(255, 'x');

const std::vector<Good> good = {
    {accepted<Flag>, true, true},
    {accepted<Port>, std::uint16_t{0}, std::uint16_t{0}},
    {accepted<Port>, std::uint16_t{65535}, std::uint16_t{65535}},
    {accepted<Port>, 5060, std::uint16_t{5060}},
    {accepted<Number<1, 64>>, 1, 1},
    {accepted<Number<1, 64>>, std::uint16_t{64}, 64},
    {accepted<SampleRate>, 8000, 8000},
    {accepted<SampleRate>, 16000, 16000},
    {accepted<SampleRate>, 48000, 48000},
    {accepted<PortRange>, Ports{1, 1}, Ports{1, 1}},
    {accepted<PortRange>, Ports{50000, 65535}, Ports{50000, 65535}},
    {accepted<Path>, std::string("/a b/é"), std::string("/a b/é")},
    {accepted<Text>, std::string("Alice Ünal"), std::string("Alice Ünal")},
    {accepted<Text>, longest, longest},
    {accepted<IpAddress>, std::string("auto"), std::string("auto")},
    {accepted<IpAddress>, std::string("192.0.2.1"), std::string("192.0.2.1")},
    {accepted<IpAddress>, std::string("2001:DB8:0::1"), std::string("2001:db8::1")},
    {accepted<Token>, std::string("aB0-.!%*_+`'~"), std::string("aB0-.!%*_+`'~")},
    {accepted<SipAddress>, std::string("Alice@Example.COM"), std::string("Alice@example.com")},
    {accepted<SipAddress>, std::string("bob@[2001:DB8::1]"), std::string("bob@[2001:db8::1]")},
    {accepted<Codecs>, List{"OPUS", "g722", "pcmu", "PCMA"}, List{"opus", "G722", "PCMU", "PCMA"}},
    {accepted<Codecs>, List{"PCMA"}, List{"PCMA"}},
    {accepted<Transports>, List{"TCP", "udp"}, List{"tcp", "udp"}},
    {accepted<RecordingForm>, std::string("Stereo"), std::string("stereo")},
    {accepted<SrtpEncryption>, std::string("Mandatory"), std::string("mandatory")},
    {accepted<PasswordStore>, std::string("SECRET-service"), std::string("secret-service")},
    {accepted<MsrpTransport>, std::string("TCP"), std::string("tcp")},
    {accepted<HostName>, std::string("SIP.Example.COM"), std::string("sip.example.com")},
    {accepted<Server>, std::string("Proxy.Example.com"), std::string("proxy.example.com")},
    {accepted<Server>, std::string("192.0.2.1:5062;Transport=TCP"), std::string("192.0.2.1:5062;transport=tcp")},
    {accepted<Server>, std::string("[2001:DB8::1]"), std::string("[2001:db8::1]")},
    {accepted<Server>, std::string("[2001:db8::1]:5061;transport=tls"),
     std::string("[2001:db8::1]:5061;transport=tls")},
    {accepted<Server>, std::string("a;transport=udp"), std::string("a;transport=udp")},
    {accepted<Relay>, std::string("relay.example.com:2855;transport=tcp"),
     std::string("relay.example.com:2855;transport=tcp")},
    {accepted<NameServers>, List{"192.0.2.53", "[2001:DB8::1]:5353"}, List{"192.0.2.53", "[2001:db8::1]:5353"}},
    {accepted<StunServers>, List{"192.0.2.1", "Stun.example.com:3478"}, List{"192.0.2.1", "stun.example.com:3478"}},
    {accepted<MimeTypes>, List{"*", "Text/*", "message/CPIM", "application/im-iscomposing+xml"},
     List{"*", "text/*", "message/cpim", "application/im-iscomposing+xml"}},
    {accepted<SoundFile>, Sound{"ring.wav", 0}, Sound{"ring.wav", 0}},
    {accepted<SoundFile>, Sound{"/ring.wav", 100}, Sound{"/ring.wav", 100}},
};

const std::vector<Bad> bad = {
    {accepted<Flag>, 1},
    {accepted<Flag>, std::string("true")},
    {accepted<Port>, 65536},
    {accepted<Port>, -1},
    {accepted<Port>, std::string("5060")},
    {accepted<Number<1, 64>>, 0},
    {accepted<Number<1, 64>>, 65},
    {accepted<Number<0, 1>>, true},
    {accepted<SampleRate>, 44100},
    {accepted<SampleRate>, 0},
    {accepted<PortRange>, Ports{0, 1}},
    {accepted<PortRange>, Ports{2, 1}},
    {accepted<PortRange>, std::string("1:2")},
    {accepted<Path>, std::string("")},
    {accepted<Path>, std::string("a/b")},
    {accepted<Path>, std::string("/a\nb")},
    {accepted<Path>, std::string("/a\0b", 4)},
    {accepted<Text>, std::string("")},
    {accepted<Text>, std::string("a\r\nVia: b")},
    {accepted<Text>, std::string("a\xff")},
    {accepted<Text>, longest + "x"},
    {accepted<IpAddress>, std::string("")},
    {accepted<IpAddress>, std::string("AUTO")},
    {accepted<IpAddress>, std::string("localhost")},
    {accepted<IpAddress>, std::string("192.0.2.256")},
    {accepted<IpAddress>, std::string("192.0.2.1:5060")},
    {accepted<IpAddress>, std::string("192.0.2.1\0", 10)},
    {accepted<IpAddress>, std::string("0.0.0.0")},
    {accepted<IpAddress>, std::string("::")},
    {accepted<IpAddress>, std::string("[::1]")},
    {accepted<Token>, std::string("")},
    {accepted<Token>, std::string("a b")},
    {accepted<Token>, std::string("a@b")},
    {accepted<Token>, std::string("é")},
    {accepted<Token>, std::string(65, 'a')},
    {accepted<SipAddress>, std::string("alice")},
    {accepted<SipAddress>, std::string("@example.com")},
    {accepted<SipAddress>, std::string("alice@")},
    {accepted<SipAddress>, std::string("al ice@example.com")},
    {accepted<SipAddress>, std::string("alice@exa mple.com")},
    {accepted<Codecs>, List{}},
    {accepted<Codecs>, List{"speex"}},
    {accepted<Codecs>, List{"PCMU", "pcmu"}},
    {accepted<Codecs>, std::string("PCMU")},
    {accepted<Transports>, List{}},
    {accepted<Transports>, List{"sctp"}},
    {accepted<Transports>, List{"udp", "UDP"}},
    {accepted<RecordingForm>, std::string("quad")},
    {accepted<RecordingForm>, std::string("")},
    {accepted<SrtpEncryption>, std::string("yes")},
    {accepted<PasswordStore>, std::string("automatic")},
    {accepted<MsrpTransport>, std::string("udp")},
    {accepted<HostName>, std::string("")},
    {accepted<HostName>, std::string("192.0.2.1")},
    {accepted<HostName>, std::string("a..b")},
    {accepted<HostName>, std::string("-a.example")},
    {accepted<HostName>, std::string("a b")},
    {accepted<HostName>, std::string("a.example.")},
    {accepted<HostName>, std::string(64, 'a')},
    {accepted<Server>, std::string("")},
    {accepted<Server>, std::string(":5060")},
    {accepted<Server>, std::string("a:")},
    {accepted<Server>, std::string("a:0")},
    {accepted<Server>, std::string("a:65536")},
    {accepted<Server>, std::string("a:b")},
    {accepted<Server>, std::string("192.0.2.256")},
    {accepted<Server>, std::string("2001:db8::1")},
    {accepted<Server>, std::string("[]")},
    {accepted<Server>, std::string("[192.0.2.1]")},
    {accepted<Server>, std::string("[::1")},
    {accepted<Server>, std::string("[auto]")},
    {accepted<Server>, std::string("sip:a")},
    {accepted<Server>, std::string("a;lr")},
    {accepted<Server>, std::string("a;transport=")},
    {accepted<Server>, std::string("a;transport=sctp")},
    {accepted<Server>, std::string("a;transport=tls;lr")},
    {accepted<Server>, std::string("a\0b", 3)},
    {accepted<Relay>, std::string("a;transport=udp")},
    {accepted<StunServers>, List{}},
    {accepted<StunServers>, List{"a;transport=udp"}},
    {accepted<StunServers>, List(17, "a")},
    {accepted<MimeTypes>, List{}},
    {accepted<MimeTypes>, List{"text"}},
    {accepted<MimeTypes>, List{"*/*"}},
    {accepted<MimeTypes>, List{"text/"}},
    {accepted<MimeTypes>, List{"text/plain; charset=utf-8"}},
    {accepted<MimeTypes>, List(65, "*")},
    {accepted<SoundFile>, Sound{"", 50}},
    {accepted<SoundFile>, Sound{"a.wav", 101}},
    {accepted<SoundFile>, Sound{"a\nb.wav", 50}},
    {accepted<SoundFile>, std::string("a.wav")},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(a_legal_value_gets_its_canonical_form) {
  for (const Good& row : good) {
    const auto result = row.take(row.given);
    BOOST_TEST_REQUIRE(result.has_value(), text_of(row.given));
    BOOST_TEST((*result == row.canonical), text_of(*result) << " instead of " << text_of(row.canonical));
  }
}

BOOST_AUTO_TEST_CASE(an_illegal_value_is_refused) {
  for (const Bad& row : bad) BOOST_TEST(!row.take(row.given).has_value(), text_of(row.given));
}

BOOST_AUTO_TEST_CASE(a_value_made_in_code_is_checked_too) {
  BOOST_TEST(*IpAddress("::1") == "::1");
  BOOST_CHECK_EXCEPTION(PortRange(Ports{2, 1}), base::Error,
                        [](const base::Error& error) { return error.code() == base::Errc::invalid_argument; });
}

BOOST_AUTO_TEST_CASE(each_shape_has_its_signature_and_text) {
  const std::vector<std::tuple<Value, std::string, std::string>> table = {
      {true, "b", "true"},
      {-5, "i", "-5"},
      {std::uint16_t{5060}, "q", "5060"},
      {std::string("a\"b"), "s", "\"a\"b\""},
      {List{"a", "b"}, "as", "[\"a\", \"b\"]"},
      {Ports{1, 2}, "(qq)", "1:2"},
      {Sound{"/a.wav", 80}, "(su)", "\"/a.wav\",80"},
  };
  for (const auto& [value, signature, text] : table) {
    BOOST_TEST(signature_of(value) == signature);
    BOOST_TEST(text_of(value) == text);
  }
  BOOST_TEST(text_of(std::string(5000, 'x')).size() < 120u);
  BOOST_TEST(text_of(List(1000, "x")).size() < 120u);
}

BOOST_AUTO_TEST_CASE(port_ranges_are_read_from_text) {
  BOOST_TEST((ports_from_text("1:65535") == Ports{1, 65535}));
  for (const char* text : {"", "1", ":", "1:", ":1", "1:65536", "-1:2", "1:2:3", "1 :2", "1-2"})
    BOOST_TEST(!ports_from_text(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(sounds_are_read_from_text) {
  BOOST_TEST((sound_from_text("/a,b.wav,80") == Sound{"/a,b.wav", 80}));
  BOOST_TEST((sound_from_text("/a.wav") == Sound{"/a.wav", 100}));
  BOOST_TEST((sound_from_text("") == Sound{"", 100}));
}

BOOST_AUTO_TEST_CASE(a_server_is_read_in_parts) {
  const Server server = Server::from_value(std::string("[2001:db8::1]:5061;transport=tls")).value();
  BOOST_TEST(server->host == "2001:db8::1");
  BOOST_TEST(server->port == 5061u);
  BOOST_TEST((server->transport == Transport::tls));
  const Server plain = Server::from_value(std::string("example.com")).value();
  BOOST_TEST((plain->port == 0u && !plain->transport));
  BOOST_TEST(Server()->host.empty());
}

BOOST_AUTO_TEST_SUITE_END()
