/*
 * store/digest.h - hashes over rows.
 *
 * SHA-256 over fields, each with its length before it, so that no two lists of fields give the same
 * bytes.  A total is the sum of many digests (mod 2^256): it changes when any row comes, goes or
 * changes, and is kept up to date without reading the others.
 */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

#include "store/record.h"

struct digest {
    struct sha256_ctx context;
};

void digest_begin(struct digest *digest, const char *what);
void digest_int(struct digest *digest, int64_t value);
void digest_bytes(struct digest *digest, const void *bytes, size_t size);
void digest_text(struct digest *digest, const char *text);
void digest_end(struct digest *digest, unsigned char hash[STORE_HASH_SIZE]);

void total_add(unsigned char total[STORE_HASH_SIZE], const unsigned char hash[STORE_HASH_SIZE]);
void total_subtract(unsigned char total[STORE_HASH_SIZE],
                    const unsigned char hash[STORE_HASH_SIZE]);

#endif
