// Memory for stores, reserved from the system and backed page by page as it is touched.
#include <sys/mman.h>

#include <mote/port.hpp>

namespace mote::port {

MutableBytes take_ram(size_t wanted) {
  if (wanted == 0) return {};
  void* memory = mmap(nullptr, wanted, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return {};
  return MutableBytes(static_cast<uint8_t*>(memory), wanted);
}

void give_back_ram(MutableBytes ram) {
  if (!ram.empty()) munmap(ram.data(), ram.size());
}

}  // namespace mote::port
