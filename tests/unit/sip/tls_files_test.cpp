// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/tls_files.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace {

struct Directory {
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "sipsessiond-tls-XXXXXX";
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Directory() { std::filesystem::remove_all(path); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return path / name;
  }
  std::string own() const { return path / "data" / "certificate.pem"; }

  std::filesystem::path path;
};

std::string fault_of(const sip::TlsFiles& files) {
  try {
    sip::read_identity(files);
  } catch (const base::Error& error) {
    BOOST_CHECK(error.code() == base::Errc::file_failure);
    return error.what();
  }
  return "";
}

std::string contents_of(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_files)

BOOST_AUTO_TEST_CASE(where_nothing_is_set_a_certificate_is_made_once) {
  const Directory directory;
  const base::Identity first = sip::read_identity({.own = directory.own()});
  BOOST_TEST(base::fault_of_identity(first.certificates, first.key) == "");
  BOOST_TEST(first.authorities == "");
  BOOST_TEST(contents_of(directory.own()) == first.certificates);
  struct stat status {};
  BOOST_REQUIRE(stat(directory.own().c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0600u);
  BOOST_TEST(sip::read_identity({.own = directory.own()}).key == first.key);
}

BOOST_AUTO_TEST_CASE(one_of_ours_that_is_broken_is_made_anew) {
  const Directory directory;
  std::filesystem::create_directory(directory.path / "data");
  directory.write("data/certificate.pem", "half");
  const base::Identity identity = sip::read_identity({.own = directory.own()});
  BOOST_TEST(base::fault_of_identity(identity.certificates, identity.key) == "");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_kept_is_an_error) {
  const Directory directory;
  directory.write("data", "no directory");
  BOOST_TEST(fault_of({.own = directory.own()}).starts_with("our own certificate \"" + directory.own() + "\": "));
}

BOOST_AUTO_TEST_CASE(a_key_may_have_its_own_file) {
  const Directory directory;
  const std::string text = base::make_certificate("a.test");
  const std::string file = directory.write("both.pem", text);
  BOOST_TEST(fault_of({.certificate = file}) == "");
  BOOST_TEST(fault_of({.certificate = file, .private_key = directory.write("key.pem", text)}) == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named) {
  const Directory directory;
  const std::string good = directory.write("good.pem", base::make_certificate("a.test"));
  const std::string other = directory.write("other.pem", base::make_certificate("a.test"));
  const std::string text = directory.write("text.pem", "text");
  const std::string none = directory.path / "none.pem";
  const std::string pipe = directory.path / "pipe";
  BOOST_REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  BOOST_TEST(fault_of({.ca_list = none}) == "tls.ca_list_file \"" + none + "\": No such file or directory");
  BOOST_TEST(fault_of({.ca_list = pipe}) == "tls.ca_list_file \"" + pipe + "\": is no file");
  BOOST_TEST(fault_of({.ca_list = text}) == "tls.ca_list_file \"" + text + "\": holds no certificate in PEM");
  BOOST_TEST(fault_of({.certificate = text}) == "tls.certificate_file \"" + text + "\": holds no certificate in PEM");
  BOOST_TEST(fault_of({.certificate = good, .private_key = text}) ==
             "tls.private_key_file \"" + text + "\": holds no private key in PEM without a passphrase");
  BOOST_TEST(fault_of({.certificate = good, .private_key = other}) ==
             "tls.private_key_file \"" + other + "\": the private key is not that of the certificate");
  const std::string huge = directory.path / "huge.pem";
  std::ofstream(huge) << std::string(5 << 20, 'x');
  BOOST_TEST(fault_of({.ca_list = huge}) == "tls.ca_list_file \"" + huge + "\": is longer than 4 MiB");
}

BOOST_AUTO_TEST_SUITE_END()
