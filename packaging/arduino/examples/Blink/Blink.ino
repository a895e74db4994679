// Blink.ino: an app in a sandbox blinks. It can do nothing but call set_led() and wait(); when it
// fails, or does not come to an end, the sketch says so and goes on.
#include <Mote.h>

#include "app.h"

static void set_led(uint32_t level) { digitalWrite(LED_BUILTIN, level != 0 ? HIGH : LOW); }
static void wait(uint32_t milliseconds) { delay(milliseconds); }

// What the app may call. Types come from the C++ functions, and are compared with what it wants.
constexpr mote::HostFunction kApi[] = {mote::host_function<set_led>("env", "set_led"),
                                       mote::host_function<wait>("env", "wait")};

alignas(8) static uint8_t buffer[4096];  // all memory that the app may use
static mote::Store store(buffer);
static mote::Execution execution(store, 256);  // bytes of stack for the app
static mote::Instance* app = nullptr;

static void say(const mote::Error& error) {
  char text[80];
  mote::describe(error, text);
  Serial.println(text);
}

void setup() {
  Serial.begin(115200);
  pinMode(LED_BUILTIN, OUTPUT);
  mote::LoadOptions options;
  options.bytes_stay = true;  // in flash: need not be copied
  const mote::Module* module = nullptr;
  mote::Error error = store.provide(kApi);
  if (error.ok()) error = mote::load(store, kApp, &module, options);
  if (error.ok()) error = store.instantiate(module, &app);
  if (!error.ok()) say(error);
}

void loop() {
  if (app == nullptr) return;
  execution.set_fuel(1000);
  const auto result = app->call<void()>(execution, "blink");
  if (result.ok()) return;
  if (result.state() == mote::RunState::kOutOfFuel) {
    Serial.println("out of fuel");
    execution.cancel();
  } else {
    say(result.error());
  }
}
