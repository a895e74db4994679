// Everything: the whole public C++ API of Mote.
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
