/*
 * cloud/key_pair.c - key pairs: who may log in.
 *
 * Owns    the key pairs.
 * True to the form of AWS's answers: a PEM text for RSA, OpenSSH's own form for ED25519,
 * fingerprints of twenty
 *         bytes.  The bytes inside come from chance and are no key of any real system.
 */
#include "cloud/key_pair.h"

#include "base/str.h"
#include "sim/chance.h"

enum {
    RSA_BYTES = 1190, /* of a 2048-bit private key, in DER */
    ED25519_BYTES = 264,
    PEM_LINE = 64,
    OPENSSH_LINE = 70,
    FINGERPRINT_RSA = 20,
    FINGERPRINT_ED25519 = 32,
};

static const struct fault_kind fault_key_pair_limit;

void key_pairs_init(struct key_pairs *keys)
{
    table_init(&keys->table, &key_pair_shape);
}

void key_pairs_release(struct key_pairs *keys)
{
    table_release(&keys->table);
}

struct key_pair *key_pair_find(const struct key_pairs *keys, uint64_t account, uint8_t region,
                               const char *name)
{
    for (uint32_t i = 0; i < table_count(&keys->table); i++) {
        struct key_pair *key = table_at(&keys->table, i);

        if (key->account == account && key->region == region && str_equal(key->name, name))
            return key;
    }
    return NULL;
}

static int64_t keys_count(const struct key_pairs *keys, uint64_t account, uint8_t region)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&keys->table); i++) {
        const struct key_pair *key = table_at(&keys->table, i);

        count += key->account == account && key->region == region;
    }
    return count;
}

struct key_pair *key_pair_add(struct key_pairs *keys, const struct key_pair_new *wish,
                              struct fault *fault)
{
    struct key_pair *key;

    if (key_pair_find(keys, wish->account, wish->region, wish->name) != NULL) {
        fault_set(fault, &fault_key_pair_duplicate, wish->name);
        return NULL;
    }
    if (keys_count(keys, wish->account, wish->region) >=
        account_quota(keys->accounts, wish->account, QUOTA_KEY_PAIRS)) {
        fault_set(fault, &fault_key_pair_limit);
        return NULL;
    }
    key = table_add(&keys->table, ids_new(keys->ids));
    key->account = wish->account;
    key->region = wish->region;
    key->name = xstrdup(wish->name);
    key->is_ed25519 = wish->is_ed25519;
    key->created = keys->sim->now;
    return key;
}

void key_pair_remove(struct key_pairs *keys, uint64_t id)
{
    table_remove(&keys->table, id);
}

/* Base 64 of bytes from the stream, cut into lines (0: one line without end). */
static void bytes_add(struct str *out, struct chance *luck, int count, int line)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int length = (count + 2) / 3 * 4;
    int padding = (3 - count % 3) % 3;

    for (int i = 0; i < length; i++) {
        bool is_padding = i >= length - padding;

        str_addc(out, is_padding ? '=' : digits[chance_below(luck, 64)]);
        if (line != 0 && ((i + 1) % line == 0 || i + 1 == length))
            str_addc(out, '\n');
    }
}

const char *key_pair_material(const struct key_pairs *keys, const struct key_pair *key,
                              struct arena *arena)
{
    struct chance luck = chance_stream(keys->seed, "key-material", key->id);
    struct str out = STR_INIT;
    const char *text;

    if (key->is_ed25519) {
        str_add(&out, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
        bytes_add(&out, &luck, ED25519_BYTES, OPENSSH_LINE);
        str_add(&out, "-----END OPENSSH PRIVATE KEY-----\n");
    } else {
        str_add(&out, "-----BEGIN RSA PRIVATE KEY-----\n");
        bytes_add(&out, &luck, RSA_BYTES, PEM_LINE);
        str_add(&out, "-----END RSA PRIVATE KEY-----");
    }
    text = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return text;
}

const char *key_pair_fingerprint(const struct key_pairs *keys, const struct key_pair *key,
                                 struct arena *arena)
{
    struct chance luck = chance_stream(keys->seed, "key-fingerprint", key->id);
    struct str out = STR_INIT;
    const char *text;

    if (key->is_ed25519)
        bytes_add(&out, &luck, FINGERPRINT_ED25519, 0);
    for (int i = 0; !key->is_ed25519 && i < FINGERPRINT_RSA; i++)
        str_addf(&out, "%s%02x", i == 0 ? "" : ":", (unsigned)chance_below(&luck, 256));
    text = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return text;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool key_pair_matches(const struct key_pairs *keys, const struct key_pair *key, const char *text)
{
    struct arena arena = ARENA_INIT;
    const char *own = key_pair_material(keys, key, &arena);
    bool same;

    for (;;) {
        while (is_blank(*own))
            own++;
        while (is_blank(*text))
            text++;
        if (*own != *text || *own == '\0')
            break;
        own++;
        text++;
    }
    same = *own == *text;
    arena_release(&arena);
    return same;
}

static const struct field key_pair_fields[] = {
    F_INT(struct key_pair, id, "KeyPairId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct key_pair, account, "OwnerId", "Whose."),
    F_INT(struct key_pair, region, "Region", "Where."),
    F_BOOL(struct key_pair, is_ed25519, "IsEd25519", "Of the newer kind; else RSA."),
    F_TIME(struct key_pair, created, "CreateTime", "When it was made."),
    F_STRING(struct key_pair, name, "KeyName", "Its name.", .flags = FIELD_COLUMN),
    F_EMBED(struct key_pair, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

const struct shape key_pair_shape = SHAPE("KeyPair", struct key_pair, key_pair_fields);

const struct fault_kind fault_key_pair_not_found = {
    "InvalidKeyPair.NotFound",
    "The key pair '{}' does not exist",
    "`aws ec2 describe-key-pairs` lists yours; `aws ec2 create-key-pair` makes one.",
};
const struct fault_kind fault_key_pair_duplicate = {
    "InvalidKeyPair.Duplicate",
    "The keypair '{}' already exists.",
    "Choose another name, or delete the one that is there.",
};
static const struct fault_kind fault_key_pair_limit = {
    "KeyPairLimitExceeded",
    "You have reached the maximum number of key pairs.",
    "Delete one, or raise the quota: `lab set-quota`.",
};
