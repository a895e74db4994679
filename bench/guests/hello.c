// Prints one line through a host function: as small as an app with output gets. Nothing in it is
// adapted to a small memory: the linker declares a page of 64 KiB.
#include "guest.h"

GUEST_IMPORT("log") void log_text(const char* text, uint32_t length);

GUEST_RUN {
  static const char text[] = "hello from a guest\n";
  log_text(text, sizeof text - 1);
  return sizeof text - 1;
}
