// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <random>

#include "media/coder.h"
#include "media/dtmf.h"
#include "media/rtp_packet.h"
#include "media/udp_socket.h"
#include "tests/unit/media/bytes_of.h"
#include "tests/unit/media/engine_fixture.h"
#include "tests/unit/media/sound_check.h"

using namespace engine_test;
using media::Endpoint;

namespace {

constexpr double pitch = 440;

// The seconds in which the tone is clear: a busy machine makes gaps, and no other tone.
double heard_tone(const MemoryFile& tape) {
  constexpr std::size_t piece = 640;
  const auto sound = tape.channel(1, 2);
  unsigned count = 0;
  for (std::size_t at = 0; at + piece <= sound.size(); at += piece)
    if (sound_check::share_of_tone(std::span(sound).subspan(at, piece), pitch, 16000) > 0.9) ++count;
  return count * 0.04;
}

std::vector<std::byte> packet_of(const media::RtpHeader& header, std::span<const std::byte> payload) {
  std::vector<std::byte> bytes(media::rtp_header_size);
  media::write_rtp(header, std::span(bytes).first<media::rtp_header_size>());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

// The peer of one stream, whose every packet the test writes: a tone of PCMU, and with each frame what it wants.
struct Peer {
  base::Loop loop;
  media::Engine engine{loop, settings(40000)};
  Ear ear;
  std::unique_ptr<media::AudioStream> stream = engine.create_stream(own_address(), ear);
  media::UdpSocket rtp{*Endpoint::from_text(own_address(), 42000)};
  media::UdpSocket rtcp{*Endpoint::from_text(own_address(), 42001)};
  const Endpoint to_rtp = *Endpoint::from_text(own_address(), stream->local_port());
  const Endpoint to_rtcp = *Endpoint::from_text(own_address(), static_cast<std::uint16_t>(stream->local_port() + 1));
  std::unique_ptr<media::Encoder> encoder = media::make_encoder({.codec = media::find_codec("PCMU")});
  media::ToneSource tone{pitch, 8000};
  std::uint16_t sequence = 65500;
  std::uint32_t timestamp = 0xfffff000;
  std::function<void()> besides = [] {};
  base::Timer next{loop};

  static constexpr std::uint32_t ssrc = 77;

  Peer() {
    stream->apply(parameters("PCMU", 42000));
    say();
  }
  void say() {
    std::vector<media::Sample> frame(160);
    std::vector<std::byte> payload;
    tone.read(frame);
    encoder->encode(frame, payload);
    rtp.send(packet_of({false, 0, sequence++, timestamp, ssrc}, payload), to_rtp);
    timestamp += 160;
    besides();
    next.start(20ms, [this] { say(); });
  }
  bool wait(const std::function<bool()>& claim) { return wait_until(loop, claim); }
  bool wait_for_sound() {
    return wait([&] { return stream->statistics().packets_received > 2; });
  }
  // Waits until so much more of the tone is heard.
  bool is_heard(const MemoryFile& tape, double seconds) {
    const double wanted = heard_tone(tape) + seconds;
    std::size_t seen = 0;
    return wait([&] {
      if (tape.bytes().size() == seen) return false;
      seen = tape.bytes().size();
      return heard_tone(tape) >= wanted;
    });
  }
  bool stop_recording() {
    stream->stop_recording();
    return wait([&] { return !ear.all<media::RecordingStopped>().empty(); });
  }
  media::RtpHeader header(std::uint8_t type = 0) const { return {false, type, sequence, timestamp, ssrc}; }
};

// Packets that are none, or lie about what is in them. The first bytes of a good one are 80 00.
std::vector<std::vector<std::byte>> malformed(const media::RtpHeader& header) {
  std::vector<std::vector<std::byte>> packets;
  const auto good = packet_of(header, std::vector<std::byte>(160, std::byte{0x2a}));
  const auto changed = [&](unsigned first, std::size_t size = 172) {
    packets.push_back(good);
    packets.back().resize(size, std::byte{0xff});
    packets.back()[0] = static_cast<std::byte>(first);
  };
  for (std::size_t size = 0; size < media::rtp_header_size; ++size) packets.emplace_back(size, std::byte{0x80});
  for (const unsigned version : {0x00u, 0x40u, 0xc0u}) changed(version);
  changed(0x8f, 40);    // 15 sources are said to contribute, in 28 bytes
  changed(0x90, 12);    // an extension that is not there
  changed(0x90, 14);    // half of its header
  changed(0x90, 20);    // 0xffff words of it
  changed(0xa0, 13);    // padding of more than there is
  changed(0xa0, 9000);  // the last byte says how much: nothing fits a datagram of ours
  for (const std::uint8_t type : {3, 95, 127}) {
    auto other = header;
    other.payload_type = type;
    packets.push_back(packet_of(other, std::vector<std::byte>(160, std::byte{0x2a})));
  }
  return packets;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(abuse)

BOOST_AUTO_TEST_CASE(a_sprayer_is_not_heard_and_gets_nothing) {
  Engines engines;
  Call call(engines);
  media::UdpSocket sprayer(*Endpoint::from_text(own_address(3), 42000));
  BOOST_TEST_REQUIRE(sprayer.valid());
  const auto port = call.there->local_port();
  const Endpoint rtp = *Endpoint::from_text(own_address(), port);
  const Endpoint rtcp = *Endpoint::from_text(own_address(), static_cast<std::uint16_t>(port + 1));
  const std::vector<std::byte> sound(160, std::byte{0x2a});
  const auto goodbye = bytes_of("80c90001 0000002a 81cb0001 0000002a");
  std::uint16_t sequence = 0;
  base::Timer spray(engines.loop);
  // A thousand in a second; before, during and after the answer.
  std::function<void()> again = [&] {
    for (int i = 0; i < 5; ++i, ++sequence)
      sprayer.send(packet_of({false, 0, sequence, sequence * 160u, 77}, sound), rtp);
    sprayer.send(goodbye, rtcp);
    spray.start(5ms, again);
  };
  again();
  call.begin("PCMU");
  Tape tape(call, *call.there, call.there_ear);
  BOOST_TEST(engines.wait([&] { return heard_tone(tape.file) >= 0.4; }));
  BOOST_TEST(engines.wait([&] { return call.there->statistics().packets_dropped > 50; }));
  // The sprayer's is a steady hum without the tone: nothing of it is there.
  const auto heard = tape.file.channel(1, 2);
  BOOST_TEST(sound_check::usual_share_of_tone(heard, pitch, 16000) > 0.9);
  media::Batch batch;
  BOOST_TEST(sprayer.receive(batch, media::now()).empty());
  for (const auto& found : call.there_ear.all<media::GotAudio>()) BOOST_TEST(found.address == own_address());
}

BOOST_AUTO_TEST_CASE(oddities_of_the_peers_host_are_dropped_and_the_call_goes_on) {
  Engines engines;
  Call call(engines);
  call.begin("PCMU");
  media::UdpSocket odd(*Endpoint::from_text(own_address(), 42002));
  const auto port = call.there->local_port();
  for (const std::uint16_t at : {port, static_cast<std::uint16_t>(port + 1)})
    for (std::size_t size = 0; size < 64; ++size)
      for (const unsigned first : {0x00u, 0x80u, 0xc0u, 0x8fu, 0x90u, 0xa0u, 0xffu}) {
        std::vector<std::byte> bytes(size == 63 ? 9000 : size, static_cast<std::byte>(first));
        odd.send(bytes, *Endpoint::from_text(own_address(), at));
      }
  BOOST_TEST(call.there_gets(8));
  BOOST_TEST(call.there->statistics().packets_dropped > 100u);
  BOOST_TEST(call.there->statistics().packets_lost == 0u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_sends_broken_packets_between_its_good_ones_is_heard) {
  Peer peer;
  BOOST_TEST_REQUIRE(peer.wait_for_sound());
  peer.besides = [&] {
    for (const auto& packet : malformed(peer.header())) peer.rtp.send(packet, peer.to_rtp);
  };
  MemoryFile tape;
  const auto sent = peer.stream->statistics().packets_sent;
  peer.stream->start_recording(tape.give());
  BOOST_TEST(peer.is_heard(tape, 0.4));
  const auto sent_then = peer.stream->statistics().packets_sent;
  BOOST_TEST(peer.stop_recording());
  // One frame for each tick, whatever came: the stream sends one packet in each.
  const auto frames = tape.channel(1, 2).size() / 320;
  BOOST_TEST(frames + 5 >= sent_then - sent);
  BOOST_TEST(frames <= peer.stream->statistics().packets_sent - sent + 1);
  BOOST_TEST(peer.stream->statistics().packets_dropped > 100u);
  BOOST_TEST(peer.ear.all<media::GotAudio>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_whose_numbers_jump_is_heard_again) {
  Peer peer;
  BOOST_TEST_REQUIRE(peer.wait_for_sound());
  MemoryFile tape;
  peer.stream->start_recording(tape.give());
  for (const std::uint32_t jump : {0x80000000u, 0x7fffffffu, 0x80000001u, 1u, 0xfffffff0u}) {
    peer.timestamp += jump;
    BOOST_TEST(peer.is_heard(tape, 0.08), "a timestamp that jumps by " << jump);
  }
  for (const std::uint16_t jump :
       {std::uint16_t{0x8000}, std::uint16_t{0x7fff}, std::uint16_t{3000}, std::uint16_t{0xff00}}) {
    peer.sequence = static_cast<std::uint16_t>(peer.sequence + jump);
    BOOST_TEST(peer.is_heard(tape, 0.08), "a sequence that jumps by " << jump);
  }
  BOOST_TEST(peer.stream->statistics().packets_lost < 10000u);
  BOOST_TEST(peer.stop_recording());
}

BOOST_AUTO_TEST_CASE(rtcp_that_lies_has_no_effect_on_the_call) {
  Peer peer;
  BOOST_TEST_REQUIRE(peer.wait_for_sound());
  const std::vector<std::string> lies{
      "80c90000",           // four bytes
      "80c9ffff 0000004d",  // lengths
      "9fc90001 0000004d",  // blocks
      "80c80001 0000004d",
      "80c90001 0000002a 81cb0001 0000002a",  // BYE of somebody else
      "80c90001 0000004d 9fcb0001 0000004d",  // of 31 who are not there
      "80c90001 0000004d 81cb0001 0000004d",  // of the peer itself, which goes on
      "80c90001 0000004d 80cc0002 0000004d 00000000",
      "81c90007 0000004d ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff",
      "",
  };
  // 200 blocks, in reports of 25, of nobody that we know.
  std::string many;
  for (int report = 0; report < 8; ++report) {
    many += "99c90097 0000004d ";
    for (int word = 0; word < 25 * 6; ++word) many += "deadbeef ";
  }
  peer.besides = [&, floods = bytes_of(many)] {
    for (const std::string& lie : lies) peer.rtcp.send(bytes_of(lie), peer.to_rtcp);
    // Ten thousand in a second.
    for (int i = 0; i < 200; ++i) peer.rtcp.send(floods, peer.to_rtcp);
  };
  MemoryFile tape;
  peer.stream->start_recording(tape.give());
  BOOST_TEST(peer.is_heard(tape, 0.4));
  const auto statistics = peer.stream->statistics();
  BOOST_TEST(statistics.packets_dropped > 10u);
  BOOST_TEST(statistics.round_trip_ms < 1000);
  BOOST_TEST(peer.ear.all<media::StreamFailed>().empty());
  BOOST_TEST(peer.stop_recording());
}

BOOST_AUTO_TEST_CASE(a_flood_of_digits_is_twenty_in_a_second) {
  Peer peer;
  BOOST_TEST_REQUIRE(peer.wait_for_sound());
  const auto start = media::now();
  std::mt19937 random(4733);
  std::uint32_t event_time = 0;
  // Ten thousand packets in a second: new events, events that never end, that are none, and durations that lie.
  peer.besides = [&] {
    for (int i = 0; i < 200; ++i) {
      event_time += i % 2 == 0 ? 4000 : 0;
      std::array<std::byte, media::telephone_event_size> payload;
      media::write_telephone_event({.event = static_cast<std::uint8_t>(random() % 8 == 0 ? 255 : random() % 16),
                                    .end = random() % 2 == 0,
                                    .duration = static_cast<std::uint16_t>(random())},
                                   payload);
      peer.rtp.send(packet_of({i % 2 == 0, 101, peer.sequence++, event_time, Peer::ssrc}, payload), peer.to_rtp);
    }
  };
  BOOST_TEST(peer.wait([&] { return peer.ear.digits().size() >= 20; }));
  const auto received = peer.stream->statistics().packets_received;
  BOOST_TEST(peer.wait([&] { return peer.stream->statistics().packets_received > received + 1000; }));
  const auto seconds = static_cast<std::size_t>((media::now() - start) / 1s);
  BOOST_TEST(peer.ear.digits().size() <= 20 * (seconds + 1));
}

BOOST_AUTO_TEST_CASE(a_thousand_packets_of_one_event_are_one_digit) {
  Peer peer;
  BOOST_TEST_REQUIRE(peer.wait_for_sound());
  std::array<std::byte, media::telephone_event_size> payload;
  const auto received = peer.stream->statistics().packets_received;
  unsigned left = 20;
  peer.besides = [&] {
    for (int i = 0; left > 0 && i < 50; ++i) {
      media::write_telephone_event({.event = 7, .end = i % 3 == 0, .duration = static_cast<std::uint16_t>(i * 997)},
                                   payload);
      peer.rtp.send(packet_of({i % 2 == 0, 101, peer.sequence++, 123456, Peer::ssrc}, payload), peer.to_rtp);
    }
    if (left > 0) --left;
  };
  BOOST_TEST(peer.wait([&] { return left == 0 && peer.stream->statistics().packets_received > received + 900; }));
  BOOST_TEST(peer.ear.digits() == "7");
}

BOOST_AUTO_TEST_SUITE_END()
