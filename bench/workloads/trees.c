// Binary trees with an allocator of their own: build and walk, and a search tree with deletions.
#include <stddef.h>

#include "workload.h"

struct Tree {
  struct Tree *left, *right;
  uint32_t key;
};

// Allocator: a pool and a list of what was given back.
enum { kPool = 16384 };
static struct Tree pool[kPool];
static struct Tree* free_list;
static uint32_t fresh;

static struct Tree* allocate(uint32_t key) {
  struct Tree* tree = free_list;
  if (tree != NULL) {
    free_list = tree->left;
  } else {
    tree = &pool[fresh++];
  }
  tree->left = tree->right = NULL;
  tree->key = key;
  return tree;
}

static void give_back(struct Tree* tree) {
  tree->left = free_list;
  free_list = tree;
}

static struct Tree* bottom_up(uint32_t depth, uint32_t key) {
  struct Tree* tree = allocate(key);
  if (depth > 0) {
    tree->left = bottom_up(depth - 1, 2 * key);
    tree->right = bottom_up(depth - 1, 2 * key + 1);
  }
  return tree;
}

static uint32_t walk(const struct Tree* tree) {
  if (tree->left == NULL) return tree->key & 1;
  return walk(tree->left) + walk(tree->right) + 1;
}

static void destroy(struct Tree* tree) {
  if (tree == NULL) return;
  destroy(tree->left);
  destroy(tree->right);
  give_back(tree);
}

static struct Tree* insert(struct Tree* root, uint32_t key) {
  struct Tree** link = &root;
  while (*link != NULL) {
    if ((*link)->key == key) return root;
    link = key < (*link)->key ? &(*link)->left : &(*link)->right;
  }
  *link = allocate(key);
  return root;
}

static struct Tree* erase(struct Tree* root, uint32_t key, uint32_t* erased) {
  struct Tree** link = &root;
  while (*link != NULL && (*link)->key != key) {
    link = key < (*link)->key ? &(*link)->left : &(*link)->right;
  }
  struct Tree* tree = *link;
  if (tree == NULL) return root;
  ++*erased;
  if (tree->left != NULL && tree->right != NULL) {
    struct Tree** next = &tree->right;
    while ((*next)->left != NULL) next = &(*next)->left;
    struct Tree* successor = *next;
    tree->key = successor->key;
    *next = successor->right;
    give_back(successor);
  } else {
    *link = tree->left != NULL ? tree->left : tree->right;
    give_back(tree);
  }
  return root;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 60601;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    struct Tree* tree = bottom_up(10, opaque(i));
    sum = mix(sum, walk(tree));
    destroy(tree);
    struct Tree* search = NULL;
    uint32_t erased = 0;
    for (uint32_t k = 0; k < 1000; k++) search = insert(search, next_random(&seed) % 4096);
    for (uint32_t k = 0; k < 1000; k++) search = erase(search, next_random(&seed) % 4096, &erased);
    sum = mix(sum, erased);
    destroy(search);
  }
  return sum;
}

WORKLOAD("trees", 930)
