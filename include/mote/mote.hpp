// Everything but WASI and the port: the public C++ API of the core of Mote.
//
// Numbers such as "4.5.4" in these headers are sections of the WebAssembly specification,
// release 2.0; 7.1 is its appendix on embedding, followed by the name of the operation there.
//
// Pointers that results are written to (`Instance** instance`, `size_t* size`) must not be null;
// handles (`const Module* module`, `Instance* instance`, a Function) may be, and are refused.
#pragma once

#include <mote/config.hpp>
#include <mote/error.hpp>
#include <mote/execution.hpp>
#include <mote/extern.hpp>
#include <mote/host.hpp>
#include <mote/image.hpp>
#include <mote/instance.hpp>
#include <mote/module.hpp>
#include <mote/round_robin.hpp>
#include <mote/snapshot.hpp>
#include <mote/span.hpp>
#include <mote/store.hpp>
#include <mote/typed_call.hpp>
#include <mote/value.hpp>
