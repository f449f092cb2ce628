// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "media/bytes.h"
#include "media/gstreamer.h"
#include "media/sound.h"

namespace media {

// An element that plays on its own must be stopped before it goes.
void stop_element(GstElement* element) noexcept;

// GStreamer elements between two pads of ours, driven by push: what comes out came out before push() returns. It is
// made, and destroyed, on a worker; used by one thread at a time.
class ElementChain {
 public:
  // The elements play after this. Throws Error{media_failure}.
  ElementChain(const std::vector<std::string>& elements, const std::string& caps);
  ~ElementChain();
  ElementChain(const ElementChain&) = delete;
  ElementChain& operator=(const ElementChain&) = delete;

  // Appends what comes out. False when the chain is broken: it stays so.
  bool push(Bytes bytes, std::vector<std::byte>& out);
  bool broken() const { return broken_; }

 private:
  base::Handle<GstBus, gst_object_unref> bus_;
  std::vector<base::Handle<GstElement, stop_element>> elements_;
  base::Handle<GstPad, gst_object_unref> source_;
  base::Handle<GstPad, gst_object_unref> sink_;
  std::uint64_t frames_ = 0;
  std::atomic<bool> broken_ = false;
  std::vector<std::byte>* out_ = nullptr;

  friend struct ElementChainPads;
};

}  // namespace media
