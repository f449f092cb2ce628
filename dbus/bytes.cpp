// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/bytes.h"

#include <sdbus-c++/Error.h>

#include "dbus/opened.h"

namespace {

void require(int result, const char* what) {
  if (result < 0) throw sdbus::createError(-result, what);
}

}  // namespace

sdbus::Message& sdbus::operator>>(Message& message, std::vector<std::uint8_t>& bytes) {
  const void* data = nullptr;
  std::size_t size = 0;
  require(sd_bus_message_read_array(dbus::Opened::message(message), 'y', &data, &size),
          "an array of bytes cannot be read");
  const auto* first = static_cast<const std::uint8_t*>(data);
  bytes.assign(first, first + size);
  return message;
}

void dbus::append_bytes(sdbus::Message& message, std::string_view bytes) {
  require(sd_bus_message_append_array(dbus::Opened::message(message), 'y', bytes.data(), bytes.size()),
          "an array of bytes cannot be written");
}
