// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/resampler.h"

#include <cstdlib>

namespace media {
namespace {

// What the ratio of the two clocks is counted in.
constexpr int unit = 1'000'000;
constexpr int largest_turn = 500;

GstAudioResampler* make(GstAudioResamplerFlags flags, int from, int to) {
  const base::Handle<GstStructure, gst_structure_free> options(gst_structure_new_empty("options"));
  gst_audio_resampler_options_set_quality(GST_AUDIO_RESAMPLER_METHOD_KAISER, 4, from, to, options.get());
  return gst_audio_resampler_new(GST_AUDIO_RESAMPLER_METHOD_KAISER, flags, GST_AUDIO_FORMAT_S16, 1, from, to,
                                 options.get());
}

void run(GstAudioResampler* resampler, std::span<const Sample> in, std::span<Sample> out) {
  // The library only reads what comes in.
  gpointer from[] = {const_cast<Sample*>(in.data())};
  gpointer to[] = {out.data()};
  gst_audio_resampler_resample(resampler, from, in.size(), to, out.size());
}

}  // namespace

Resampler::Resampler(unsigned from, unsigned to) : from_(from) {
  if (from == to) return;
  resampler_.reset(make(GST_AUDIO_RESAMPLER_FLAG_NONE, static_cast<int>(from), static_cast<int>(to)));
  prime();
}

void Resampler::prime() {
  const std::vector<Sample> silence(from_ / ticks_per_second);
  std::vector<Sample> out;
  for (int i = 0; i < 5; ++i) push(silence, out);
}

void Resampler::reset() {
  if (!resampler_) return;
  gst_audio_resampler_reset(resampler_.get());
  prime();
}

void Resampler::push(std::span<const Sample> sound, std::vector<Sample>& out) {
  if (!resampler_) {
    out.insert(out.end(), sound.begin(), sound.end());
    return;
  }
  const std::size_t had = out.size();
  out.resize(had + gst_audio_resampler_get_out_frames(resampler_.get(), sound.size()));
  run(resampler_.get(), sound, std::span(out).subspan(had));
}

DriftResampler::DriftResampler() : resampler_(make(GST_AUDIO_RESAMPLER_FLAG_VARIABLE_RATE, unit, unit)) {}

void DriftResampler::turn(int ppm) {
  ppm = std::clamp(ppm, -largest_turn, largest_turn);
  if (ppm == ppm_) return;
  ppm_ = ppm;
  gst_audio_resampler_update(resampler_.get(), unit + ppm, unit, nullptr);
}

std::size_t DriftResampler::input_for(std::size_t output) const {
  return gst_audio_resampler_get_in_frames(resampler_.get(), output);
}

std::size_t DriftResampler::output_for(std::size_t input) const {
  return gst_audio_resampler_get_out_frames(resampler_.get(), input);
}

void DriftResampler::convert(std::span<const Sample> in, std::span<Sample> out) { run(resampler_.get(), in, out); }

}  // namespace media
