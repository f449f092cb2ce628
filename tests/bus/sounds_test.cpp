// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/bus/stories.h"
#include "tests/support/listening.h"
#include "tests/support/sipp.h"

// Two daemons that hear each other, and what they record of it.
BOOST_AUTO_TEST_SUITE(sounds)

using namespace std::chrono_literals;
using test::Client;
using test::read_wav;
using test::Station;
using test::Story;
using test::wait_for_audio;
using test::wait_for_silence;
using test::wait_for_tone;
namespace fs = std::filesystem;

namespace {

// Alice, whose tone is 440 Hz, calls Bob, whose tone is 660 Hz.
struct Talk {
  explicit Talk(const std::string& audio = "recording_layout = \"stereo\";")
      : alice({.user = "alice", .input = "tone:440", .audio = audio}),
        bob({.user = "bob", .input = "tone:660", .audio = audio}) {
    from_alice = alice.call(bob.uri());
    at_bob = bob.called();
    bob.accept(at_bob);
    alice.wait(from_alice, "DidStart");
    bob.wait(at_bob, "DidStart");
    // A codec may take its time to load, and until then there is nothing to record.
    wait_for_audio(alice, from_alice);
    wait_for_audio(bob, at_bob);
  }

  Station alice;
  Station bob;
  std::string from_alice;
  std::string at_bob;
};

std::string recorded_file(Station& station, const std::string& session, const std::string& name = "") {
  station.act(session, "StartRecordingAudio", name);
  return station.recorder.wait(session, "SIPSessionDidStartRecordingAudio").arguments.at(1).text;
}

// Where they are in a stereo recording.
constexpr std::size_t own = 0;
constexpr std::size_t other = 1;

}  // namespace

BOOST_AUTO_TEST_CASE(each_hears_the_tone_of_the_other) {
  Talk talk;
  const std::string at_alice = recorded_file(talk.alice, talk.from_alice);
  const std::string at_bob = recorded_file(talk.bob, talk.at_bob);
  wait_for_tone(talk.bob, at_bob, {660, own}, 1);
  wait_for_tone(talk.bob, at_bob, {440, other}, 1);
  wait_for_tone(talk.alice, at_alice, {440, own}, 1);
  wait_for_tone(talk.alice, at_alice, {660, other}, 1);
  talk.alice.end(talk.from_alice);
  CHECK_STORY(talk.bob, talk.at_bob,
              test::called_and_accepted +
                  Story{"WillStartRecordingAudio " + at_bob, "DidStartRecordingAudio " + at_bob,
                        "WillStopRecordingAudio " + at_bob, "DidStopRecordingAudio " + at_bob} +
                  test::ended_by_peer);
  const Story expected = test::ringing + test::answered +
                         Story{"WillStartRecordingAudio " + at_alice,
                               "DidStartRecordingAudio " + at_alice,
                               "ChangedState ESTABLISHED TERMINATING",
                               "WillEnd",
                               "WillStopRecordingAudio " + at_alice,
                               "DidStopRecordingAudio " + at_alice,
                               "GotStreamUpdate",
                               "ChangedState TERMINATING TERMINATED",
                               "DidEnd local"};
  CHECK_STORY(talk.alice, talk.from_alice, expected);
  const auto by_bob = read_wav(at_bob);
  BOOST_REQUIRE_EQUAL(by_bob.channels.size(), 2);
  // Nobody hears himself.
  BOOST_CHECK_EQUAL(by_bob.seconds_of_tone(440, own, 0.5), 0);
  BOOST_CHECK_EQUAL(by_bob.seconds_of_tone(660, other, 0.5), 0);
  const auto by_alice = read_wav(at_alice);
  BOOST_CHECK_EQUAL(by_alice.seconds_of_tone(660, own, 0.5), 0);
  BOOST_CHECK_EQUAL(by_alice.seconds_of_tone(440, other, 0.5), 0);
}

BOOST_AUTO_TEST_CASE(every_codec_carries_the_tone) {
  struct Choice {
    std::string codec;
    unsigned rate;
  };
  for (const Choice& choice :
       {Choice{"PCMU", 8000}, Choice{"PCMA", 8000}, Choice{"G722", 16000}, Choice{"opus", 48000}}) {
    BOOST_TEST_CONTEXT(choice.codec) {
      Talk talk("recording_layout = \"stereo\"; codec_list = [\"" + choice.codec + "\"];");
      BOOST_CHECK_EQUAL(talk.alice.property<std::string>(talk.from_alice, "AudioCodec"), choice.codec);
      BOOST_CHECK_EQUAL(talk.bob.property<std::uint32_t>(talk.at_bob, "AudioSampleRate"), choice.rate);
      const std::string file = recorded_file(talk.bob, talk.at_bob);
      wait_for_tone(talk.bob, file, {440, other}, 0.6);
      talk.bob.end(talk.at_bob);
      talk.bob.wait(talk.at_bob, "DidEnd local");
      BOOST_CHECK_GE(read_wav(file).seconds_of_tone(440, other), 0.6);
      talk.alice.wait(talk.from_alice, "DidEnd remote");
    }
  }
}

BOOST_AUTO_TEST_CASE(each_digit_is_told_once) {
  Talk talk;
  const std::string digits = "0123456789*#ABCD";
  Story told = test::called_and_accepted;
  for (const char digit : digits) {
    talk.alice.act(talk.from_alice, "SendDtmf", std::string(1, digit));
    told.lines.push_back(std::string("GotDTMF ") + digit);
  }
  CHECK_STORY(talk.bob, talk.at_bob, told);
  BOOST_CHECK_EQUAL(talk.bob.recorder.wait(talk.at_bob, "SIPSessionGotDTMF").arguments.front().type, 't');
  talk.bob.act(talk.at_bob, "SendDtmf", std::string("5"));
  talk.bob.act(talk.at_bob, "SendDtmf", std::string("5"));
  CHECK_STORY(talk.alice, talk.from_alice, test::ringing + test::answered + Story{"GotDTMF 5", "GotDTMF 5"});
  for (const char* wrong : {"", "a", "E", "11", "\xC3\xA9"})
    BOOST_CHECK_EQUAL(Client::error_of([&] { talk.alice.act(talk.from_alice, "SendDtmf", std::string(wrong)); }),
                      "InvalidArgument");
}

BOOST_AUTO_TEST_CASE(who_is_muted_is_not_heard) {
  Talk talk;
  const std::string file = recorded_file(talk.bob, talk.at_bob);
  wait_for_tone(talk.bob, file, {440, other}, 0.5);
  talk.alice.client.set(talk.from_alice, "Session", "Muted", true);
  wait_for_silence(talk.bob, file, other, 1);
  talk.alice.client.set(talk.from_alice, "Session", "Muted", false);
  wait_for_tone(talk.bob, file, {440, other}, test::read_growing_wav(file).seconds_of_tone(440, other) + 0.5);
  talk.alice.end(talk.from_alice);
  CHECK_STORY(talk.bob, talk.at_bob,
              test::called_and_accepted +
                  Story{"WillStartRecordingAudio " + file, "DidStartRecordingAudio " + file,
                        "WillStopRecordingAudio " + file, "DidStopRecordingAudio " + file} +
                  test::ended_by_peer);
  const auto wav = read_wav(file);
  BOOST_CHECK_GE(wav.seconds_of_tone(440, other), 1);
  BOOST_CHECK_GE(wav.seconds_of_silence(other), 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_recorded_on_hold) {
  Talk talk;
  const std::string file = recorded_file(talk.bob, talk.at_bob);
  wait_for_tone(talk.bob, file, {440, other}, 0.5);
  talk.alice.act(talk.from_alice, "Hold");
  talk.bob.wait(talk.at_bob, "GotHoldRequest remote");
  BOOST_CHECK_EQUAL(Client::error_of([&] { talk.bob.act(talk.at_bob, "StartRecordingAudio", std::string()); }),
                    "InvalidState");
  // Begun on hold, a recording waits for its end.
  talk.alice.act(talk.from_alice, "StartRecordingAudio", std::string("held.wav"));
  BOOST_CHECK_THROW(talk.alice.recorder.wait(talk.from_alice, "SIPSessionWillStartRecordingAudio", 1s),
                    std::runtime_error);
  const auto size = fs::file_size(file);
  BOOST_CHECK_THROW(talk.bob.recorder.wait(talk.at_bob, "SIPSessionWillStopRecordingAudio", 1s), std::runtime_error);
  BOOST_CHECK_EQUAL(fs::file_size(file), size);
  talk.alice.act(talk.from_alice, "Unhold");
  talk.bob.wait(talk.at_bob, "GotUnholdRequest remote");
  wait_for_tone(talk.bob, file, {440, other}, test::read_growing_wav(file).seconds_of_tone(440, other) + 0.5);
  talk.alice.wait(talk.from_alice, "GotUnholdRequest local");
  const auto& will = talk.alice.recorder.wait(talk.from_alice, "SIPSessionWillStartRecordingAudio");
  const std::string held_file = will.arguments.at(1).text;
  CHECK_STORY(talk.alice, talk.from_alice,
              test::ringing + test::answered +
                  Story{"GotHoldRequest local", "WillStartRecordingAudio " + held_file,
                        "DidStartRecordingAudio " + held_file, "GotUnholdRequest local"});
  talk.alice.act(talk.from_alice, "StopRecordingAudio");
  talk.alice.wait(talk.from_alice, "DidStopRecordingAudio " + held_file);
  talk.alice.end(talk.from_alice);
  talk.bob.wait(talk.at_bob, "DidEnd remote");
  BOOST_CHECK_GE(read_wav(file).seconds_of_tone(440, other), 1);
}

BOOST_AUTO_TEST_CASE(a_mixed_recording_has_both_in_one) {
  Talk talk("recording_layout = \"mixed\";");
  const std::string file = recorded_file(talk.bob, talk.at_bob, "both.wav");
  wait_for_tone(talk.bob, file, {440, 0, 0.3}, 0.5);
  wait_for_tone(talk.bob, file, {660, 0, 0.3}, 0.5);
  talk.bob.act(talk.at_bob, "StopRecordingAudio");
  talk.bob.wait(talk.at_bob, "DidStopRecordingAudio " + file);
  const auto wav = read_wav(file);
  BOOST_REQUIRE_EQUAL(wav.channels.size(), 1);
  BOOST_CHECK_GE(wav.seconds_of_tone(440, 0, 0.3), 0.5);
  BOOST_CHECK_GE(wav.seconds_of_tone(660, 0, 0.3), 0.5);
}

BOOST_AUTO_TEST_CASE(default_names_tell_when_and_who_and_are_never_taken_twice) {
  Talk talk;
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) {
    talk.bob.act(talk.at_bob, "StartRecordingAudio", std::string());
    const auto name = talk.bob.property<std::string>(talk.at_bob, "AudioRecordingFileName");
    talk.bob.act(talk.at_bob, "StopRecordingAudio");
    talk.bob.wait(talk.at_bob, "DidStopRecordingAudio " + name);
    names.push_back(name);
  }
  const fs::path folder = talk.bob.daemon.data_directory() / "history" / "bonjour@local";
  for (const std::string& name : names) {
    BOOST_CHECK_EQUAL(fs::path(name).parent_path().string(), folder.string());
    BOOST_CHECK(name.find("-alice@127.0.0.1-incoming") != std::string::npos);
    BOOST_CHECK(fs::exists(name));
    BOOST_CHECK((fs::status(name).permissions() & fs::perms::others_all) == fs::perms::none);
  }
  // Within one second, the second name of the same second ends in -2.
  BOOST_CHECK(names[0] != names[1] && names[1] != names[2]);
  const auto same_second = [](const std::string& a, const std::string& b) {
    const std::string first = fs::path(a).filename(), second = fs::path(b).filename();
    return first.substr(0, 15) == second.substr(0, 15);
  };
  if (same_second(names[0], names[1])) BOOST_CHECK(names[1].ends_with("-2.wav"));
}

BOOST_AUTO_TEST_CASE(a_recording_outlives_a_killed_daemon) {
  Talk talk;
  const std::string file = recorded_file(talk.bob, talk.at_bob);
  wait_for_tone(talk.bob, file, {440, other}, 1.5);
  talk.bob.daemon.process().signal(SIGKILL);
  BOOST_REQUIRE_EQUAL(talk.bob.daemon.process().wait(test::patience).value_or(0), 128 + SIGKILL);
  // Whoever plays it believes its header.
  const auto wav = read_wav(file);
  BOOST_CHECK_GT(wav.seconds(), test::read_growing_wav(file).seconds() - 1);
  BOOST_CHECK_GT(wav.seconds_of_tone(440, other), 0.5);
}

BOOST_AUTO_TEST_CASE(recordings_are_made_below_their_directory_only) {
  Talk talk;
  const fs::path folder = talk.bob.daemon.data_directory() / "history" / "bonjour@local";
  fs::create_directories(folder / "real");
  fs::create_directory_symlink("/tmp", folder / "link");
  std::filesystem::create_symlink("target.wav", folder / "dangling.wav");
  { std::ofstream(folder / "exists.wav") << "mine"; }
  for (const std::string& name :
       {std::string("../x.wav"), std::string("/etc/x.wav"), std::string("real/../../x.wav"), std::string("link/x.wav"),
        std::string("dangling.wav"), std::string("exists.wav"), std::string("a\nb.wav"), std::string("."),
        std::string("a//b"), std::string(300, 'n'), folder.string() + "/../x.wav"})
    BOOST_CHECK_EQUAL(Client::error_of([&] { talk.bob.act(talk.at_bob, "StartRecordingAudio", name); }), "FileFailure");
  BOOST_CHECK_EQUAL(test::read_file(folder / "exists.wav"), "mine");
  BOOST_CHECK_EQUAL(talk.bob.property<std::string>(talk.at_bob, "AudioRecordingFileName"), "");
  CHECK_STORY(talk.bob, talk.at_bob, test::called_and_accepted);
  talk.bob.act(talk.at_bob, "StartRecordingAudio", (folder / "real" / "deep" / "good.wav").string());
  talk.bob.wait(talk.at_bob, "DidStartRecordingAudio " + (folder / "real/deep/good.wav").string());
}

BOOST_AUTO_TEST_CASE(silence_is_told_five_seconds_after_the_start) {
  Station bob({.more = "rtp: { timeout = 1; };"});
  test::IncomingCall run(bob);
  const auto& first = bob.recorder.wait(run.session, "SIPSessionGotNoAudio");
  BOOST_CHECK_EQUAL(first.arguments.at(1).text, "false");
  unsigned count = 0;
  bob.recorder.wait([&](const test::Entry& entry) { return entry.member == "SIPSessionGotNoAudio" && ++count == 2; },
                    "a second one");
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_SUITE_END()
