// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <gst/gst.h>

#include "base/handle.h"

// GStreamer as this room uses it: a fixed list of elements, each from the plugin that we name. The registry of all
// plugins is neither read nor written: that costs memory, and seconds after each update of the system.
namespace media {

using Element = base::Handle<GstElement, gst_object_unref>;
using Caps = base::Handle<GstCaps, gst_caps_unref>;

// Once for the process. Throws Error{media_failure}.
void initialize_gstreamer();

// Whether the plugin that has the element is installed; nothing is loaded.
bool element_present(const std::string& name);

// Loads the plugin at first use, so never on the media thread. Throws Error{media_failure}.
Element make_element(const std::string& name);
// Makes the element known; false if it is not installed.
bool load_element(const std::string& name);

// The same for the plugin alone: its device provider, for instance. False if it is not there.
bool load_plugin(const std::string& file);

}  // namespace media
