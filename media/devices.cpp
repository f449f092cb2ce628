// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/devices.h"

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "media/wav_reader.h"

namespace media {
namespace {

using base::Errc;
using base::Error;

constexpr std::string_view tone_prefix = "tone:";
constexpr std::string_view file_prefix = "file:";
constexpr const char* none = "none";
constexpr const char* not_there = "there is no such device";
constexpr const char* source_kind = "Audio/Source";
constexpr const char* sink_kind = "Audio/Sink";

double frequency_of(std::string_view device) {
  const auto frequency = base::to_number<unsigned>(device.substr(tone_prefix.size()));
  if (!frequency || *frequency == 0 || *frequency > 20000)
    throw Error(Errc::invalid_argument, "input device \"" + std::string(device) + "\" is not tone: and 1 to 20000 Hz");
  return *frequency;
}

bool is_real(const std::string& device) {
  return device != none && !device.starts_with(tone_prefix) && !device.starts_with(file_prefix);
}

void say_none(const char* sentence, const std::string& device, const std::string& reason) {
  base::log::warning(sentence, {{"DEVICE", device}, {"REASON", reason}});
}

constexpr const char* no_input = "no input device: calls send silence";
constexpr const char* no_output = "no output device: calls are not heard";

// What is in use from now on, by whether it is there. Its loss is told once.
void use(std::string& in_use, const std::string& wanted, const std::optional<DeviceAddress>& there, const char* loss) {
  if (!there && in_use != none) say_none(loss, wanted, not_there);
  in_use = there ? wanted : none;
}

// What is in use when it was tried to open it.
std::string used(const std::string& before, const std::string& wanted, const char* loss,
                 const std::function<void()>& open) {
  try {
    open();
    return wanted;
  } catch (const Error& error) {
    if (before != none) say_none(loss, wanted, error.what());
    return none;
  }
}

}  // namespace

Devices::Devices(base::Loop& loop, MediaThread& thread, Wanted wanted)
    : loop_(loop), thread_(thread), wanted_(std::move(wanted)), self_(std::make_shared<Devices*>(this)) {
  if (wanted_.input.starts_with(tone_prefix)) frequency_of(wanted_.input);
  if (!is_real(wanted_.output) && wanted_.output != none)
    throw Error(Errc::invalid_argument, "output device \"" + wanted_.output + "\" can only be an input");
  seen_.input_in_use = wanted_.input;
  seen_.output_in_use = wanted_.output;
  if (is_real(wanted_.input) || is_real(wanted_.output)) look();
}

Devices::~Devices() { end(); }

void Devices::look() {
  worker_.post([this] {
    const DeviceList list;
    Seen now = seen();
    now.inputs = list.of_kind(source_kind);
    now.outputs = list.of_kind(sink_kind);
    if (is_real(wanted_.input)) use(now.input_in_use, wanted_.input, list.find(wanted_.input, source_kind), no_input);
    if (is_real(wanted_.output))
      use(now.output_in_use, wanted_.output, list.find(wanted_.output, sink_kind), no_output);
    see(now);
  });
}

void Devices::open() {
  worker_.post([this] {
    const std::uint64_t opening = ++opening_;
    std::optional<DeviceList> list;
    Seen now = seen();
    if (is_real(wanted_.input) || is_real(wanted_.output)) {
      list.emplace();
      now.inputs = list->of_kind(source_kind);
      now.outputs = list->of_kind(sink_kind);
    }
    const DeviceList* const known = list ? &*list : nullptr;
    const Seen before = seen();
    now.input_in_use =
        used(before.input_in_use, wanted_.input, no_input, [&] { replace(make_source(known, opening)); });
    now.output_in_use =
        used(before.output_in_use, wanted_.output, no_output, [&] { replace(make_sink(known, opening)); });
    see(now);
  });
}

std::unique_ptr<SoundSource> Devices::make_source(const DeviceList* list, std::uint64_t opening) {
  const std::string& device = wanted_.input;
  if (device == none) return nullptr;
  if (device.starts_with(tone_prefix)) return std::make_unique<ToneSource>(frequency_of(device), wanted_.sample_rate);
  if (device.starts_with(file_prefix))
    return std::make_unique<LoopSource>(read_wav(device.substr(file_prefix.size()), wanted_.sample_rate));
  const auto address = list->find(device, source_kind);
  if (!address) throw Error(Errc::media_failure, not_there);
  auto capture = std::make_unique<CapturePipeline>(*address, wanted_.sample_rate, failure_of(true, opening));
  capture->play();
  return capture;
}

std::unique_ptr<SoundSink> Devices::make_sink(const DeviceList* list, std::uint64_t opening) {
  if (wanted_.output == none) return nullptr;
  const auto address = list->find(wanted_.output, sink_kind);
  if (!address) throw Error(Errc::media_failure, not_there);
  auto playback = std::make_unique<PlaybackPipeline>(*address, wanted_.sample_rate, failure_of(false, opening));
  playback->play();
  return playback;
}

void Devices::replace(std::unique_ptr<SoundSource> source) {
  thread_.post(
      [this, source = std::move(source)]() mutable { worker_.post([old = thread_.set_source(std::move(source))] {}); });
}

void Devices::replace(std::unique_ptr<SoundSink> sink) {
  thread_.post(
      [this, sink = std::move(sink)]() mutable { worker_.post([old = thread_.set_sink(std::move(sink))] {}); });
}

DeviceFailed Devices::failure_of(bool input, std::uint64_t opening) {
  return [this, input, opening](const std::string& reason) {
    worker_.post([this, input, opening, reason] { fail(input, opening, reason); });
  };
}

void Devices::fail(bool input, std::uint64_t opening, const std::string& reason) {
  Seen now = seen();
  std::string& in_use = input ? now.input_in_use : now.output_in_use;
  // One failure is told once, and what was closed since does not matter.
  if (opening != opening_ || in_use == none) return;
  if (input) {
    say_none("the input device failed: calls send silence", wanted_.input, reason);
    replace(std::unique_ptr<SoundSource>());
  } else {
    say_none("the output device failed: calls are not heard", wanted_.output, reason);
    replace(std::unique_ptr<SoundSink>());
  }
  in_use = none;
  see(now);
}

void Devices::close() {
  worker_.post([this] {
    ++opening_;
    replace(std::unique_ptr<SoundSource>());
    replace(std::unique_ptr<SoundSink>());
  });
}

Devices::Seen Devices::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void Devices::see(const Seen& now) {
  {
    const std::lock_guard lock(mutex_);
    if (now == seen_) return;
    seen_ = now;
  }
  loop_.post([self = std::weak_ptr(self_)] {
    const auto devices = self.lock();
    if (devices && (*devices)->changed_) (*devices)->changed_();
  });
}

}  // namespace media
