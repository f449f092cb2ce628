// SPDX-License-Identifier: LGPL-2.1-or-later
#include <opus/opus.h>

#include <array>
#include <cmath>
#include <string>

#include "base/error.h"
#include "base/handle.h"
#include "media/coder.h"

// libopus itself instead of opusenc and opusdec: those hold a frame back for FEC, drain at jumps, and give 0 or 2
// buffers for one. Here one frame in is one packet out, and FEC is used when the next packet is already there.
namespace media {
namespace {

constexpr opus_int32 largest_packet = 1275;
constexpr int complexity = 5;
constexpr unsigned longest_packet_ms = 120;  // RFC 6716, 2.1.4

// The highest rate of Opus that neither the peer nor we would only throw away.
unsigned rate_for(unsigned wanted) {
  for (const unsigned rate : {48000u, 24000u, 16000u, 12000u})
    if (wanted >= rate) return rate;
  return 8000;
}

opus_int32 bitrate_for(unsigned rate) { return rate > 16000 ? 32000 : rate > 8000 ? 24000 : 16000; }

// RFC 6716 knows 10, 20, 40 and 60 ms, and packets of several frames up to 120 ms.
unsigned packet_milliseconds(std::chrono::milliseconds ptime) {
  for (const unsigned length : {120u, 100u, 80u, 60u, 40u, 20u})
    if (ptime.count() >= length) return length;
  return 10;
}

void check(int result, const char* what) {
  if (result != OPUS_OK) throw base::Error(base::Errc::media_failure, std::string(what) + ": " + opus_strerror(result));
}

class OpusSoundEncoder : public Encoder {
 public:
  OpusSoundEncoder(unsigned rate, unsigned milliseconds) : rate_(rate), frame_(rate * milliseconds / 1000) {
    int result = 0;
    encoder_.reset(opus_encoder_create(static_cast<opus_int32>(rate), 1, OPUS_APPLICATION_VOIP, &result));
    check(result, "Opus encoder");
    opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(complexity));
    opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(bitrate_for(rate)));
    opus_encoder_ctl(encoder_.get(), OPUS_SET_INBAND_FEC(1));
  }

  unsigned sample_rate() const override { return rate_; }
  std::size_t frame_samples() const override { return frame_; }
  std::size_t bytes_per_millisecond() const override { return 0; }

  bool encode(std::span<const Sample> frame, std::vector<std::byte>& payload) override {
    std::array<unsigned char, largest_packet> packet;
    const int size =
        opus_encode(encoder_.get(), frame.data(), static_cast<int>(frame.size()), packet.data(), packet.size());
    if (size < 0) return false;
    const auto bytes = std::as_bytes(std::span(packet.data(), static_cast<std::size_t>(size)));
    payload.insert(payload.end(), bytes.begin(), bytes.end());
    return true;
  }

  void expect_loss(double loss) override {
    opus_encoder_ctl(encoder_.get(), OPUS_SET_PACKET_LOSS_PERC(static_cast<int>(std::ceil(loss * 100))));
  }

 private:
  unsigned rate_;
  std::size_t frame_;
  base::Handle<OpusEncoder, opus_encoder_destroy> encoder_;
};

class OpusSoundDecoder : public Decoder {
 public:
  explicit OpusSoundDecoder(unsigned rate) : rate_(rate) {
    int result = 0;
    decoder_.reset(opus_decoder_create(static_cast<opus_int32>(rate), 1, &result));
    check(result, "Opus decoder");
  }

  unsigned sample_rate() const override { return rate_; }

  bool decode(Bytes payload, std::vector<Sample>& sound) override {
    // A bad packet, or one longer than 120 ms, gives nothing.
    append(payload, rate_ * longest_packet_ms / 1000, 0, sound);
    return true;
  }

  bool conceal(std::size_t samples, Bytes following, std::vector<Sample>& sound) override {
    // The guess must be a whole number of 2.5 ms.
    const std::size_t step = rate_ / 400;
    const std::size_t whole = (samples + step - 1) / step * step;
    const std::size_t had = sound.size();
    append(following, whole, following.empty() ? 0 : 1, sound);
    if (sound.size() == had) return false;
    sound.resize(had + samples);
    return true;
  }

 private:
  void append(Bytes payload, std::size_t samples, int fec, std::vector<Sample>& sound) {
    const std::size_t had = sound.size();
    sound.resize(had + samples);
    const auto* data = payload.empty() ? nullptr : reinterpret_cast<const unsigned char*>(payload.data());
    const int count = opus_decode(decoder_.get(), data, static_cast<opus_int32>(payload.size()), sound.data() + had,
                                  static_cast<int>(samples), fec);
    sound.resize(had + static_cast<std::size_t>(std::max(0, count)));
  }

  unsigned rate_;
  base::Handle<OpusDecoder, opus_decoder_destroy> decoder_;
};

}  // namespace

std::unique_ptr<Encoder> make_opus_encoder(const CoderSettings& settings) {
  const unsigned rate = rate_for(std::min(settings.max_playback_rate, settings.engine_rate));
  return std::make_unique<OpusSoundEncoder>(rate, packet_milliseconds(settings.ptime));
}

std::unique_ptr<Decoder> make_opus_decoder(const CoderSettings& settings) {
  return std::make_unique<OpusSoundDecoder>(rate_for(settings.engine_rate));
}

}  // namespace media
