// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/codecs.h"

#include <array>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "media/coder.h"
#include "media/element_chain.h"
#include "media/gstreamer.h"

namespace media {
namespace {

// What the table adds for the codecs that are made of elements. One encoder and one decoder each, and no payloaders:
// the leg writes the RTP header itself, and bytes of the network reach no depayloader.
struct Elements {
  std::string_view codec;
  const char* encoder;
  const char* decoder;
  const char* coded_caps;
  std::size_t bytes_per_millisecond;
  bool stateless;  // a frame's payload does not depend on the frames before
};

constexpr std::array<Codec, 4> codecs{{
    {"opus", 48000, 2, 48000, {}, "useinbandfec=1"},
    {"G722", 8000, 1, 16000, 9, ""},
    {"PCMU", 8000, 1, 8000, 0, ""},
    {"PCMA", 8000, 1, 8000, 8, ""},
}};

constexpr std::array<Elements, 3> elements{{
    {"G722", "avenc_g722", "avdec_g722", "audio/G722,rate=16000,channels=1", 8, false},
    {"PCMU", "mulawenc", "mulawdec", "audio/x-mulaw,rate=8000,channels=1", 8, true},
    {"PCMA", "alawenc", "alawdec", "audio/x-alaw,rate=8000,channels=1", 8, true},
}};

const Elements* elements_of(std::string_view codec) {
  for (const Elements& row : elements)
    if (row.codec == codec) return &row;
  return nullptr;
}

const Elements& needed_elements_of(const Codec& codec) {
  if (const Elements* row = elements_of(codec.name)) return *row;
  throw base::Error(base::Errc::media_failure, "codec " + std::string(codec.name) + " has no elements");
}

std::string raw_caps(unsigned rate) {
  return "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" + std::to_string(rate);
}

class ChainEncoder : public Encoder {
 public:
  ChainEncoder(const Codec& codec, const Elements& row)
      : rate_(codec.sample_rate),
        bytes_per_millisecond_(row.bytes_per_millisecond),
        stateless_(row.stateless),
        chain_({row.encoder}, raw_caps(codec.sample_rate)) {
    std::vector<std::byte> primed;
    const std::vector<Sample> silence(ChainEncoder::frame_samples());
    if (!ChainEncoder::encode(silence, primed) || primed.size() != 20 * bytes_per_millisecond_)
      throw base::Error(base::Errc::media_failure, std::string(row.encoder) + " does not give one frame for one");
  }

  unsigned sample_rate() const override { return rate_; }
  std::size_t frame_samples() const override { return rate_ / ticks_per_second; }
  std::size_t bytes_per_millisecond() const override { return bytes_per_millisecond_; }
  bool reusable() const override { return stateless_ && !chain_.broken(); }
  bool encode(std::span<const Sample> frame, std::vector<std::byte>& payload) override {
    const std::size_t had = payload.size();
    if (!stateless_) return chain_.push(std::as_bytes(frame), payload);
    // Silence, of a muted stream or of no device, is the same frame again and again.
    if (std::equal(frame.begin(), frame.end(), last_frame_.begin(), last_frame_.end())) {
      payload.insert(payload.end(), last_payload_.begin(), last_payload_.end());
      return true;
    }
    if (!chain_.push(std::as_bytes(frame), payload)) return false;
    last_frame_.assign(frame.begin(), frame.end());
    last_payload_.assign(payload.begin() + static_cast<std::ptrdiff_t>(had), payload.end());
    return true;
  }

 private:
  unsigned rate_;
  std::size_t bytes_per_millisecond_;
  bool stateless_;
  ElementChain chain_;
  std::vector<Sample> last_frame_;
  std::vector<std::byte> last_payload_;
};

class ChainDecoder : public Decoder {
 public:
  ChainDecoder(const Codec& codec, const Elements& row)
      : rate_(codec.sample_rate), stateless_(row.stateless), chain_({row.decoder}, row.coded_caps) {
    const std::vector<std::byte> silence(20 * row.bytes_per_millisecond, std::byte{0xff});
    std::vector<Sample> primed;
    if (!ChainDecoder::decode(silence, primed) || primed.size() != rate_ / ticks_per_second)
      throw base::Error(base::Errc::media_failure, std::string(row.decoder) + " does not give one frame for one");
  }

  unsigned sample_rate() const override { return rate_; }
  bool conceal(std::size_t, Bytes, std::vector<Sample>&) override { return false; }
  bool reusable() const override { return stateless_ && !chain_.broken(); }
  bool decode(Bytes payload, std::vector<Sample>& sound) override {
    bytes_.clear();
    if (!chain_.push(payload, bytes_)) return false;
    const std::size_t had = sound.size();
    sound.resize(had + bytes_.size() / sizeof(Sample));
    std::copy_n(bytes_.data(), (sound.size() - had) * sizeof(Sample),
                std::as_writable_bytes(std::span(sound)).subspan(had * sizeof(Sample)).data());
    return true;
  }

 private:
  unsigned rate_;
  bool stateless_;
  ElementChain chain_;
  std::vector<std::byte> bytes_;
};

}  // namespace

std::span<const Codec> all_codecs() { return codecs; }

const Codec* find_codec(std::string_view name) {
  for (const Codec& codec : codecs)
    if (base::equals_ignoring_case(codec.name, name)) return &codec;
  return nullptr;
}

std::vector<std::string> available_codecs() {
  std::vector<std::string> names;
  for (const Codec& codec : codecs) {
    const Elements* row = elements_of(codec.name);
    // Opus is linked.
    if (!row || (element_present(row->encoder) && element_present(row->decoder))) names.emplace_back(codec.name);
  }
  return names;
}

void load_coders(const Codec& codec) {
  const Elements* row = elements_of(codec.name);
  if (!row) return;
  for (const char* name : {row->encoder, row->decoder}) load_element(name);
}

std::unique_ptr<Encoder> make_encoder(const CoderSettings& settings) {
  if (settings.codec->name == "opus") return make_opus_encoder(settings);
  return std::make_unique<ChainEncoder>(*settings.codec, needed_elements_of(*settings.codec));
}

std::unique_ptr<Decoder> make_decoder(const CoderSettings& settings) {
  if (settings.codec->name == "opus") return make_opus_decoder(settings);
  return std::make_unique<ChainDecoder>(*settings.codec, needed_elements_of(*settings.codec));
}

}  // namespace media
