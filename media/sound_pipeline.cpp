// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/sound_pipeline.h"

#include "base/error.h"

namespace media {
namespace {

// What lies in the ring on average: a tick, a block of the device, and some to spare.
constexpr unsigned wanted_fill_ms = 40;
// More than this is the rest of a stall.
constexpr unsigned largest_fill_ms = 160;
constexpr unsigned block_ms = 10;  // of a device
// 20 ms off turns as far as it goes: two clocks differ by less.
constexpr double ppm_per_ms = 25;
constexpr double smoothing = 1.0 / 100;

std::size_t samples(unsigned rate, unsigned milliseconds) { return std::size_t{rate} * milliseconds / 1000; }

[[noreturn]] void refuse(const std::string& sentence) { throw base::Error(base::Errc::media_failure, sentence); }

// Small blocks, and the role by which a sound server lowers music while one speaks.
void set_up_device(GstElement* element, const DeviceAddress& address) {
  GObject* const object = G_OBJECT(element);
  g_object_set(object, "buffer-time", gint64{80000}, "latency-time", gint64{block_ms * 1000}, nullptr);
  if (!address.device.empty()) g_object_set(object, "device", address.device.c_str(), nullptr);
  if (!address.element.starts_with("pulse")) return;
  const base::Handle<GstStructure, gst_structure_free> properties(
      gst_structure_new("properties", "media.role", G_TYPE_STRING, "phone", nullptr));
  g_object_set(object, "client-name", "sipsessiond", "stream-properties", properties.get(), nullptr);
}

void set_caps(GstElement* filter, unsigned rate) {
  const std::string text = "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" + std::to_string(rate);
  const Caps caps(gst_caps_from_string(text.c_str()));
  g_object_set(G_OBJECT(filter), "caps", caps.get(), nullptr);
}

}  // namespace

// What GStreamer calls, on threads of its own.
struct SoundPipelineCalls {
  template <typename Pipeline, auto pass, GstMapFlags flags>
  static void pass_buffer(GstElement*, GstBuffer* buffer, GstPad*, gpointer pipeline) noexcept {
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, flags)) return;
    (static_cast<Pipeline*>(pipeline)->*pass)({reinterpret_cast<Sample*>(map.data), map.size / sizeof(Sample)});
    gst_buffer_unmap(buffer, &map);
  }

  static GstBusSyncReply report(GstBus*, GstMessage* message, gpointer pipeline) noexcept {
    const base::Handle<GstMessage, gst_message_unref> done(message);
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR || GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
      GError* fault = nullptr;
      if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) gst_message_parse_error(message, &fault, nullptr);
      const base::Handle<GError, g_error_free> held(fault);
      static_cast<SoundPipeline*>(pipeline)->failed_(fault ? fault->message : "it ended");
    }
    return GST_BUS_DROP;
  }

  static void hear(CapturePipeline& pipeline) {
    const Element sink = pipeline.element("fakesink");
    g_object_set(G_OBJECT(sink.get()), "signal-handoffs", TRUE, "sync", FALSE, nullptr);
    g_signal_connect(sink.get(), "handoff",
                     G_CALLBACK((pass_buffer<CapturePipeline, &CapturePipeline::hear, GST_MAP_READ>)), &pipeline);
  }

  static void speak(PlaybackPipeline& pipeline, unsigned rate) {
    constexpr int fixed_size = 2;
    const Element source = pipeline.element("fakesrc");
    g_object_set(G_OBJECT(source.get()), "signal-handoffs", TRUE, "sizetype", fixed_size, "sizemax",
                 static_cast<int>(samples(rate, block_ms) * sizeof(Sample)), "datarate",
                 static_cast<int>(rate * sizeof(Sample)), "format", GST_FORMAT_TIME, nullptr);
    g_signal_connect(source.get(), "handoff",
                     G_CALLBACK((pass_buffer<PlaybackPipeline, &PlaybackPipeline::speak, GST_MAP_WRITE>)), &pipeline);
  }
};

SoundPipeline::SoundPipeline(const std::vector<std::string>& elements, const DeviceAddress& address, unsigned rate,
                             DeviceFailed failed)
    : rate_(rate),
      ring_(samples(rate, 4 * largest_fill_ms)),
      failed_(std::move(failed)),
      fill_(wanted_fill_ms),
      pipeline_(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new("device")))) {
  in_.reserve(samples(rate, 200));
  out_.reserve(samples(rate, 200));
  GstElement* before = nullptr;
  for (const std::string& name : elements) {
    const Element made = make_element(name);
    gst_object_set_name(GST_OBJECT(made.get()), name.c_str());
    if (name == address.element) set_up_device(made.get(), address);
    if (name == "capsfilter") set_caps(made.get(), rate);
    gst_bin_add(GST_BIN(pipeline_.get()), made.get());
    if (before && !gst_element_link(before, made.get())) refuse("elements of a sound device do not link");
    before = made.get();
  }
  const base::Handle<GstBus, gst_object_unref> bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), SoundPipelineCalls::report, this, nullptr);
}

SoundPipeline::~SoundPipeline() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

Element SoundPipeline::element(const std::string& name) const {
  return Element(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name.c_str()));
}

void SoundPipeline::play() {
  constexpr GstClockTime patience = 5 * GST_SECOND;
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  if (gst_element_get_state(pipeline_.get(), nullptr, nullptr, patience) == GST_STATE_CHANGE_FAILURE)
    refuse("the sound device can not be opened");
}

void SoundPipeline::steer() {
  const double fill = static_cast<double>(ring_.size()) * 1000 / rate_;
  fill_ += (fill - fill_) * smoothing;
  drift_.turn(static_cast<int>((fill_ - wanted_fill_ms) * ppm_per_ms));
}

CapturePipeline::CapturePipeline(const DeviceAddress& address, unsigned rate, DeviceFailed failed)
    : SoundPipeline({address.element, "audioconvert", "audioresample", "capsfilter", "fakesink"}, address, rate,
                    std::move(failed)) {
  SoundPipelineCalls::hear(*this);
}

void CapturePipeline::hear(std::span<const Sample> sound) {
  steer();
  out_.resize(drift_.output_for(sound.size()));
  drift_.convert(sound, out_);
  // No room: the tick does not read, as nobody speaks.
  ring_.write(out_);
}

void CapturePipeline::read(std::span<Sample> frame) {
  const std::size_t wanted = samples(rate_, wanted_fill_ms);
  if (const std::size_t fill = ring_.size(); fill > samples(rate_, largest_fill_ms)) ring_.skip(fill - wanted);
  if (!filled_) filled_ = ring_.size() >= wanted;
  const std::size_t count = filled_ ? ring_.read(frame) : 0;
  std::fill(frame.begin() + static_cast<std::ptrdiff_t>(count), frame.end(), Sample{0});
  if (count < frame.size()) filled_ = false;
}

PlaybackPipeline::PlaybackPipeline(const DeviceAddress& address, unsigned rate, DeviceFailed failed)
    : SoundPipeline({"fakesrc", "capsfilter", "audioconvert", "audioresample", address.element}, address, rate,
                    std::move(failed)) {
  SoundPipelineCalls::speak(*this, rate);
}

void PlaybackPipeline::speak(std::span<Sample> sound) {
  const std::size_t wanted = samples(rate_, wanted_fill_ms);
  if (const std::size_t fill = ring_.size(); fill > samples(rate_, largest_fill_ms)) ring_.skip(fill - wanted);
  if (!filled_) filled_ = ring_.size() >= wanted;
  if (filled_) steer();
  in_.assign(drift_.input_for(sound.size()), Sample{0});
  if (filled_ && ring_.read(in_) < in_.size()) filled_ = false;
  drift_.convert(in_, sound);
}

void PlaybackPipeline::write(std::span<const Sample> frame) { ring_.write(frame); }

}  // namespace media
