/* What WAMR wants of a platform (its core/shared/platform), for firmware without an operating
   system: one thread, no files. Compiled only where WAMR's sources are given (MOTE_BENCH_WAMR). */
#ifndef MOTE_BENCH_WAMR_PLATFORM_INTERNAL_H
#define MOTE_BENCH_WAMR_PLATFORM_INTERNAL_H

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BH_APPLET_PRESERVED_STACK_SIZE 2048
#define BH_THREAD_DEFAULT_PRIORITY 0

typedef int korp_tid;
typedef int korp_mutex;
typedef int korp_thread;
typedef int korp_cond;
typedef int korp_sem;
typedef int korp_rwlock;

typedef int os_file_handle;
typedef int os_raw_file_handle;
typedef int os_dir_stream;
typedef int os_poll_file_handle;
typedef unsigned os_nfds_t;
typedef int os_timespec;
typedef int bh_socket_t;

static inline os_file_handle os_get_invalid_handle(void) { return -1; }
static inline int os_getpagesize(void) { return 4096; }
static inline int os_sched_yield(void) { return 0; }

#endif
