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
  constexpr std::size_t second = 2 * 8000;
  // Flushed every 50 ms, as the thread does, or so rarely as a machine without time lets it.
  for (const int ticks_between_flushes : {3, 50, 150}) {
    MemoryFile other;
    Recording tape(media::WavFile(media::Descriptor(other.give()), {.channels = 1, .sample_rate = 8000}),
                   RecordingLayout::mixed, 8000, [](const std::string&) {});
    const std::vector<Sample> frame(160, Sample{7});
    for (int tick = 1; tick <= 450; ++tick) {
      BOOST_TEST_REQUIRE(tape.write(frame, frame));
      if (tick % ticks_between_flushes != 0) continue;
      BOOST_TEST(tape.flush());
      // Nothing is closed: this is what would be left.
      const auto bytes = other.bytes();
      std::uint32_t promised = 0;
      std::memcpy(&promised, &bytes[40], sizeof promised);
      BOOST_TEST(promised + second / 2 >= bytes.size() - media::wav_header_size);
      BOOST_TEST(promised <= bytes.size() - media::wav_header_size);
      BOOST_TEST(bytes.size() - media::wav_header_size == static_cast<std::size_t>(tick) * frame.size() * 2);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_recording_is_a_wav_file_before_any_sound_comes) {
  auto tape = recording(RecordingLayout::stereo);
  BOOST_TEST(tape.flush());
  const auto bytes = file.bytes();
  BOOST_TEST(std::string(reinterpret_cast<const char*>(bytes.data()), 4) == "RIFF");
  BOOST_TEST(bytes.size() == media::wav_header_size);
  tape.let_go();
  BOOST_TEST(!tape.flush());
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
