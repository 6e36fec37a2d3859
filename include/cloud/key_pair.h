/*
 * cloud/key_pair.h - key pairs: who may log in.
 *
 * As at AWS only the public half is kept.  The private half is made from chance when asked for;
 * that the same id always gives the same text is how a login is checked without keeping it.  It is
 * a teaching key: no cryptography stands behind it.
 */
#ifndef CLOUD_KEY_PAIR_H
#define CLOUD_KEY_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/table.h"
#include "cloud/account.h"
#include "cloud/id.h"
#include "cloud/tag.h"
#include "sim/event.h"

struct key_pair {
    uint64_t id; /* key-... */
    uint64_t account;
    uint8_t region;
    bool is_ed25519; /* else RSA */
    int64_t created;
    char *name;
    struct tags tags;
};

struct key_pairs {
    struct table table;
    const struct sim *sim; /* borrowed, as are all below */
    struct ids *ids;
    const struct accounts *accounts;
    uint64_t seed;
};

extern const struct shape key_pair_shape;

void key_pairs_init(struct key_pairs *keys);
void key_pairs_release(struct key_pairs *keys);
struct key_pair *key_pair_find(const struct key_pairs *keys, uint64_t account, uint8_t region,
                               const char *name);

struct key_pair_new {
    uint64_t account;
    uint8_t region;
    const char *name;
    bool is_ed25519;
};

/* NULL and a fault: InvalidKeyPair.Duplicate, KeyPairLimitExceeded. */
struct key_pair *key_pair_add(struct key_pairs *keys, const struct key_pair_new *wish,
                              struct fault *fault);
void key_pair_remove(struct key_pairs *keys, uint64_t id);
/* The private half as a PEM text, the same for the same id. */
const char *key_pair_material(const struct key_pairs *keys, const struct key_pair *key,
                              struct arena *arena);
/* "1f:51:ae:..." (RSA), or base 64 (ED25519). */
const char *key_pair_fingerprint(const struct key_pairs *keys, const struct key_pair *key,
                                 struct arena *arena);
/* True when the text of a key file is this key's private half (blanks around lines do not matter).
 */
bool key_pair_matches(const struct key_pairs *keys, const struct key_pair *key, const char *text);

extern const struct fault_kind fault_key_pair_not_found, fault_key_pair_duplicate;

#endif
