/*
 * api/lab_consistency.c - lab: whether reads lag behind writes.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "cloud/world.h"
#include "sim/clock.h"

enum { LAG_DEFAULT_S = 10, LAG_MAX_S = 600 };

static const char *const reads_words[] = {"strong", "eventual", NULL};

struct consistency_in {
    const char *reads;
    struct opt_int lag_s;
};

struct unheard_view {
    const char *resource;
    int64_t from;
};

struct consistency_view {
    const char *reads;
    struct opt_int lag_s;
    LIST(struct unheard_view) unheard;
};

static const struct fault_kind fault_strong_lag = {
    .code = "InvalidParameterCombination",
    .text = "Strong reads do not lag: MaxLagSeconds goes with eventual ones only",
    .hint = "Leave --max-lag-seconds away, or say --reads eventual.",
};

static const struct fault_kind *const set_consistency_faults[] = {&fault_strong_lag, NULL};

static const struct field consistency_in_fields[] = {
    F_STRING(struct consistency_in, reads, "Reads",
             "strong: reads know at once what was written; eventual: a little later.",
             .flags = FIELD_REQUIRED, .words = reads_words),
    F_OPT_INT(struct consistency_in, lag_s, "MaxLagSeconds",
              "How far reads may lag behind; 10 unless you say so.", .min = 1, .max = LAG_MAX_S),
};

static const struct field unheard_fields[] = {
    F_STRING(struct unheard_view, resource, "ResourceId", "What was made.", .flags = FIELD_COLUMN),
    F_TIME(struct unheard_view, from, "ReadableFrom", "From when on reads know of it.",
           .flags = FIELD_COLUMN),
};

static const struct shape consistency_in_shape =
    SHAPE("SetConsistencyRequest", struct consistency_in, consistency_in_fields);
static const struct shape unheard_shape =
    SHAPE("UnheardResource", struct unheard_view, unheard_fields);

static const struct field consistency_view_fields[] = {
    F_STRING(struct consistency_view, reads, "Reads", "strong or eventual.",
             .flags = FIELD_COLUMN),
    F_OPT_INT(struct consistency_view, lag_s, "MaxLagSeconds", "How far reads may lag behind.",
              .flags = FIELD_COLUMN),
    F_LIST(struct consistency_view, unheard, struct unheard_view, &unheard_shape,
           "NotReadableYet", "What you have made and reads do not know of yet."),
};

static const struct shape consistency_view_shape =
    SHAPE("Consistency", struct consistency_view, consistency_view_fields);

/* An id of the call's own account as people see it; NULL for another's, and for what has none. */
static const char *resource_text(struct call *call, uint64_t id)
{
    struct world *world = call->world;
    uint64_t account = call->account;
    uint8_t region = call->region;
    const struct key_pair *key = table_find(&world->keys.table, id);

    if (instance_find(&world->instances, account, region, id) != NULL)
        return id_text(&call->arena, &kind_instance, id);
    if (volume_find(&world->volumes, account, region, id) != NULL)
        return id_text(&call->arena, &kind_volume, id);
    if (snapshot_find(&world->snapshots, account, region, id) != NULL)
        return id_text(&call->arena, &kind_snapshot, id);
    if (image_find(&world->images, account, region, id) != NULL)
        return id_text(&call->arena, &kind_image, id);
    if (security_group_find(&world->firewall, account, region, id) != NULL)
        return id_text(&call->arena, &kind_security_group, id);
    if (key != NULL && key->account == account && key->region == region)
        return id_text(&call->arena, &kind_key_pair, id);
    return NULL;
}

static void view_consistency(struct call *call, struct consistency_view *view)
{
    const struct replica *replica = &call->world->replica;

    view->reads = reads_words[replica->lag_s > 0];
    if (replica->lag_s > 0)
        view->lag_s = OPT_INT(replica->lag_s);
    for (uint32_t i = 0; i < table_count(&replica->unheard); i++) {
        const struct replica_row *row = table_at(&replica->unheard, i);
        const char *text = replica_knows(replica, row->key) ? NULL : resource_text(call, row->key);

        if (text != NULL)
            *LIST_PUSH_IN(&call->arena, &view->unheard) =
                (struct unheard_view){.resource = text, .from = row->reads};
    }
}

static int set_consistency(struct call *call, const void *in, void *out)
{
    const struct consistency_in *wish = in;
    bool eventual = strcmp(wish->reads, "eventual") == 0;

    if (!eventual && wish->lag_s.set)
        return call_fault(call, &fault_strong_lag);
    replica_set_lag(&call->world->replica,
                    !eventual ? 0 : wish->lag_s.set ? wish->lag_s.value : LAG_DEFAULT_S);
    view_consistency(call, out);
    return 0;
}

static int describe_consistency(struct call *call, const void *in, void *out)
{
    (void)in;
    view_consistency(call, out);
    return 0;
}

const struct op op_lab_set_consistency = {
    .name = "SetConsistency",
    .doc = "Says whether EC2's describe operations know at once of new instances, volumes, "
           "snapshots, images, security groups and key pairs, or, as at AWS, some seconds later.",
    .example = "lab set-consistency --reads eventual --max-lag-seconds 20",
    .in = &consistency_in_shape,
    .out = &consistency_view_shape,
    .faults = set_consistency_faults,
    .flags = OP_WRITE,
    .run = set_consistency,
};

const struct op op_lab_describe_consistency = {
    .name = "DescribeConsistency",
    .doc = "Shows whether reads lag behind, and what they do not know of yet.",
    .example = "lab describe-consistency",
    .in = &shape_empty,
    .out = &consistency_view_shape,
    .run = describe_consistency,
};
