/*
 * cloud/host_memory.h - the memory of a host: which part is whose, and what was left in it.
 *
 * A guest's memory is made of pieces of the host's; a piece has one holder or none.  A guest can
 * only look at what is its own: no address of it leads elsewhere.  What it wrote stays in a piece
 * until the hypervisor scrubs it, which it does when the piece is given back, before anybody else
 * can have it.
 *
 * True to AWS's Nitro design papers: memory is scrubbed before it is given to another guest.
 * Derived from who is where, and not saved.
 */
#ifndef CLOUD_HOST_MEMORY_H
#define CLOUD_HOST_MEMORY_H

#include <stdint.h>

#include "base/list.h"

struct memory_piece {
    uint32_t at;     /* MiB */
    uint32_t size;   /* MiB */
    uint64_t holder; /* a guest; 0: free */
    uint64_t wrote;  /* the guest whose bytes are in it; 0: zeros */
};

struct host_memory {
    LIST(struct memory_piece) pieces; /* all of it, in order; empty: all is free; owned */
};

/* What a guest finds when it reads all its memory. */
struct memory_scan {
    uint32_t mib;
    uint32_t foreign_mib; /* that hold bytes of another guest */
};

void host_memory_release(struct host_memory *memory);
/* The guest gets so much; BUG when there is not so much. */
void host_memory_take(struct host_memory *memory, uint32_t total_mib, uint64_t guest,
                      uint32_t mib);
/* The guest is gone. */
void host_memory_give(struct host_memory *memory, uint64_t guest);
struct memory_scan host_memory_scan(const struct host_memory *memory, uint64_t guest);

#endif
