// Compile-time switches: what is built in, how code is encoded and dispatched, and fixed limits.
//
// Define any of these before including a Mote header, or with -D for the whole build. The library
// and everything that includes its headers must be built with the same values. Each is a constant:
// what is switched off costs nothing.
#pragma once

// ---- Features --------------------------------------------------------------------------------
// Each proposal is one switch. A module that needs a switch that is off is refused with its name.

// The profile chooses the default of each switch. 1, tiny: Wasm 1.0, sign extension, saturating
// conversion, multi-value and bulk memory, which is what clang and Rust emit by default. 2,
// standard: all that there is.
#define MOTE_PROFILE_TINY 1
#define MOTE_PROFILE_STANDARD 2  // all that there is
// Which profile this build has: one of the two.
#ifndef MOTE_PROFILE
#define MOTE_PROFILE MOTE_PROFILE_STANDARD
#endif
// The default of a feature that only the standard profile has.
#if MOTE_PROFILE == MOTE_PROFILE_STANDARD
#define MOTE_IN_STANDARD_PROFILE 1
#else
#define MOTE_IN_STANDARD_PROFILE 0
#endif

// f32 and f64. Off: a module that uses a float type or instruction is refused while loading.
#ifndef MOTE_FEATURE_FLOATS
#define MOTE_FEATURE_FLOATS 1
#endif
// i32.extend8_s and its four siblings (Wasm 2.0).
#ifndef MOTE_FEATURE_SIGN_EXTENSION
#define MOTE_FEATURE_SIGN_EXTENSION 1
#endif
// The eight i*.trunc_sat_f* instructions (Wasm 2.0). Needs MOTE_FEATURE_FLOATS.
#ifndef MOTE_FEATURE_SATURATING_CONVERSION
#define MOTE_FEATURE_SATURATING_CONVERSION 1
#endif
// Blocks with parameters, and blocks and functions with more than one result (Wasm 2.0).
#ifndef MOTE_FEATURE_MULTI_VALUE
#define MOTE_FEATURE_MULTI_VALUE 1
#endif
// memory.copy/fill/init, table.copy/init, passive segments, data count section (Wasm 2.0).
#ifndef MOTE_FEATURE_BULK_MEMORY
#define MOTE_FEATURE_BULK_MEMORY 1
#endif
// externref, table.get/set/grow/size/fill, several tables, typed select (Wasm 2.0).
#ifndef MOTE_FEATURE_REFERENCE_TYPES
#define MOTE_FEATURE_REFERENCE_TYPES MOTE_IN_STANDARD_PROFILE
#endif
// i32/i64 add, sub and mul in constant expressions (Wasm 3.0).
#ifndef MOTE_FEATURE_EXTENDED_CONST
#define MOTE_FEATURE_EXTENDED_CONST MOTE_IN_STANDARD_PROFILE
#endif
// Memories with a page size of one byte (the custom-page-sizes proposal).
#ifndef MOTE_FEATURE_CUSTOM_PAGE_SIZES
#define MOTE_FEATURE_CUSTOM_PAGE_SIZES MOTE_IN_STANDARD_PROFILE
#endif
// More than one memory in a module (Wasm 3.0).
#ifndef MOTE_FEATURE_MULTI_MEMORY
#define MOTE_FEATURE_MULTI_MEMORY MOTE_IN_STANDARD_PROFILE
#endif

// Quotas within a store (Store::set_quota). Off: the store's buffer and the sizes of guests' stacks
// are the only limits.
#ifndef MOTE_FEATURE_QUOTAS
#define MOTE_FEATURE_QUOTAS MOTE_IN_STANDARD_PROFILE
#endif

// Snapshots of paused guests (mote/snapshot.hpp). Costs nothing unless it is used.
#ifndef MOTE_FEATURE_SNAPSHOTS
#define MOTE_FEATURE_SNAPSHOTS 1
#endif

// ---- Engine ----------------------------------------------------------------------------------

// Map from translated code to byte offsets of the module, about two bytes per call, branch back
// and instruction that can trap. Off: traps and backtraces name the function but offset 0.
#ifndef MOTE_CODE_OFFSETS
#define MOTE_CODE_OFFSETS 1
#endif

// How handlers hand over to each other. 1: tail calls, 2: computed goto, 3: switch in a loop.
#define MOTE_DISPATCH_TAIL 1
#define MOTE_DISPATCH_GOTO 2    // computed goto: gcc and clang
#define MOTE_DISPATCH_SWITCH 3  // switch in a loop: any compiler
// Which of the three this build has; the default depends on the compiler.
#ifndef MOTE_DISPATCH
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define MOTE_DISPATCH MOTE_DISPATCH_TAIL
#elif defined(__GNUC__) && defined(__x86_64__) && defined(__OPTIMIZE__) && \
    !defined(__SANITIZE_ADDRESS__)
// gcc has no guaranteed tail calls before 15, but makes these at -O2; a test proves it.
#define MOTE_DISPATCH MOTE_DISPATCH_TAIL
#elif defined(__GNUC__)
#define MOTE_DISPATCH MOTE_DISPATCH_GOTO
#else
#define MOTE_DISPATCH MOTE_DISPATCH_SWITCH
#endif
#endif

// How translated code is stored. 1: 16-bit units, position independent, dispatched through a
// table; 2: pointer-sized cells that hold the handler's address.
#define MOTE_ENCODING_COMPACT 1
#define MOTE_ENCODING_WIDE 2  // pointer-sized cells
// Which of the two this build has; the default is wide on 64-bit machines.
#ifndef MOTE_ENCODING
#if __SIZEOF_POINTER__ == 8
#define MOTE_ENCODING MOTE_ENCODING_WIDE
#else
#define MOTE_ENCODING MOTE_ENCODING_COMPACT
#endif
#endif

// Saving translated code and running it in place (mote/image.hpp). Needs the compact encoding.
// Costs nothing unless it is used.
#ifndef MOTE_FEATURE_SAVED_CODE
#define MOTE_FEATURE_SAVED_CODE (MOTE_ENCODING == MOTE_ENCODING_COMPACT)
#endif
#if MOTE_FEATURE_SAVED_CODE && MOTE_ENCODING != MOTE_ENCODING_COMPACT
#error "wide code holds addresses: MOTE_FEATURE_SAVED_CODE needs MOTE_ENCODING_COMPACT"
#endif

// How many forms of each instruction the engine has. 1, small: operands come from slots; about
// 130 handlers. 2, fast: constants and an accumulator for the common types. 3, full: both for all
// types. See src/interp/forms.hpp.
#define MOTE_HANDLERS_SMALL 1
#define MOTE_HANDLERS_FAST 2  // constants and an accumulator for the common types
#define MOTE_HANDLERS_FULL 3  // both for all types: 64-bit machines only
// Which of the three this build has.
#ifndef MOTE_HANDLERS
#if __SIZEOF_POINTER__ == 8
#define MOTE_HANDLERS MOTE_HANDLERS_FULL
#else
#define MOTE_HANDLERS MOTE_HANDLERS_FAST
#endif
#endif
#if MOTE_HANDLERS == MOTE_HANDLERS_FULL && __SIZEOF_POINTER__ != 8
#error "the full set of handlers keeps 64-bit values in registers: it needs a 64-bit machine"
#endif

// Linear memory is backed from its lowest touched byte on, not from 0: most modules leave the first
// KiB unused. Costs one or two instructions in each load and store. On where code is compact.
#ifndef MOTE_MEMORY_WINDOW
#define MOTE_MEMORY_WINDOW (MOTE_ENCODING == MOTE_ENCODING_COMPACT)
#endif

// Guest checks (backward branches and calls) between two looks at the interrupt flag.
#ifndef MOTE_INTERRUPT_PERIOD
#define MOTE_INTERRUPT_PERIOD 1024
#endif

// How deep host functions may call back into guests (Host::call); each level uses native stack. A
// host function that runs an execution of its own uses as much, and has to bound that itself.
#ifndef MOTE_MAX_HOST_NESTING
#define MOTE_MAX_HOST_NESTING 8
#endif
