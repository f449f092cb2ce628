// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/recording.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "base/error.h"
#include "tests/unit/session/temporary_directory.h"

namespace data = boost::unit_test::data;
namespace fs = std::filesystem;
using namespace std::string_literals;
using namespace session;

namespace {

struct Folder {
  TemporaryDirectory temporary;
  std::string directory = temporary.path() + "/history/alice@example.com";

  std::string made(const std::string& name) {
    const RecordingFile file = create_recording(directory, name);
    struct stat status {};
    BOOST_TEST(fstat(file.descriptor, &status) == 0);
    BOOST_TEST(S_ISREG(status.st_mode));
    BOOST_TEST((status.st_mode & 0777) == 0600u);
    BOOST_TEST(status.st_size == 0);
    BOOST_TEST(write(file.descriptor, "x", 1) == 1);
    close(file.descriptor);
    BOOST_TEST(fs::exists(file.path));
    return file.path;
  }

  bool refused(const std::string& name) {
    try {
      close(create_recording(directory, name).descriptor);
    } catch (const base::Error& error) {
      return error.code() == base::Errc::file_failure;
    }
    return false;
  }
};

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recording, Folder)

BOOST_AUTO_TEST_CASE(a_file_is_made_with_its_folders_for_the_user_alone) {
  BOOST_TEST(made("a/b/talk.wav") == directory + "/a/b/talk.wav");
  for (const char* folder : {"/history", "/history/alice@example.com", "/history/alice@example.com/a/b"})
    BOOST_TEST(mode_of(temporary.path() + folder) == 0700u, folder);
  BOOST_TEST(made(directory + "/absolute.wav") == directory + "/absolute.wav");
  BOOST_TEST(made("späß .wav") == directory + "/späß .wav");
  BOOST_TEST(made("...") == directory + "/...");
  BOOST_TEST(made(std::string(255, 'x')) == directory + "/" + std::string(255, 'x'));
}

const std::vector<std::string> bad{"",
                                   "/",
                                   ".",
                                   "..",
                                   "../x",
                                   "a/../x",
                                   "a/..",
                                   "./x",
                                   "a//x",
                                   "a/",
                                   "/etc/x",
                                   "/x",
                                   "x\n",
                                   "x\x7f",
                                   "a\tb/x",
                                   "x\0y"s,
                                   std::string(256, 'x'),
                                   std::string(5000, 'x'),
                                   "a/" + std::string(256, 'x') + "/x"};

BOOST_DATA_TEST_CASE_F(Folder, a_name_that_leads_elsewhere_is_refused, data::make(bad), name) {
  BOOST_TEST(refused(name));
}

BOOST_AUTO_TEST_CASE(an_absolute_name_must_be_inside) {
  BOOST_TEST(refused(directory));
  BOOST_TEST(refused(directory + "/"));
  BOOST_TEST(refused(directory + "-other/x.wav"));
  BOOST_TEST(refused(directory + "/../x.wav"));
  BOOST_TEST(refused(temporary.path() + "/x.wav"));
}

BOOST_AUTO_TEST_CASE(no_link_below_the_directory_is_followed) {
  const std::string outside = temporary.path() + "/outside";
  fs::create_directories(directory);
  fs::create_directory(outside);
  fs::create_directory_symlink(outside, directory + "/folder");
  fs::create_symlink(outside + "/new.wav", directory + "/dangling.wav");
  fs::create_symlink("..", directory + "/up");
  for (const char* name : {"folder/x.wav", "dangling.wav", "up/x.wav", "folder"}) BOOST_TEST(refused(name), name);
  BOOST_TEST(fs::is_empty(outside));
}

BOOST_AUTO_TEST_CASE(the_directory_itself_may_be_a_link) {
  fs::create_directory(temporary.path() + "/real");
  fs::create_directory_symlink(temporary.path() + "/real", temporary.path() + "/history");
  made("x.wav");
  BOOST_TEST(fs::exists(temporary.path() + "/real/alice@example.com/x.wav"));
}

BOOST_AUTO_TEST_CASE(what_exists_is_not_written_over) {
  made("x.wav");
  BOOST_TEST(refused("x.wav"));
  BOOST_TEST(refused("x.wav/y.wav"));
  BOOST_TEST(fs::file_size(directory + "/x.wav") == 1u);
  fs::create_directory(directory + "/folder.wav");
  BOOST_TEST(refused("folder.wav"));
  std::ofstream(temporary.path() + "/file");
  directory = temporary.path() + "/file";
  BOOST_TEST(refused("x.wav"));
}

BOOST_AUTO_TEST_CASE(a_default_name_tells_when_and_with_whom) {
  setenv("TZ", "UTC", 1);
  tzset();
  const auto time = std::chrono::system_clock::from_time_t(1245672000);
  BOOST_TEST(default_file_name({time, "bob", "example.com", true}) == "20090622-120000-bob@example.com-outgoing.wav");
  BOOST_TEST(default_file_name({time, "../b o/b", "[::1]\n", false}) == "20090622-120000-.._b_o_b@___1__-incoming.wav");
  BOOST_TEST(default_file_name({time, std::string(500, 'u'), std::string(500, 'h'), false}).size() < 255u);
  BOOST_TEST(default_file_name({time, "bob\0x"s, "h", false}) == "20090622-120000-bob_x@h-incoming.wav");
}

BOOST_AUTO_TEST_CASE(a_default_name_that_is_taken_gets_a_number) {
  const RecordingName name{std::chrono::system_clock::now(), "bob", "example.com", false};
  const std::string stem = default_file_name(name).substr(0, default_file_name(name).size() - 4);
  for (const char* suffix : {"", "-2", "-3"}) {
    const RecordingFile file = create_default_recording(directory, name);
    close(file.descriptor);
    BOOST_TEST(file.path == directory + "/" + stem + suffix + ".wav");
  }
}

BOOST_AUTO_TEST_CASE(the_folder_of_an_account) {
  BOOST_TEST(folder_name("alice@example.com") == "alice@example.com");
  BOOST_TEST(folder_name("a/b@c@[::1]") == "a_b_c@___1_");
  BOOST_TEST(folder_name("../x") == ".._x");
}

BOOST_AUTO_TEST_SUITE_END()
