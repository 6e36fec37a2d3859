/*
 * api/ec2_parts.c - what the operations of ec2 have in common: tags, pages, faults, small texts.
 *
 * True to the EC2 API reference, "Tag restrictions" and "Pagination".
 */
#include "api/ec2_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { TAGS_MOST = 50, TAG_KEY_MOST = 128, TAG_VALUE_MOST = 256, PAGE_LEAST = 5 };

static const struct fault_kind fault_page_limit = {
    .code = "InvalidParameterValue",
    .text = "Value ( {} ) for parameter maxResults is invalid. Expecting a value greater than 5.",
    .hint = "A page holds 5 to 1000 items; --max-items of the AWS CLI takes any number.",
};

static const struct fault_kind fault_page_token = {
    .code = "InvalidPaginationToken",
    .text = "The specified pagination token '{}' is not valid or is expired.",
    .hint = "Give the NextToken of the answer before, as it is, to the same operation.",
};

static const struct fault_kind fault_tag_limit = {
    .code = "TagLimitExceeded",
    .text = "More than 50 tags specified",
    .hint = "A resource takes 50 tags: delete some first.",
};

static const struct fault_kind fault_tag_key_length = {
    .code = "InvalidParameterValue",
    .text = "Tag key exceeds the maximum length of 128 characters",
    .hint = "Make the key shorter; a value takes 256 characters.",
};

static const struct fault_kind fault_tag_value_length = {
    .code = "InvalidParameterValue",
    .text = "Tag value exceeds the maximum length of 256 characters",
    .hint = "Make the value shorter.",
};

static const struct fault_kind fault_tag_key_empty = {
    .code = "InvalidParameterValue",
    .text = "Tag key cannot be null or empty",
    .hint = "Write Key=NAME,Value=TEXT; the value may be empty, the key may not.",
};

static const struct fault_kind fault_tag_reserved = {
    .code = "InvalidParameterValue",
    .text = "Tag keys starting with 'aws:' are reserved for internal use",
    .hint = "Choose a key that begins otherwise.",
};

static const struct fault_kind fault_tag_twice = {
    .code = "InvalidParameterValue",
    .text = "Duplicate tag key '{}' specified.",
    .hint = "Give each key once.",
};

static const struct fault_kind fault_tag_kind = {
    .code = "InvalidParameterValue",
    .text = "'{}' is not a valid taggable resource type for this operation.",
    .hint = "Name the kind that the operation makes (ResourceType=instance); only what is modelled "
            "here takes tags.",
};

static const struct fault_kind fault_tag_no_kind = {
    .code = "MissingParameter",
    .text = "Tag specification must have a resource type",
    .hint = "Write ResourceType=TYPE before Tags=[...].",
};

/* ---- pages ---- */

static const struct fault_kind fault_page_marker = {
    .code = "ValidationError",
    .text = "Invalid marker: '{}'",
    .hint = "Give the NextMarker of the answer before, as it is; or leave --marker away.",
};

int page_find(struct call *call, struct opt_int limit, const char *token, uint32_t total,
              struct page *page)
{
    bool query = call_style(call) == STYLE_QUERY;
    uint64_t first = 0;
    char *end = NULL;

    if (!query && limit.set && limit.value < PAGE_LEAST)
        return call_fault(call, &fault_page_limit, ec2_number(call, limit.value));
    if (token != NULL) {
        first = strtoull(str_starts(token, "page-") ? token + 5 : token, &end, 16);
        if (!str_starts(token, "page-") || end == token + 5 || *end != '\0')
            return call_fault(call, query ? &fault_page_marker : &fault_page_token, token);
    }
    page->first = first < total ? (uint32_t)first : total;
    page->count = total - page->first;
    page->next = NULL;
    if (limit.set && limit.value < page->count) {
        page->count = (uint32_t)limit.value;
        page->next = arena_printf(&call->arena, "page-%016" PRIx32, page->first + page->count);
    }
    return 0;
}

/* ---- tags ---- */

void tag_views_fill(struct call *call, struct tag_views *views, const struct tags *tags)
{
    if (tags_count(tags) == 0)
        return;
    views->items = arena_alloc(&call->arena, tags_count(tags) * sizeof(*views->items));
    views->count = views->size = tags_count(tags);
    for (uint32_t i = 0; i < tags_count(tags); i++) {
        views->items[i].key = tags_at(tags, i)->key;
        views->items[i].value = tags_at(tags, i)->value;
    }
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

int tag_views_check(struct call *call, const struct tag_views *tags)
{
    if (tags->count > TAGS_MOST)
        return call_fault(call, &fault_tag_limit);
    for (uint32_t i = 0; i < tags->count; i++) {
        const struct tag_view *tag = &tags->items[i];

        if (tag->key == NULL || tag->key[0] == '\0')
            return call_fault(call, &fault_tag_key_empty);
        if (characters(tag->key) > TAG_KEY_MOST)
            return call_fault(call, &fault_tag_key_length);
        if (tag->value != NULL && characters(tag->value) > TAG_VALUE_MOST)
            return call_fault(call, &fault_tag_value_length);
        if (strncasecmp(tag->key, "aws:", 4) == 0)
            return call_fault(call, &fault_tag_reserved);
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(tags->items[k].key, tag->key) == 0)
                return call_fault(call, &fault_tag_twice, tag->key);
        }
    }
    return 0;
}

int tag_views_check_room(struct call *call, const struct tags *have, const struct tag_views *more)
{
    uint32_t count = tags_count(have);

    for (uint32_t i = 0; i < more->count; i++)
        count += tags_find(have, more->items[i].key) == NULL;
    return count > TAGS_MOST ? call_fault(call, &fault_tag_limit) : 0;
}

static bool kind_is_among(const char *kind, const char *const *kinds)
{
    for (size_t i = 0; kinds[i] != NULL; i++) {
        if (strcmp(kinds[i], kind) == 0)
            return true;
    }
    return false;
}

int tag_specifications_check(struct call *call, const struct tag_specifications *specifications,
                             const char *const *kinds)
{
    for (uint32_t i = 0; i < specifications->count; i++) {
        const struct tag_specification *specification = &specifications->items[i];

        if (specification->resource_type == NULL)
            return call_fault(call, &fault_tag_no_kind);
        if (!kind_is_among(specification->resource_type, kinds))
            return call_fault(call, &fault_tag_kind, specification->resource_type);
        if (tag_views_check(call, &specification->tags) != 0)
            return -1;
    }
    return 0;
}

/* ---- from one Region to another ---- */

const struct fault_kind fault_source_region = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter sourceRegion is invalid. The region is not valid.",
    .hint = "`aws ec2 describe-regions` lists the Regions that there are.",
};

/* Its Region is lost, and all that lies in S3 there. */
const struct fault_kind fault_ids_and_limit = {
    .code = "InvalidParameterCombination",
    .text = "The parameter {} cannot be used with the parameter maxResults",
    .hint = "Name them, or ask for pages; not both.",
};
const struct fault_kind fault_source_region_lost = {
    .code = "Unavailable",
    .text = "The server is overloaded and can't handle the request.",
    .hint = "`lab describe-faults` says whether the source Region is lost: only copies that were "
            "made before are left.",
};

int ec2_source_region(struct call *call, const char *name, uint8_t *region)
{
    int found = catalog_region_find(call->world->catalog, name);

    if (found < 0)
        return call_fault(call, &fault_source_region, name);
    if (injections_region_lost(&call->world->injections, (uint8_t)found))
        return call_fault(call, &fault_source_region_lost);
    *region = (uint8_t)found;
    return 0;
}

/* ---- small texts ---- */

const char *ec2_region_name(const struct call *call)
{
    return call->world->catalog->regions[call->region].name;
}

const char *ec2_arn(struct call *call, const char *kind, const char *id)
{
    return arena_printf(&call->arena, "arn:aws:ec2:%s:%012" PRIu64 ":%s/%s", ec2_region_name(call),
                        call->account, kind, id);
}

const char *ec2_number(struct call *call, int64_t number)
{
    return arena_printf(&call->arena, "%" PRId64, number);
}
