// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/sdp.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/sip/sdp_text.h"

namespace data = boost::unit_test::data;
using namespace std::string_literals;
using sip::Direction;

BOOST_AUTO_TEST_SUITE(sdp)

sip::Medium only_medium(const std::string& media, const std::string& session = "c=IN IP4 192.0.2.1\r\n") {
  const sip::Reading reading = sip::read_description(description_with(media, session));
  BOOST_REQUIRE_MESSAGE(reading.description.has_value(), reading.fault);
  BOOST_REQUIRE(reading.description->media.size() == 1u);
  return reading.description->media.front();
}

BOOST_AUTO_TEST_CASE(a_description_has_its_parts) {
  const sip::Reading reading = sip::read_description(description_with("m=audio 4000 RTP/AVP 0\r\n"));
  BOOST_REQUIRE(reading.description.has_value());
  BOOST_TEST(reading.fault == "");
  BOOST_TEST(reading.description->session_id == 1u);
  BOOST_TEST(reading.description->version == 2u);
  BOOST_TEST(reading.description->address == "192.0.2.1");
}

struct Bad {
  std::string why;
  std::string text;
};
std::ostream& operator<<(std::ostream& out, const Bad& row) { return out << row.why; }

std::string repeated(const std::string& text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

const std::string audio = "m=audio 4000 RTP/AVP 0\r\n";
const std::vector<Bad> bad{
    {"empty", ""},
    {"no SDP", "hello"},
    {"another version", "v=1\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"},
    {"version with a tail", "v=0x\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"},
    {"only a version", "v=0\r\n"},
    {"no version first", "o=- 1 2 IN IP4 192.0.2.1\r\nv=0\r\ns=-\r\nt=0 0\r\n"},
    {"no origin", "v=0\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + audio},
    {"a short origin", "v=0\r\no=- 1 2\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + audio},
    {"too long", description_with(audio + repeated("a=x:" + std::string(96, 'y') + "\r\n", 170))},
    {"a very long line", description_with(audio + "a=x:" + std::string(1 << 20, 'y') + "\r\n")},
    {"17 media", description_with(repeated(audio, 17))},
    {"17 media that end with CR alone", description_with(repeated("m=audio 4000 RTP/AVP 0\r", 17))},
    {"17 media behind blanks", description_with(repeated(" m=audio 4000 RTP/AVP 0\r\n", 17))},
    {"not UTF-8", description_with(audio + "a=x:\xff\r\n")},
    {"UTF-8 cut short", description_with(audio + "a=x:\xc3")},
    {"a surrogate", description_with(audio + "a=x:\xed\xa0\x80\r\n")},
    {"NUL", description_with("m=audio 4000 RTP/AVP\0 0\r\n"s)},
    {"NUL at the end", description_with(audio) + '\0'},
    {"NUL at the start", "\0"s + description_with(audio)},
    {"a line without a type", description_with(audio + "nonsense\r\n")},
    {"a line of one letter", description_with(audio + "a\r\n")},
    {"no medium", description_with("m=\r\n")},
    {"a medium without a port", description_with("m=audio\r\n")},
    {"a medium without a protocol", description_with("m=audio 4000\r\n")},
    {"a medium without a format", description_with("m=audio 4000 RTP/AVP\r\n")},
    {"a medium without a format, with a blank", description_with("m=audio 4000 RTP/AVP \r\n")},
    {"a negative port", description_with("m=audio -1 RTP/AVP 0\r\n")},
    {"a port too large", description_with("m=audio 65536 RTP/AVP 0\r\n")},
    {"a port much too large", description_with("m=audio 2147483647 RTP/AVP 0\r\n")},
    {"a medium of no token", description_with("m=au<dio 4000 RTP/AVP 0\r\n")},
    {"a medium of no letter", description_with("m=\xc3\xa9 4000 RTP/AVP 0\r\n")},
    {"a protocol of no token", description_with("m=audio 4000 RTP/A\"VP 0\r\n")},
    {"a protocol without a start", description_with("m=audio 4000 /AVP 0\r\n")},
};

BOOST_DATA_TEST_CASE(a_bad_description_has_a_fault_and_nothing_else, data::make(bad), row) {
  const sip::Reading reading = sip::read_description(row.text);
  BOOST_TEST(!reading.description.has_value());
  BOOST_TEST(reading.fault != "");
}

BOOST_AUTO_TEST_CASE(the_limits_themselves_are_allowed) {
  BOOST_TEST(sip::read_description(description_with(repeated(audio, 16))).description->media.size() == 16u);
  std::string text = description_with(audio);
  text += "a=x:" + std::string(sip::longest_description - text.size() - 6, 'y') + "\r\n";
  BOOST_TEST(text.size() == sip::longest_description);
  BOOST_TEST(sip::read_description(text).description.has_value());
}

// A medium of RTP that cannot be used is refused by itself.
const std::vector<std::string> unusable{
    "m=audio 0 RTP/AVP 0\r\n",
    "m=audio 4000 RTP/AVP 128\r\n",
    "m=audio 4000 RTP/AVP 255\r\n",
    "m=audio 4000 RTP/AVP 256\r\n",
    "m=audio 4000 RTP/AVP -1\r\n",
    "m=audio 4000 RTP/AVP 0 1x\r\n",
    "m=audio 4000 RTP/AVP @\r\n",
    "m=audio 4000 RTP/AVP *\r\n",
    "m=audio 4000 RTP/SAVPF @\r\n",
    "m=audio abc RTP/AVP 0\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 media.example.com\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 239.255.255.255\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 255.255.255.255\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 ff02::1\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 FF15::101/3\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 ::1\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 192.0.2.1\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 fe80::1%eth0\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=ATM NSAP 192.0.2.1\r\n",
    "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 1.2.3\r\n",
};

BOOST_DATA_TEST_CASE(an_unusable_medium_is_kept_with_port_0, data::make(unusable), media) {
  const sip::Medium medium = only_medium(media);
  BOOST_TEST(medium.port == 0);
  BOOST_TEST(medium.kind == "audio");
  BOOST_TEST(medium.formats_text != "");
}

BOOST_AUTO_TEST_CASE(a_medium_without_an_address_is_refused_and_one_with_its_own_is_not) {
  BOOST_TEST(only_medium(audio, "").port == 0);
  BOOST_TEST(only_medium(audio + "c=IN IP4 192.0.2.9\r\n", "").address == "192.0.2.9");
  BOOST_TEST(only_medium(audio + "c=IN IP4 192.0.2.9\r\n").address == "192.0.2.9");
  BOOST_TEST(only_medium(audio).address == "192.0.2.1");
  BOOST_TEST(only_medium(audio, "c=IN IP6 2001:db8::1\r\n").address == "2001:db8::1");
  BOOST_TEST(only_medium(audio + "c=IN IP4 0.0.0.0\r\n").address == "0.0.0.0");
  BOOST_TEST(only_medium(audio + "c=IN IP4 0.0.0.0\r\n").port == 4000);
}

BOOST_AUTO_TEST_CASE(blanks_around_the_words_of_a_medium_are_no_formats) {
  for (const char* line : {"m=audio 4000 RTP/AVP 0 ", "m=audio 4000 RTP/AVP 0  ", "m=audio  4000  RTP/AVP  0"}) {
    const sip::Medium medium = only_medium(line + "\r\n"s);
    BOOST_TEST(medium.port == 4000, line);
    BOOST_TEST(medium.formats_text == "0", line);
    BOOST_TEST(medium.formats.size() == 1u, line);
  }
}

BOOST_AUTO_TEST_CASE(directions) {
  using enum Direction;
  BOOST_TEST((only_medium(audio).direction == sendrecv));
  BOOST_TEST((only_medium(audio + "a=sendonly\r\n").direction == sendonly));
  BOOST_TEST((only_medium(audio + "a=recvonly\r\n").direction == recvonly));
  BOOST_TEST((only_medium(audio + "a=inactive\r\n").direction == inactive));
  const std::string session = "c=IN IP4 192.0.2.1\r\nt=0 0\r\na=inactive\r\n";
  BOOST_TEST((only_medium(audio, session).direction == inactive));
  BOOST_TEST((only_medium(audio + "a=sendonly\r\n", session).direction == sendonly));
  BOOST_TEST((only_medium(audio + "a=SendOnly\r\na=sendonly:1\r\na=sendonly2\r\n").direction == sendrecv));
  for (const Direction direction : {inactive, sendonly, recvonly, sendrecv}) {
    BOOST_TEST((sip::mirrored(sip::mirrored(direction)) == direction));
    BOOST_TEST((sip::make_direction(sip::sends(direction), sip::receives(direction)) == direction));
  }
  BOOST_TEST((sip::mirrored(sendonly) == recvonly));
}

struct Rtpmap {
  std::string value;
  std::string name;
  unsigned clock_rate;
  unsigned channels;
};
std::ostream& operator<<(std::ostream& out, const Rtpmap& row) { return out << row.value; }

const std::vector<Rtpmap> rtpmaps{
    {"97 opus/48000/2", "opus", 48000, 2},
    {"97  opus/48000/2", "opus", 48000, 2},
    {"97 L16/8000", "L16", 8000, 1},
    {"97 x/384000/8", "x", 384000, 8},
    {"97 x/1", "x", 1, 1},
    {"97 x/8000/0", "x", 8000, 1},
    {"97 x/0", "", 0, 1},
    {"97 x/384001", "", 0, 1},
    {"97 x/-8000", "", 0, 1},
    {"97 x/99999999999999999999", "", 0, 1},
    {"97 x/8000/9", "", 0, 1},
    {"97 x/8000/", "", 0, 1},
    {"97 x/8000/2/2", "", 0, 1},
    {"97 x/", "", 0, 1},
    {"97 x", "", 0, 1},
    {"97 /8000", "", 0, 1},
    {"97 x y/8000", "", 0, 1},
    {"97 \"x\"/8000", "", 0, 1},
    {"97", "", 0, 1},
    {"", "", 0, 1},
    {"98 x/8000", "", 0, 1},
    {"097x x/8000", "", 0, 1},
    {"353 x/8000", "", 0, 1},
    {"-97 x/8000", "", 0, 1},
};

BOOST_DATA_TEST_CASE(what_rtpmap_says, data::make(rtpmaps), row) {
  const sip::Medium medium = only_medium("m=audio 4000 RTP/AVP 97\r\na=rtpmap:" + row.value + "\r\n");
  BOOST_TEST(medium.port == 4000);
  BOOST_TEST(medium.formats.at(0).name == row.name);
  BOOST_TEST(medium.formats.at(0).clock_rate == row.clock_rate);
  BOOST_TEST(medium.formats.at(0).channels == row.channels);
}

BOOST_AUTO_TEST_CASE(static_payload_types_need_no_rtpmap_and_obey_one) {
  const sip::Medium medium =
      only_medium("m=audio 4000 RTP/AVP 0 8 9 127 13\r\na=rtpmap:8 opus/48000/2\r\na=fmtp:8 a=1\r\na=fmtp:8\r\n");
  BOOST_TEST(medium.formats_text == "0 8 9 127 13");
  BOOST_TEST((medium.formats.at(0) == sip::Format{0, "PCMU", 8000, 1, ""}));
  BOOST_TEST((medium.formats.at(1) == sip::Format{8, "opus", 48000, 2, "a=1"}));
  BOOST_TEST((medium.formats.at(2) == sip::Format{9, "G722", 8000, 1, ""}));
  BOOST_TEST((medium.formats.at(3) == sip::Format{127, "", 0, 1, ""}));
  BOOST_TEST((medium.formats.at(4) == sip::Format{13, "CN", 8000, 1, ""}));
}

BOOST_AUTO_TEST_CASE(times_and_the_port_of_rtcp) {
  const auto with = [](const std::string& attribute) { return only_medium(audio + "a=" + attribute + "\r\n"); };
  BOOST_TEST(with("ptime:30").ptime == 30u);
  BOOST_TEST(with("maxptime:60").maxptime == 60u);
  BOOST_TEST(with("rtcp:4711").rtcp_port == 4711);
  BOOST_TEST(with("rtcp:53020 IN IP4 192.0.2.9").rtcp_port == 53020);
  for (const char* value : {"", "-1", "x", "99999999999", "20.5"}) {
    BOOST_TEST(with("ptime:"s + value).ptime == 0u, value);
    BOOST_TEST(with("maxptime:"s + value).maxptime == 0u, value);
    BOOST_TEST(with("rtcp:"s + value).rtcp_port == 0, value);
  }
  BOOST_TEST(with("rtcp:65536").rtcp_port == 0);
}

// Sofia's parser allocates without end on these (fixed by its commit a953f25); what we make of them is a refused
// medium.
const std::vector<std::string> kinds{"message", "audio", "image", "application"};
const std::vector<std::string> protocols{"TCP/MSRP", "TCP/TLS/MSRP", "udp", "udptl", "RTP/SAVPF"};
const std::vector<std::string> formats{"@", "@ @ @", "\"", "(", "\xc3\xa9", "/", "=", "@*"};

BOOST_DATA_TEST_CASE(a_bomb_costs_nothing, data::make(kinds) * data::make(protocols) * data::make(formats), kind,
                     protocol, format) {
  const std::string line = kind + " 9 " + protocol + " " + format;
  const sip::Reading reading = sip::read_description(description_with("m=" + line + "\r\n" + audio));
  BOOST_REQUIRE_MESSAGE(reading.description.has_value(), reading.fault);
  BOOST_REQUIRE(reading.description->media.size() == 2u);
  BOOST_TEST(reading.description->media[0].formats_text == format);
  BOOST_TEST(reading.description->media[0].formats.empty());
  BOOST_TEST(reading.description->media[1].port == 4000);
}

BOOST_AUTO_TEST_CASE(a_description_that_we_write_reads_the_same) {
  sip::Description description{4711, 3, "192.0.2.1", {}};
  sip::Medium medium{"audio", 4000, "RTP/AVP", "96 0 101", {}, "192.0.2.1"};
  medium.formats = {
      {96, "opus", 48000, 2, "useinbandfec=1"}, {0, "PCMU", 8000, 1, ""}, {101, "telephone-event", 8000, 1, "0-15"}};
  medium.direction = Direction::sendonly;
  medium.rtcp_port = 4711;
  medium.ptime = 20;
  medium.maxptime = 60;
  description.media.push_back(medium);
  medium.address = "2001:db8::2";
  medium.direction = Direction::inactive;
  description.media.push_back(medium);
  description.media.push_back({"video", 0, "RTP/AVP", "31 34", {}, "192.0.2.1"});
  sip::Reading reading = sip::read_description(sip::to_text(description));
  BOOST_REQUIRE_MESSAGE(reading.description.has_value(), reading.fault);
  // A refused medium is its m= line; what it could have been is not said.
  BOOST_TEST(reading.description->media.at(2).port == 0);
  reading.description->media.at(2).formats.clear();
  BOOST_TEST((*reading.description == description));

  description.address = "2001:db8::2";
  BOOST_TEST(sip::to_text(*sip::read_description(sip::to_text(description)).description) == sip::to_text(description));
}

BOOST_AUTO_TEST_SUITE_END()
