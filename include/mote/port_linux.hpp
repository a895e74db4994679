// Names from before mote/port.hpp, which has everything now.
#pragma once

#include <mote/port.hpp>

namespace mote::linux_port {

// Memory that the system backs when it is touched: see port::Ram.
using ReservedMemory = port::Ram;
using port::wasi_system;

}  // namespace mote::linux_port
