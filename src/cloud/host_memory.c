/*
 * cloud/host_memory.c - the memory of a host: which part is whose, and what was left in it.
 *
 * Owns    the list of pieces of each host.
 */
#include "cloud/host_memory.h"

#include "base/bug.h"

void host_memory_release(struct host_memory *memory)
{
    LIST_RELEASE(&memory->pieces);
}

/* Cuts a piece so that it is only so large; the rest stands behind it. */
static void piece_cut(struct host_memory *memory, uint32_t at, uint32_t size)
{
    struct memory_piece rest = memory->pieces.items[at];

    rest.at += size;
    rest.size -= size;
    (void)LIST_PUSH(&memory->pieces);
    for (uint32_t i = memory->pieces.count - 1; i > at + 1; i--)
        memory->pieces.items[i] = memory->pieces.items[i - 1];
    memory->pieces.items[at + 1] = rest;
    memory->pieces.items[at].size = size;
}

void host_memory_take(struct host_memory *memory, uint32_t total_mib, uint64_t guest, uint32_t mib)
{
    if (memory->pieces.count == 0)
        *LIST_PUSH(&memory->pieces) = (struct memory_piece){ .size = total_mib };
    for (uint32_t i = 0; i < memory->pieces.count && mib > 0; i++) {
        if (memory->pieces.items[i].holder != 0)
            continue;
        if (memory->pieces.items[i].size > mib)
            piece_cut(memory, i, mib);
        memory->pieces.items[i].holder = guest;
        mib -= memory->pieces.items[i].size;
    }
    if (mib > 0)
        BUG("%u MiB too few for a guest that was placed", mib);
}

/* A guest has written all its memory in its life; then the hypervisor writes zeros over it. */
static void piece_scrub(struct memory_piece *piece)
{
    piece->wrote = piece->holder;
    piece->holder = 0;
    piece->wrote = 0;
}

static void pieces_join(struct host_memory *memory)
{
    uint32_t kept = 0;

    for (uint32_t i = 1; i < memory->pieces.count; i++) {
        struct memory_piece *last = &memory->pieces.items[kept];
        const struct memory_piece *next = &memory->pieces.items[i];

        if (last->holder == 0 && next->holder == 0 && last->wrote == next->wrote)
            last->size += next->size;
        else
            memory->pieces.items[++kept] = *next;
    }
    memory->pieces.count = kept + 1;
}

void host_memory_give(struct host_memory *memory, uint64_t guest)
{
    for (uint32_t i = 0; i < memory->pieces.count; i++) {
        if (memory->pieces.items[i].holder == guest)
            piece_scrub(&memory->pieces.items[i]);
    }
    if (memory->pieces.count > 0)
        pieces_join(memory);
}

struct memory_scan host_memory_scan(const struct host_memory *memory, uint64_t guest)
{
    struct memory_scan scan = {0};

    for (uint32_t i = 0; i < memory->pieces.count; i++) {
        const struct memory_piece *piece = &memory->pieces.items[i];

        if (piece->holder != guest)
            continue;
        scan.mib += piece->size;
        if (piece->wrote != 0 && piece->wrote != guest)
            scan.foreign_mib += piece->size;
    }
    return scan;
}
