// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// Numbers in network order. The caller has checked that the bytes are there.
namespace media {

using Bytes = std::span<const std::byte>;

inline std::uint8_t read_u8(Bytes bytes, std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); }

inline std::uint16_t read_u16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(read_u8(bytes, at) << 8 | read_u8(bytes, at + 1));
}

inline std::uint32_t read_u32(Bytes bytes, std::size_t at) {
  return std::uint32_t{read_u16(bytes, at)} << 16 | read_u16(bytes, at + 2);
}

inline void write_u8(std::span<std::byte> bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<std::byte>(value & 0xff);
}

inline void write_u16(std::span<std::byte> bytes, std::size_t at, unsigned value) {
  write_u8(bytes, at, value >> 8);
  write_u8(bytes, at + 1, value);
}

inline void write_u32(std::span<std::byte> bytes, std::size_t at, std::uint32_t value) {
  write_u16(bytes, at, value >> 16);
  write_u16(bytes, at + 2, value);
}

}  // namespace media
