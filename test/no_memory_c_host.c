/* The host functions of test/wat/needs.wat in C, as no_memory_paths.cpp has them in C++. In C
 * because the sanitizers of C++ object to calls of functions whose declared type is that of the C
 * interface. */
#include <mote/mote.h>

extern const mote_host_function no_memory_c_host[2];

/* Calls the guest's "back" as often as it is told, and asks for memory of its own. */
static mote_host_status call_back(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  const uint32_t depth = (uint32_t)mote_take_i32(&at);
  mote_value result = mote_i32(0);
  mote_error_code code;
  if (mote_host_memory(host, 100 + 5000 * depth, 8) == NULL) {
    return mote_trapped(MOTE_kMemoryQuota, 0);
  }
  code = mote_host_touch(host, 3000 * depth, 700);
  if (code != MOTE_kOk) return mote_trapped(code, 0);
  if (depth != 0) {
    const mote_value argument = mote_i32((int32_t)(depth - 1));
    code = mote_host_call(host, mote_find_function(mote_host_instance(host), "back"), &argument, 1,
                          &result, 1, NULL);
    if (code != MOTE_kOk) return mote_trapped(code, 0);
  }
  mote_put_i32(&slots, mote_as_i32(result));
  return mote_returned();
}

static mote_host_status log_text(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  void* text = NULL;
  uint32_t length = 0;
  const mote_error_code code = mote_take_bytes(host, &at, &text, &length);
  if (code != MOTE_kOk) return mote_trapped(code, 0);
  mote_put_i32(&slots, (int32_t)length);
  return mote_returned();
}

static const mote_type kInts[] = {MOTE_I32, MOTE_I32};
const mote_host_function no_memory_c_host[2] = {
    {"host", "log", {kInts, kInts, 2, 1}, log_text},
    {"host", "call_back", {kInts, kInts, 1, 1}, call_back},
};
