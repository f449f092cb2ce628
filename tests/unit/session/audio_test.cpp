// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/session/calls.h"

namespace data = boost::unit_test::data;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace session;
using base::Errc;

namespace {

const std::string recorded = "WillStartRecording, DidStartRecording";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audio_of_a_call, Calls)

BOOST_AUTO_TEST_CASE(we_hang_up_and_the_recording_ends_first) {
  Session& session = outgoing_established();
  session.start_recording_audio("");
  BOOST_TEST(told() == recorded);
  const std::string file = shown(session).audio_recording_file_name;
  BOOST_TEST(fs::exists(file));
  BOOST_TEST(file.starts_with(directory.path() + "/bonjour@local/"));
  BOOST_TEST(file.ends_with("-bob@192.0.2.2-outgoing.wav"));
  session.end(false);
  BOOST_TEST(told() == "ESTABLISHED>TERMINATING, WillEnd, WillStopRecording");
  BOOST_TEST(dialog().last_call() == "bye");
  dialog().tell(sip::Closed{});
  BOOST_TEST(told() == "");
  sound().tell(media::RecordingStopped{});
  BOOST_TEST(told() == "DidStopRecording, GotStreamUpdate, TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST((shown(session).stop_time != Time{}));
  BOOST_TEST(shown(session).audio_recording_file_name == "");
}

BOOST_AUTO_TEST_CASE(the_peer_hangs_up) {
  outgoing_established();
  dialog().tell(sip::Ended{0, {}});
  BOOST_TEST(told() == "GotStreamUpdate, ESTABLISHED>TERMINATED, DidEnd remote");
  BOOST_TEST(!sound().exists);
}

BOOST_AUTO_TEST_CASE(the_peer_hangs_up_and_the_recording_ends_first) {
  Session& session = incoming_established();
  session.start_recording_audio("");
  forget();
  dialog().tell(sip::Ended{0, {}});
  BOOST_TEST(told() == "WillStopRecording");
  sound().tell(media::RecordingStopped{});
  BOOST_TEST(told() == "DidStopRecording, GotStreamUpdate, ESTABLISHED>TERMINATED, DidEnd remote");
}

BOOST_AUTO_TEST_CASE(a_dialog_that_expires_is_a_failure) {
  incoming_established();
  dialog().tell(sip::Ended{408, "Session timeout"});
  BOOST_TEST(told() == "GotStreamUpdate, ESTABLISHED>TERMINATED, DidFail local 408 Session timeout, DidEnd local");
}

BOOST_AUTO_TEST_CASE(a_bye_that_crosses_ours_is_no_failure) {
  outgoing_established().end(false);
  forget();
  dialog().tell(sip::Ended{481, "Gone"});
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
}

BOOST_AUTO_TEST_CASE(a_disk_that_does_not_answer_keeps_no_session) {
  Session& session = incoming_established();
  session.start_recording_audio("");
  session.end(false);
  forget();
  clock.advance(2s);
  BOOST_TEST(told() == "DidStopRecording, GotStreamUpdate, TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST(!sound().exists);
}

BOOST_AUTO_TEST_CASE(we_end_while_the_recording_of_a_call_that_the_peer_ended_is_closed) {
  Session& session = incoming_established();
  session.start_recording_audio("");
  dialog().tell(sip::Ended{0, {}});
  forget();
  session.end(false);
  sound().tell(media::RecordingStopped{});
  clock.advance(1s);
  BOOST_TEST(
      told() ==
      "ESTABLISHED>TERMINATING, WillEnd, DidStopRecording, GotStreamUpdate, TERMINATING>TERMINATED, DidEnd local");
}

BOOST_AUTO_TEST_CASE(a_recording_is_started_and_stopped) {
  Session& session = incoming_established();
  BOOST_TEST((refusal([&] { session.stop_recording_audio(); }) == Errc::invalid_state));
  session.start_recording_audio("talk.wav");
  BOOST_TEST(shown(session).audio_recording_file_name == directory.path() + "/bonjour@local/talk.wav");
  BOOST_TEST((refusal([&] { session.start_recording_audio("other.wav"); }) == Errc::invalid_state));
  session.stop_recording_audio();
  BOOST_TEST((refusal([&] { session.stop_recording_audio(); }) == Errc::invalid_state));
  BOOST_TEST(told() == recorded + ", WillStopRecording");
  sound().tell(media::RecordingStopped{});
  BOOST_TEST(told() == "DidStopRecording");
  BOOST_TEST(shown(session).audio_recording_file_name == "");
  session.start_recording_audio("other.wav");
  BOOST_TEST(told() == recorded);
}

BOOST_AUTO_TEST_CASE(a_full_disk_stops_the_recording_by_itself) {
  Session& session = incoming_established();
  session.start_recording_audio("");
  forget();
  sound().tell(media::RecordingStopped{"No space left on device"});
  BOOST_TEST(told() == "DidStopRecording");
  BOOST_TEST((refusal([&] { session.stop_recording_audio(); }) == Errc::invalid_state));
  session.end(false);
  dialog().tell(sip::Closed{});
  BOOST_TEST(told() == "ESTABLISHED>TERMINATING, WillEnd, GotStreamUpdate, TERMINATING>TERMINATED, DidEnd local");
}

BOOST_AUTO_TEST_CASE(a_recording_that_cannot_begin_is_refused_without_an_event) {
  Session& session = incoming_established();
  for (const char* name : {"../x.wav", "/etc/x.wav", "a/", ""}) {
    sound().refuses_recording = *name == '\0';
    BOOST_TEST((refusal([&] { session.start_recording_audio(name); }) == Errc::file_failure), name);
    BOOST_TEST(told() == "");
    BOOST_TEST(shown(session).audio_recording_file_name == "");
  }
  BOOST_TEST(fs::is_empty(directory.path() + "/bonjour@local"));
  sound().refuses_recording = false;
  session.start_recording_audio("");
  BOOST_TEST(told() == recorded);
}

BOOST_AUTO_TEST_CASE(hold_pauses_a_recording_without_an_event) {
  Session& session = incoming_established();
  session.start_recording_audio("");
  forget();
  session.hold();
  BOOST_TEST(std::count(sound().calls.begin(), sound().calls.end(), "pause_recording") == 1);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly")});
  session.unhold();
  BOOST_TEST(std::count(sound().calls.begin(), sound().calls.end(), "resume_recording") == 1);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0")});
  dialog().tell(sip::Reoffered{peer_audio("0", "sendonly")});
  BOOST_TEST(std::count(sound().calls.begin(), sound().calls.end(), "pause_recording") == 2);
  BOOST_TEST(told() == "GotHoldRequest local, GotUnholdRequest local, GotHoldRequest remote");
}

BOOST_AUTO_TEST_CASE(a_recording_begun_on_hold_starts_when_the_hold_ends) {
  Session& session = incoming_established();
  dialog().tell(sip::Reoffered{peer_audio("0", "sendonly")});
  forget();
  session.start_recording_audio("");
  BOOST_TEST(told() == "");
  BOOST_TEST(shown(session).audio_recording_file_name != "");
  dialog().tell(sip::Reoffered{peer_audio("0")});
  BOOST_TEST(told() == recorded + ", GotUnholdRequest remote");
}

BOOST_AUTO_TEST_CASE(a_recording_begun_on_hold_that_cannot_start_harms_nothing) {
  Session& session = incoming_established();
  dialog().tell(sip::Reoffered{peer_audio("0", "sendonly")});
  session.start_recording_audio("");
  forget();
  sound().refuses_recording = true;
  dialog().tell(sip::Reoffered{peer_audio("0")});
  BOOST_TEST(told() == "WillStartRecording, DidStopRecording, GotUnholdRequest remote");
  BOOST_TEST(shown(session).audio_recording_file_name == "");
  BOOST_TEST(dialog().last_call() == "answer");
}

BOOST_AUTO_TEST_CASE(a_recording_that_never_started_leaves_no_file) {
  Session& session = incoming_established();
  session.hold();
  session.start_recording_audio("");
  const std::string file = shown(session).audio_recording_file_name;
  forget();
  session.stop_recording_audio();
  BOOST_TEST(told() == "WillStopRecording, DidStopRecording");
  BOOST_TEST(!fs::exists(file));
  session.start_recording_audio("");
  session.end(false);
  BOOST_TEST(told() == "ESTABLISHED>TERMINATING, WillEnd, WillStopRecording, DidStopRecording, GotStreamUpdate");
  BOOST_TEST(!fs::exists(file));
}

BOOST_AUTO_TEST_CASE(silence_is_told_after_five_seconds_and_then_after_each_timeout) {
  incoming_established();
  clock.advance(4999ms);
  BOOST_TEST(told() == "");
  clock.advance(1ms);
  BOOST_TEST(told() == "GotNoAudio any");
  clock.advance(30s);
  BOOST_TEST(told() == "GotNoAudio any");
  sound().statistics.packets_received = 1;
  clock.advance(30s);
  BOOST_TEST(told() == "");
  clock.advance(30s);
  BOOST_TEST(told() == "GotNoAudio more");
}

BOOST_AUTO_TEST_CASE(without_a_timeout_silence_is_told_once) {
  settings.rtp.timeout = 0;
  incoming_established();
  clock.advance(24h);
  BOOST_TEST(told() == "GotNoAudio any");
}

BOOST_DATA_TEST_CASE_F(Calls, silence_is_not_told_while_held, data::make({true, false}), by_us) {
  Session& session = incoming_established();
  clock.advance(4s);
  if (by_us) {
    session.hold();
    dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly")});
  } else {
    dialog().tell(sip::Reoffered{peer_audio("0", "sendonly")});
  }
  forget();
  clock.advance(94s);
  BOOST_TEST(told() == "");
  if (by_us) session.unhold();
  dialog().tell(by_us ? sip::LegEvent(sip::Reanswered{200, "OK", peer_audio()})
                      : sip::LegEvent(sip::Reoffered{peer_audio()}));
  forget();
  // A whole timeout from here on.
  clock.advance(30s - 1ms);
  BOOST_TEST(told() == "");
  clock.advance(1ms);
  BOOST_TEST(told() == "GotNoAudio any");
}

BOOST_AUTO_TEST_CASE(who_only_sends_is_not_silent) {
  incoming_established(peer_audio("0", "recvonly"));
  clock.advance(1h);
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(digits) {
  Session& session = incoming_established();
  for (const char digit : std::string("0123456789*#ABCD")) session.send_dtmf(std::string(1, digit));
  BOOST_TEST(sound().calls.back() == "send_digit D");
  for (const char* digit : {"", "a", "E", "12", " ", "\xff"})
    BOOST_TEST((refusal([&] { session.send_dtmf(digit); }) == Errc::invalid_argument), digit);
  sound().tell(media::GotDigit{'5'});
  BOOST_TEST(told() == "GotDTMF 5");
  dialog().tell(sip::Reoffered{peer_audio("0")});
  BOOST_TEST((refusal([&] { session.send_dtmf("1"); }) == Errc::invalid_state));
}

BOOST_AUTO_TEST_CASE(the_first_sound_of_the_peer_is_shown) {
  Session& session = incoming_established();
  BOOST_TEST(!shown(session).audio_was_received());
  sound().tell(media::GotAudio{"192.0.2.99", 9999});
  BOOST_TEST(shown(session).audio_was_received());
  BOOST_TEST(shown(session).audio_remote_rtp_address_received == "192.0.2.99");
  BOOST_TEST(shown(session).audio_remote_rtp_port_received == 9999);
}

BOOST_AUTO_TEST_CASE(nothing_is_heard_of_a_stream_that_has_ended) {
  Session& session = incoming_established();
  session.end(false);
  forget();
  sound().tell(media::GotDigit{'5'});
  sound().tell(media::GotAudio{"192.0.2.99", 9999});
  sound().tell(media::StreamFailed{"late"});
  BOOST_TEST(told() == "");
  BOOST_TEST(shown(session).audio_remote_rtp_address_received == "");
}

BOOST_AUTO_TEST_CASE(a_session_ends_with_its_only_stream) {
  incoming_established();
  sound().tell(media::StreamFailed{"no encoder"});
  BOOST_TEST(told() ==
             "StreamDidFail audio no encoder, GotStreamUpdate, ESTABLISHED>TERMINATED, "
             "DidFail local 0 no encoder, DidEnd local");
}

BOOST_AUTO_TEST_CASE(muted_before_the_stream_and_while_it_runs) {
  Session& session = incoming();
  session.set_muted(true);
  session.accept(audio_only);
  BOOST_TEST(sound().calls.front() == "mute");
  session.set_muted(false);
  BOOST_TEST(sound().calls.back() == "unmute");
  session.set_muted(true);
  dialog().tell(sip::Ended{0, {}});
  BOOST_TEST(!shown(session).muted);
}

BOOST_AUTO_TEST_SUITE_END()
