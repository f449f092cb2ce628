// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"
#include "msrp/cpim.h"

namespace msrp {
namespace {

using namespace std::chrono;

// A number of exactly so many digits at the front, which are taken. Nothing else is.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  const std::string_view word = text.substr(0, digits);
  const auto number = base::to_number<unsigned>(word);
  if (!number || word.size() != digits) return {};
  text.remove_prefix(digits);
  return static_cast<int>(*number);
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == one_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

// Behind the seconds: any number of digits, of which six count.
std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!take(text, ".,")) return microseconds(0);
  int value = 0;
  int unit = 1'000'000;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    unit /= 10;
    value += unit * (text.front() - '0');
    any = true;
    text.remove_prefix(1);
  }
  if (!any) return {};
  return microseconds(value);
}

// Minutes east of UTC.
std::optional<int> take_zone(std::string_view& text) {
  if (text.empty() || take(text, "Zz")) return 0;
  const bool west = text.front() == '-';
  if (!take(text, "+-")) return {};
  const auto hours = take_number(text, 2);
  take(text, ":");
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return {};
  const int zone = *hours * 60 + *minutes;
  return west ? -zone : zone;
}

}  // namespace

std::optional<DateTime> date_time_from_text(std::string_view text) {
  std::array<int, 6> parts{};  // year, month, day, hour, minute, second
  constexpr std::array<std::string_view, 6> before{"", "-", "-", "Tt ", ":", ":"};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && !take(text, before[i])) return {};
    const auto part = take_number(text, i == 0 ? 4 : 2);
    if (!part) return {};
    parts[i] = *part;
  }
  const year_month_day date{year(parts[0]), month(static_cast<unsigned>(parts[1])),
                            day(static_cast<unsigned>(parts[2]))};
  // A leap second, 60, is taken for the one before (RFC 3339, 5.6).
  if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return {};
  const auto fraction = take_fraction(text);
  const auto zone = fraction ? take_zone(text) : std::nullopt;
  if (!zone || !text.empty()) return {};
  return DateTime{
      sys_days(date) + hours(parts[3]) + minutes(parts[4] - *zone) + seconds(std::min(parts[5], 59)) + *fraction,
      *zone};
}

std::string DateTime::to_text() const {
  const auto local = time + minutes(zone);
  const auto date = floor<days>(local);
  const year_month_day day_of_year(date);
  const hh_mm_ss clock(local - date);
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(day_of_year.year()),
                static_cast<unsigned>(day_of_year.month()), static_cast<unsigned>(day_of_year.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string text = buffer.data();
  if (clock.subseconds().count() != 0) {
    std::snprintf(buffer.data(), buffer.size(), ".%06d", static_cast<int>(clock.subseconds().count()));
    text += buffer.data();
  }
  if (zone == 0) return text + "Z";
  const int size = zone < 0 ? -zone : zone;
  std::snprintf(buffer.data(), buffer.size(), "%c%02d:%02d", zone < 0 ? '-' : '+', size / 60, size % 60);
  return text + buffer.data();
}

}  // namespace msrp
