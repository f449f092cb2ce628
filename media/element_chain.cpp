// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/element_chain.h"

#include "base/error.h"

namespace media {

// What GStreamer calls.
struct ElementChainPads {
  static GstFlowReturn take(GstPad* pad, GstObject*, GstBuffer* buffer) noexcept {
    auto& chain = *static_cast<ElementChain*>(gst_pad_get_element_private(pad));
    const base::Handle<GstBuffer, gst_buffer_unref> held(buffer);
    const std::size_t size = gst_buffer_get_size(buffer);
    if (!chain.out_ || size == 0) return GST_FLOW_OK;
    chain.out_->resize(chain.out_->size() + size);
    gst_buffer_extract(buffer, 0, chain.out_->data() + chain.out_->size() - size, size);
    return GST_FLOW_OK;
  }

  static gboolean hear(GstPad*, GstObject*, GstEvent* event) noexcept {
    const base::Handle<GstEvent, gst_event_unref> done(event);
    return TRUE;
  }

  static gboolean answer(GstPad* pad, GstObject* parent, GstQuery* query) noexcept {
    if (GST_QUERY_TYPE(query) == GST_QUERY_CAPS) {
      GstCaps* filter = nullptr;
      gst_query_parse_caps(query, &filter);
      const Caps any(filter ? gst_caps_ref(filter) : gst_caps_new_any());
      gst_query_set_caps_result(query, any.get());
      return TRUE;
    }
    if (GST_QUERY_TYPE(query) == GST_QUERY_ACCEPT_CAPS) {
      gst_query_set_accept_caps_result(query, TRUE);
      return TRUE;
    }
    return gst_pad_query_default(pad, parent, query);
  }

  // An element that reports an error breaks the chain; nothing waits on the bus.
  static GstBusSyncReply report(GstBus*, GstMessage* message, gpointer chain) noexcept {
    const base::Handle<GstMessage, gst_message_unref> done(message);
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) static_cast<ElementChain*>(chain)->broken_ = true;
    return GST_BUS_DROP;
  }
};

namespace {

[[noreturn]] void refuse(const std::string& what) { throw base::Error(base::Errc::media_failure, what); }

void link(GstPad* source, GstPad* sink) {
  if (GST_PAD_LINK_FAILED(gst_pad_link_full(source, sink, GST_PAD_LINK_CHECK_NOTHING)))
    refuse("elements of a codec do not link");
}

base::Handle<GstPad, gst_object_unref> pad_of(GstElement* element, const char* name) {
  return base::Handle<GstPad, gst_object_unref>(gst_element_get_static_pad(element, name));
}

base::Handle<GstPad, gst_object_unref> own_pad(const char* name, GstPadDirection direction) {
  return base::Handle<GstPad, gst_object_unref>(
      static_cast<GstPad*>(gst_object_ref_sink(gst_pad_new(name, direction))));
}

}  // namespace

void stop_element(GstElement* element) noexcept {
  const Element last(element);
  gst_element_set_state(element, GST_STATE_NULL);
  gst_element_set_bus(element, nullptr);
}

ElementChain::ElementChain(const std::vector<std::string>& elements, const std::string& caps)
    : bus_(gst_bus_new()), source_(own_pad("out", GST_PAD_SRC)), sink_(own_pad("in", GST_PAD_SINK)) {
  gst_bus_set_sync_handler(bus_.get(), ElementChainPads::report, this, nullptr);
  gst_pad_set_element_private(sink_.get(), this);
  gst_pad_set_chain_function(sink_.get(), ElementChainPads::take);
  gst_pad_set_event_function(sink_.get(), ElementChainPads::hear);
  gst_pad_set_query_function(sink_.get(), ElementChainPads::answer);
  gst_pad_set_active(sink_.get(), TRUE);
  for (const std::string& name : elements) {
    elements_.emplace_back(make_element(name).release());
    GstElement* const element = elements_.back().get();
    gst_element_set_bus(element, bus_.get());
    if (gst_element_set_state(element, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) refuse(name + " does not play");
  }
  link(source_.get(), pad_of(elements_.front().get(), "sink").get());
  for (std::size_t i = 1; i < elements_.size(); ++i)
    link(pad_of(elements_[i - 1].get(), "src").get(), pad_of(elements_[i].get(), "sink").get());
  link(pad_of(elements_.back().get(), "src").get(), sink_.get());

  gst_pad_set_active(source_.get(), TRUE);
  gst_pad_push_event(source_.get(), gst_event_new_stream_start("sound"));
  const Caps parsed(gst_caps_from_string(caps.c_str()));
  gst_pad_push_event(source_.get(), gst_event_new_caps(parsed.get()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source_.get(), gst_event_new_segment(&segment));
}

ElementChain::~ElementChain() {
  gst_pad_set_active(source_.get(), FALSE);
  elements_.clear();
  gst_pad_set_active(sink_.get(), FALSE);
}

bool ElementChain::push(Bytes bytes, std::vector<std::byte>& out) {
  if (broken_) return false;
  GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, bytes.size(), nullptr);
  gst_buffer_fill(buffer, 0, bytes.data(), bytes.size());
  // Contiguous for life, whatever was held or lost between: a jump would make a codec drain.
  const auto tick = static_cast<std::uint64_t>(tick_duration.count());
  GST_BUFFER_PTS(buffer) = frames_++ * tick;
  GST_BUFFER_DURATION(buffer) = tick;
  out_ = &out;
  if (gst_pad_push(source_.get(), buffer) != GST_FLOW_OK) broken_ = true;
  out_ = nullptr;
  return !broken_;
}

}  // namespace media
