/*
 * api/idempotency.c - a request that is repeated with its client token is answered, and not done
 * again.
 */
#include "api/idempotency.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/pack.h"
#include "api/value.h"
#include "cloud/world.h"

const struct fault_kind fault_token_mismatch = {
    .code = "IdempotentParameterMismatch",
    .text = "Arguments on this idempotent request are inconsistent with arguments used in previous "
            "request(s).",
    .hint = "The token belongs to another request: use a new one, or none.",
};

static const struct field *token_field(const struct op *op)
{
    const struct field *field = shape_field_find(op->in, "ClientToken");

    return field == NULL || (field->flags & FIELD_UNMODELLED) != 0 ? NULL : field;
}

/* The hash of what was asked, in the call's arena: equal for equal requests. */
static struct blob request_hash(struct call *call, const void *in)
{
    unsigned char *hash = arena_alloc(&call->arena, PACK_HASH_SIZE);
    json_t *json = value_to_json(call->op->in, in);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);

    pack_hash(text, strlen(text), hash);
    free(text);
    json_decref(json);
    return (struct blob){.bytes = (char *)hash, .size = PACK_HASH_SIZE};
}

static const char *text_at(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* The zone of a subnet that the caller may see. */
static int subnet_zone(const struct call *call, const char *text)
{
    const struct subnet *subnet;
    uint64_t id;

    if (text == NULL || !id_parse(&kind_subnet, text, &id))
        return -1;
    subnet = subnet_find(&call->world->network, call->account, call->region, id);
    return subnet == NULL ? -1 : subnet->zone;
}

/* The zone that a request names, by itself or by a subnet: then a token is the zone's own. */
static uint8_t request_zone(const struct call *call, const json_t *params)
{
    const json_t *places[] = {params, json_object_get(params, "Placement")};
    const json_t *card = json_array_get(json_object_get(params, "NetworkInterfaces"), 0);
    int zone = subnet_zone(call, text_at(params, "SubnetId"));

    if (zone < 0)
        zone = subnet_zone(call, text_at(card, "SubnetId"));
    for (size_t i = 0; zone < 0 && i < sizeof(places) / sizeof(places[0]); i++) {
        const char *name = text_at(places[i], "AvailabilityZone");

        if (name == NULL)
            name = text_at(places[i], "AvailabilityZoneId");
        if (name != NULL)
            zone = catalog_zone_find(call->world->catalog, name);
    }
    return zone < 0 ? TOKEN_NO_ZONE : (uint8_t)zone;
}

/* What the AWS CLI makes up: no two requests that draw an id have the same. */
static char *token_invented(struct call *call)
{
    char *text = arena_alloc(&call->arena, TOKEN_TEXT_SIZE);

    token_invent(call->world->seed, call->world->ids.stream.counter, text);
    return text;
}

int idempotency_begin(struct call *call, const json_t *params, void *in, void *out,
                      struct idempotency *request)
{
    const struct field *field = call->op->again == NULL ? NULL : token_field(call->op);
    const struct token *earlier;
    char *text;

    *request = (struct idempotency){0};
    if (field == NULL)
        return 0;
    text = field_pointer_read(field, in);
    if (text == NULL && (field->flags & FIELD_TOKEN) == 0)
        return 0;
    request->token = (struct token){
        .account = call->account,
        .region = call->region,
        .zone = request_zone(call, params),
        .since = call->world->sim.now,
        .text = text,
    };
    if (text == NULL) {
        request->token.text = token_invented(call);
        field_pointer_write(field, in, request->token.text);
        request->token.hash = request_hash(call, in);
        return 0;
    }
    request->token.hash = request_hash(call, in);
    earlier = token_find(&call->world->tokens, &request->token);
    if (earlier == NULL)
        return 0;
    if (earlier->hash.size != request->token.hash.size ||
        memcmp(earlier->hash.bytes, request->token.hash.bytes, earlier->hash.size) != 0)
        return call_fault(call, &fault_token_mismatch);
    return call->op->again(call, earlier->made, out) == 0 ? 1 : -1;
}

void idempotency_end(struct call *call, const struct idempotency *request)
{
    struct token token = request->token;

    if (token.text == NULL)
        return;
    if (call->made == 0)
        BUG("%s does not say what it made", call->op->name);
    token.made = call->made;
    if (call->made_lives)
        token.since = INT64_MAX;
    token_keep(&call->world->tokens, &token);
}
