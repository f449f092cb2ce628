// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

namespace session {

// Where recordings of one account may lie, and how one is named and made.
struct RecordingName {
  std::chrono::system_clock::time_point time;
  std::string user;  // of the peer
  std::string host;
  bool outgoing = false;
};

// YYYYMMDD-HHMMSS-user@host-outgoing.wav in local time, with user and host escaped to [A-Za-z0-9._-].
std::string default_file_name(const RecordingName& name);

// The same escape, for the folder of an account; the @ of its id stays.
std::string folder_name(const std::string& account_id);

struct RecordingFile {
  int descriptor;    // a new, empty, regular file of mode 0600, open for writing; the caller's
  std::string path;  // absolute
};

// Makes the file `name` in `directory`: relative to it, or absolute inside it. Missing folders are made with mode 0700.
// No "..", no symbolic link below the directory, no existing file. Throws Error{file_failure}.
RecordingFile create_recording(const std::string& directory, const std::string& name);
// The same by the default name; one that is taken gets -2, -3 and so on.
RecordingFile create_default_recording(const std::string& directory, const RecordingName& name);

}  // namespace session
