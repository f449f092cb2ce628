// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/tls_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/log.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

constexpr std::size_t longest_file = 4 * 1024 * 1024;  // the list of a system has 250 KB

[[noreturn]] void fail(const char* setting, const std::string& file, const std::string& fault) {
  throw base::Error(base::Errc::file_failure, std::string(setting) + " \"" + file + "\": " + fault);
}

std::string system_fault() { return std::strerror(errno); }

std::string contents_of(const char* setting, const std::string& file) {
  // A FIFO would keep us waiting.
  const base::Descriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!descriptor || fstat(descriptor.number(), &status) != 0) fail(setting, file, system_fault());
  if (!S_ISREG(status.st_mode)) fail(setting, file, "is no file");
  std::string text;
  char block[16384];
  for (;;) {
    const ssize_t count = read(descriptor.number(), block, sizeof(block));
    if (count < 0) fail(setting, file, system_fault());
    if (count == 0) break;
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > longest_file) fail(setting, file, "is longer than 4 MiB");
  }
  return text;
}

std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof(name) - 1) != 0 || !is_host_name(name)) return "sipsessiond.invalid";
  return name;
}

// Written beside and renamed: it is whole or not there.
void write_own(const std::string& file, const std::string& text) {
  const std::string beside = file + ".new";
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), ignored);
  unlink(beside.c_str());
  const base::Descriptor descriptor(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  const char* setting = "our own certificate";
  if (!descriptor) fail(setting, file, system_fault());
  if (write(descriptor.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      fsync(descriptor.number()) != 0 || std::rename(beside.c_str(), file.c_str()) != 0) {
    const std::string fault = system_fault();
    unlink(beside.c_str());
    fail(setting, file, fault);
  }
}

std::string own_identity(const std::string& file) {
  const char* setting = "our own certificate";
  if (access(file.c_str(), F_OK) == 0) {
    std::string text = contents_of(setting, file);
    const std::string fault = base::fault_of_identity(text, text);
    if (fault.empty()) return text;
    base::log::warning("our own certificate is made anew", {{"FILE", file}, {"REASON", fault}});
  }
  std::string text = base::make_certificate(host_name());
  write_own(file, text);
  base::log::info("a certificate of our own was made", {{"FILE", file}});
  return text;
}

}  // namespace

base::Identity read_identity(const TlsFiles& files) {
  base::Identity identity;
  if (!files.ca_list.empty()) {
    identity.authorities = contents_of("tls.ca_list_file", files.ca_list);
    const std::string fault = base::fault_of_authorities(identity.authorities);
    if (!fault.empty()) fail("tls.ca_list_file", files.ca_list, fault);
  }
  if (files.certificate.empty()) {
    identity.certificates = identity.key = own_identity(files.own);
    return identity;
  }
  identity.certificates = contents_of("tls.certificate_file", files.certificate);
  const bool separate = !files.private_key.empty();
  const char* setting = separate ? "tls.private_key_file" : "tls.certificate_file";
  const std::string& key = separate ? files.private_key : files.certificate;
  identity.key = contents_of(setting, key);
  const std::string fault = base::fault_of_identity(identity.certificates, identity.key);
  if (!fault.empty()) fail(setting, key, fault);
  return identity;
}

}  // namespace sip
