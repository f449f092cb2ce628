// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/offer_answer.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/sip/sdp_text.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace session;
using sip::Description;
using sip::Direction;

namespace {

const std::vector<std::string> all_codecs{"opus", "G722", "PCMU", "PCMA"};

LocalMedia ours(bool hold = false, std::vector<std::string> codecs = all_codecs) {
  return {"192.0.2.1", LocalAudio{"192.0.2.1", 50000, std::move(codecs), hold}};
}

LocalMedia held(LocalMedia media) {
  media.held_by_remote = true;
  return media;
}

Description read(const std::string& media) {
  const sip::Reading reading = sip::read_description(description_with(media));
  BOOST_REQUIRE_MESSAGE(reading.description.has_value(), reading.fault);
  return *reading.description;
}

Description audio(const std::string& attributes = "") { return read("m=audio 4000 RTP/AVP 0\r\n" + attributes); }

}  // namespace

BOOST_AUTO_TEST_SUITE(offer_answer)

BOOST_AUTO_TEST_CASE(an_offer_names_our_codecs_in_our_order) {
  const sip::Medium medium = make_offer(7, ours()).media.at(0);
  BOOST_TEST(medium.formats_text == "96 9 0 8 97 101");
  BOOST_TEST(medium.formats[0].parameters == "useinbandfec=1");
  BOOST_TEST((medium.formats[4] == sip::Format{97, "telephone-event", 48000, 1, "0-15"}));
  BOOST_TEST((medium.formats[5] == sip::Format{101, "telephone-event", 8000, 1, "0-15"}));
  BOOST_TEST(make_offer(7, ours(false, {"PCMA"})).media.at(0).formats_text == "8 101");
  BOOST_TEST(make_offer(7, ours(false, {"opus"})).media.at(0).formats_text == "96 97");
  BOOST_TEST(make_offer(7, ours()).version == 1u);
  BOOST_TEST((sip::read_description(sip::to_text(make_offer(7, ours()))).description == make_offer(7, ours())));
}

BOOST_AUTO_TEST_CASE(the_offerer_chooses_the_codec_of_those_that_we_speak) {
  const Description offer = read(
      "m=audio 4000 RTP/AVP 111 3 8 9 0 110 126\r\na=rtpmap:111 opus/48000\r\na=rtpmap:110 telephone-event/48000\r\n"
      "a=rtpmap:126 telephone-event/8000\r\n");
  const Answer answer = make_answer(offer, ours(), 7);
  BOOST_TEST(answer.audio->codec == "PCMA");  // opus has two channels (RFC 7587, 7), and GSM is not ours
  BOOST_TEST(answer.description.media[0].formats_text == "8 126");
  BOOST_TEST(answer.audio->dtmf_payload_type.value() == 126);
  BOOST_TEST(answer.audio->receive_dtmf_payload_type.value() == 126);
  BOOST_TEST(make_answer(offer, ours(false, {"PCMU"}), 7).audio->codec == "PCMU");
}

BOOST_AUTO_TEST_CASE(the_payload_types_of_the_offer_are_kept) {
  const Description offer = read(
      "m=audio 4000 RTP/AVP 115 100 101\r\na=rtpmap:115 OPUS/48000/2\r\na=fmtp:115 maxplaybackrate=16000; stereo=0\r\n"
      "a=rtpmap:100 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n");
  const Answer answer = make_answer(offer, ours(), 7);
  BOOST_TEST(answer.audio->codec == "opus");
  BOOST_TEST(answer.audio->payload_type == 115);
  BOOST_TEST(answer.audio->receive_payload_type == 115);
  BOOST_TEST(answer.audio->dtmf_payload_type.value() == 100);
  BOOST_TEST(answer.audio->max_playback_rate == 16000u);
  BOOST_TEST(answer.description.media[0].formats_text == "115 100");
}

BOOST_AUTO_TEST_CASE(every_medium_keeps_its_place) {
  const Description offer = read(
      "m=video 9 RTP/AVP 31\r\nm=audio 0 RTP/AVP 0\r\nm=audio 4000 RTP/SAVP 0\r\nm=audio 4002 RTP/AVPF 0\r\n"
      "m=audio 4004 RTP/AVP 0\r\nm=message 9 TCP/MSRP *\r\n");
  const Answer answer = make_answer(offer, ours(), 7);
  BOOST_REQUIRE(answer.description.media.size() == 6u);
  for (const std::size_t i : {0u, 1u, 2u, 4u, 5u}) {
    BOOST_TEST(answer.description.media[i].port == 0);
    BOOST_TEST(answer.description.media[i].kind == offer.media[i].kind);
    BOOST_TEST(answer.description.media[i].formats_text == offer.media[i].formats_text);
  }
  BOOST_TEST(answer.description.media[3].protocol == "RTP/AVPF");
  BOOST_TEST(answer.audio->remote_port == 4002);
  BOOST_TEST((acceptable_streams(offer, all_codecs, true) == Streams{.audio = true}));
  BOOST_TEST((offered_streams(offer) == Streams{.audio = true, .chat = true}));
  for (const sip::Medium& medium : make_answer(offer, LocalMedia{"192.0.2.1"}, 7).description.media)
    BOOST_TEST(medium.port == 0);
}

// What the peer offers and whether we hold; our answer, and what flows.
struct Hold {
  Direction offered;
  bool hold;
  Direction answered;
  bool send;
  bool receive;
  bool held;
};
std::ostream& operator<<(std::ostream& out, const Hold& row) { return out << sip::to_text(row.offered) << row.hold; }
using enum Direction;
const std::vector<Hold> answers{
    {sendrecv, false, sendrecv, true, true, false},  {sendonly, false, recvonly, false, true, true},
    {recvonly, false, sendonly, true, false, false}, {inactive, false, inactive, false, false, true},
    {sendrecv, true, sendonly, false, false, false}, {sendonly, true, inactive, false, false, true},
    {recvonly, true, sendonly, false, false, false}, {inactive, true, inactive, false, false, true},
};

BOOST_DATA_TEST_CASE(holding_in_an_answer, data::make(answers), row) {
  const Description offer = audio("a=" + std::string(sip::to_text(row.offered)) + "\r\n");
  const Answer answer = make_answer(offer, ours(row.hold), 7);
  BOOST_TEST((answer.description.media[0].direction == row.answered));
  BOOST_TEST(answer.audio->send == row.send);
  BOOST_TEST(answer.audio->receive == row.receive);
  BOOST_TEST(answer.held_by_remote == row.held);
}

const std::vector<Hold> settlements{
    {sendrecv, false, sendrecv, true, true, false},  {sendrecv, false, sendonly, false, true, true},
    {sendrecv, false, recvonly, true, false, false}, {sendrecv, false, inactive, false, false, true},
    {sendonly, true, recvonly, false, false, false}, {sendonly, true, inactive, false, false, true},
    {sendonly, true, sendrecv, false, false, false},
};

BOOST_DATA_TEST_CASE(holding_in_an_offer, data::make(settlements), row) {
  const Description offer = make_offer(7, ours(row.hold), make_offer(7, ours()));
  BOOST_TEST((offer.media[0].direction == row.offered));
  BOOST_TEST(offer.version == 2u);
  const Settlement settled =
      read_answer(offer, audio("a=" + std::string(sip::to_text(row.answered)) + "\r\n"), row.hold);
  BOOST_TEST(settled.fault == "");
  BOOST_TEST(settled.audio->send == row.send);
  BOOST_TEST(settled.audio->receive == row.receive);
  BOOST_TEST(settled.held_by_remote == row.held);
}

BOOST_AUTO_TEST_CASE(what_the_peer_holds_is_not_offered) {
  const Description present = make_offer(7, ours());
  BOOST_TEST((make_offer(7, held(ours()), present).media[0].direction == recvonly));
  BOOST_TEST((make_offer(7, held(ours(true)), present).media[0].direction == inactive));
}

BOOST_AUTO_TEST_CASE(a_null_address_holds_both_ways) {
  const Description null = audio("c=IN IP4 0.0.0.0\r\n");
  const Answer answer = make_answer(null, ours(), 7);
  BOOST_TEST(answer.held_by_remote);
  BOOST_TEST(!answer.audio->send);
  const Settlement settled = read_answer(make_offer(7, ours()), null, false);
  BOOST_TEST(settled.held_by_remote);
  BOOST_TEST(!settled.audio->send);
  BOOST_TEST(make_answer(audio("c=IN IP6 ::\r\n"), ours(), 7).held_by_remote);
}

BOOST_AUTO_TEST_CASE(an_answer_may_use_payload_types_of_its_own) {
  const Description answer = read(
      "m=audio 4000 RTP/AVP 120 121\r\na=rtpmap:120 opus/48000/2\r\na=rtpmap:121 "
      "telephone-event/48000\r\na=rtcp:4711\r\n");
  const Settlement settled = read_answer(make_offer(7, ours()), answer, false);
  BOOST_TEST(settled.audio->payload_type == 120);
  BOOST_TEST(settled.audio->receive_payload_type == 96);
  BOOST_TEST(settled.audio->dtmf_payload_type.value() == 121);
  BOOST_TEST(settled.audio->receive_dtmf_payload_type.value() == 97);
  BOOST_TEST(settled.audio->remote_rtcp_port == 4711);
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_fit) {
  const Description offer = make_offer(7, ours(false, {"PCMU"}));
  BOOST_TEST(read_answer(offer, read(""), false).fault != "");
  BOOST_TEST(read_answer(offer, read("m=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/AVP 0\r\n"), false).fault != "");
  BOOST_TEST(read_answer(offer, read("m=audio 4000 RTP/AVP 8\r\n"), false).fault != "");
  BOOST_TEST(
      read_answer(offer, read("m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n"), false).fault != "");
  for (const char* refused : {"m=audio 0 RTP/AVP 0\r\n", "m=video 4000 RTP/AVP 0\r\n", "m=audio 4000 RTP/SAVP 0\r\n"}) {
    BOOST_TEST(read_answer(offer, read(refused), false).fault == "", refused);
    BOOST_TEST(!read_answer(offer, read(refused), false).audio.has_value(), refused);
  }
}

struct Ptime {
  std::string attributes;
  std::chrono::milliseconds ptime;
};
std::ostream& operator<<(std::ostream& out, const Ptime& row) { return out << row.attributes; }
const std::vector<Ptime> ptimes{
    {"", 20ms},
    {"a=ptime:10\r\n", 10ms},
    {"a=ptime:30\r\n", 30ms},
    {"a=ptime:35\r\n", 30ms},
    {"a=ptime:1\r\n", 10ms},
    {"a=ptime:120\r\n", 120ms},
    {"a=ptime:4000000000\r\n", 120ms},
    {"a=maxptime:10\r\n", 10ms},
    {"a=maxptime:5\r\n", 10ms},
    {"a=ptime:60\r\na=maxptime:40\r\n", 40ms},
    {"a=ptime:0\r\n", 20ms},
    {"a=maxptime:150\r\n", 20ms},
};

BOOST_DATA_TEST_CASE(the_length_of_packets, data::make(ptimes), row) {
  BOOST_TEST((make_answer(audio(row.attributes), ours(), 7).audio->ptime == row.ptime));
}

BOOST_DATA_TEST_CASE(the_playback_rate_of_opus,
                     data::make({"", "maxplaybackrate=8000", "stereo=1;MaxPlaybackRate=24000;x=y", "maxplaybackrate=1",
                                 "maxplaybackrate=999999", "maxplaybackrate=x", "maxplaybackrate="}) ^
                         data::make({48000u, 8000u, 24000u, 8000u, 48000u, 48000u, 48000u}),
                     parameters, rate) {
  const std::string offer =
      "m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 " + std::string(parameters) + "\r\n";
  BOOST_TEST(make_answer(read(offer), ours(), 7).audio->max_playback_rate == rate);
}

BOOST_AUTO_TEST_CASE(a_port_of_rtcp_follows_that_of_rtp) {
  BOOST_TEST(make_answer(audio(), ours(), 7).audio->remote_rtcp_port == 4001);
  BOOST_TEST(!make_answer(audio(), ours(), 7).audio->dtmf_payload_type.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
