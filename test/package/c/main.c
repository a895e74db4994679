/* Adds two numbers in a sandbox, and asks the port for the time. */
#include <mote/mote.h>

static const uint8_t kAdd[] = {0,    'a', 's',  'm', 1, 0, 0, 0,    1, 7,    1, 0x60, 2,   0x7F,
                               0x7F, 1,   0x7F, 3,   2, 1, 0, 7,    7, 1,    3, 'a',  'd', 'd',
                               0,    0,   10,   9,   1, 7, 0, 0x20, 0, 0x20, 1, 0x6A, 0x0B};
static uint64_t buffer[2048];

int main(void) {
  static mote_store store;
  static mote_execution execution;
  const mote_value arguments[] = {{MOTE_I32, 2}, {MOTE_I32, 40}};
  const mote_wasi_system port = mote_port_wasi_system();
  const mote_module* module;
  mote_instance* instance;
  uint64_t now = 0;
  mote_store_init(&store, buffer, sizeof buffer, true);
  if (mote_load(&store, kAdd, sizeof kAdd, NULL, &module, NULL) != MOTE_kOk ||
      mote_instantiate(&store, module, &instance, NULL) != MOTE_kOk ||
      mote_execution_init(&execution, &store, 256) != MOTE_kOk) {
    return 1;
  }
  if (mote_run(&execution, mote_find_function(instance, "add"), arguments, 2, NULL) != MOTE_DONE) {
    return 2;
  }
  if (mote_as_i32(mote_result(&execution, 0)) != 42) return 3;
  return port.clock_time(port.context, 0, &now) && now != 0 ? 0 : 4;
}
