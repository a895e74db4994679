/* WAMR's platform functions: see platform_internal.h. Memory comes from the pool that the caller
   gives to WAMR, so that these have none. */
#include "platform_api_extension.h"
#include "platform_api_vmcore.h"

int bh_platform_init(void) { return 0; }
void bh_platform_destroy(void) {}

void* os_malloc(unsigned size) {
  (void)size;
  return NULL;
}
void* os_realloc(void* ptr, unsigned size) {
  (void)ptr, (void)size;
  return NULL;
}
void os_free(void* ptr) { (void)ptr; }

int os_printf(const char* format, ...) {
  (void)format;
  return 0;
}
int os_vprintf(const char* format, va_list arguments) {
  (void)format, (void)arguments;
  return 0;
}

uint64 os_time_get_boot_us(void) { return 0; }
uint64 os_time_thread_cputime_us(void) { return 0; }

korp_tid os_self_thread(void) { return 1; }
uint8* os_thread_get_stack_boundary(void) { return NULL; }
void os_thread_jit_write_protect_np(bool enabled) { (void)enabled; }
int os_mutex_init(korp_mutex* mutex) { return *mutex = 0; }
int os_mutex_destroy(korp_mutex* mutex) { return *mutex = 0; }
int os_mutex_lock(korp_mutex* mutex) { return *mutex = 0; }
int os_mutex_unlock(korp_mutex* mutex) { return *mutex = 0; }
int os_cond_init(korp_cond* condition) { return *condition = 0; }
int os_cond_destroy(korp_cond* condition) { return *condition = 0; }
int os_cond_wait(korp_cond* condition, korp_mutex* mutex) { return *condition = *mutex = 0; }
int os_cond_signal(korp_cond* condition) { return *condition = 0; }

/* The linear memory, too, comes from the pool. */
void* os_mmap(void* hint, size_t size, int protection, int flags, os_file_handle file) {
  (void)hint, (void)protection, (void)flags, (void)file;
  void* const memory = BH_MALLOC((unsigned)size);
  return memory == NULL ? NULL : memset(memory, 0, size);
}
void os_munmap(void* memory, size_t size) {
  (void)size;
  BH_FREE(memory);
}
int os_mprotect(void* memory, size_t size, int protection) {
  (void)memory, (void)size, (void)protection;
  return 0;
}
void* os_mremap(void* memory, size_t old_size, size_t new_size) {
  return os_mremap_slow(memory, old_size, new_size);
}
void os_dcache_flush(void) {}
void os_icache_flush(void* start, size_t length) { (void)start, (void)length; }
