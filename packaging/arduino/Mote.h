// Mote for sketches: all of it is documented in the headers under mote/. Everything is in namespace
// mote; mote/mote.h is the interface for C.
#ifndef MOTE_ARDUINO_H
#define MOTE_ARDUINO_H

#if __cplusplus < 201703L
#error "Mote needs C++17: choose a core that compiles it, or set -std=gnu++17 in platform.local.txt"
#endif

#include <mote/mote.hpp>

#endif
