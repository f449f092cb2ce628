// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/connections.h"

#include <algorithm>

namespace msrp {

std::shared_ptr<Connection> Connections::find(const Target& target) const {
  std::shared_ptr<Connection> found;
  for (auto [one, end] = made_.equal_range(target); one != end; ++one) {
    auto connection = one->second.connection.lock();
    if (!connection || !connection->lives()) continue;
    if (one->second.alone) return nullptr;
    found = std::move(connection);
  }
  return found;
}

void Connections::add(const Target& target, const std::shared_ptr<Connection>& connection, bool alone) {
  std::erase_if(made_, [](const auto& one) { return one.second.connection.expired(); });
  const auto [first, last] = made_.equal_range(target);
  const bool others_are = std::any_of(first, last, [](const auto& one) { return one.second.alone; });
  made_.emplace(target, Made{connection, alone || others_are});
}

void Connections::keep_alone(const Connection& connection) {
  for (auto& [target, made] : made_)
    if (made.connection.lock().get() == &connection) made.alone = true;
}

}  // namespace msrp
