/*
 * api/ec2_ids.c - ids that people type: whose they are, and in which words a wrong one is refused.
 *
 * True to what EC2 answers: a malformed id is refused before a missing one, one bad id fails the
 * whole call, and only instances are refused several in one sentence.
 */
#include "api/ec2_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const struct fault_kind fault_instances_missing = {
    .code = "InvalidInstanceID.NotFound",
    .text = "The instance IDs '{}' do not exist",
    .hint = "`aws ec2 describe-instances` lists the instances of this Region.",
};

const struct fault_kind fault_volume_malformed = {
    .code = "InvalidVolumeID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"vol-...\")",
    .hint = "A volume id is vol- and 17 digits, as describe-volumes shows it.",
};

const struct fault_kind fault_volume_missing = {
    .code = "InvalidVolume.NotFound",
    .text = "The volume '{}' does not exist.",
    .hint = "`aws ec2 describe-volumes` lists the volumes of this Region.",
};

/* AWS has no word for it: when a zone is lost its own parts fail. */
const struct fault_kind fault_volume_unreachable = {
    .code = "InternalError",
    .text = "An internal error has occurred",
    .hint = "The volume's zone is lost, and what lies on it cannot be read: snapshots that were "
            "made before lie in the Region.",
};

static const struct fault_kind fault_vpc_malformed = {
    .code = "InvalidVpcID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"vpc-...\")",
    .hint = "A VPC id is vpc- and 17 digits, as describe-vpcs shows it.",
};

static void *find_instance(const struct call *call, uint64_t id)
{
    return instance_find(&call->world->instances, call->account, call->region, id);
}

static void *find_image(const struct call *call, uint64_t id)
{
    return image_find(&call->world->images, call->account, call->region, id);
}

static void *find_volume(const struct call *call, uint64_t id)
{
    return volume_find(&call->world->volumes, call->account, call->region, id);
}

static void *find_snapshot(const struct call *call, uint64_t id)
{
    return snapshot_find(&call->world->snapshots, call->account, call->region, id);
}

static void *find_vpc(const struct call *call, uint64_t id)
{
    return vpc_find(&call->world->network, call->account, call->region, id);
}

static void *find_subnet(const struct call *call, uint64_t id)
{
    return subnet_find(&call->world->network, call->account, call->region, id);
}

static void *find_group(const struct call *call, uint64_t id)
{
    return security_group_find(&call->world->firewall, call->account, call->region, id);
}

const struct id_words id_words_instance = {
    .kind = &kind_instance,
    .malformed = &fault_instance_malformed,
    .missing = &fault_instance_not_found,
    .missing_many = &fault_instances_missing,
    .find = find_instance,
};

const struct id_words id_words_image = {
    .kind = &kind_image,
    .malformed = &fault_image_malformed,
    .missing = &fault_image_missing,
    .find = find_image,
};

const struct id_words id_words_volume = {
    .kind = &kind_volume,
    .malformed = &fault_volume_malformed,
    .missing = &fault_volume_missing,
    .find = find_volume,
};

const struct id_words id_words_snapshot = {
    .kind = &kind_snapshot,
    .malformed = &fault_snapshot_malformed,
    .missing = &fault_snapshot_not_found,
    .find = find_snapshot,
};

const struct id_words id_words_vpc = {
    .kind = &kind_vpc,
    .malformed = &fault_vpc_malformed,
    .missing = &fault_vpc_not_found,
    .find = find_vpc,
};

const struct id_words id_words_subnet = {
    .kind = &kind_subnet,
    .malformed = &fault_subnet_malformed,
    .missing = &fault_subnet_not_found,
    .find = find_subnet,
};

const struct id_words id_words_security_group = {
    .kind = &kind_security_group,
    .malformed = &fault_group_malformed,
    .missing = &fault_group_not_found,
    .find = find_group,
};

int ec2_volume_reachable(struct call *call, const struct volume *volume)
{
    return hosts_zone_failed(&call->world->hosts, volume->zone)
               ? call_fault(call, &fault_volume_unreachable)
               : 0;
}

/* ---- finding ---- */

bool ec2_shows(const struct call *call, uint64_t id)
{
    return (call->op->flags & OP_WRITE) != 0 || replica_knows(&call->world->replica, id) ||
           call_style(call) != STYLE_EC2;
}

/* What the call may see of that id, or NULL. */
static void *object_of(const struct call *call, const struct id_words *words, uint64_t id)
{
    return id == 0 || !ec2_shows(call, id) ? NULL : words->find(call, id);
}

static int id_read(struct call *call, const struct id_words *words, const char *text, uint64_t *id)
{
    if (text == NULL || !id_parse(words->kind, text, id))
        return call_fault(call, words->malformed, text == NULL ? "" : text);
    return 0;
}

void *id_find(struct call *call, const struct id_words *words, const char *text)
{
    uint64_t id = 0;
    void *object;

    if (id_read(call, words, text, &id) != 0)
        return NULL;
    object = object_of(call, words, id);
    if (object == NULL)
        call_fault(call, words->missing, text);
    return object;
}

/* One of the ids that were given, and where in the list. */
struct given {
    uint64_t id;
    uint32_t at;
};

static int by_id(const void *a, const void *b)
{
    const struct given *one = a;
    const struct given *two = b;

    if (one->id != two->id)
        return one->id < two->id ? -1 : 1;
    return one->at < two->at ? -1 : one->at > two->at;
}

/* Marks with id 0 what occurs a second time. */
static void drop_repeats(struct call *call, uint64_t *ids, uint32_t count)
{
    struct given *sorted = arena_alloc(&call->arena, (count + 1) * sizeof(*sorted));

    for (uint32_t i = 0; i < count; i++)
        sorted[i] = (struct given){.id = ids[i], .at = i};
    qsort(sorted, count, sizeof(*sorted), by_id);
    for (uint32_t i = 1; i < count; i++) {
        if (sorted[i].id == sorted[i - 1].id)
            ids[sorted[i].at] = 0;
    }
}

static int refuse_missing(struct call *call, const struct id_words *words, const struct str *all,
                          const char *first)
{
    const char *many = arena_strdup(&call->arena, str_text(all));

    if (words->missing_many != NULL && strcmp(many, first) != 0)
        return call_fault(call, words->missing_many, many);
    return call_fault(call, words->missing, first);
}

int ids_find(struct call *call, const struct id_words *words, const struct strings *texts,
             struct found *found)
{
    uint64_t *ids = arena_alloc(&call->arena, (texts->count + 1) * sizeof(*ids));
    struct str missing = STR_INIT;
    const char *first = NULL;
    int result = 0;

    found->items = arena_alloc(&call->arena, (texts->count + 1) * sizeof(*found->items));
    found->count = 0;
    for (uint32_t i = 0; i < texts->count; i++) {
        if (id_read(call, words, texts->items[i], &ids[i]) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < texts->count; i++) {
        if (object_of(call, words, ids[i]) != NULL)
            continue;
        str_addf(&missing, "%s%s", first == NULL ? "" : ", ", texts->items[i]);
        if (first == NULL)
            first = texts->items[i];
    }
    if (first != NULL)
        result = refuse_missing(call, words, &missing, first);
    drop_repeats(call, ids, texts->count);
    for (uint32_t i = 0; i < texts->count && result == 0; i++) {
        if (ids[i] != 0)
            found->items[found->count++] = object_of(call, words, ids[i]);
    }
    str_release(&missing);
    return result;
}
