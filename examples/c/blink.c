// A small app for a device: toggles a pin and logs, through two host functions. Freestanding C.
#define IMPORT(name) __attribute__((import_module("env"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("gpio_write") void gpio_write(unsigned pin, unsigned level);
IMPORT("log") void log_text(const char* text, unsigned length);

static unsigned level;
static char message[] = "blink 0";

EXPORT("init") void init(void) {
  level = 0;
  log_text("hello from the sandbox", 22);
}

EXPORT("loop") void loop(int times) {
  for (int i = 0; i < times; i++) {
    level = !level;
    gpio_write(13, level);
    message[6] = (char)('0' + i % 10);
    log_text(message, sizeof message - 1);
  }
}

EXPORT("run") void run(int times) {
  init();
  loop(times);
}

EXPORT("add") int add(int a, int b) { return a + b; }
