// SPDX-License-Identifier: LGPL-2.1-or-later
// Says how long and how loud a recording is, and how like to what was played.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tools/likeness.h"

namespace {

std::optional<likeness::Sound> read(const char* name) {
  std::ifstream file(name, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  auto sound = likeness::parse_wav(std::as_bytes(std::span(bytes)));
  if (!sound) std::cerr << "wav_compare: " << name << " is no WAV file of 16 bit PCM\n";
  return sound;
}

}  // namespace

int main(int count, char** arguments) {
  const double from = count == 4 ? std::atof(arguments[3]) : 0;
  if ((count != 3 && count != 4) || !(from >= 0)) {
    std::cerr << "usage: wav_compare PLAYED RECORDED [FROM]\n"
                 "Compares what was recorded from so many seconds on.\n";
    return 2;
  }
  const auto played = read(arguments[1]);
  const auto recorded = read(arguments[2]);
  if (!played || !recorded) return 1;
  const double skipped = std::min(from, recorded->seconds()) * recorded->rate;
  likeness::Sound compared = *recorded;
  compared.samples.erase(compared.samples.begin(), compared.samples.begin() + static_cast<std::ptrdiff_t>(skipped));
  const likeness::Likeness found = likeness::likeness_of(*played, compared);
  std::printf("length %.2f\nlevel %.1f\nlikeness %.3f\noffset %.2f\n", recorded->seconds(), level_of(*recorded),
              found.value, found.offset);
  return 0;
}
