/*
 * store/wal.c - is FILE-wal whole, as far as that can be told?
 *
 * SQLite reads FILE-wal up to the first frame whose checksum is wrong, and forgets the rest without
 * a word.  That is right after a power cut, when the rest is one transaction that was being
 * written; it is wrong when a byte in the middle was changed at rest, and finished transactions lie
 * behind it.  Each frame carries the salts of its generation, and the last frame of a transaction
 * says so:
 *
 *     good good COMMIT  good BAD COMMIT                    one unfinished transaction: in order
 *     good good COMMIT  good BAD COMMIT  good COMMIT       more than one: broken
 *     good good COMMIT  (frames of an older generation)    the end: in order
 *
 * A change within the very last transaction looks like a power cut; there is no telling.
 * True to SQLite's file format, "The Write-Ahead Log".
 */
#include "store/wal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
    HEADER_BYTES = 32,
    FRAME_HEADER_BYTES = 24,
    PAGE_BYTES = 4096,
    FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES,
};

#define MAGIC UINT32_C(0x377f0682) /* the lowest bit: checksums over big-endian words */

struct sums {
    uint32_t a;
    uint32_t b;
    bool big;
};

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t little_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static void sums_add(struct sums *sums, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint32_t x = sums->big ? big_endian(bytes + i) : little_endian(bytes + i);
        uint32_t y = sums->big ? big_endian(bytes + i + 4) : little_endian(bytes + i + 4);

        sums->a += x + sums->b;
        sums->b += y + sums->a;
    }
}

static bool sums_are(const struct sums *sums, const unsigned char *bytes)
{
    return sums->a == big_endian(bytes) && sums->b == big_endian(bytes + 4);
}

static bool read_frame(int file, int64_t number, unsigned char frame[FRAME_BYTES])
{
    off_t at = (off_t)(HEADER_BYTES + number * FRAME_BYTES);

    return pread(file, frame, FRAME_BYTES, at) == FRAME_BYTES;
}

/* The number of the first frame that SQLite will not take. */
static int64_t count_good(int file, const unsigned char *salts, struct sums sums)
{
    unsigned char frame[FRAME_BYTES];
    int64_t number = 0;

    while (read_frame(file, number, frame)) {
        sums_add(&sums, frame, 8);
        sums_add(&sums, frame + FRAME_HEADER_BYTES, PAGE_BYTES);
        if (memcmp(frame + 8, salts, 8) != 0 || !sums_are(&sums, frame + 16))
            break;
        number++;
    }
    return number;
}

/* True when what follows is at most one transaction of this generation. */
static bool rest_is_one_transaction(int file, const unsigned char *salts, int64_t number)
{
    unsigned char frame[FRAME_BYTES];
    bool finished = false;

    for (; read_frame(file, number, frame); number++) {
        if (memcmp(frame + 8, salts, 8) != 0)
            continue;
        if (finished)
            return false;
        finished = big_endian(frame + 4) != 0;
    }
    return true;
}

enum wal_state wal_look(const char *path)
{
    unsigned char header[HEADER_BYTES];
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    ssize_t got;
    enum wal_state state = WAL_BROKEN;
    struct sums sums = { 0 };

    if (file < 0)
        return WAL_EMPTY;
    got = pread(file, header, sizeof(header), 0);
    if (got == 0)
        state = WAL_EMPTY;
    if (got == HEADER_BYTES && (big_endian(header) & ~UINT32_C(1)) == MAGIC) {
        sums.big = (big_endian(header) & 1) != 0;
        sums_add(&sums, header, 24);
        if (sums_are(&sums, header + 24)
            && rest_is_one_transaction(file, header + 16, count_good(file, header + 16, sums)))
            state = WAL_WHOLE;
    }
    close(file);
    return state;
}
