// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/engine.h"

#include <utility>

#include "msrp/stream.h"

namespace msrp {

Engine::Engine(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

std::unique_ptr<ChatStream> Engine::create_stream(const ChatRequest& request, ChatStreamListener& listener) {
  return std::make_unique<Stream>(Stream::House{surroundings_, budget_, listener_}, request, listener);
}

}  // namespace msrp
