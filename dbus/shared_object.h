// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <sdbus-c++/IObject.h>

#include "dbus/object.h"
#include "dbus/to_bus.h"

namespace dbus {

// Many objects with one interface: what its generated adaptor registers is kept once for all of them. sdbus-c++ would
// keep it for each object: 25 kB for the 90 of a session. What the adaptor is called for, and what it emits, is of one
// of the objects: the current one.
class SharedObject : public sdbus::IObject {
 public:
  struct Member {
    Member(SharedObject& of, std::string at) : home(of), path(std::move(at)) {}
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    virtual ~Member() = default;

    SharedObject& home;
    const std::string path;
  };

 protected:
  explicit SharedObject(const Bus& bus);
  ~SharedObject() override;

  // Once all is registered: from now on members, whose paths are all below the prefix, are on the bus.
  void export_below(const char* prefix, const char* interface);
  void add(std::unique_ptr<Member> member);
  bool remove(const std::string& path) { return members_.erase(path) != 0; }
  Member* find(const std::string& path) const;

  Member& current() const { return *current_; }
  // Makes a member the current one for as long as the turn lasts.
  class Turn {
   public:
    explicit Turn(Member& member);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { home_.current_ = before_; }

   private:
    SharedObject& home_;
    Member* before_;
  };

 public:  // for generated adaptors
  void registerMethod(const std::string&, std::string name, std::string input, std::string output,
                      sdbus::method_callback call, sdbus::Flags flags) override;
  void registerMethod(const std::string&, std::string name, std::string input, const Names& input_names,
                      std::string output, const Names& output_names, sdbus::method_callback call,
                      sdbus::Flags flags) override;
  void registerSignal(const std::string&, std::string name, std::string signature, sdbus::Flags flags) override;
  void registerSignal(const std::string&, std::string name, std::string signature, const Names& names,
                      sdbus::Flags flags) override;
  void registerProperty(const std::string&, std::string name, std::string signature, sdbus::property_get_callback get,
                        sdbus::Flags flags) override;
  void registerProperty(const std::string&, std::string name, std::string signature, sdbus::property_get_callback get,
                        sdbus::property_set_callback set, sdbus::Flags flags) override;
  void setInterfaceFlags(const std::string&, sdbus::Flags flags) override;
  void finishRegistration() override { refuse(); }

  sdbus::Signal createSignal(const std::string& interface, const std::string& name) override;
  void emitSignal(const sdbus::Signal& message) override { post(bus_, message); }

  sdbus::IConnection& getConnection() const override { return bus_.connection; }
  const std::string& getObjectPath() const override { return current().path; }
  const sdbus::Message* getCurrentlyProcessedMessage() const override { return nullptr; }
  bool hasObjectManager() const override { return false; }

  // What no generated adaptor does.
  void unregister() override { refuse(); }
  void emitPropertiesChangedSignal(const std::string&, const Names&) override { refuse(); }
  void emitPropertiesChangedSignal(const std::string&) override { refuse(); }
  void emitInterfacesAddedSignal() override { refuse(); }
  void emitInterfacesAddedSignal(const Names&) override { refuse(); }
  void emitInterfacesRemovedSignal() override { refuse(); }
  void emitInterfacesRemovedSignal(const Names&) override { refuse(); }
  void addObjectManager() override { refuse(); }
  void removeObjectManager() override { refuse(); }

 private:
  struct Table;
  [[noreturn]] static void refuse();

  Bus bus_;
  std::unique_ptr<Table> table_;
  std::map<std::string, std::unique_ptr<Member>> members_;  // by path
  Member* current_ = nullptr;
};

}  // namespace dbus
