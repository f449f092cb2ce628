// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>

#include "base/error.h"
#include "media/wav_reader.h"
#include "tests/unit/media/engine_fixture.h"
#include "tests/unit/media/sound_check.h"

using namespace engine_test;
using base::Errc;

namespace {

auto with_code(Errc code) {
  return [code](const base::Error& error) { return error.code() == code; };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine)

BOOST_AUTO_TEST_CASE(a_tone_crosses_calls_of_every_codec_and_is_recorded_at_the_other_end) {
  Engines engines;
  std::vector<std::unique_ptr<Call>> calls;
  std::vector<std::unique_ptr<Tape>> tapes;
  for (const char* codec : {"PCMU", "PCMA", "G722", "opus"}) {
    calls.push_back(std::make_unique<Call>(engines));
    calls.back()->apply(codec);
  }
  for (const auto& call : calls) call->wait_for_both();
  for (const auto& call : calls) tapes.push_back(std::make_unique<Tape>(*call, *call->there, call->there_ear));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    BOOST_TEST(tapes[i]->reaches(0.4));
    BOOST_TEST(tapes[i]->stop() == "");
    const auto heard = tapes[i]->file.channel(1, 2);
    const auto said = tapes[i]->file.channel(0, 2);
    BOOST_TEST(sound_check::usual_share_of_tone(heard, 440, 16000) > 0.98);
    BOOST_TEST(std::sqrt(2 * sound_check::power(std::span(heard).last(3200))) > 8000);
    BOOST_TEST(sound_check::power(said) == 0);
    BOOST_TEST(media::parse_wav(tapes[i]->file.bytes()).sample_rate == 16000u);
    const auto statistics = calls[i]->there->statistics();
    BOOST_TEST(statistics.packets_lost == 0u);
    BOOST_TEST(statistics.packets_dropped <= 2u);  // after a moment in which the machine stood still
    BOOST_TEST(statistics.buffer_ms > 0);
    const auto found = calls[i]->there_ear.all<media::GotAudio>();
    BOOST_TEST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].address == own_address());
    BOOST_TEST(found[0].port == calls[i]->here->local_port());
  }
}

BOOST_AUTO_TEST_CASE(the_tone_keeps_its_pitch_at_every_rate_of_the_engine) {
  Engines low("tone:440", 8000), high("tone:440", 48000);
  Call narrow(low), wide(high);
  narrow.apply("opus");
  wide.apply("G722");
  narrow.wait_for_both();
  wide.wait_for_both();
  Tape narrow_tape(narrow, *narrow.there, narrow.there_ear), wide_tape(wide, *wide.there, wide.there_ear);
  BOOST_TEST(narrow_tape.reaches(0.2, 8000));
  BOOST_TEST(wide_tape.reaches(0.2, 48000));
  narrow_tape.stop();
  wide_tape.stop();
  BOOST_TEST(sound_check::usual_share_of_tone(narrow_tape.file.channel(1, 2), 440, 8000) > 0.97);
  BOOST_TEST(sound_check::usual_share_of_tone(wide_tape.file.channel(1, 2), 440, 48000) > 0.97);
}

BOOST_AUTO_TEST_CASE(an_ipv6_call_sounds_as_well) {
  Engines engines;
  Ear here_ear, there_ear;
  const auto here = engines.here.create_stream("::1", here_ear);
  const auto there = engines.there.create_stream("::1", there_ear);
  here->apply(parameters("PCMU", there->local_port(), "::1"));
  there->apply(parameters("PCMU", here->local_port(), "::1"));
  BOOST_TEST(engines.wait([&] { return there->statistics().packets_received > 2; }));
  BOOST_TEST_REQUIRE(there_ear.all<media::GotAudio>().size() == 1u);
  BOOST_TEST(there_ear.all<media::GotAudio>()[0].address == "::1");
}

BOOST_AUTO_TEST_CASE(what_is_muted_held_or_not_received_is_silent_and_comes_back) {
  Engines engines;
  Call call(engines);
  call.begin("PCMU");
  call.here->set_muted(true);
  BOOST_TEST(call.there_gets(6));
  {
    Tape tape(call, *call.there, call.there_ear);
    BOOST_TEST(tape.reaches(0.1));
    tape.stop();
    BOOST_TEST(sound_check::power(tape.file.channel(1, 2)) < 100);
  }
  call.here->set_muted(false);

  auto held = call.to_there("PCMU");
  held.send = false;
  call.here->apply(held);
  const auto sent = [&] { return call.here->statistics().packets_sent; };
  std::uint64_t then = sent();
  // Three ticks of the other side without a packet more.
  const auto heard_then = call.here->statistics().packets_received;
  BOOST_TEST(engines.wait([&] {
    if (sent() != then) then = sent();
    return call.here->statistics().packets_received >= heard_then + 6;
  }));
  BOOST_TEST(sent() <= then + 1);
  call.here->apply(call.to_there("PCMU"));
  BOOST_TEST(call.there_gets(6));

  auto deaf = call.to_here("PCMU");
  deaf.receive = false;
  call.there->apply(deaf);
  BOOST_TEST(call.there_gets(4));
  Tape tape(call, *call.there, call.there_ear);
  BOOST_TEST(call.there_gets(6));
  BOOST_TEST(tape.reaches(0.1));
  tape.stop();
  const auto heard = tape.file.channel(1, 2);
  BOOST_TEST(sound_check::power(std::span(heard).last(640)) < 100);
}

BOOST_AUTO_TEST_CASE(digits_cross_a_call_once_each) {
  Engines engines("none");
  Call call(engines);
  call.begin("PCMA");
  for (const char digit : {'1', '1', 'D'}) call.here->send_digit(digit);
  BOOST_TEST(engines.wait([&] { return call.there_ear.digits().size() >= 3; }));
  BOOST_TEST(call.there_ear.digits() == "11D");
  BOOST_TEST(call.there->statistics().packets_lost == 0u);
}

BOOST_AUTO_TEST_CASE(digits_that_can_not_be_sent_are_refused) {
  Engines engines("none");
  Call call(engines);
  BOOST_CHECK_EXCEPTION(call.here->send_digit('1'), base::Error, with_code(Errc::invalid_state));
  auto no_events = call.to_there("PCMU");
  no_events.dtmf_payload_type.reset();
  call.here->apply(no_events);
  BOOST_CHECK_EXCEPTION(call.here->send_digit('1'), base::Error, with_code(Errc::invalid_state));
  call.here->apply(call.to_there("PCMU"));
  BOOST_CHECK_EXCEPTION(call.here->send_digit('x'), base::Error, with_code(Errc::invalid_argument));
  for (int i = 0; i < 64; ++i) call.here->send_digit('1');
  // A slow machine may have sent some of them already; nobody sends a thousand.
  const auto send_many = [&] {
    for (int i = 0; i < 1000; ++i) call.here->send_digit('1');
  };
  BOOST_CHECK_EXCEPTION(send_many(), base::Error, with_code(Errc::limit_reached));
  call.here->stop();
  BOOST_CHECK_EXCEPTION(call.here->send_digit('1'), base::Error, with_code(Errc::invalid_state));
}

BOOST_AUTO_TEST_CASE(a_recording_pauses_and_can_not_be_doubled) {
  Engines engines;
  Call call(engines);
  call.begin("PCMU");
  Tape tape(call, *call.there, call.there_ear);
  MemoryFile other;
  BOOST_CHECK_EXCEPTION(call.there->start_recording(other.give()), base::Error, with_code(Errc::invalid_state));
  BOOST_TEST(tape.reaches(0.1));
  call.there->pause_recording(true);
  BOOST_TEST(call.there_gets(6));
  const auto paused = tape.length();
  BOOST_TEST(call.there_gets(6));
  BOOST_TEST(tape.length() == paused);
  call.there->pause_recording(false);
  BOOST_TEST(tape.reaches(0.1 + static_cast<double>(paused) / 16000));
  BOOST_TEST(tape.stop() == "");
  Tape next(call, *call.there, call.there_ear);
  BOOST_TEST(next.reaches(0.02));
  call.there->stop();
  BOOST_TEST(engines.wait([&] { return call.there_ear.all<media::RecordingStopped>().size() == 2; }));
}

BOOST_AUTO_TEST_CASE(a_recording_that_fails_is_told_and_the_call_goes_on) {
  Engines engines;
  Call call(engines);
  call.begin("PCMU");
  // What can not grow any more is a full disk.
  const int file = memfd_create("full", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  BOOST_TEST_REQUIRE(fcntl(file, F_ADD_SEALS, F_SEAL_GROW) == 0);
  call.there->start_recording(file);
  BOOST_TEST(engines.wait([&] { return !call.there_ear.all<media::RecordingStopped>().empty(); }));
  BOOST_TEST(!call.there_ear.all<media::RecordingStopped>().at(0).failure.empty());
  BOOST_TEST(call.there_gets(4));
  Tape tape(call, *call.there, call.there_ear);
  BOOST_TEST(tape.reaches(0.02));
  BOOST_TEST(tape.stop() == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_empty_file_is_not_recorded_into) {
  Engines engines("none");
  Call call(engines);
  const int pipe_end = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  BOOST_CHECK_EXCEPTION(call.here->start_recording(pipe_end), base::Error, with_code(Errc::file_failure));
  BOOST_CHECK_EXCEPTION(call.here->start_recording(-1), base::Error, with_code(Errc::file_failure));
}

BOOST_AUTO_TEST_CASE(the_codec_changes_in_mid_call) {
  Engines engines;
  Call call(engines);
  call.begin("PCMU");
  call.here->apply(call.to_there("G722"));
  call.there->apply(call.to_here("G722"));
  BOOST_TEST(call.there_gets(12));
  Tape tape(call, *call.there, call.there_ear);
  BOOST_TEST(tape.reaches(0.1));
  tape.stop();
  BOOST_TEST(sound_check::usual_share_of_tone(tape.file.channel(1, 2), 440, 16000) > 0.98);
  BOOST_TEST(call.there_ear.all<media::StreamFailed>().empty());
}

BOOST_AUTO_TEST_CASE(what_can_not_be_is_refused) {
  base::Loop loop;
  Ear ear;
  auto wrong = settings(40000);
  wrong.sample_rate = 44100;
  BOOST_CHECK_EXCEPTION(media::Engine(loop, wrong), base::Error, with_code(Errc::invalid_argument));
  BOOST_CHECK_EXCEPTION(media::Engine(loop, settings(40000, "tone:loud")), base::Error,
                        with_code(Errc::invalid_argument));
  auto few = settings(40010);
  few.rtp_ports = {40011, 40015};
  media::Engine engine(loop, few);
  const auto first = engine.create_stream(own_address(), ear);
  const auto second = engine.create_stream(own_address(), ear);
  BOOST_TEST(first->local_port() % 2 == 0);
  BOOST_TEST(first->local_port() + second->local_port() == 40012 + 40014);
  BOOST_CHECK_EXCEPTION(engine.create_stream(own_address(), ear), base::Error, with_code(Errc::media_failure));
  BOOST_CHECK_EXCEPTION(engine.create_stream("localhost", ear), base::Error, with_code(Errc::media_failure));
  BOOST_CHECK_EXCEPTION(engine.create_stream("192.0.2.1", ear), base::Error, with_code(Errc::media_failure));
  media::AudioParameters unknown;
  unknown.codec = "GSM";
  BOOST_CHECK_EXCEPTION(first->apply(unknown), base::Error, with_code(Errc::media_failure));
}

BOOST_AUTO_TEST_CASE(ports_come_back_when_a_stream_is_gone) {
  base::Loop loop;
  Ear ear;
  auto few = settings(40020);
  few.rtp_ports = {40020, 40020};
  media::Engine engine(loop, few);
  for (int i = 0; i < 3; ++i) {
    std::unique_ptr<media::AudioStream> stream;
    BOOST_TEST(wait_until(loop, [&] {
      try {
        stream = engine.create_stream(own_address(), ear);
      } catch (const base::Error&) {
        // The one before is still being taken down.
      }
      return stream != nullptr;
    }));
    stream->apply(parameters("PCMU", 42010));
  }
}

BOOST_AUTO_TEST_CASE(a_listener_may_destroy_its_stream_and_hears_nothing_after) {
  Engines engines;
  Call call(engines);
  call.there_ear.on_event = [&] { call.there.reset(); };
  call.here->apply(call.to_there("PCMU"));
  call.there->apply(call.to_here("PCMU"));
  BOOST_TEST(engines.wait([&] { return !call.there; }));
  const auto told = call.there_ear.events.size();
  const auto sent = call.here->statistics().packets_sent;
  BOOST_TEST(engines.wait([&] { return call.here->statistics().packets_sent > sent + 5; }));
  BOOST_TEST(call.there_ear.events.size() == told);
}

BOOST_AUTO_TEST_CASE(an_engine_may_go_with_events_on_their_way) {
  base::Loop loop;
  for (int i = 0; i < 5; ++i) {
    Ear ear;
    media::Engine engine(loop, settings(40030, "tone:440"));
    const auto stream = engine.create_stream(own_address(), ear);
    stream->apply(parameters("PCMU", stream->local_port()));
    MemoryFile file;
    stream->start_recording(file.give());
  }
  loop.post([&] { loop.quit(0); });
  loop.run();
}

BOOST_AUTO_TEST_CASE(an_idle_engine_has_one_sleeping_thread) {
  base::Loop loop;
  const auto threads = [] {
    const std::filesystem::directory_iterator all("/proc/self/task");
    return std::distance(begin(all), end(all));
  };
  const auto before = threads();
  media::Engine engine(loop, settings(40040));
  BOOST_TEST(threads() == before + 1);
  BOOST_TEST(engine.skipped_ticks() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
