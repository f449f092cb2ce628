// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdlib>

#include "base/error.h"
#include "media/devices.h"
#include "media/sound_pipeline.h"
#include "tests/unit/media/engine_fixture.h"
#include "tests/unit/media/sound_check.h"

using namespace engine_test;

namespace {

std::string write_tone(double frequency) {
  char name[] = "/tmp/media_test_XXXXXX";
  media::WavFile file(media::Descriptor(::mkstemp(name)), {.channels = 1, .sample_rate = 44100});
  file.append(sound_check::tone(frequency, 44100, 44100));
  file.write_sizes();
  return name;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(devices)

BOOST_AUTO_TEST_CASE(a_file_is_heard_by_the_peer) {
  const std::string path = write_tone(700);
  Engines engines("file:" + path);
  Call call(engines);
  call.begin("PCMU");
  ::unlink(path.c_str());
  Tape tape(call, *call.there, call.there_ear);
  BOOST_TEST(tape.reaches(0.2));
  tape.stop();
  BOOST_TEST(sound_check::usual_share_of_tone(tape.file.channel(1, 2), 700, 16000) > 0.98);
  BOOST_TEST(engines.here.input_device() == "file:" + path);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_none_and_the_call_works) {
  ::setenv("PULSE_SERVER", "unix:/nonexistent", 1);
  ::setenv("ALSA_CONFIG_PATH", "/dev/null", 1);
  base::Loop loop;
  auto missing = settings(40050, "no-such-microphone");
  missing.output_device = "default";
  media::Engine engine(loop, missing), file_engine(loop, settings(40070, "file:/nonexistent.wav"));
  int changes = 0;
  engine.on_devices_changed([&] { ++changes; });
  Ear ear, file_ear;
  const auto stream = engine.create_stream(own_address(), ear);
  const auto other = file_engine.create_stream(own_address(), file_ear);
  stream->apply(parameters("PCMU", other->local_port()));
  other->apply(parameters("PCMU", stream->local_port()));
  BOOST_TEST(wait_until(loop, [&] {
    return stream->statistics().packets_received > 2 && other->statistics().packets_received > 2 && changes > 0 &&
           file_engine.input_device() == "none";
  }));
  BOOST_TEST(engine.input_device() == "none");
  BOOST_TEST(engine.output_device() == "none");
  BOOST_TEST(engine.input_devices().empty());
}

BOOST_AUTO_TEST_CASE(an_output_can_not_be_a_tone_or_a_file) {
  base::Loop loop;
  for (const char* output : {"tone:440", "file:/tmp/x.wav"}) {
    auto wrong = settings(40090);
    wrong.output_device = output;
    BOOST_CHECK_THROW(media::Engine(loop, wrong), base::Error);
  }
}

BOOST_AUTO_TEST_CASE(two_clocks_are_brought_together) {
  // 300 ppm apart: the ring would run over in minutes; the turned ratio keeps the count.
  media::DriftResampler drift;
  drift.turn(300);
  std::size_t in = 0;
  std::vector<media::Sample> block, out(160);
  for (int i = 0; i < 50000; ++i) {
    block.resize(drift.input_for(out.size()));
    in += block.size();
    drift.convert(block, out);
  }
  const double ratio = static_cast<double>(in) / (50000.0 * 160);
  BOOST_TEST(std::abs(ratio - 1.0003) < 0.00002);
  drift.turn(100000);
  in = 0;
  for (int i = 0; i < 5000; ++i) {
    block.resize(drift.input_for(out.size()));
    in += block.size();
    drift.convert(block, out);
  }
  BOOST_TEST(static_cast<double>(in) / (5000.0 * 160) < 1.0006);
}

BOOST_AUTO_TEST_CASE(a_ring_gives_back_what_it_was_given) {
  media::Ring<int> ring(5);
  BOOST_TEST(ring.capacity() == 8u);
  const std::vector<int> six{1, 2, 3, 4, 5, 6};
  std::vector<int> four(4);
  for (int round = 0; round < 20; ++round) {
    BOOST_TEST(ring.write(six));
    BOOST_TEST(!ring.write(six));
    BOOST_TEST(ring.read(four) == 4u);
    BOOST_TEST(four == (std::vector<int>{1, 2, 3, 4}), boost::test_tools::per_element());
    ring.skip(1);
    BOOST_TEST(ring.read(four) == 1u);
    BOOST_TEST(four[0] == 6);
  }
}

BOOST_AUTO_TEST_SUITE_END()
