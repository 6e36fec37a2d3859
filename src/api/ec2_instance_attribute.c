/*
 * api/ec2_instance_attribute.c - modify-instance-attribute, describe-instance-attribute.
 *
 * True to the EC2 API reference: one attribute a call; type, user data and EBS optimization change
 * while the instance is stopped.  Left out: kernel and RAM disk, older network cards, enclaves.
 */
#include "api/ec2_instance_view.h"

#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/launch_wish.h"

/* ---- faults ---- */

static const struct fault_kind fault_none = {
    .code = "InvalidParameterCombination",
    .text = "No attributes specified.",
    .hint = "Say what is to change: --instance-type, --disable-api-termination, --groups...",
};
static const struct fault_kind fault_several = {
    .code = "InvalidParameterCombination",
    .text = "Fields for multiple attribute types specified",
    .hint = "Change one attribute a call.",
};
static const struct fault_kind fault_attribute = {
    .code = "Unsupported",
    .text = "The attribute '{}' is possible at AWS, but cannot be changed in this way here",
    .hint = "Use the option of its own name: `aws ec2 modify-instance-attribute help` lists them.",
};
static const struct fault_kind fault_no_value = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter value",
    .hint = "Say to what it is to change: --value, or --instance-type TYPE and the like.",
};
static const struct fault_kind fault_truth = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter value is invalid. Expected 'true' or 'false'.",
    .hint = "--disable-api-termination and --no-disable-api-termination say the same.",
};
static const struct fault_kind fault_type = {
    .code = "InvalidInstanceAttributeValue",
    .text = "Invalid value '{}' for InstanceType.",
    .hint = "`aws ec2 describe-instance-types` lists those that the console has; AWS has more.",
};
static const struct fault_kind fault_ena = {
    .code = "InvalidParameterCombination",
    .text = "Enhanced networking with the Elastic Network Adapter (ENA) is required for the '{}' "
            "instance type. Ensure that your instance '{}' is enabled for ENA.",
    .hint = "Its image was registered without --ena-support: only older types run it.",
};
static const struct fault_kind fault_behavior = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter instanceInitiatedShutdownBehavior is invalid. Unknown "
            "behavior.",
    .hint = "stop or terminate.",
};
static const struct fault_kind fault_device = {
    .code = "InvalidInstanceAttributeValue",
    .text = "No device is currently mapped at {}",
    .hint = "`aws ec2 describe-instance-attribute --attribute blockDeviceMapping` lists them.",
};
static const struct fault_kind fault_optimized = {
    .code = "Unsupported",
    .text = "The requested configuration is currently not supported. Please check the "
            "documentation for supported configurations.",
    .hint = "The type cannot be EBS-optimized: `aws ec2 describe-instance-types` says which can.",
};
static const struct fault_kind fault_gone = {
    .code = "IncorrectInstanceState",
    .text = "The instance '{}' is not in a state in which its attributes can be changed.",
    .hint = "A terminated instance is gone for good: launch another.",
};

/* ---- ModifyInstanceAttribute ---- */

struct truth {
    struct opt_bool value;
};

struct text {
    const char *value;
};

struct data {
    struct blob value; /* base 64 */
};

struct ebs_in {
    const char *volume;
    struct opt_bool delete_on_termination;
};

struct mapping_in {
    const char *device;
    struct ebs_in *ebs;
};

struct modify_in {
    struct truth *source_check;
    struct truth *no_stop;
    bool dry_run;
    const char *instance;
    const char *attribute;
    const char *value;
    LIST(struct mapping_in) mappings;
    struct truth *no_termination;
    struct text *type;
    struct data *user_data;
    struct text *shutdown;
    struct strings groups;
    struct truth *optimized;
};

static const char *const attribute_words[] = {
    "instanceType",       "kernel",   "ramdisk",     "userData",        "disableApiTermination",
    "instanceInitiatedShutdownBehavior", "rootDeviceName", "blockDeviceMapping", "productCodes",
    "sourceDestCheck",    "groupSet", "ebsOptimized", "sriovNetSupport", "enaSupport",
    "enclaveOptions",     "disableApiStop", NULL,
};

static const struct field truth_fields[] = {
    F_OPT_BOOL(struct truth, value, "Value", "true or false."),
};
static const struct shape truth_shape = SHAPE("AttributeBooleanValue", struct truth, truth_fields);

static const struct field text_fields[] = {
    F_STRING(struct text, value, "Value", "The value."),
};
static const struct shape text_shape = SHAPE("AttributeValue", struct text, text_fields);

static const struct field user_data_fields[] = {
    F_BLOB(struct data, value, "Value", "The data, in base 64; empty: none.",
           .flags = FIELD_SECRET),
};
static const struct shape user_data_shape =
    SHAPE("SecureBlobAttributeValue", struct data, user_data_fields);

static const struct field ebs_in_fields[] = {
    F_STRING(struct ebs_in, volume, "VolumeId", "The volume that is attached there.",
             .ref = &kind_volume),
    F_OPT_BOOL(struct ebs_in, delete_on_termination, "DeleteOnTermination",
               "Whether it goes when the instance is terminated."),
};
static const struct shape ebs_in_shape =
    SHAPE("EbsInstanceBlockDeviceSpecification", struct ebs_in, ebs_in_fields);

static const struct field mapping_in_fields[] = {
    F_STRING(struct mapping_in, device, "DeviceName", "The device: /dev/xvda."),
    F_STRUCT(struct mapping_in, ebs, struct ebs_in, &ebs_in_shape, "Ebs",
             "What is to change of the volume there."),
};
static const struct shape mapping_in_shape =
    SHAPE("InstanceBlockDeviceMappingSpecification", struct mapping_in, mapping_in_fields);

#define F_TRUTH(m, NAME, DOC) F_STRUCT(struct modify_in, m, struct truth, &truth_shape, NAME, DOC)

static const struct field modify_in_fields[] = {
    F_TRUTH(source_check, "SourceDestCheck",
            "Whether it takes only packets that are meant for it."),
    F_TRUTH(no_stop, "DisableApiStop", "Protects it against being stopped."),
    F_BOOL(struct modify_in, dry_run, "DryRun",
           "Checks whether you could do this, and does nothing.", .wire = "dryRun"),
    F_STRING(struct modify_in, instance, "InstanceId", "The instance.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance),
    F_STRING(struct modify_in, attribute, "Attribute",
             "What changes, in the older form, together with --value.", .words = attribute_words),
    F_STRING(struct modify_in, value, "Value", "The new value, with --attribute.",
             .flags = FIELD_SECRET),
    F_LIST(struct modify_in, mappings, struct mapping_in, &mapping_in_shape, "BlockDeviceMappings",
           "Which of its volumes go with it: "
           "DeviceName=/dev/xvda,Ebs={DeleteOnTermination=false}."),
    F_TRUTH(no_termination, "DisableApiTermination", "Protects it against being terminated."),
    F_STRUCT(struct modify_in, type, struct text, &text_shape, "InstanceType",
             "Its size from its next start on; it must be stopped."),
    F_STRUCT(struct modify_in, user_data, struct data, &user_data_shape, "UserData",
             "What its guest is given; it must be stopped. Scripts run at the first boot only."),
    F_STRUCT(struct modify_in, shutdown, struct text, &text_shape,
             "InstanceInitiatedShutdownBehavior",
             "What a shutdown from inside does: stop or terminate."),
    F_STRINGS(struct modify_in, groups, "Groups", "Its security groups, instead of those it has.",
              .ref = &kind_security_group),
    F_TRUTH(optimized, "EbsOptimized",
            "Whether its bandwidth to volumes is its own; it must be stopped."),
};
static const struct shape modify_in_shape =
    SHAPE("ModifyInstanceAttributeRequest", struct modify_in, modify_in_fields);

/* ---- each attribute ---- */

typedef int change(struct call *call, const struct modify_in *in, struct instance *instance);

static int truth_of(struct call *call, const struct truth *truth, bool *value)
{
    if (!truth->value.set)
        return call_fault(call, &fault_no_value);
    *value = truth->value.value;
    return 0;
}

static int text_of(struct call *call, const struct text *text, const char **value)
{
    *value = text->value;
    return *value == NULL ? call_fault(call, &fault_no_value) : 0;
}

static int change_source_check(struct call *call, const struct modify_in *in,
                               struct instance *instance)
{
    struct interface *interface = instance_interface(&call->world->instances, instance);
    bool check = true;

    if (truth_of(call, in->source_check, &check) != 0)
        return -1;
    interface->no_source_check = !check;
    return 0;
}

static int change_no_stop(struct call *call, const struct modify_in *in, struct instance *instance)
{
    return truth_of(call, in->no_stop, &instance->no_stop);
}

static int change_no_termination(struct call *call, const struct modify_in *in,
                                 struct instance *instance)
{
    return truth_of(call, in->no_termination, &instance->no_termination);
}

static int change_optimized(struct call *call, const struct modify_in *in,
                            struct instance *instance)
{
    bool wanted = false;

    if (truth_of(call, in->optimized, &wanted) != 0)
        return -1;
    if (instance->state != INSTANCE_STOPPED)
        return call_fault(call, &fault_instance_not_stopped, in->instance);
    if (wanted && !call->world->catalog->types[instance->type].ebs_optimized)
        return call_fault(call, &fault_optimized);
    instance->ebs_optimized = wanted;
    return 0;
}

static int change_type(struct call *call, const struct modify_in *in, struct instance *instance)
{
    const struct world *world = call->world;
    const struct placement_group *group =
        table_find(&world->placement.table, instance_rare(instance)->group);
    const struct image *image = table_find(
        &world->images.table, instance_reservation(&world->instances, instance)->image);
    const struct catalog_type *type;
    const char *name = NULL;
    int found;

    if (text_of(call, in->type, &name) != 0)
        return -1;
    found = catalog_type_find(world->catalog, name);
    if (found < 0)
        return call_fault(call, &fault_type, name);
    type = &world->catalog->types[found];
    if (image != NULL && image->no_ena && strcmp(type->hypervisor, "xen") != 0)
        return call_fault(call, &fault_ena, name, in->instance);
    if (group != NULL && group->strategy == HOST_GROUP_CLUSTER && type->burstable)
        return call_fault(call, &fault_placement_of_type, name);
    return instance_set_type(&call->world->instances, instance, (uint16_t)found, &call->fault);
}

static int change_user_data(struct call *call, const struct modify_in *in,
                            struct instance *instance)
{
    struct blob data = {0};
    const struct blob *given = &in->user_data->value;

    if (given->bytes == NULL)
        return call_fault(call, &fault_no_value);
    if (launch_user_data(&call->arena, arena_strndup(&call->arena, given->bytes, given->size),
                         &data, &call->fault) != 0)
        return -1;
    return instance_set_user_data(instance, data, &call->fault);
}

static int change_shutdown(struct call *call, const struct modify_in *in,
                           struct instance *instance)
{
    const char *word = NULL;

    if (text_of(call, in->shutdown, &word) != 0)
        return -1;
    if (strcmp(word, "stop") != 0 && strcmp(word, "terminate") != 0)
        return call_fault(call, &fault_behavior, word);
    instance->ends_on_shutdown = strcmp(word, "terminate") == 0;
    return 0;
}

static int change_groups(struct call *call, const struct modify_in *in, struct instance *instance)
{
    struct interface *interface = instance_interface(&call->world->instances, instance);
    struct found found;
    uint64_t *groups;

    if (ids_find(call, &id_words_security_group, &in->groups, &found) != 0)
        return -1;
    groups = arena_alloc(&call->arena, (found.count + 1) * sizeof(*groups));
    for (uint32_t i = 0; i < found.count; i++)
        groups[i] = ((const struct security_group *)found.items[i])->id;
    if (instances_groups_check(&call->world->instances,
                               &(struct instance_groups){
                                   .account = call->account,
                                   .subnet = interface->subnet,
                                   .ids = groups,
                                   .count = found.count,
                               },
                               &call->fault) != 0)
        return -1;
    interface_set_groups(interface, groups, found.count);
    return 0;
}

/* What is attached at the device, if it is the volume that was named; or NULL. */
static struct volume_attachment *attachment_at(struct call *call, const struct mapping_in *mapping,
                                               const struct instance *instance)
{
    struct volume *volume =
        mapping->device == NULL
            ? NULL
            : volume_at_device(&call->world->volumes, instance->id, mapping->device);
    const char *wanted = mapping->ebs == NULL ? NULL : mapping->ebs->volume;

    if (volume == NULL ||
        (wanted != NULL && strcmp(id_text(&call->arena, &kind_volume, volume->key), wanted) != 0))
        return NULL;
    return volume_attachment_find(volume, instance->id);
}

static int change_mappings(struct call *call, const struct modify_in *in,
                           struct instance *instance)
{
    for (uint32_t i = 0; i < in->mappings.count; i++) {
        if (attachment_at(call, &in->mappings.items[i], instance) == NULL)
            return call_fault(call, &fault_device,
                              in->mappings.items[i].device == NULL
                                  ? ""
                                  : in->mappings.items[i].device);
    }
    for (uint32_t i = 0; i < in->mappings.count; i++) {
        const struct mapping_in *mapping = &in->mappings.items[i];

        if (mapping->ebs != NULL && mapping->ebs->delete_on_termination.set)
            attachment_at(call, mapping, instance)->delete_on_termination =
                mapping->ebs->delete_on_termination.value;
    }
    return 0;
}

/* The one attribute that the call is about; NULL after a fault. */
static change *change_of(struct call *call, const struct modify_in *in)
{
    const struct {
        bool given;
        change *change;
    } attributes[] = {
        {in->source_check != NULL, change_source_check},
        {in->no_stop != NULL, change_no_stop},
        {in->mappings.count > 0, change_mappings},
        {in->no_termination != NULL, change_no_termination},
        {in->type != NULL, change_type},
        {in->user_data != NULL, change_user_data},
        {in->shutdown != NULL, change_shutdown},
        {in->groups.count > 0, change_groups},
        {in->optimized != NULL, change_optimized},
    };
    change *found = NULL;

    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (attributes[i].given && found != NULL) {
            call_fault(call, &fault_several);
            return NULL;
        }
        if (attributes[i].given)
            found = attributes[i].change;
    }
    if (found == NULL)
        call_fault(call, &fault_none);
    return found;
}

/* --attribute NAME --value TEXT becomes what the option of that name says.  0, or -1. */
static int older_form(struct call *call, struct modify_in *in)
{
    struct text *text = arena_alloc(&call->arena, sizeof(*text));
    struct data *data = arena_alloc(&call->arena, sizeof(*data));
    struct truth *truth = arena_alloc(&call->arena, sizeof(*truth));
    const struct {
        const char *name;
        struct text **text;
        struct truth **truth;
    } attributes[] = {
        {"instanceType", &in->type, NULL},
        {"instanceInitiatedShutdownBehavior", &in->shutdown, NULL},
        {"disableApiTermination", NULL, &in->no_termination},
        {"disableApiStop", NULL, &in->no_stop},
        {"ebsOptimized", NULL, &in->optimized},
        {"sourceDestCheck", NULL, &in->source_check},
    };

    if (strcmp(in->attribute, "userData") == 0) {
        data->value = (struct blob){.bytes = arena_strdup(&call->arena, in->value),
                                    .size = strlen(in->value)};
        in->user_data = data;
        return 0;
    }
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (strcmp(in->attribute, attributes[i].name) != 0)
            continue;
        if (attributes[i].text != NULL) {
            text->value = in->value;
            *attributes[i].text = text;
            return 0;
        }
        if (strcmp(in->value, "true") != 0 && strcmp(in->value, "false") != 0)
            return call_fault(call, &fault_truth, in->value);
        truth->value = OPT_BOOL(strcmp(in->value, "true") == 0);
        *attributes[i].truth = truth;
        return 0;
    }
    return call_fault(call, &fault_attribute, in->attribute);
}

static int modify_instance_attribute(struct call *call, const void *input, void *output)
{
    struct modify_in in = *(const struct modify_in *)input;
    struct instance *instance = id_find(call, &id_words_instance, in.instance);
    change *changes;

    (void)output;
    if (instance == NULL)
        return -1;
    /* --attribute groupSet --groups ...: the name only repeats the option */
    if (in.attribute != NULL && in.value != NULL && older_form(call, &in) != 0)
        return -1;
    changes = change_of(call, &in);
    if (changes == NULL)
        return -1;
    if (instance->state == INSTANCE_SHUTTING_DOWN || instance->state == INSTANCE_TERMINATED)
        return call_fault(call, &fault_gone, in.instance);
    return changes(call, &in, instance);
}

static const struct fault_kind *const modify_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_none,
    &fault_several,
    &fault_attribute,
    &fault_no_value,
    &fault_truth,
    &fault_gone,
    &fault_instance_not_stopped,
    &fault_type,
    &fault_type_change,
    &fault_ena,
    &fault_placement_of_type,
    &fault_user_data,
    &fault_user_data_size,
    &fault_behavior,
    &fault_device,
    &fault_optimized,
    &fault_group_malformed,
    &fault_group_not_found,
    &fault_group_other_vpc,
    &fault_group_limit_of_interface,
    NULL,
};

const struct op op_modify_instance_attribute = {
    .name = "ModifyInstanceAttribute",
    .doc = "Changes one thing about an instance: its type, its protection, its groups...",
    .example = "aws ec2 modify-instance-attribute --instance-id $I --disable-api-termination",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &modify_in_shape,
    .out = &shape_empty,
    .faults = modify_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = modify_instance_attribute,
};

/* ---- DescribeInstanceAttribute ---- */

struct attribute_in {
    bool dry_run;
    const char *instance;
    const char *attribute;
};

struct product {
    const char *id;
};

/* Of these, the one that was asked for. */
struct attribute_out {
    struct disk_views disks;
    struct truth *no_termination;
    struct truth *ena;
    struct flag_view *enclave;
    struct truth *optimized;
    const char *instance;
    struct text *shutdown;
    struct text *type;
    struct text *kernel;
    LIST(struct product) products;
    struct text *ramdisk;
    struct text *root_device;
    struct truth *source_check;
    struct text *sriov;
    struct text *user_data;
    struct truth *no_stop;
    struct group_names groups;
};

static const struct field attribute_in_fields[] = {
    F_BOOL(struct attribute_in, dry_run, "DryRun",
           "Checks whether you could do this, and does nothing.", .wire = "dryRun"),
    F_STRING(struct attribute_in, instance, "InstanceId", "The instance.",
             .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_STRING(struct attribute_in, attribute, "Attribute", "Which one.", .flags = FIELD_REQUIRED,
             .words = attribute_words),
};
static const struct shape attribute_in_shape =
    SHAPE("DescribeInstanceAttributeRequest", struct attribute_in, attribute_in_fields);

static const struct field product_fields[] = {
    F_STRING(struct product, id, "ProductCodeId", "The product's code."),
};
static const struct shape product_shape = SHAPE("ProductCode", struct product, product_fields);

static const struct field enclave_fields[] = {
    F_BOOL(struct flag_view, on, "Enabled", "Whether it can run enclaves."),
};
static const struct shape enclave_shape =
    SHAPE("EnclaveOptions", struct flag_view, enclave_fields);

#define OUT_TRUTH(m, NAME, DOC) \
    F_STRUCT(struct attribute_out, m, struct truth, &truth_shape, NAME, DOC)
#define OUT_TEXT(m, NAME, DOC) \
    F_STRUCT(struct attribute_out, m, struct text, &text_shape, NAME, DOC)

static const struct field attribute_out_fields[] = {
    F_LIST(struct attribute_out, disks, struct disk_view, &disk_view_shape, "BlockDeviceMappings",
           "Its volumes.", .flags = FIELD_OMIT_EMPTY),
    OUT_TRUTH(no_termination, "DisableApiTermination",
              "Whether it is protected against being terminated."),
    OUT_TRUTH(ena, "EnaSupport", "Whether it knows the fast network card."),
    F_STRUCT(struct attribute_out, enclave, struct flag_view, &enclave_shape, "EnclaveOptions",
             "Whether it can run enclaves: never here."),
    OUT_TRUTH(optimized, "EbsOptimized", "Whether its bandwidth to volumes is its own."),
    F_STRING(struct attribute_out, instance, "InstanceId", "The instance.",
             .ref = &kind_instance),
    OUT_TEXT(shutdown, "InstanceInitiatedShutdownBehavior",
             "What a shutdown from inside does: stop or terminate."),
    OUT_TEXT(type, "InstanceType", "Its size."),
    OUT_TEXT(kernel, "KernelId", "Empty: the image brings its own."),
    F_LIST(struct attribute_out, products, struct product, &product_shape, "ProductCodes",
           "Products that are paid for with it: none.", .flags = FIELD_OMIT_EMPTY),
    OUT_TEXT(ramdisk, "RamdiskId", "Empty: the image brings its own."),
    OUT_TEXT(root_device, "RootDeviceName", "The device that it boots from."),
    OUT_TRUTH(source_check, "SourceDestCheck",
              "Whether it takes only packets that are meant for it."),
    OUT_TEXT(sriov, "SriovNetSupport", "An older kind of fast network card."),
    OUT_TEXT(user_data, "UserData", "What its guest is given, in base 64; empty: nothing."),
    OUT_TRUTH(no_stop, "DisableApiStop", "Whether it is protected against being stopped."),
    F_LIST(struct attribute_out, groups, struct group_name, &group_name_shape, "Groups",
           "Its security groups.", .flags = FIELD_OMIT_EMPTY),
};
static const struct shape attribute_out_shape =
    SHAPE("InstanceAttribute", struct attribute_out, attribute_out_fields);

static const char *user_data_text(struct call *call, const struct instance *instance)
{
    struct blob data = instance_user_data(&call->world->instances, instance);
    char *text;

    if (data.size == 0)
        return NULL;
    text = arena_alloc(&call->arena, BASE64_ENCODE_RAW_LENGTH(data.size) + 1);
    base64_encode_raw(text, data.size, (const uint8_t *)data.bytes);
    text[BASE64_ENCODE_RAW_LENGTH(data.size)] = '\0';
    return text;
}

static void truths_fill(struct call *call, const struct instance *instance, const char *name,
                        struct attribute_out *out)
{
    const struct interface *interface = instance_interface(&call->world->instances, instance);
    const struct {
        const char *name;
        struct truth **at;
        bool value;
    } truths[] = {
        {"disableApiTermination", &out->no_termination, instance->no_termination},
        {"disableApiStop", &out->no_stop, instance->no_stop},
        {"ebsOptimized", &out->optimized, instance->ebs_optimized},
        {"enaSupport", &out->ena, true},
        {"sourceDestCheck", &out->source_check,
         interface == NULL || !interface->no_source_check},
    };

    for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
        if (strcmp(name, truths[i].name) == 0) {
            *truths[i].at = arena_alloc(&call->arena, sizeof(struct truth));
            (*truths[i].at)->value = OPT_BOOL(truths[i].value);
        }
    }
}

static void texts_fill(struct call *call, const struct instance *instance, const char *name,
                       struct attribute_out *out)
{
    const struct {
        const char *name;
        struct text **at;
        const char *value;
    } texts[] = {
        {"instanceType", &out->type, call->world->catalog->types[instance->type].name},
        {"kernel", &out->kernel, NULL},
        {"ramdisk", &out->ramdisk, NULL},
        {"rootDeviceName", &out->root_device, instance->root_device},
        {"sriovNetSupport", &out->sriov, NULL},
        {"userData", &out->user_data, user_data_text(call, instance)},
        {"instanceInitiatedShutdownBehavior", &out->shutdown,
         instance->ends_on_shutdown ? "terminate" : "stop"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].at = arena_alloc(&call->arena, sizeof(struct text));
            (*texts[i].at)->value = texts[i].value;
        }
    }
}

static int describe_instance_attribute(struct call *call, const void *input, void *output)
{
    const struct attribute_in *in = input;
    const struct instance *instance = id_find(call, &id_words_instance, in->instance);
    const struct interface *interface;
    struct attribute_out *out = output;

    if (instance == NULL)
        return -1;
    interface = instance_interface(&call->world->instances, instance);
    out->instance = in->instance;
    truths_fill(call, instance, in->attribute, out);
    texts_fill(call, instance, in->attribute, out);
    if (strcmp(in->attribute, "enclaveOptions") == 0)
        out->enclave = arena_alloc(&call->arena, sizeof(*out->enclave));
    if (strcmp(in->attribute, "blockDeviceMapping") == 0)
        instance_disks_see(call, instance, &out->disks);
    if (strcmp(in->attribute, "groupSet") == 0 && interface != NULL)
        interface_groups_see(call, interface, &out->groups);
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    NULL,
};

const struct op op_describe_instance_attribute = {
    .name = "DescribeInstanceAttribute",
    .doc = "Shows one attribute of an instance: its protection, its user data, its volumes...",
    .example = "aws ec2 describe-instance-attribute --instance-id $I --attribute "
               "disableApiTermination",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &attribute_in_shape,
    .out = &attribute_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .run = describe_instance_attribute,
};
