// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/spare_coders.h"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "media/gstreamer.h"

namespace {

struct Fixture {
  Fixture() { media::initialize_gstreamer(); }
};

media::CoderSettings of(const char* codec) { return {.codec = media::find_codec(codec)}; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(spare_coders, Fixture)

BOOST_AUTO_TEST_CASE(coders_that_remember_nothing_serve_another_call) {
  media::SpareCoders spares;
  auto coders = spares.take(of("PCMU"), 48000);
  const media::Coders* const first = coders.get();
  std::vector<media::Sample> sound;
  coders->from_decoder.push(std::vector<media::Sample>(160, 12345), sound);
  spares.keep(std::move(coders));
  BOOST_TEST(&spares.take(of("PCMA"), 48000)->codec == media::find_codec("PCMA"));
  coders = spares.take(of("PCMU"), 48000);
  BOOST_TEST(coders.get() == first);
  // Nothing of the call before is heard in the next.
  sound.clear();
  coders->from_decoder.push(std::vector<media::Sample>(160), sound);
  BOOST_TEST(sound.size() == 960u);
  BOOST_TEST(std::all_of(sound.begin(), sound.end(), [](media::Sample sample) { return sample == 0; }));
}

BOOST_AUTO_TEST_CASE(coders_with_a_memory_are_not_kept) {
  media::SpareCoders spares;
  for (const char* codec : {"G722", "opus"}) {
    spares.keep(spares.take(of(codec), 48000));
    BOOST_TEST(spares.spare() == 0u);
  }
  spares.keep(nullptr);
  BOOST_TEST(spares.spare() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
