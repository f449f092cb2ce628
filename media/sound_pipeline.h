// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "media/gstreamer.h"
#include "media/resampler.h"
#include "media/ring.h"
#include "media/sound_device.h"

namespace media {

// A real device: which element opens it, and its name for that element; empty: the system's default.
struct DeviceAddress {
  std::string element;
  std::string device;
};

// Called once or more, on any thread, when the device is gone.
using DeviceFailed = std::function<void(std::string reason)>;

// A pipeline with a device at one end and our ring at the other. The device's clock is not the tick's: what passes is
// stretched a little, as the fill of the ring says. Made and destroyed on the devices' worker; it plays after its
// making.
class SoundPipeline {
 public:
  SoundPipeline(const std::vector<std::string>& elements, const DeviceAddress& address, unsigned rate,
                DeviceFailed failed);
  ~SoundPipeline();
  SoundPipeline(const SoundPipeline&) = delete;
  SoundPipeline& operator=(const SoundPipeline&) = delete;

  // Throws Error{media_failure} if the device can not be opened.
  void play();

 protected:
  Element element(const std::string& name) const;
  // One step of the steering: how far the ring is from the wanted fill.
  void steer();

  unsigned rate_;
  Ring<Sample> ring_;
  DriftResampler drift_;
  std::vector<Sample> in_, out_;

 private:
  DeviceFailed failed_;
  double fill_;
  Element pipeline_;

  friend struct SoundPipelineCalls;
};

// The shared microphone.
class CapturePipeline : public SoundPipeline, public SoundSource {
 public:
  CapturePipeline(const DeviceAddress& address, unsigned rate, DeviceFailed failed);
  void read(std::span<Sample> frame) override;

 private:
  void hear(std::span<const Sample> sound);

  bool filled_ = false;  // the tick's

  friend struct SoundPipelineCalls;
};

// The shared loudspeaker.
class PlaybackPipeline : public SoundPipeline, public SoundSink {
 public:
  PlaybackPipeline(const DeviceAddress& address, unsigned rate, DeviceFailed failed);
  void write(std::span<const Sample> frame) override;

 private:
  void speak(std::span<Sample> sound);

  bool filled_ = false;  // the device's

  friend struct SoundPipelineCalls;
};

}  // namespace media
