// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/spare_coders.h"

#include <algorithm>
#include <utility>

namespace media {
namespace {

constexpr std::size_t most_spares = 16;

}  // namespace

std::unique_ptr<Coders> SpareCoders::take(const CoderSettings& settings, unsigned engine_rate) {
  const auto fits = [&](const std::unique_ptr<Coders>& spare) { return &spare->codec == settings.codec; };
  const auto found = std::find_if(spares_.begin(), spares_.end(), fits);
  if (found == spares_.end()) return std::make_unique<Coders>(settings, engine_rate);
  std::unique_ptr<Coders> coders = std::move(*found);
  spares_.erase(found);
  return coders;
}

void SpareCoders::keep(std::unique_ptr<Coders> coders) {
  if (!coders || spares_.size() >= most_spares || !coders->encoder->reusable() || !coders->decoder->reusable()) return;
  coders->from_decoder.reset();
  spares_.push_back(std::move(coders));
}

}  // namespace media
