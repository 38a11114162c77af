#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

// The two textbook inboxes that a mailbox is built on, and small change for measuring. Nodes belong
// to the caller.
namespace goakt::bench {

inline constexpr std::size_t kCacheLine = 64;

// Tells the processor that this is a wait loop.
inline void spin_hint() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Keeps the compiler from throwing a measured value away.
inline void keep(const void* value) {
  asm volatile("" : : "g"(value) : "memory");
}

struct Node {
  std::atomic<Node*> next{nullptr};
  std::uint64_t value = 0;
};

// Vyukov's intrusive queue: many threads push, one pops.
class VyukovQueue {
 public:
  VyukovQueue() : head_(&stub_), tail_(&stub_) {}

  void push(Node* node) {
    node->next.store(nullptr, std::memory_order_relaxed);
    Node* before = head_.exchange(node, std::memory_order_acq_rel);
    before->next.store(node, std::memory_order_release);
  }

  // Null when empty, and for the moment in which a push is half done.
  Node* pop() {
    Node* tail = tail_;
    Node* next = tail->next.load(std::memory_order_acquire);
    if (tail == &stub_) {
      if (next == nullptr) return nullptr;
      tail_ = tail = next;
      next = next->next.load(std::memory_order_acquire);
    }
    if (next != nullptr) {
      tail_ = next;
      return tail;
    }
    if (tail != head_.load(std::memory_order_acquire)) return nullptr;
    push(&stub_);
    next = tail->next.load(std::memory_order_acquire);
    if (next == nullptr) return nullptr;
    tail_ = next;
    return tail;
  }

 private:
  alignas(kCacheLine) std::atomic<Node*> head_;
  alignas(kCacheLine) Node* tail_;
  Node stub_;
};

// A stack that is taken whole and reversed.
class LifoInbox {
 public:
  void push(Node* node) {
    Node* top = top_.load(std::memory_order_relaxed);
    do {
      node->next.store(top, std::memory_order_relaxed);
    } while (!top_.compare_exchange_weak(top, node, std::memory_order_release,
                                         std::memory_order_relaxed));
  }

  // All nodes, oldest first, linked by `next`; null when there is none.
  Node* take_all() {
    if (top_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    Node* node = top_.exchange(nullptr, std::memory_order_acquire);
    Node* oldest = nullptr;
    while (node != nullptr) {
      Node* next = node->next.load(std::memory_order_relaxed);
      node->next.store(oldest, std::memory_order_relaxed);
      oldest = node;
      node = next;
    }
    return oldest;
  }

 private:
  alignas(kCacheLine) std::atomic<Node*> top_{nullptr};
};

}  // namespace goakt::bench
