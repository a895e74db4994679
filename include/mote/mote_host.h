/* How the engine calls a host function, in C and in C++: through this one type. A part of
 * mote/mote.h and of mote/host.hpp, which include it. */
#ifndef MOTE_MOTE_HOST_H
#define MOTE_MOTE_HOST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a host function sees of the guest that called it. Valid during the call only. */
typedef struct mote_host mote_host;

/* How a host function ended: make it with the functions of mote/mote.h. */
typedef struct mote_host_status {
  uint8_t kind;   /* MOTE_STATUS_RETURNED, ... */
  uint8_t code;   /* MOTE_STATUS_TRAPPED: a mote_error_code */
  uint32_t value; /* MOTE_STATUS_TRAPPED: shows as `index` of the trap */
} mote_host_status;

/* A C function that guests import. `slots` holds the arguments, and takes the results in their
 * place: 32-bit slots, two for i64 and f64. Read all arguments before you write a result:
 *
 *   static mote_host_status multiply(mote_host* host, uint32_t* slots) {
 *     const uint32_t* at = slots;
 *     const int64_t a = mote_take_i64(&at);
 *     const int32_t b = mote_take_i32(&at);
 *     mote_put_i64(&slots, a * b);
 *     return mote_returned();
 *   }
 *
 * It must use as many as its type in the table says. */
typedef mote_host_status (*mote_host_callback)(mote_host* host, uint32_t* slots);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* MOTE_MOTE_HOST_H */
