// The C++ standard library: map, unordered_map, vector, string, sort, priority queue, virtual
// calls.
#include <algorithm>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "../workload.h"

namespace {

struct Event {
  virtual ~Event() = default;
  virtual uint32_t happen(std::map<std::string, uint32_t>& places) = 0;
};
struct Arrive : Event {
  explicit Arrive(std::string place) : place_(std::move(place)) {}
  uint32_t happen(std::map<std::string, uint32_t>& places) override { return ++places[place_]; }
  std::string place_;
};
struct Leave : Event {
  explicit Leave(uint32_t order) : order_(order) {}
  uint32_t happen(std::map<std::string, uint32_t>& places) override {
    if (places.empty()) return 0;
    auto at = std::next(places.begin(), order_ % places.size());
    const uint32_t count = at->second;
    if (--at->second == 0) places.erase(at);
    return count;
  }
  uint32_t order_;
};

uint32_t shortest_path(const std::vector<std::vector<std::pair<uint32_t, uint32_t>>>& graph) {
  using Step = std::pair<uint32_t, uint32_t>;
  std::vector<uint32_t> distance(graph.size(), UINT32_MAX);
  std::priority_queue<Step, std::vector<Step>, std::greater<Step>> open;
  distance[0] = 0;
  open.push({0, 0});
  while (!open.empty()) {
    const auto [far, node] = open.top();
    open.pop();
    if (far != distance[node]) continue;
    for (const auto& [next, length] : graph[node]) {
      if (far + length < distance[next]) {
        distance[next] = far + length;
        open.push({distance[next], next});
      }
    }
  }
  uint32_t sum = 0;
  for (const uint32_t far : distance) sum += far == UINT32_MAX ? 1 : far;
  return sum;
}

}  // namespace

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 11235813;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    std::vector<std::unique_ptr<Event>> events;
    for (uint32_t k = 0; k < 200; k++) {
      const uint32_t random = next_random(&seed);
      if (random % 3 == 0) {
        events.push_back(std::make_unique<Leave>(random >> 8));
      } else {
        events.push_back(std::make_unique<Arrive>("place number " + std::to_string(random % 41)));
      }
    }
    std::map<std::string, uint32_t> places;
    for (const auto& event : events) sum = mix(sum, event->happen(places));

    std::unordered_map<uint32_t, std::string> names;
    for (uint32_t k = 0; k < 200; k++) {
      std::string& name = names[next_random(&seed) % 101];
      name += static_cast<char>('a' + k % 26);
    }
    std::vector<std::string> sorted;
    for (const auto& entry : names) sorted.push_back(entry.second);
    std::sort(sorted.begin(), sorted.end());
    for (const std::string& name : sorted)
      sum = mix(sum, name.size() + static_cast<uint8_t>(name[0]));

    std::vector<std::vector<std::pair<uint32_t, uint32_t>>> graph(64);
    for (uint32_t k = 0; k < 256; k++) {
      const uint32_t random = next_random(&seed);
      graph[random & 63].push_back({random >> 6 & 63, (random >> 12 & 255) + 1});
    }
    sum = mix(sum, shortest_path(graph));
  }
  return sum;
}

WORKLOAD("containers", 890)
