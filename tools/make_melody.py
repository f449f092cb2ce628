#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes eight bars of a minuet, eight seconds, as a WAV file; always the same bytes.

No two of its bars are alike, so that a recording of any part of it fits at one place only.

usage: make_melody.py FILE
"""

import math
import struct
import sys
import wave

RATE = 16000
EIGHTH = 1 / 6  # seconds: 24 quarters take 8
LEVEL = 0.5

# Christian Petzold, Minuet in G (1725): semitones from A4, and how many eighths each lasts.
BARS = [
    [(5, 2), (-2, 1), (0, 1), (2, 1), (3, 1)],
    [(5, 2), (-2, 2), (-2, 2)],
    [(7, 2), (3, 1), (5, 1), (7, 1), (9, 1)],
    [(10, 2), (-2, 2), (-2, 2)],
    [(3, 2), (5, 1), (3, 1), (2, 1), (0, 1)],
    [(2, 2), (3, 1), (2, 1), (0, 1), (-2, 1)],
    [(-3, 2), (-2, 1), (0, 1), (2, 1), (-2, 1)],
    [(0, 6)],
]
OVERTONES = [1.0, 0.4, 0.2]


def note(semitone, seconds):
    """A plucked tone: it begins in 5 ms and fades; its last 10 ms end in silence, so that nothing clicks."""
    frequency = 440 * 2 ** (semitone / 12)
    count = round(seconds * RATE)
    for i in range(count):
        swell = min(1, i / (0.005 * RATE), (count - i) / (0.010 * RATE))
        fade = math.exp(-2.5 * i / RATE)
        tone = sum(a * math.sin(2 * math.pi * frequency * (k + 1) * i / RATE) for k, a in enumerate(OVERTONES))
        yield swell * fade * tone / sum(OVERTONES)


def melody():
    return [sample for bar in BARS for semitone, eighths in bar for sample in note(semitone, eighths * EIGHTH)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip().splitlines()[-1])
    sound = [round(32767 * LEVEL * sample) for sample in melody()]
    with wave.open(sys.argv[1], "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(sound)}h", *sound))


if __name__ == "__main__":
    main()
