/* A C program that embeds Mote: host functions, loading in chunks, fuel, a host function that
 * answers later, and a trap with its backtrace. */
#include <mote/mote.h>
#include <stdio.h>

/* The guest:
 *
 *   (module
 *     (import "env" "log" (func $log (param i32 i32)))
 *     (import "env" "sensor" (func $sensor (param i32) (result i32)))
 *     (memory 1)
 *     (data (i32.const 16) "hello from the guest")
 *     (func (export "run") (param $n i32) (result i32)
 *       (local $sum i32)
 *       (call $log (i32.const 16) (i32.const 20))
 *       (loop $again
 *         (local.set $sum (i32.add (local.get $sum) (call $sensor (local.get $n))))
 *         (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
 *       (local.get $sum))
 *     (func (export "fail") (call $bug))
 *     (func $bug (i32.store (i32.const 0x10000) (i32.const 0))))
 */
static const uint8_t kGuest[] = {
    0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0E, 0x03, 0x60, 0x02, 0x7F, 0x7F, 0x00,
    0x60, 0x01, 0x7F, 0x01, 0x7F, 0x60, 0x00, 0x00, 0x02, 0x18, 0x02, 0x03, 0x65, 0x6E, 0x76, 0x03,
    0x6C, 0x6F, 0x67, 0x00, 0x00, 0x03, 0x65, 0x6E, 0x76, 0x06, 0x73, 0x65, 0x6E, 0x73, 0x6F, 0x72,
    0x00, 0x01, 0x03, 0x04, 0x03, 0x01, 0x02, 0x02, 0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x0E, 0x02,
    0x03, 0x72, 0x75, 0x6E, 0x00, 0x02, 0x04, 0x66, 0x61, 0x69, 0x6C, 0x00, 0x03, 0x0A, 0x34, 0x03,
    0x21, 0x01, 0x01, 0x7F, 0x41, 0x10, 0x41, 0x14, 0x10, 0x00, 0x03, 0x40, 0x20, 0x01, 0x20, 0x00,
    0x10, 0x01, 0x6A, 0x21, 0x01, 0x20, 0x00, 0x41, 0x01, 0x6B, 0x22, 0x00, 0x0D, 0x00, 0x0B, 0x20,
    0x01, 0x0B, 0x04, 0x00, 0x10, 0x04, 0x0B, 0x0B, 0x00, 0x41, 0x80, 0x80, 0x04, 0x41, 0x00, 0x36,
    0x02, 0x00, 0x0B, 0x0B, 0x1A, 0x01, 0x00, 0x41, 0x10, 0x0B, 0x14, 0x68, 0x65, 0x6C, 0x6C, 0x6F,
    0x20, 0x66, 0x72, 0x6F, 0x6D, 0x20, 0x74, 0x68, 0x65, 0x20, 0x67, 0x75, 0x65, 0x73, 0x74, 0x00,
    0x2F, 0x04, 0x6E, 0x61, 0x6D, 0x65, 0x01, 0x13, 0x03, 0x00, 0x03, 0x6C, 0x6F, 0x67, 0x01, 0x06,
    0x73, 0x65, 0x6E, 0x73, 0x6F, 0x72, 0x04, 0x03, 0x62, 0x75, 0x67, 0x02, 0x13, 0x05, 0x00, 0x00,
    0x01, 0x00, 0x02, 0x02, 0x00, 0x01, 0x6E, 0x01, 0x03, 0x73, 0x75, 0x6D, 0x03, 0x00, 0x04, 0x00,
};

static uint8_t buffer[16 * 1024]; /* all memory that the module and the guest may use */

/* What the host functions work on. */
typedef struct board {
  int32_t asked; /* the channel of the sensor that the guest waits for */
} board;

static mote_host_status log_text(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  void* text;
  uint32_t length;
  const mote_error_code code = mote_take_bytes(host, &at, &text, &length);
  if (code != MOTE_kOk) return mote_trapped(code, 0);
  printf("log: %.*s\n", (int)length, (const char*)text);
  return mote_returned();
}

/* The sensor takes its time: the guest pauses, and the host gives the result later. */
static mote_host_status read_sensor(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  ((board*)mote_host_context(host))->asked = mote_take_i32(&at);
  return mote_not_yet();
}

/* A constant table; the types are checked against those of the imports. */
static const mote_type kI32[] = {MOTE_I32, MOTE_I32};
static const mote_host_function kApi[] = {
    {"env", "log", {kI32, NULL, 2, 0}, log_text},
    {"env", "sensor", {kI32, kI32, 1, 1}, read_sensor},
};

static int fail(const mote_error* error) {
  char text[160];
  mote_describe(error, text, sizeof text);
  printf("error: %s\n", text);
  return 1;
}

/* Loads the guest in chunks, as they would come from a radio. */
static mote_error_code load_guest(mote_store* store, const mote_module** module,
                                  mote_error* error) {
  mote_loader loader;
  size_t at = 0;
  mote_error_code code = mote_loader_init(&loader, store, NULL);
  while (code == MOTE_kOk && at < sizeof kGuest) {
    const size_t left = sizeof kGuest - at;
    const size_t chunk = left < 10 ? left : 10;
    code = mote_loader_feed(&loader, kGuest + at, chunk, error);
    at += chunk;
  }
  if (code == MOTE_kOk) code = mote_loader_finish(&loader, module, error);
  mote_loader_destroy(&loader);
  return code;
}

/* Runs `function` to its end, with little fuel at a time. */
static int run(mote_execution* execution, board* world, mote_function function,
               const mote_value* arguments, size_t count) {
  mote_frame frames[4];
  mote_error trap;
  uint32_t depth, i;
  int refuelled = 0;
  if (mote_start(execution, function, arguments, count) != MOTE_kOk) return 1;
  mote_set_fuel(execution, 2);
  for (;;) {
    switch (mote_resume(execution)) {
      case MOTE_DONE: printf("done, fuel given %d times\n", refuelled); return 0;
      case MOTE_OUT_OF_FUEL:
        refuelled++;
        mote_set_fuel(execution, 2);
        break;
      case MOTE_WAITING: {
        const mote_value sample = mote_i32(world->asked * 100);
        printf("sensor %d: %d\n", (int)world->asked, (int)mote_as_i32(sample));
        if (mote_complete(execution, &sample, 1) != MOTE_kOk) return 1;
        break;
      }
      case MOTE_TRAPPED:
        mote_trap_of(execution, &trap);
        fail(&trap);
        depth = mote_backtrace(execution, frames, 4);
        for (i = 0; i < depth && i < 4; i++) {
          printf("  at %.*s\n", (int)frames[i].name.size, frames[i].name.data);
        }
        return 0;
      default: return 1;
    }
  }
}

int main(void) {
  board world = {0};
  mote_store store;
  mote_execution execution;
  const mote_module* module;
  mote_instance* instance;
  mote_error error;
  const mote_value rounds = mote_i32(3);

  mote_store_init(&store, buffer, sizeof buffer, true);
  if (mote_provide(&store, kApi, sizeof kApi / sizeof kApi[0], &world) != MOTE_kOk) return 1;
  if (load_guest(&store, &module, &error) != MOTE_kOk) return fail(&error);
  if (mote_instantiate(&store, module, &instance, &error) != MOTE_kOk) return fail(&error);
  if (mote_execution_init(&execution, &store, 1024) != MOTE_kOk) return 1;

  if (run(&execution, &world, mote_find_function(instance, "run"), &rounds, 1) != 0) return 1;
  printf("sum: %d\n", (int)mote_as_i32(mote_result(&execution, 0)));
  if (run(&execution, &world, mote_find_function(instance, "fail"), NULL, 0) != 0) return 1;

  mote_execution_destroy(&execution);
  return 0;
}
