// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/bus_source.h"

#include <utility>

#include "base/log.h"
#include "dbus/errors.h"

namespace dbus {
namespace {

// At most so many messages before the rest of the loop has its turn.
constexpr int batch = 16;

struct Source {
  GSource source;
  BusSource* bus;
  const GPollFD* poll;
};

Source* cast(GSource* source) { return reinterpret_cast<Source*>(source); }

gboolean prepare(GSource* source, int* timeout) noexcept { return (*timeout = cast(source)->bus->prepare()) == 0; }
gboolean check(GSource* source) noexcept {
  return cast(source)->poll->revents != 0 || cast(source)->bus->prepare() == 0;
}
gboolean dispatch(GSource* source, GSourceFunc, gpointer) noexcept { return cast(source)->bus->dispatch(); }

GSourceFuncs functions{prepare, check, dispatch, nullptr, nullptr, nullptr};

}  // namespace

BusSource::BusSource(sdbus::IConnection& connection, Outbox& outbox, std::function<void()> lost)
    : connection_(connection),
      outbox_(outbox),
      lost_(std::move(lost)),
      source_(g_source_new(&functions, sizeof(Source))) {
  poll_.fd = connection_.getEventLoopPollData().fd;
  cast(source_.get())->bus = this;
  cast(source_.get())->poll = &poll_;
  g_source_add_poll(source_.get(), &poll_);
  g_source_attach(source_.get(), nullptr);
}

BusSource::~BusSource() { g_source_destroy(source_.get()); }

int BusSource::prepare() {
  int timeout = 0;  // of a lost connection: dispatch() finds out
  failure_of([&] {
    const auto data = connection_.getEventLoopPollData();
    poll_.events = static_cast<gushort>(data.events);
    timeout = data.getPollTimeout();
  });
  return timeout;
}

bool BusSource::dispatch() {
  bool more = true;
  for (int i = 0; more && i < batch; ++i) {
    outbox_.hold();
    const auto failure = failure_of([&] { more = connection_.processPendingRequest(); });
    if (failure) outbox_.close();
    outbox_.release();
    if (failure) {
      base::log::error("the connection to the bus is lost", {{"FAULT", failure->getMessage()}});
      lost_();
      return false;
    }
  }
  return true;
}

}  // namespace dbus
