// Prints a line through a host function. Nothing is done to make it small: the linker's default
// memory, whole pages of 64 KiB.
__attribute__((import_module("env"), import_name("log"))) void log_text(const char* text,
                                                                        unsigned length);

__attribute__((export_name("run"))) void run(void) { log_text("hello, world", 12); }
