/*
 * store/digest.c - hashes over rows.
 */
#include "store/digest.h"

#include <string.h>

void digest_begin(struct digest *digest, const char *what)
{
    sha256_init(&digest->context);
    digest_text(digest, what);
}

void digest_int(struct digest *digest, int64_t value)
{
    uint8_t bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
    sha256_update(&digest->context, sizeof(bytes), bytes);
}

void digest_bytes(struct digest *digest, const void *bytes, size_t size)
{
    digest_int(digest, (int64_t)size);
    if (size > 0)
        sha256_update(&digest->context, size, bytes);
}

void digest_text(struct digest *digest, const char *text)
{
    digest_bytes(digest, text, strlen(text));
}

void digest_end(struct digest *digest, unsigned char hash[STORE_HASH_SIZE])
{
    sha256_digest(&digest->context, STORE_HASH_SIZE, hash);
}

void total_add(unsigned char total[STORE_HASH_SIZE], const unsigned char hash[STORE_HASH_SIZE])
{
    unsigned carry = 0;

    for (int i = 0; i < STORE_HASH_SIZE; i++) {
        carry += (unsigned)total[i] + hash[i];
        total[i] = (unsigned char)(carry & 0xff);
        carry >>= 8;
    }
}

void total_subtract(unsigned char total[STORE_HASH_SIZE],
                    const unsigned char hash[STORE_HASH_SIZE])
{
    int borrow = 0;

    for (int i = 0; i < STORE_HASH_SIZE; i++) {
        int difference = total[i] - hash[i] - borrow;

        borrow = difference < 0;
        total[i] = (unsigned char)(difference & 0xff);
    }
}
