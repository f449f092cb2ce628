// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/gstreamer.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace media {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> plugin_of_element{{
    {"mulawenc", "mulaw"},
    {"mulawdec", "mulaw"},
    {"alawenc", "alaw"},
    {"alawdec", "alaw"},
    {"avenc_g722", "libav"},
    {"avdec_g722", "libav"},
    {"fakesrc", "coreelements"},
    {"fakesink", "coreelements"},
    {"capsfilter", "coreelements"},
    {"audioconvert", "audioconvert"},
    {"audioresample", "audioresample"},
    {"pulsesrc", "pulseaudio"},
    {"pulsesink", "pulseaudio"},
    {"alsasrc", "alsa"},
    {"alsasink", "alsa"},
}};

std::string file_of(std::string_view plugin) {
  return std::string(MEDIA_PLUGIN_DIRECTORY) + "/libgst" + std::string(plugin) + ".so";
}

std::string_view plugin_of(std::string_view element) {
  for (const auto& [name, plugin] : plugin_of_element)
    if (name == element) return plugin;
  return {};
}

// GStreamer's own records become ours. They may come from any of its threads, never from the tick: only errors and
// warnings are switched on, and a chain that makes them is taken out.
void to_log(GstDebugCategory* category, GstDebugLevel level, const char*, const char* function, int, GObject*,
            GstDebugMessage* message, gpointer) noexcept {
  const auto at = level <= GST_LEVEL_ERROR ? base::log::Level::warning : base::log::Level::debug;
  if (base::log::enabled(at))
    base::log::write(at, gst_debug_message_get(message),
                     {{"GST_CATEGORY", gst_debug_category_get_name(category)}, {"GST_FUNCTION", function}});
}

// Sets a variable of the environment for as long as it lives.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value, 1);
  }
  ~Environment() {
    if (old_)
      setenv(name_, old_->c_str(), 1);
    else
      unsetenv(name_);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace

void initialize_gstreamer() {
  if (gst_is_initialized()) return;
  const Environment no_registry("GST_REGISTRY_DISABLE", "yes");
  const Environment no_system_plugins("GST_PLUGIN_SYSTEM_PATH_1_0", "");
  const Environment no_plugins("GST_PLUGIN_PATH_1_0", "");
  gst_debug_remove_log_function(nullptr);
  // In brackets it is the function: the macro of this name compares it with an object's pointer.
  (gst_debug_add_log_function)(to_log, nullptr, nullptr);
  GError* fault = nullptr;
  if (gst_init_check(nullptr, nullptr, &fault)) return;
  const base::Handle<GError, g_error_free> held(fault);
  throw base::Error(base::Errc::media_failure,
                    std::string("GStreamer does not start: ") + (fault ? fault->message : "no reason given"));
}

bool element_present(const std::string& name) {
  const auto plugin = plugin_of(name);
  return !plugin.empty() && ::access(file_of(plugin).c_str(), R_OK) == 0;
}

bool load_plugin(const std::string& file) {
  GError* fault = nullptr;
  const base::Handle<GstPlugin, gst_object_unref> plugin(gst_plugin_load_file(file_of(file).c_str(), &fault));
  const base::Handle<GError, g_error_free> held(fault);
  return plugin != nullptr;
}

bool load_element(const std::string& name) {
  const base::Handle<GstElementFactory, gst_object_unref> known(gst_element_factory_find(name.c_str()));
  return known || load_plugin(std::string(plugin_of(name)));
}

Element make_element(const std::string& name) {
  if (!load_element(name))
    throw base::Error(base::Errc::media_failure, "GStreamer's element " + name + " is not installed");
  GstElement* const element = gst_element_factory_make(name.c_str(), nullptr);
  if (!element) throw base::Error(base::Errc::media_failure, "GStreamer's element " + name + " can not be made");
  // It comes floating.
  return Element(static_cast<GstElement*>(gst_object_ref_sink(element)));
}

}  // namespace media
