/*
 * cloud/token.c - the words by which repeated requests are known: client tokens.
 *
 * Keys are the ids of what was made, so that its end is found at once.  Tokens that no longer hold
 * are swept out when their number has doubled since: cheap, and the same on every run.
 */
#include "cloud/token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/chance.h"
#include "sim/clock.h"

static const int64_t token_life_ns = 24 * 3600 * SECOND_NS;

void tokens_init(struct tokens *tokens, const int64_t *now)
{
    tokens->now = now;
    table_init(&tokens->table, &token_shape);
}

void tokens_release(struct tokens *tokens)
{
    table_release(&tokens->table);
}

static bool holds(const struct tokens *tokens, const struct token *token)
{
    return token->since == INT64_MAX || *tokens->now - token->since < token_life_ns;
}

const struct token *token_find(const struct tokens *tokens, const struct token *wanted)
{
    for (uint32_t i = 0; i < table_count(&tokens->table); i++) {
        const struct token *token = table_at(&tokens->table, i);

        if (token->account == wanted->account && token->region == wanted->region &&
            token->zone == wanted->zone && str_equal(token->text, wanted->text) &&
            holds(tokens, token))
            return token;
    }
    return NULL;
}

static void sweep(struct tokens *tokens)
{
    for (uint32_t i = table_count(&tokens->table); i-- > 0;) {
        const struct token *token = table_at(&tokens->table, i);

        if (!holds(tokens, token))
            table_remove(&tokens->table, token->key);
    }
}

void token_keep(struct tokens *tokens, const struct token *token)
{
    uint32_t count = table_count(&tokens->table);
    uint64_t key = token->made;
    struct token *kept;
    char *hash = xmalloc(token->hash.size + 1);

    if ((count & (count - 1)) == 0)
        sweep(tokens);
    while (key == 0 || table_find(&tokens->table, key) != NULL)
        key++;
    kept = table_add(&tokens->table, key);
    *kept = (struct token){
        .key = key,
        .account = token->account,
        .made = token->made,
        .since = token->since,
        .text = xstrdup(token->text),
        .hash = {.bytes = memcpy(hash, token->hash.bytes, token->hash.size),
                 .size = token->hash.size},
        .region = token->region,
        .zone = token->zone,
    };
}

void token_made_ended(struct tokens *tokens, uint64_t made)
{
    struct token *token = table_find(&tokens->table, made);

    if (token != NULL && token->made == made)
        token->since = *tokens->now;
}

void token_invent(uint64_t seed, uint64_t number, char text[TOKEN_TEXT_SIZE])
{
    struct chance chance = chance_stream(seed, "client-tokens", number);
    uint64_t a = chance_u64(&chance);
    uint64_t b = chance_u64(&chance);

    snprintf(text, TOKEN_TEXT_SIZE, "%08x-%04x-4%03x-%04x-%012" PRIx64, (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
             (unsigned)(0x8000 | (b >> 48 & 0x3fff)), b & UINT64_C(0xffffffffffff));
}

static const struct field token_fields[] = {
    F_INT(struct token, key, "Key", "The id of what was made, or near it."),
    F_INT(struct token, account, "OwnerId", "Whose."),
    F_INT(struct token, made, "Made", "The id of what the request made."),
    F_INT(struct token, since, "Since", "When its last 24 hours began."),
    F_STRING(struct token, text, "Token", "The word."),
    F_BLOB(struct token, hash, "Hash", "Of what was asked."),
    F_INT(struct token, region, "Region", "Where."),
    F_INT(struct token, zone, "Zone", "The zone that was named, or 255."),
};

const struct shape token_shape = SHAPE("Token", struct token, token_fields);
