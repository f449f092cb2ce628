// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/likeness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace likeness {
namespace {

constexpr unsigned analysed_rate = 8000;
constexpr double lowest_note = 196;     // Hz: G3
constexpr std::size_t note_count = 48;  // four octaves
constexpr double window = 0.050;        // seconds
constexpr double step = 0.010;
// A jitter buffer moves the sound now and then: each second finds its own place near that of the whole.
constexpr std::size_t piece = 100;  // columns
constexpr std::size_t slip = 25;
constexpr double quietest = 1e-6;  // -120 dB

using Column = std::array<float, note_count>;  // how loud each note is at one time

unsigned number(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  unsigned value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<unsigned>(bytes[at + i]) << (8 * i);
  return value;
}

std::string_view text(std::span<const std::byte> bytes, std::size_t at) {
  return {reinterpret_cast<const char*>(bytes.data()) + at, 4};
}

// The body of the named chunk, as much of it as is there.
std::span<const std::byte> chunk(std::span<const std::byte> file, std::string_view name) {
  for (std::size_t at = 12; at + 8 <= file.size();) {
    const std::size_t size = number(file, at + 4, 4);
    const auto body = file.subspan(at + 8, std::min(size, file.size() - at - 8));
    if (text(file, at) == name) return body;
    at += 8 + size + size % 2;
  }
  return {};
}

// Means of as many samples as bring the rate near the one that is analysed.
Sound thinned(const Sound& sound) {
  const std::size_t factor = std::max(1U, sound.rate / analysed_rate);
  Sound thin{static_cast<unsigned>(sound.rate / factor), {}};
  for (std::size_t at = 0; at + factor <= sound.samples.size(); at += factor) {
    float sum = 0;
    for (std::size_t i = 0; i < factor; ++i) sum += sound.samples[at + i];
    thin.samples.push_back(sum / static_cast<float>(factor));
  }
  return thin;
}

// The amplitude of one frequency (Goertzel). Its root keeps loud notes from hiding the soft ones.
float loudness(std::span<const float> samples, double radians) {
  const double twice_cosine = 2 * std::cos(radians);
  double last = 0;
  double before = 0;
  for (const float sample : samples) {
    const double next = sample + twice_cosine * last - before;
    before = last;
    last = next;
  }
  const double power = last * last + before * before - twice_cosine * last * before;
  return static_cast<float>(std::pow(std::max(power, 0.0), 0.25));
}

std::vector<Column> columns_of(const Sound& sound) {
  const auto length = static_cast<std::size_t>(window * sound.rate);
  const auto stride = static_cast<std::size_t>(step * sound.rate);
  std::vector<Column> columns;
  std::vector<float> windowed(length);
  for (std::size_t at = 0; stride > 0 && at + length <= sound.samples.size(); at += stride) {
    for (std::size_t i = 0; i < length; ++i) {
      const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
      windowed[i] = sound.samples[at + i] * static_cast<float>(0.5 - 0.5 * std::cos(phase));
    }
    Column& column = columns.emplace_back();
    for (std::size_t note = 0; note < note_count; ++note) {
      const double frequency = lowest_note * std::exp2(static_cast<double>(note) / 12);
      column[note] = loudness(windowed, 2 * std::numbers::pi * frequency / sound.rate);
    }
  }
  return columns;
}

// Of all notes together, each less its mean: a steady sound is like nothing.
double correlation_at(std::span<const Column> played, std::span<const Column> recorded, std::size_t offset) {
  const auto count = static_cast<double>(recorded.size());
  double both = 0;
  double ours = 0;
  double theirs = 0;
  for (std::size_t note = 0; note < note_count; ++note) {
    double a = 0;
    double b = 0;
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      const double x = played[(offset + i) % played.size()][note];
      const double y = recorded[i][note];
      a += x;
      b += y;
      both += x * y;
      ours += x * x;
      theirs += y * y;
    }
    both -= a * b / count;
    ours -= a * a / count;
    theirs -= b * b / count;
  }
  return ours > 0 && theirs > 0 ? both / std::sqrt(ours * theirs) : 0;
}

struct Fit {
  double value;
  std::size_t offset;
};

Fit best_of(std::span<const Column> played, std::span<const Column> recorded, std::size_t first, std::size_t count) {
  Fit best{0, first};
  for (std::size_t offset = first; offset < first + count; ++offset) {
    const double value = correlation_at(played, recorded, offset);
    if (value > best.value) best = {value, offset};
  }
  return best;
}

}  // namespace

std::optional<Sound> parse_wav(std::span<const std::byte> file) {
  if (file.size() < 12 || text(file, 0) != "RIFF" || text(file, 8) != "WAVE") return {};
  const auto format = chunk(file, "fmt ");
  const auto data = chunk(file, "data");
  if (format.size() < 16 || number(format, 0, 2) != 1 || number(format, 14, 2) != 16) return {};
  const std::size_t channels = number(format, 2, 2);
  Sound sound{number(format, 4, 4), {}};
  if (channels == 0 || sound.rate == 0) return {};
  for (std::size_t at = 0; at + 2 * channels <= data.size(); at += 2 * channels) {
    float sum = 0;
    for (std::size_t i = 0; i < channels; ++i)
      sum += static_cast<float>(static_cast<std::int16_t>(number(data, at + 2 * i, 2)));
    sound.samples.push_back(sum / 32768 / static_cast<float>(channels));
  }
  return sound;
}

double level_of(const Sound& sound) {
  double sum = 0;
  for (const float sample : sound.samples) sum += static_cast<double>(sample) * sample;
  const double root = sound.samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(sound.samples.size()));
  return 20 * std::log10(std::max(root, quietest));
}

Likeness likeness_of(const Sound& played, const Sound& recorded) {
  Sound loop = thinned(played);
  // The last columns reach over the end into the beginning.
  const auto overlap = std::min(loop.samples.size(), static_cast<std::size_t>((window - step) * loop.rate));
  for (std::size_t i = 0; i < overlap; ++i) loop.samples.push_back(loop.samples[i]);
  const std::vector<Column> ours = columns_of(loop);
  const std::vector<Column> theirs = columns_of(thinned(recorded));
  if (ours.empty() || theirs.empty()) return {0, 0};
  const std::size_t offset = best_of(ours, theirs, 0, ours.size()).offset;
  double sum = 0;
  for (std::size_t at = 0; at < theirs.size(); at += piece) {
    const auto part = std::span(theirs).subspan(at, std::min(piece, theirs.size() - at));
    const std::size_t first = offset + at + ours.size() - std::min(slip, ours.size());
    sum += best_of(ours, part, first, 2 * slip + 1).value * static_cast<double>(part.size());
  }
  return {sum / static_cast<double>(theirs.size()), static_cast<double>(offset) * step};
}

}  // namespace likeness
