// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/shared_object.h"

#include <cstdlib>
#include <cstring>
#include <deque>
#include <utility>

#include <systemd/sd-bus.h>

#include "base/handle.h"
#include "dbus/errors.h"
#include "dbus/opened.h"

namespace dbus {
namespace {

using Slot = base::Handle<sd_bus_slot, sd_bus_slot_unref>;
using Member = SharedObject::Member;

void require(int result, const char* what) {
  if (result < 0) throw sdbus::createError(-result, what);
}

// As sd-bus wants it: each name with its end, and one more behind them.
std::string list_of(const Names& names) {
  std::string list;
  for (const auto& name : names) list += name + '\0';
  return list;
}

}  // namespace

// What sd-bus reads for as long as the objects are there, and what it calls.
struct SharedObject::Table {
  std::vector<sd_bus_vtable> rows{1};
  std::deque<std::string> texts;  // of the rows
  std::map<std::string, sdbus::method_callback> methods;
  std::map<std::string, sdbus::property_get_callback> getters;
  std::map<std::string, sdbus::property_set_callback> setters;
  sdbus::Signal kin;
  Slot objects;
  Slot nodes;

  const char* keep(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }

  sd_bus_vtable& add(char type, std::uint64_t flags) {
    sd_bus_vtable& row = rows.emplace_back();
    row.type = static_cast<std::uint8_t>(type);
    row.flags = flags & 0xff'ffff'ffff'ffff;
    return row;
  }

  // Calls for a member; what is thrown becomes the error of the reply.
  template <typename Call>
  static int run(void* found, sd_bus_error* error, const Call& call) noexcept {
    const auto failure = failure_of([&] {
      Member& member = *static_cast<Member*>(found);
      const Turn turn(member);
      call(*member.home.table_);
    });
    return failure ? sd_bus_error_set(error, failure->getName().c_str(), failure->getMessage().c_str()) : 1;
  }

  static int on_call(sd_bus_message* message, void* found, sd_bus_error* error) noexcept {
    return run(found, error, [&](Table& table) {
      table.methods.at(sd_bus_message_get_member(message))(Opened::wrap<sdbus::MethodCall>(message, table.kin));
    });
  }

  static int on_get(sd_bus*, const char*, const char*, const char* name, sd_bus_message* message, void* found,
                    sd_bus_error* error) noexcept {
    return run(found, error, [&](Table& table) {
      auto reply = Opened::wrap<sdbus::PropertyGetReply>(message, table.kin);
      table.getters.at(name)(reply);
    });
  }

  static int on_set(sd_bus*, const char*, const char*, const char* name, sd_bus_message* message, void* found,
                    sd_bus_error* error) noexcept {
    return run(found, error, [&](Table& table) {
      auto value = Opened::wrap<sdbus::PropertySetCall>(message, table.kin);
      table.setters.at(name)(value);
    });
  }

  static int on_find(sd_bus*, const char* path, const char*, void* home, void** found, sd_bus_error*) noexcept {
    *found = nullptr;
    attempt([&] { *found = static_cast<SharedObject*>(home)->find(path); });
    return *found != nullptr ? 1 : 0;
  }

  static int on_list(sd_bus*, const char*, void* home, char*** nodes, sd_bus_error*) noexcept {
    attempt([&] {
      const auto& members = static_cast<SharedObject*>(home)->members_;
      char** next = *nodes = static_cast<char**>(calloc(members.size() + 1, sizeof(char*)));
      for (const auto& [path, member] : members)
        if (next != nullptr && (*next = strdup(path.c_str())) != nullptr) ++next;
    });
    return 1;
  }
};

SharedObject::Turn::Turn(Member& member) : home_(member.home), before_(std::exchange(member.home.current_, &member)) {}

SharedObject::SharedObject(const Bus& bus) : bus_(bus), table_(std::make_unique<Table>()) {}

SharedObject::~SharedObject() = default;

void SharedObject::export_below(const char* prefix, const char* interface) {
  sd_bus_vtable& start = table_->rows.front();
  start.type = _SD_BUS_VTABLE_START;
  start.x.start.element_size = sizeof(sd_bus_vtable);
  start.x.start.features = _SD_BUS_VTABLE_PARAM_NAMES;
  start.x.start.vtable_format_reference = &sd_bus_object_vtable_format;
  table_->add(_SD_BUS_VTABLE_END, 0);
  table_->kin = sdbus::createObject(bus_.connection, prefix)->createSignal(interface, "None");
  sd_bus* bus = sd_bus_message_get_bus(Opened::message(table_->kin));
  sd_bus_slot* slot = nullptr;
  require(sd_bus_add_fallback_vtable(bus, &slot, prefix, interface, table_->rows.data(), Table::on_find, this),
          "the interface cannot be put on the bus");
  table_->objects.reset(std::exchange(slot, nullptr));
  require(sd_bus_add_node_enumerator(bus, &slot, prefix, Table::on_list, this), "the objects cannot be listed");
  table_->nodes.reset(slot);
}

void SharedObject::add(std::unique_ptr<Member> member) {
  const std::string& path = member->path;
  members_[path] = std::move(member);
}

SharedObject::Member* SharedObject::find(const std::string& path) const {
  const auto found = members_.find(path);
  return found != members_.end() ? found->second.get() : nullptr;
}

void SharedObject::registerMethod(const std::string& interface, std::string name, std::string input, std::string output,
                                  sdbus::method_callback call, sdbus::Flags flags) {
  registerMethod(interface, std::move(name), std::move(input), {}, std::move(output), {}, std::move(call), flags);
}

void SharedObject::registerMethod(const std::string&, std::string name, std::string input, const Names& input_names,
                                  std::string output, const Names& output_names, sdbus::method_callback call,
                                  sdbus::Flags flags) {
  auto& method = table_->add(_SD_BUS_VTABLE_METHOD, flags.toSdBusMethodFlags()).x.method;
  table_->methods[name] = std::move(call);
  method.member = table_->keep(std::move(name));
  method.signature = table_->keep(std::move(input));
  method.result = table_->keep(std::move(output));
  method.names = table_->keep(list_of(input_names) + list_of(output_names));
  method.handler = Table::on_call;
}

void SharedObject::registerSignal(const std::string& interface, std::string name, std::string signature,
                                  sdbus::Flags flags) {
  registerSignal(interface, std::move(name), std::move(signature), {}, flags);
}

void SharedObject::registerSignal(const std::string&, std::string name, std::string signature, const Names& names,
                                  sdbus::Flags flags) {
  auto& signal = table_->add(_SD_BUS_VTABLE_SIGNAL, flags.toSdBusSignalFlags()).x.signal;
  signal.member = table_->keep(std::move(name));
  signal.signature = table_->keep(std::move(signature));
  signal.names = table_->keep(list_of(names));
}

void SharedObject::registerProperty(const std::string& interface, std::string name, std::string signature,
                                    sdbus::property_get_callback get, sdbus::Flags flags) {
  registerProperty(interface, std::move(name), std::move(signature), std::move(get), nullptr, flags);
}

void SharedObject::registerProperty(const std::string&, std::string name, std::string signature,
                                    sdbus::property_get_callback get, sdbus::property_set_callback set,
                                    sdbus::Flags flags) {
  sd_bus_vtable& row = set ? table_->add(_SD_BUS_VTABLE_WRITABLE_PROPERTY, flags.toSdBusWritablePropertyFlags())
                           : table_->add(_SD_BUS_VTABLE_PROPERTY, flags.toSdBusPropertyFlags());
  row.x.property.get = Table::on_get;
  if (set) row.x.property.set = Table::on_set;
  table_->getters[name] = std::move(get);
  table_->setters[name] = std::move(set);
  row.x.property.signature = table_->keep(std::move(signature));
  row.x.property.member = table_->keep(std::move(name));
}

void SharedObject::setInterfaceFlags(const std::string&, sdbus::Flags flags) {
  table_->rows.front().flags = flags.toSdBusInterfaceFlags() & 0xff'ffff'ffff'ffff;
}

sdbus::Signal SharedObject::createSignal(const std::string& interface, const std::string& name) {
  return sdbus::createObject(bus_.connection, current().path)->createSignal(interface, name);
}

void SharedObject::refuse() { throw base::Error(base::Errc::failed, "objects that share an interface do not do this"); }

}  // namespace dbus
