// Linked lists: build, search, reverse, remove, merge sort; loads that wait for loads.
#include <stddef.h>

#include "workload.h"

struct Node {
  struct Node* next;
  int32_t value;
};

enum { kNodes = 4096 };
static struct Node pool[kNodes];

static struct Node* build(uint32_t count, uint32_t* seed) {
  // Odd steps through the pool: neighbours in the list are no neighbours in memory.
  struct Node* head = NULL;
  for (uint32_t i = 0; i < count; i++) {
    struct Node* node = &pool[i * 1193 % kNodes];
    node->value = (int32_t)(next_random(seed) % 100000);
    node->next = head;
    head = node;
  }
  return head;
}

static struct Node* reverse(struct Node* list) {
  struct Node* done = NULL;
  while (list != NULL) {
    struct Node* next = list->next;
    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

static struct Node* merge(struct Node* a, struct Node* b) {
  struct Node anchor, *last = &anchor;
  while (a != NULL && b != NULL) {
    struct Node** least = a->value <= b->value ? &a : &b;
    last->next = *least;
    last = *least;
    *least = last->next;
  }
  last->next = a != NULL ? a : b;
  return anchor.next;
}

static struct Node* sort(struct Node* list) {
  if (list == NULL || list->next == NULL) return list;
  struct Node *slow = list, *fast = list->next;
  while (fast != NULL && fast->next != NULL) {
    slow = slow->next;
    fast = fast->next->next;
  }
  struct Node* second = slow->next;
  slow->next = NULL;
  return merge(sort(list), sort(second));
}

static uint32_t position(const struct Node* list, int32_t value) {
  uint32_t at = 0;
  for (; list != NULL && list->value < value; list = list->next) at++;
  return at;
}

static struct Node* remove_multiples(struct Node* list, int32_t of) {
  for (struct Node** link = &list; *link != NULL;) {
    if ((*link)->value % of == 0) {
      *link = (*link)->next;
    } else {
      link = &(*link)->next;
    }
  }
  return list;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 5551;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    struct Node* list = sort(reverse(build(kNodes, &seed)));
    for (uint32_t k = 0; k < 20; k++) {
      sum = mix(sum, position(list, (int32_t)(next_random(&seed) % 100000)));
    }
    list = remove_multiples(list, 7);
    for (uint32_t k = 0; k < 6; k++) list = reverse(list);
    sum = mix(sum, (uint32_t)list->value + position(list, 1 << 30));
  }
  return sum;
}

WORKLOAD("lists", 260)
