/*
 * api/ec2_instance_launch.c - run-instances.
 *
 * True to the EC2 API reference: all that fit between MinCount and MaxCount are launched, or none.
 */
#include "api/ec2_instance_view.h"

#include "api/ec2_instance_options.h"
#include "cloud/launch_template.h"

/* ---- shapes ---- */

/* Which launch template, and which version of it. */
struct template_in {
    const char *id;
    const char *name;
    const char *version;
};

struct run_in {
    struct launch_wish wish;
    int64_t most;
    int64_t least;
    bool dry_run;
    const char *token;
    struct template_in *template;
};

static const char *const shutdown_words[] = {"stop", "terminate", NULL};

static const struct field monitoring_fields[] = {
    F_OPT_BOOL(struct monitoring_wish, enabled, "Enabled", "Whether metrics come each minute.",
               .flags = FIELD_REQUIRED),
};
static const struct shape monitoring_shape =
    SHAPE("RunInstancesMonitoringEnabled", struct monitoring_wish, monitoring_fields);

static const struct field template_fields[] = {
    F_STRING(struct template_in, id, "LaunchTemplateId", "The id of the launch template.",
             .ref = &kind_launch_template),
    F_STRING(struct template_in, name, "LaunchTemplateName", "Its name, instead of the id."),
    F_STRING(struct template_in, version, "Version",
             "Which version: a number, $Latest or $Default, which it is unless you say so."),
};
static const struct shape template_shape =
    SHAPE("LaunchTemplateSpecification", struct template_in, template_fields);

static const struct field run_in_fields[] = {
    F_LIST(struct run_in, wish.disks, struct disk_wish, &disk_wish_shape, "BlockDeviceMappings",
           "Volumes: changes of the image's own, and more."),
    F_STRING(struct run_in, wish.image, "ImageId", "The image to launch from.",
             .ref = &kind_image),
    F_STRING(struct run_in, wish.type, "InstanceType", "The size: t3.micro.",
             .ref = &kind_instance_type),
    F_STRING(struct run_in, wish.key, "KeyName",
             "The key pair that logs in; without one nobody can by ssh.", .ref = &kind_key_pair),
    F_INT(struct run_in, most, "MaxCount", "The most to launch.",
          .flags = FIELD_REQUIRED | FIELD_CLI_ONLY),
    F_INT(struct run_in, least, "MinCount", "The fewest to launch; if these do not fit, none is.",
          .flags = FIELD_REQUIRED | FIELD_CLI_ONLY),
    F_STRUCT(struct run_in, wish.monitoring, struct monitoring_wish, &monitoring_shape,
             "Monitoring", "Whether metrics come each minute: Enabled=true."),
    F_STRUCT(struct run_in, wish.placement, struct place_wish, &place_wish_shape, "Placement",
             "Where to run: AvailabilityZone=us-east-1a."),
    F_STRINGS(struct run_in, wish.group_ids, "SecurityGroupIds",
              "The ids of the security groups.", .ref = &kind_security_group),
    F_STRINGS(struct run_in, wish.group_names, "SecurityGroups",
              "The names of security groups of the default VPC."),
    F_STRING(struct run_in, wish.subnet, "SubnetId",
             "The subnet; else a default one, in the zone with most room.", .ref = &kind_subnet),
    F_STRING(struct run_in, wish.user_data, "UserData",
             "A script for the first boot; the AWS CLI encodes it in base 64 for you."),
    F_TAG_SPECIFICATIONS(struct run_in, wish.tags),
    F_STRUCT(struct run_in, template, struct template_in, &template_shape, "LaunchTemplate",
             "The launch template whose words hold where this line is silent."),
    F_STRUCT(struct run_in, wish.credits, struct credit_wish, &credit_wish_shape,
             "CreditSpecification", "How a burstable one uses CPU credits: CpuCredits=standard."),
    F_STRUCT(struct run_in, wish.maintenance, struct maintenance_wish, &maintenance_wish_shape,
             "MaintenanceOptions", "Whether it moves when its host breaks: AutoRecovery=default."),
    F_STRUCT(struct run_in, wish.market, struct market_wish, &market_wish_shape,
             "InstanceMarketOptions",
             "Spot instances instead of on demand: MarketType=spot,SpotOptions={MaxPrice=0.02}."),
    F_OPT_BOOL(struct run_in, wish.no_stop, "DisableApiStop", "Protects it against being stopped."),
    F_DRY_RUN(struct run_in, dry_run),
    F_OPT_BOOL(struct run_in, wish.no_termination, "DisableApiTermination",
               "Protects it against being terminated."),
    F_STRING(struct run_in, wish.shutdown, "InstanceInitiatedShutdownBehavior",
             "What becomes of it when the system inside shuts down; stop unless you say so.",
             .words = shutdown_words),
    F_STRING(struct run_in, wish.address, "PrivateIpAddress",
             "The private address of a single one."),
    F_CLIENT_TOKEN(struct run_in, token),
    F_LIST(struct run_in, wish.cards, struct card_wish, &card_wish_shape, "NetworkInterfaces",
           "Its network interface; one is modelled."),
    F_OPT_BOOL(struct run_in, wish.ebs_optimized, "EbsOptimized",
               "Whether its bandwidth to volumes is its own."),
};

static const struct shape run_in_shape =
    SHAPE("RunInstancesRequest", struct run_in, run_in_fields);

/* ---- the operation ---- */

static bool is_of(const struct instance *instance, uint64_t reservation)
{
    return instance->reservation == reservation;
}

static void reservation_see(struct call *call, uint64_t id, bool fresh,
                            struct reservation_view *out)
{
    const struct table *table = &call->world->instances.table;
    uint32_t first = table_count(table);

    out->id = id_text(&call->arena, &kind_reservation, id);
    out->owner = account_text(&call->arena, call->account);
    if (fresh) { /* the newest rows are theirs: no need to look at all */
        while (first > 0 && is_of(table_at(table, first - 1), id))
            first--;
    } else {
        first = 0;
    }
    for (uint32_t i = first; i < table_count(table); i++) {
        const struct instance *instance = table_at(table, i);

        if (instance->reservation == id)
            instance_see(call, instance, fresh, LIST_PUSH_IN(&call->arena, &out->instances));
    }
}

/* Takes from the template what the line does not say.  0, or -1 after a fault. */
static int template_apply(struct call *call, const struct run_in *in, struct launch_wish *wish,
                          struct launch_origin *origin)
{
    const struct launch_templates *templates = &call->world->templates;
    struct launch_template_name name = {.account = call->account, .region = call->region};
    const struct launch_template *template;
    const struct launch_template_version *version;

    *origin = (struct launch_origin){0};
    if (in->template == NULL)
        return 0;
    name.id = in->template->id;
    name.name = in->template->name;
    template = launch_template_find(templates, &name, &call->fault);
    if (template == NULL)
        return -1;
    version = launch_template_version_find(templates, template, in->template->version,
                                           &call->fault);
    if (version == NULL)
        return -1;
    launch_wish_complete(wish, &version->data);
    *origin = (struct launch_origin){.template = template->id, .version = version->number};
    return 0;
}

static int run_instances(struct call *call, const void *input, void *output)
{
    static const char *const kinds[] = {"instance", "volume", "spot-instances-request", NULL};
    const struct run_in *in = input;
    struct launch_wish wish = in->wish;
    struct launch_ask ask = {
        .launcher = &call->world->launcher,
        .account = call->account,
        .region = call->region,
        .least = in->least,
        .most = in->most,
        .token = in->token,
        .arena = &call->arena,
        .fault = &call->fault,
    };
    struct instance_launch launch;

    if (template_apply(call, in, &wish, &ask.origin) != 0 ||
        launch_wish_read(&ask, &wish, &launch) != 0 ||
        tag_specifications_check(call, &in->wish.tags, kinds) != 0)
        return -1;
    if (instances_launch(&call->world->instances, &launch, &call->made, &call->fault) != 0)
        return -1;
    call->made_lives = true;
    reservation_see(call, call->made, true, output);
    return 0;
}

/* The token was used before: the same instances again, as far as they can still be seen. */
static int run_again(struct call *call, uint64_t made, void *output)
{
    reservation_see(call, made, false, output);
    return 0;
}

const struct op op_run_instances = {
    .name = "RunInstances",
    .doc = "Launches instances from an image: virtual machines of the size that you choose.",
    .example = "aws ec2 run-instances --image-id $AMI --instance-type t3.micro",
    .needs = EC2_EXAMPLE_IMAGE,
    .in = &run_in_shape,
    .out = &reservation_view_shape,
    .faults = launch_wish_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &run_instances_options,
    .run = run_instances,
    .again = run_again,
};
