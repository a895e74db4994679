// Graphs: all shortest paths by Floyd and Warshall, those from one place by Dijkstra with a heap,
// and components by union and find.
#include "workload.h"

enum { kNodes = 48, kEdges = 240, kFar = 1 << 28 };
static int32_t lengths[kNodes][kNodes];
static int32_t shortest[kNodes][kNodes];
struct Edge {
  uint16_t from, to;
  int32_t length;
};
static struct Edge edges[kEdges];
static uint32_t first_edge[kNodes + 1];

static void all_paths(void) {
  for (uint32_t i = 0; i < kNodes; i++) {
    for (uint32_t j = 0; j < kNodes; j++) shortest[i][j] = i == j ? 0 : lengths[i][j];
  }
  for (uint32_t k = 0; k < kNodes; k++) {
    for (uint32_t i = 0; i < kNodes; i++) {
      const int32_t to_k = shortest[i][k];
      for (uint32_t j = 0; j < kNodes; j++) {
        const int32_t way = to_k + shortest[k][j];
        if (way < shortest[i][j]) shortest[i][j] = way;
      }
    }
  }
}

struct Entry {
  int32_t distance;
  uint32_t node;
};
static struct Entry heap[kEdges + kNodes];
static uint32_t heap_size;

static void heap_push(struct Entry entry) {
  uint32_t at = heap_size++;
  while (at > 0 && entry.distance < heap[(at - 1) / 2].distance) {
    heap[at] = heap[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  heap[at] = entry;
}

static struct Entry heap_pop(void) {
  const struct Entry top = heap[0];
  const struct Entry last = heap[--heap_size];
  uint32_t at = 0;
  for (;;) {
    uint32_t child = 2 * at + 1;
    if (child >= heap_size) break;
    if (child + 1 < heap_size && heap[child + 1].distance < heap[child].distance) child++;
    if (last.distance <= heap[child].distance) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}

static int32_t paths_from(uint32_t start) {
  static int32_t distances[kNodes];
  for (uint32_t i = 0; i < kNodes; i++) distances[i] = kFar;
  distances[start] = 0;
  heap_size = 0;
  heap_push((struct Entry){0, start});
  int32_t total = 0;
  while (heap_size != 0) {
    const struct Entry here = heap_pop();
    if (here.distance > distances[here.node]) continue;
    total += here.distance;
    for (uint32_t e = first_edge[here.node]; e < first_edge[here.node + 1]; e++) {
      const int32_t way = here.distance + edges[e].length;
      if (way >= distances[edges[e].to]) continue;
      distances[edges[e].to] = way;
      heap_push((struct Entry){way, edges[e].to});
    }
  }
  return total;
}

static uint32_t find(uint32_t* parents, uint32_t node) {
  while (parents[node] != node) {
    parents[node] = parents[parents[node]];
    node = parents[node];
  }
  return node;
}

static uint32_t components(int32_t longest) {
  static uint32_t parents[kNodes];
  for (uint32_t i = 0; i < kNodes; i++) parents[i] = i;
  uint32_t count = kNodes;
  for (uint32_t e = 0; e < kEdges; e++) {
    if (edges[e].length > longest) continue;
    const uint32_t a = find(parents, edges[e].from);
    const uint32_t b = find(parents, edges[e].to);
    if (a != b) {
      parents[a] = b;
      count--;
    }
  }
  return count;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 31415;
  uint64_t sum = 0;
  for (uint32_t round = 0; round < iterations; round++) {
    for (uint32_t i = 0; i < kNodes; i++) {
      for (uint32_t j = 0; j < kNodes; j++) lengths[i][j] = kFar;
    }
    for (uint32_t i = 0; i < kNodes; i++) {
      first_edge[i] = i * (kEdges / kNodes);
      for (uint32_t k = 0; k < kEdges / kNodes; k++) {
        struct Edge* const edge = &edges[first_edge[i] + k];
        edge->from = (uint16_t)i;
        edge->to = (uint16_t)(next_random(&seed) % kNodes);
        edge->length = 1 + (int32_t)(next_random(&seed) % 1000);
        if (edge->length < lengths[i][edge->to]) lengths[i][edge->to] = edge->length;
      }
    }
    first_edge[kNodes] = kEdges;
    all_paths();
    for (uint32_t i = 0; i < kNodes; i++) {
      sum = mix(sum, (uint32_t)(paths_from(i) + shortest[i][(i * 7 + round) % kNodes]));
    }
    for (int32_t longest = 50; longest < 400; longest += 50) sum = mix(sum, components(longest));
  }
  return sum;
}

WORKLOAD("graphs", 210)
