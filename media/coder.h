// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <vector>

#include "media/bytes.h"
#include "media/codecs.h"
#include "media/sound.h"

namespace media {

// Sound to payloads of one codec. Made on a worker, where it already coded one silent frame.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual unsigned sample_rate() const = 0;
  // The samples that one call of encode() takes.
  virtual std::size_t frame_samples() const = 0;
  // Appends the payload of one frame. False when the encoder is broken.
  virtual bool encode(std::span<const Sample> frame, std::vector<std::byte>& payload) = 0;
  // The payload's bytes may be cut anywhere (G.711, G.722): bytes of one millisecond; 0: one frame is one packet.
  virtual std::size_t bytes_per_millisecond() const = 0;
  // What the peer says it lost, 0 to 1.
  virtual void expect_loss(double) {}
  // Whole, and nothing of what it coded is left in it: another call may have it.
  virtual bool reusable() const { return false; }
};

// Payloads of one codec to sound.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual unsigned sample_rate() const = 0;
  // Appends what the payload holds; nothing of it when the payload is bad. False when the decoder is broken.
  virtual bool decode(Bytes payload, std::vector<Sample>& sound) = 0;
  // Appends a guess at lost sound; `following` is the packet after it, if it is there. False: it can not guess.
  virtual bool conceal(std::size_t samples, Bytes following, std::vector<Sample>& sound) = 0;
  // As that of the encoder.
  virtual bool reusable() const { return false; }
};

struct CoderSettings {
  const Codec* codec = nullptr;
  std::chrono::milliseconds ptime{20};
  unsigned max_playback_rate = 48000;  // of the peer, Opus only
  unsigned engine_rate = 48000;        // Opus is coded at no higher rate
};

// Throw Error{media_failure}. Not on the media thread.
std::unique_ptr<Encoder> make_encoder(const CoderSettings& settings);
std::unique_ptr<Decoder> make_decoder(const CoderSettings& settings);

// Loads the libraries that the first coders of this codec need. What is missing is told by who makes coders.
void load_coders(const Codec& codec);

std::unique_ptr<Encoder> make_opus_encoder(const CoderSettings& settings);
std::unique_ptr<Decoder> make_opus_decoder(const CoderSettings& settings);

}  // namespace media
