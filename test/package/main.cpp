// Adds two numbers in a sandbox.
#include <mote/mote.hpp>

static const uint8_t kAdd[] = {0,    'a', 's',  'm', 1, 0, 0, 0,    1, 7,    1, 0x60, 2,   0x7F,
                               0x7F, 1,   0x7F, 3,   2, 1, 0, 7,    7, 1,    3, 'a',  'd', 'd',
                               0,    0,   10,   9,   1, 7, 0, 0x20, 0, 0x20, 1, 0x6A, 0x0B};
static uint8_t buffer[16 * 1024];

int main() {
  mote::Store store(buffer);
  mote::Execution execution(store, 256);
  const mote::Module* module;
  mote::Instance* instance;
  if (!mote::load(store, kAdd, &module).ok() || !store.instantiate(module, &instance).ok())
    return 1;
  return instance->call<int(int, int)>(execution, "add", 2, 40).value() == 42 ? 0 : 2;
}
