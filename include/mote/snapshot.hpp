// Snapshots: paused guests as bytes, to go on later, also after a reset of the device.
//
//   // Before: the guest is paused (out of fuel, interrupted, waiting, past its deadline, or
//   ready). Execution* const executions[] = {&execution}; error = save_snapshot(store, executions,
//   append_to_file, &file);
//   ...
//   // After: make the same instances again, then restore. Start functions must not be run again.
//   load(...), store.instantiate(...), ...
//   error = restore_snapshot(store, executions, bytes);
//   execution.resume();
//
// A snapshot has, for each instance of the store, its memories, tables, globals and which segments
// were dropped; and, for each execution, its stack, its fuel, and where it is. It does not have the
// modules, host functions and what they know, quotas, or the values behind externrefs.
//
// It belongs to the build of Mote that made it and to the same modules, instantiated in the same
// order in a store that had nothing else; anything else refuses it. The addresses of neither
// matter.
//
// What is trusted: a snapshot says where code goes on, so it is as trusted as the firmware. The
// checksum finds damage, not forgery: keep snapshots where nobody but the firmware can write, or
// sign them.
//
// MOTE_FEATURE_SNAPSHOTS switches this. No part of the specification.
#pragma once

#include <mote/config.hpp>
#include <mote/error.hpp>
#include <mote/span.hpp>

#if MOTE_FEATURE_SNAPSHOTS

namespace mote {

class Execution;
class Store;

// Takes the next bytes of a snapshot, in pieces of any size. Must not call into the store, which is
// being read. False: they could not be written.
using WriteSnapshot = bool (*)(void* context, Bytes bytes);

// Writes a snapshot of all instances of `store` and of `executions`, which must be executions of
// it. One whose call is done, trapped or not there is written as one without a call. Fails with
// kBusy while a guest of the store runs or a module is loaded, kArguments (an execution is not of
// this store), or kImageWrite. `*size` is the length of the snapshot; with a null `write` this is
// all that happens. Takes no memory. Cost: twice the size of what is saved, for the checksum.
Error save_snapshot(Store& store, Span<Execution* const> executions, WriteSnapshot write,
                    void* context, size_t* size);

// Puts instances and executions into the state of the snapshot. `executions` must be as many, in
// the same order, each without a call; their stacks may have another size, if what is used fits.
// Everything is checked before anything is changed: fails with kNotAnImage, kImageOfOtherBuild,
// kImageDamaged, kOtherInstances (modules, their order or the number of executions differ), kBusy,
// kArguments, or kStackExhausted (a stack is too small). Only when the store has too little memory
// for what the guests had grown to, kOutOfMemory, something was changed: then reset the store.
// Cost: three times the size of the snapshot.
Error restore_snapshot(Store& store, Span<Execution* const> executions, Bytes snapshot);

}  // namespace mote

#endif
