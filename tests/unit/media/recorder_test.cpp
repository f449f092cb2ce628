// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/recorder.h"

#include "media/wav_reader.h"
#include "tests/unit/media/engine_fixture.h"

using engine_test::MemoryFile;
using media::Recording;
using media::RecordingLayout;
using media::Sample;

namespace {

struct Fixture {
  MemoryFile file;
  std::vector<std::string> ended;

  Recording recording(RecordingLayout layout) {
    const unsigned channels = layout == RecordingLayout::stereo ? 2 : 1;
    return {media::WavFile(media::Descriptor(file.give()), {.channels = channels, .sample_rate = 8000}), layout, 8000,
            [this](std::string failure) { ended.push_back(std::move(failure)); }};
  }
};

const std::vector<Sample> local{100, 30000, -30000, 5};
const std::vector<Sample> remote{1, 10000, -10000, -5};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recorder, Fixture)

BOOST_AUTO_TEST_CASE(a_mixed_recording_is_the_sum_and_does_not_overflow) {
  auto tape = recording(RecordingLayout::mixed);
  BOOST_TEST(tape.write(local, remote));
  tape.let_go();
  BOOST_TEST(!tape.flush());
  const auto wav = media::parse_wav(file.bytes());
  BOOST_TEST(wav.sound == (std::vector<Sample>{101, 32767, -32768, 0}), boost::test_tools::per_element());
  BOOST_TEST(ended == std::vector<std::string>{""}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stereo_recording_has_us_on_the_left) {
  auto tape = recording(RecordingLayout::stereo);
  BOOST_TEST(tape.write(local, remote));
  tape.let_go();
  BOOST_TEST(!tape.flush());
  BOOST_TEST(file.channel(0, 2) == local, boost::test_tools::per_element());
  BOOST_TEST(file.channel(1, 2) == remote, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_killed_process_leaves_a_file_that_opens_with_the_last_second_lost_at_most) {
  auto tape = recording(RecordingLayout::mixed);
  const std::vector<Sample> frame(160, Sample{7});
  // Five seconds of ticks, flushed every 50 ms as the thread does; nothing is closed.
  for (int tick = 0; tick < 250; ++tick) {
    BOOST_TEST(tape.write(frame, frame));
    if (tick % 5 == 2 || tick % 5 == 4) BOOST_TEST(tape.flush());
  }
  const auto bytes = file.bytes();
  std::uint32_t promised = 0;
  std::memcpy(&promised, &bytes[40], sizeof promised);
  BOOST_TEST(promised >= 4u * 16000);
  BOOST_TEST(promised <= bytes.size() - media::wav_header_size);
}

BOOST_AUTO_TEST_CASE(a_disk_that_stalls_costs_sound_and_no_more) {
  auto tape = recording(RecordingLayout::mixed);
  const std::vector<Sample> frame(160, Sample{7});
  // Ten seconds without a flush: the ring is full after four, and the tick does not wait.
  for (int tick = 0; tick < 500; ++tick) BOOST_TEST(tape.write(frame, frame));
  tape.let_go();
  BOOST_TEST(!tape.flush());
  BOOST_TEST(media::parse_wav(file.bytes()).sound.size() >= 4u * 8000);
}

BOOST_AUTO_TEST_SUITE_END()
