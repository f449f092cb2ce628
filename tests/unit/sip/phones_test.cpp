// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/sip/sdp.h"

namespace data = boost::unit_test::data;
using sip::Direction;

namespace {

std::string text_of_file(const std::string& name) {
  const char* directory = std::getenv("SDP_DATA");
  BOOST_REQUIRE_MESSAGE(directory, "SDP_DATA names the directory of tests/data/sdp");
  std::ifstream file(std::string(directory) + "/" + name + ".sdp", std::ios::binary);
  BOOST_REQUIRE_MESSAGE(file.good(), name);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Phone {
  std::string name;
  std::string media;    // kind, port and protocol of each
  std::string address;  // of the first medium
  std::string formats;  // of the first medium
  Direction direction;
  unsigned ptime;
  unsigned maxptime;
  unsigned rtcp_port;
};
std::ostream& operator<<(std::ostream& out, const Phone& phone) { return out << phone.name; }

const std::vector<Phone> phones{
    {"baresip", "audio 13668 RTP/AVP", "192.0.2.20",
     "96 opus/48000/2, 97 L16/44100/1, 9 G722/8000/1, 0 PCMU/8000/1, 8 PCMA/8000/1, 101 telephone-event/8000/1",
     Direction::sendrecv, 20, 0, 13669},
    {"newlines", "audio 13668 RTP/AVP", "192.0.2.20",
     "96 opus/48000/2, 97 L16/44100/1, 9 G722/8000/1, 0 PCMU/8000/1, 8 PCMA/8000/1, 101 telephone-event/8000/1",
     Direction::sendrecv, 20, 0, 13669},
    {"linphone", "audio 7078 RTP/AVP, video 9078 RTP/AVPF", "2001:db8::23",
     "96 opus/48000/2, 97 speex/16000/1, 98 speex/8000/1, 0 PCMU/8000/1, 8 PCMA/8000/1, 18 G729/8000/1, "
     "101 telephone-event/48000/1, 99 telephone-event/16000/1, 100 telephone-event/8000/1",
     Direction::sendrecv, 0, 0, 0},
    {"cisco", "audio 17236 RTP/AVP, video 0 RTP/AVP, application 5070 UDP/BFCP", "192.0.2.41",
     "9 G722/8000/1, 0 PCMU/8000/1, 8 PCMA/8000/1, 116 iLBC/8000/1, 18 G729/8000/1, 101 telephone-event/8000/1",
     Direction::sendrecv, 0, 60, 0},
    {"asterisk", "audio 12874 RTP/AVP, image 4572 udptl", "192.0.2.50",
     "8 PCMA/8000/1, 0 PCMU/8000/1, 101 telephone-event/8000/1", Direction::sendonly, 20, 150, 0},
    {"freeswitch", "audio 31052 RTP/AVP", "192.0.2.60",
     "102 opus/48000/2, 9 G722/8000/1, 0 PCMU/8000/1, 103 telephone-event/48000/1, 104 CN/16000/1, "
     "101 telephone-event/8000/1",
     Direction::recvonly, 20, 0, 31053},
    {"webrtc", "audio 54400 UDP/TLS/RTP/SAVPF, video 9 UDP/TLS/RTP/SAVPF", "203.0.113.7", "", Direction::sendrecv, 0, 0,
     9},
    {"chat", "audio 50000 RTP/AVP, message 2855 TCP/TLS/MSRP", "192.0.2.70",
     "104 speex/32000/1, 103 speex/16000/1, 9 G722/8000/1, 0 PCMU/8000/1, 8 PCMA/8000/1, 101 telephone-event/8000/1",
     Direction::inactive, 0, 0, 0},
};

std::string media_of(const sip::Description& description) {
  std::string text;
  for (const sip::Medium& medium : description.media)
    text += (text.empty() ? "" : ", ") + medium.kind + " " + std::to_string(medium.port) + " " + medium.protocol;
  return text;
}

std::string formats_of(const sip::Medium& medium) {
  std::string text;
  for (const sip::Format& format : medium.formats)
    text += (text.empty() ? "" : ", ") + std::to_string(format.payload_type) + " " + format.name + "/" +
            std::to_string(format.clock_rate) + "/" + std::to_string(format.channels);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(descriptions_of_phones)

BOOST_DATA_TEST_CASE(the_description_of_a_phone_is_understood, data::make(phones), phone) {
  const sip::Reading reading = sip::read_description(text_of_file(phone.name));
  BOOST_REQUIRE_MESSAGE(reading.description.has_value(), reading.fault);
  BOOST_TEST(media_of(*reading.description) == phone.media);
  const sip::Medium& medium = reading.description->media.front();
  BOOST_TEST(medium.address == phone.address);
  BOOST_TEST(formats_of(medium) == phone.formats);
  BOOST_TEST((medium.direction == phone.direction));
  BOOST_TEST(medium.ptime == phone.ptime);
  BOOST_TEST(medium.maxptime == phone.maxptime);
  BOOST_TEST(medium.rtcp_port == phone.rtcp_port);
}

BOOST_DATA_TEST_CASE(a_description_that_ends_anywhere_is_read_or_refused, data::make(phones), phone) {
  const std::string text = text_of_file(phone.name);
  for (std::size_t size = 0; size < text.size(); ++size) {
    // A copy of its own size, so that a sanitizer sees a look beyond its end.
    const std::vector<char> part(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    const sip::Reading reading = sip::read_description({part.data(), part.size()});
    BOOST_TEST(reading.description.has_value() == reading.fault.empty());
  }
}

BOOST_DATA_TEST_CASE(a_description_with_any_byte_changed_is_read_or_refused, data::make(phones), phone) {
  const std::string text = text_of_file(phone.name);
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const char byte : {'\0', '\r', '\n', ' ', '=', '-', '9', '\xff'}) {
      std::string changed = text;
      changed[at] = byte;
      const sip::Reading reading = sip::read_description(changed);
      BOOST_TEST(reading.description.has_value() == reading.fault.empty());
    }
}

BOOST_AUTO_TEST_CASE(the_parameters_of_a_format_are_kept_as_they_are) {
  const sip::Reading reading = sip::read_description(text_of_file("freeswitch"));
  BOOST_TEST(reading.description->media.front().formats.front().parameters ==
             "useinbandfec=1; maxaveragebitrate=30000; maxplaybackrate=16000; ptime=20; minptime=10; maxptime=40");
}

BOOST_AUTO_TEST_SUITE_END()
