// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/host/sleep_monitor.h"

#include <gio/gunixfdlist.h>

#include <optional>
#include <string>
#include <utility>

#include "base/log.h"

namespace host {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_delay = 3s;  // logind itself waits 5 s, unless it is told otherwise (logind.conf(5))
constexpr int longest_call = 5000;  // ms
constexpr const char* name = "org.freedesktop.login1";
constexpr const char* path = "/org/freedesktop/login1";
constexpr const char* interface = "org.freedesktop.login1.Manager";

using Variant = base::Handle<GVariant, g_variant_unref>;

// The inhibitor of an answer to Inhibit; -1 without one, and nothing when nobody waits for it any more.
std::optional<int> inhibitor_of(GObject* connection, GAsyncResult* result) {
  GUnixFDList* list = nullptr;
  GError* error = nullptr;
  const Variant reply(
      g_dbus_connection_call_with_unix_fd_list_finish(G_DBUS_CONNECTION(connection), &list, result, &error));
  const base::Handle<GUnixFDList, g_object_unref> list_owner(list);
  const base::Handle<GError, g_error_free> error_owner(error);
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) return {};
  if (!reply || !list) {
    base::log::notice("sleep is not held off", {{"REASON", error ? error->message : "logind gave no inhibitor"}});
    return -1;
  }
  gint32 index = 0;
  g_variant_get(reply.get(), "(h)", &index);
  return g_unix_fd_list_get(list, index, nullptr);
}

void forward_inhibitor(SleepMonitor* monitor, std::optional<int> descriptor) {
  if (descriptor) monitor->on_inhibited(*descriptor);
}

bool flag_of(GVariant* parameters) {
  gboolean flag = FALSE;
  if (g_variant_is_of_type(parameters, G_VARIANT_TYPE("(b)"))) g_variant_get(parameters, "(b)", &flag);
  return flag != FALSE;
}

void on_name_appeared(GDBusConnection* connection, const gchar*, const gchar*, gpointer monitor) noexcept {
  static_cast<SleepMonitor*>(monitor)->on_appeared(connection);
}
void on_name_vanished(GDBusConnection*, const gchar*, gpointer monitor) noexcept {
  static_cast<SleepMonitor*>(monitor)->on_vanished();
}
void on_signal(GDBusConnection*, const gchar*, const gchar*, const gchar*, const gchar*, GVariant* parameters,
               gpointer monitor) noexcept {
  static_cast<SleepMonitor*>(monitor)->on_prepare(flag_of(parameters));
}
void on_inhibit_answered(GObject* connection, GAsyncResult* result, gpointer monitor) noexcept {
  forward_inhibitor(static_cast<SleepMonitor*>(monitor), inhibitor_of(connection, result));
}

}  // namespace

SleepMonitor::SleepMonitor(base::Scheduler& scheduler, std::function<void(Call)> falls_asleep, Call woke)
    : falls_asleep_(std::move(falls_asleep)),
      woke_(std::move(woke)),
      limit_(scheduler),
      cancellable_(g_cancellable_new()),
      watch_(g_bus_watch_name(G_BUS_TYPE_SYSTEM, name, G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_appeared,
                              on_name_vanished, this, nullptr)) {}

SleepMonitor::~SleepMonitor() {
  g_cancellable_cancel(cancellable_.get());
  g_bus_unwatch_name(watch_);
  if (connection_) g_dbus_connection_signal_unsubscribe(connection_.get(), subscription_);
}

void SleepMonitor::on_appeared(GDBusConnection* connection) {
  on_vanished();
  connection_.reset(G_DBUS_CONNECTION(g_object_ref(connection)));
  // The bus of the system going away is no reason for us to end.
  g_dbus_connection_set_exit_on_close(connection, FALSE);
  subscription_ = g_dbus_connection_signal_subscribe(connection, name, interface, "PrepareForSleep", path, nullptr,
                                                     G_DBUS_SIGNAL_FLAGS_NONE, on_signal, this, nullptr);
  inhibit();
}

// What was begun with it goes on: a logind that restarts says again what it does.
void SleepMonitor::on_vanished() {
  if (connection_) g_dbus_connection_signal_unsubscribe(connection_.get(), std::exchange(subscription_, 0));
  connection_.reset();
  inhibitor_ = base::Descriptor();
}

void SleepMonitor::inhibit() {
  GVariant* arguments = g_variant_new("(ssss)", "sleep", "sipsessiond", "to take registrations back before", "delay");
  g_dbus_connection_call_with_unix_fd_list(connection_.get(), name, path, interface, "Inhibit", arguments,
                                           G_VARIANT_TYPE("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, longest_call,
                                           nullptr, cancellable_.get(), on_inhibit_answered, this);
}

void SleepMonitor::on_inhibited(int descriptor) {
  base::Descriptor inhibitor(descriptor);
  // Asleep meanwhile: it would only be waited for.
  if (!asleep_) inhibitor_ = std::move(inhibitor);
}

void SleepMonitor::on_prepare(bool asleep) {
  if (asleep == std::exchange(asleep_, asleep)) return;
  base::log::info(asleep ? "the machine falls asleep" : "the machine is awake");
  limit_.stop();
  if (!asleep) {
    if (connection_) inhibit();
    return woke_();
  }
  limit_.start(longest_delay, [this] { inhibitor_ = base::Descriptor(); });
  falls_asleep_([this] {
    if (!asleep_) return;
    limit_.stop();
    inhibitor_ = base::Descriptor();
  });
}

}  // namespace host
