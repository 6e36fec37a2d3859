/*
 * api/ec2_key_pair.c - create-key-pair, describe-key-pairs, delete-key-pair.
 *
 * True to the EC2 API reference: the private half is shown once, when it is made; deleting a key
 * pair that is not there is no fault.  Left out: importing keys, the PuTTY format.
 */
#include "api/ec2_parts.h"

#include <string.h>

#include "base/str.h"

static const struct fault_kind fault_many_missing = {
    .code = "InvalidKeyPair.NotFound",
    .text = "The key pairs '{}' do not exist",
    .hint = "`aws ec2 describe-key-pairs` lists yours of this Region.",
};

static const struct fault_kind fault_name_empty = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '' for keyPairNames. It should not be blank",
    .hint = "Give the key pair a name.",
};

static const char *const type_words[] = {"rsa", "ed25519", NULL};
static const char *const format_words[] = {"pem", "ppk", NULL};
static const char *const tagged_kinds[] = {"key-pair", NULL};

/* ---- CreateKeyPair ---- */

struct create_key_pair_in {
    const char *name;
    const char *type;
    struct tag_specifications tags;
    const char *format;
    bool dry_run;
};

struct create_key_pair_out {
    const char *id;
    struct tag_views tags;
    const char *name;
    const char *fingerprint;
    const char *material;
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_key_pair_in, name, "KeyName",
             "Its name, unique in the Region.", .flags = FIELD_REQUIRED,
             .max = 255),
    F_STRING(struct create_key_pair_in, type, "KeyType", "The kind of key; rsa unless you say so.",
             .words = type_words),
    F_TAG_SPECIFICATIONS(struct create_key_pair_in, tags),
    F_STRING(struct create_key_pair_in, format, "KeyFormat",
             "The form of the private half: pem; ppk is not modelled.", .words = format_words),
    F_DRY_RUN(struct create_key_pair_in, dry_run),
};

static const struct shape create_in_shape =
    SHAPE("CreateKeyPairRequest", struct create_key_pair_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_STRING(struct create_key_pair_out, id, "KeyPairId", "The id of the key pair."),
    F_TAGS(struct create_key_pair_out, tags),
    F_STRING(struct create_key_pair_out, name, "KeyName", "The name of the key pair."),
    F_STRING(struct create_key_pair_out, fingerprint, "KeyFingerprint",
             "A short text by which the key is recognised."),
    F_STRING(struct create_key_pair_out, material, "KeyMaterial",
             "The private half; keep it: it is shown this once.", .flags = FIELD_SECRET),
};

static const struct shape create_out_shape =
    SHAPE("KeyPair", struct create_key_pair_out, create_out_fields);

static int create_key_pair(struct call *call, const void *input, void *output)
{
    const struct create_key_pair_in *in = input;
    struct create_key_pair_out *out = output;
    struct key_pairs *keys = &call->world->keys;
    struct key_pair_new wish = {
        .account = call->account,
        .region = call->region,
        .name = in->name,
        .is_ed25519 = str_equal(in->type, "ed25519"),
    };
    struct key_pair *key;

    if (in->name[strspn(in->name, " ")] == '\0')
        return call_fault(call, &fault_name_empty);
    if (str_equal(in->format, "ppk"))
        return call_fault(call, &fault_not_modelled_value);
    if (tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    key = key_pair_add(keys, &wish, &call->fault);
    if (key == NULL)
        return -1;
    tags_copy(&key->tags, tag_specifications_of(&call->arena, &in->tags, "key-pair"));
    out->id = id_text(&call->arena, &kind_key_pair, key->id);
    tag_views_fill(call, &out->tags, &key->tags);
    out->name = key->name;
    out->fingerprint = key_pair_fingerprint(keys, key, &call->arena);
    out->material = key_pair_material(keys, key, &call->arena);
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_key_pair_duplicate,
    &fault_name_empty,
    &fault_not_modelled_value,
    NULL,
};

const struct op op_create_key_pair = {
    .name = "CreateKeyPair",
    .doc = "Makes a key pair; the public half is kept, the private half is given to you.",
    .example = "aws ec2 create-key-pair --key-name mine --query KeyMaterial --output text",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_key_pair,
};

/* ---- DescribeKeyPairs ---- */

struct key_pair_view {
    const char *id;
    const char *type;
    struct tag_views tags;
    int64_t created;
    const char *name;
    const char *fingerprint;
};

struct describe_key_pairs_in {
    struct strings names;
    struct strings ids;
    bool dry_run;
    struct filters filters;
};

struct describe_key_pairs_out {
    LIST(struct key_pair_view) keys;
};

static const struct field key_pair_fields[] = {
    F_STRING(struct key_pair_view, id, "KeyPairId", "The id of the key pair.",
             .flags = FIELD_COLUMN),
    F_STRING(struct key_pair_view, type, "KeyType", "The kind of key.", .flags = FIELD_COLUMN),
    F_TAGS_SHOWN(struct key_pair_view, tags),
    F_TIME(struct key_pair_view, created, "CreateTime", "When it was made."),
    F_STRING(struct key_pair_view, name, "KeyName", "The name of the key pair.",
             .flags = FIELD_COLUMN, .ref = &kind_key_pair),
    F_STRING(struct key_pair_view, fingerprint, "KeyFingerprint",
             "A short text by which the key is recognised."),
};

static const struct shape key_pair_info_shape =
    SHAPE("KeyPairInfo", struct key_pair_view, key_pair_fields);

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_key_pairs_in, names, "KeyNames", "Only the key pairs of these names.",
              .ref = &kind_key_pair),
    F_STRINGS(struct describe_key_pairs_in, ids, "KeyPairIds", "Only the key pairs of these ids."),
    F_DRY_RUN(struct describe_key_pairs_in, dry_run),
    F_FILTERS(struct describe_key_pairs_in, filters),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeKeyPairsRequest", struct describe_key_pairs_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_key_pairs_out, keys, struct key_pair_view, &key_pair_info_shape,
           "KeyPairs", "The key pairs."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeKeyPairsResult", struct describe_key_pairs_out, describe_out_fields);

static const struct filter_name key_pair_filters[] = {
    {"fingerprint", "KeyFingerprint"},
    {"key-name", "KeyName"},
    {"key-pair-id", "KeyPairId"},
    {0},
};

static bool is_listed(const struct strings *texts, const char *text)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return false;
}

/* Refuses the names (or ids) that no key pair has. */
static int check_listed(struct call *call, const struct strings *texts, const struct strings *have)
{
    struct str missing = STR_INIT;
    uint32_t count = 0;
    int result = 0;

    for (uint32_t i = 0; i < texts->count; i++) {
        if (!is_listed(have, texts->items[i]))
            str_addf(&missing, "%s%s", count++ == 0 ? "" : ", ", texts->items[i]);
    }
    if (count > 0)
        result = call_fault(call, count == 1 ? &fault_key_pair_not_found : &fault_many_missing,
                            str_text(&missing));
    str_release(&missing);
    return result;
}

static struct key_pair_view key_pair_see(struct call *call, const struct key_pair *key)
{
    struct key_pair_view view = {
        .id = id_text(&call->arena, &kind_key_pair, key->id),
        .type = key->is_ed25519 ? "ed25519" : "rsa",
        .created = key->created,
        .name = key->name,
        .fingerprint = key_pair_fingerprint(&call->world->keys, key, &call->arena),
    };

    tag_views_fill(call, &view.tags, &key->tags);
    return view;
}

static int describe_key_pairs(struct call *call, const void *input, void *output)
{
    const struct describe_key_pairs_in *in = input;
    struct describe_key_pairs_out *out = output;
    const struct table *table = &call->world->keys.table;
    struct strings names = {0};
    struct strings ids = {0};

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct key_pair *key = table_at(table, i);
        struct key_pair_view view;

        if (key->account != call->account || key->region != call->region ||
            !ec2_shows(call, key->id))
            continue;
        view = key_pair_see(call, key);
        *LIST_PUSH_IN(&call->arena, &names) = view.name;
        *LIST_PUSH_IN(&call->arena, &ids) = view.id;
        if ((in->names.count == 0 || is_listed(&in->names, view.name)) &&
            (in->ids.count == 0 || is_listed(&in->ids, view.id)) &&
            filter_pass(call->op, &in->filters, &key_pair_info_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->keys) = view;
    }
    return check_listed(call, &in->names, &names) != 0 ? -1 : check_listed(call, &in->ids, &ids);
}

static const struct fault_kind *const describe_faults[] = {
    &fault_key_pair_not_found,
    &fault_many_missing,
    NULL,
};

const struct op op_describe_key_pairs = {
    .name = "DescribeKeyPairs",
    .doc = "Lists your key pairs; the private halves are with you alone.",
    .example = "aws ec2 describe-key-pairs --key-names mine",
    .needs = "aws ec2 create-key-pair --key-name mine",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .filters = key_pair_filters,
    .run = describe_key_pairs,
};

/* ---- DeleteKeyPair ---- */

struct delete_key_pair_in {
    const char *name;
    const char *id;
    bool dry_run;
};

struct delete_key_pair_out {
    bool done;
    const char *id;
};

static const struct field delete_in_fields[] = {
    F_STRING(struct delete_key_pair_in, name, "KeyName", "The name of the key pair.",
             .ref = &kind_key_pair),
    F_STRING(struct delete_key_pair_in, id, "KeyPairId", "Its id, instead of the name."),
    F_DRY_RUN(struct delete_key_pair_in, dry_run),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteKeyPairRequest", struct delete_key_pair_in, delete_in_fields);

static const struct field delete_out_fields[] = {
    F_BOOL(struct delete_key_pair_out, done, "Return",
           "True: there is no such key pair now, whether or not there was one."),
    F_STRING(struct delete_key_pair_out, id, "KeyPairId",
             "The id that it had; absent when there was none."),
};

static const struct shape delete_out_shape =
    SHAPE("DeleteKeyPairResult", struct delete_key_pair_out, delete_out_fields);

static const struct key_pair *key_pair_of_id(const struct call *call, const char *text)
{
    uint64_t id = 0;
    const struct key_pair *key = NULL;

    if (id_parse(&kind_key_pair, text, &id) && id != 0)
        key = table_find(&call->world->keys.table, id);
    return key != NULL && key->account == call->account && key->region == call->region ? key : NULL;
}

static int delete_key_pair(struct call *call, const void *input, void *output)
{
    const struct delete_key_pair_in *in = input;
    struct delete_key_pair_out *out = output;
    const struct key_pair *key;

    if (in->name == NULL && in->id == NULL)
        return call_fault(call, &fault_missing_parameter, "KeyName");
    if (in->id != NULL)
        key = key_pair_of_id(call, in->id);
    else
        key = key_pair_find(&call->world->keys, call->account, call->region, in->name);
    out->done = true;
    if (key == NULL)
        return 0;
    out->id = id_text(&call->arena, &kind_key_pair, key->id);
    key_pair_remove(&call->world->keys, key->id);
    return 0;
}

static const struct fault_kind *const delete_faults[] = {
    &fault_missing_parameter,
    NULL,
};

const struct op op_delete_key_pair = {
    .name = "DeleteKeyPair",
    .doc = "Forgets the public half of a key pair; instances that have it keep it.",
    .example = "aws ec2 delete-key-pair --key-name mine",
    .needs = "aws ec2 create-key-pair --key-name mine",
    .in = &delete_in_shape,
    .out = &delete_out_shape,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_key_pair,
};
