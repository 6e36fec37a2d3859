/*
 * cloud/volume_attachment.c - volumes at instances: attaching, detaching, and who has which.
 *
 * Owns    an index of the volumes of each instance, which is rebuilt and never saved.
 * Moves   attaching -> attached -> detaching -> gone.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/catalog.h"
#include "cloud/event_kinds.h"
#include "cloud/volume_parts.h"
#include "sim/clock.h"

#define ATTACH_NS (2 * SECOND_NS)
#define DETACH_NS (3 * SECOND_NS)

const struct fault_kind fault_volume_attached = {
    .code = "VolumeInUse",
    .text = "{} is already attached to an instance",
    .hint = "Detach it first: aws ec2 detach-volume.",
};
const struct fault_kind fault_volume_not_available = {
    .code = "IncorrectState",
    .text = "{} is not 'available'.",
    .hint = "aws ec2 wait volume-available waits until it is.",
};
/* Without a blank before `is`: so AWS writes this one. */
static const struct fault_kind fault_volume_idle = {
    .code = "IncorrectState",
    .text = "Volume '{}'is in the '{}' state.",
    .hint = "It is attached to nothing: aws ec2 describe-volumes shows where a volume is attached.",
};
const struct fault_kind fault_volume_attachment = {
    .code = "InvalidAttachment.NotFound",
    .text = "The volume '{}' is not attached to instance '{}'.",
    .hint = "aws ec2 describe-volumes shows where a volume is attached.",
};
const struct fault_kind fault_volume_zone = {
    .code = "InvalidVolume.ZoneMismatch",
    .text = "The volume '{}' is not in the same availability zone as instance '{}'",
    .hint = "A volume can only be attached in its own zone; a snapshot takes its data to another.",
};
const struct fault_kind fault_volume_device_taken = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '{}' for unixDevice. Attachment point {} is already in use",
    .hint = "Choose another device name: /dev/sdf to /dev/sdp.",
};
const struct fault_kind fault_volume_device = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter device is invalid. {} is not a valid EBS device name.",
    .hint = "Device names look like /dev/sdf on Linux and xvdf on Windows.",
};
const struct fault_kind fault_volume_attach_limit = {
    .code = "AttachmentLimitExceeded",
    .text = "You may attach up to {} devices for this instance type. Please use a larger instance "
            "size to attach more volumes.",
    .hint = "How many that are depends on the type: 28 places of most Nitro types are for volumes, "
            "network interfaces and local disks together.",
};

const struct fault_kind fault_volume_modifying = {
    .code = "IncorrectState",
    .text = "Cannot attach volume when it is in modification state: MODIFYING",
    .hint = "It is optimizing in some seconds: aws ec2 describe-volumes-modifications.",
};

static const char *const attachment_words[] = {"attaching", "attached", "detaching"};

static const struct field attachment_fields[] = {
    F_INT(struct volume_attachment, instance, "Instance", "The instance."),
    F_STRING(struct volume_attachment, device, "Device", "Its name there.",
             .flags = FIELD_SHARED),
    F_TIME(struct volume_attachment, time, "Time", "When it was asked for."),
    F_TIME(struct volume_attachment, until, "Until", "When its present step ends."),
    F_INT(struct volume_attachment, state, "State", "How far it is."),
    F_BOOL(struct volume_attachment, delete_on_termination, "DeleteOnTermination",
           "Whether it goes with it."),
};

const struct shape volume_attachment_shape =
    SHAPE("VolumeAttachment", struct volume_attachment, attachment_fields);

/* The volumes of one instance: nearly always it has one. */
struct volume_list {
    LIST(int64_t) volumes; /* by the time of attaching: volumes_of() promises that order */
};

struct volume_index {
    uint64_t key;
    int64_t only;             /* when there is no list */
    struct volume_list *list; /* owned */
};

static const struct field volume_index_fields[] = {
    F_INT(struct volume_index, key, "Instance", "The instance."),
    F_INT(struct volume_index, only, "Volume", "Its volume, if it has one."),
    F_INTS(struct volume_list, volumes, "Volumes", "Its volumes in the order of attaching.",
           .flags = FIELD_RARE),
};

static const struct shape volume_index_shape =
    SHAPE_WITH_RARE("VolumeIndex", struct volume_index, list, volume_index_fields);

const char *volume_attachment_state_name(uint8_t state)
{
    return state == 0 || state > ATTACHMENT_DETACHING ? "detached" : attachment_words[state - 1];
}

/* ---- who has which ---- */

/* By the time of attaching, so that a rebuilt index equals one that grew. */
void volume_index_add(struct volumes *volumes, uint64_t instance, uint64_t id)
{
    struct volume_index *row = table_find(&volumes->attached, instance);
    int64_t time = volume_attachment_find(table_get(&volumes->table, id), instance)->time;
    struct volume_list *list;
    uint32_t at;

    if (row == NULL) {
        row = table_add(&volumes->attached, instance);
        row->only = (int64_t)id;
        return;
    }
    if (row->list == NULL) {
        row->list = xcalloc(1, sizeof(*row->list));
        *LIST_PUSH(&row->list->volumes) = row->only;
    }
    list = row->list;
    (void)LIST_PUSH(&list->volumes);
    for (at = list->volumes.count - 1; at > 0; at--) {
        struct volume *before = table_get(&volumes->table, (uint64_t)list->volumes.items[at - 1]);

        if (volume_attachment_find(before, instance)->time <= time)
            break;
        list->volumes.items[at] = list->volumes.items[at - 1];
    }
    list->volumes.items[at] = (int64_t)id;
}

static void index_remove(struct volumes *volumes, uint64_t instance, uint64_t volume)
{
    struct volume_index *row = table_get(&volumes->attached, instance);

    for (uint32_t i = 0; row->list != NULL && i < row->list->volumes.count; i++) {
        if (row->list->volumes.items[i] == (int64_t)volume) {
            LIST_REMOVE(&row->list->volumes, i);
            break;
        }
    }
    if (row->list == NULL || row->list->volumes.count == 0)
        table_remove(&volumes->attached, instance);
}

static void attachment_add(struct volumes *volumes, struct volume *volume,
                           const struct volume_attach *attach)
{
    *LIST_PUSH(&volume->attachments) = (struct volume_attachment){
        .instance = attach->instance,
        .device = table_text(&volumes->table, attach->device),
        .time = volumes->sim->now,
        .state = ATTACHMENT_ATTACHING,
        .delete_on_termination = attach->delete_on_termination,
    };
    volume_index_add(volumes, attach->instance, volume->key);
}

static void attachment_schedule(struct volumes *volumes, const struct volume *volume,
                                struct volume_attachment *attachment, int64_t delay_ns)
{
    attachment->until = volumes->sim->now + delay_ns;
    sim_schedule(volumes->sim, delay_ns, EVENT_ATTACHMENT_STEP, volume->key, attachment->instance);
}

static void attachment_remove(struct volumes *volumes, struct volume *volume, uint32_t at)
{
    index_remove(volumes, volume->attachments.items[at].instance, volume->key);
    shape_release(&volume_attachment_shape, &volume->attachments.items[at]);
    LIST_REMOVE(&volume->attachments, at);
    if (volume->attachments.count == 0 && volume->state == VOLUME_IN_USE)
        volume_change_state(volumes, volume, VOLUME_AVAILABLE);
}

const int64_t *volumes_of(const struct volumes *volumes, uint64_t instance, uint32_t *count)
{
    const struct volume_index *row =
        instance == 0 ? NULL : table_find(&volumes->attached, instance);

    *count = row == NULL ? 0 : row->list == NULL ? 1 : row->list->volumes.count;
    if (row == NULL)
        return NULL;
    return row->list == NULL ? &row->only : row->list->volumes.items;
}

struct volume_attachment *volume_attachment_find(struct volume *volume, uint64_t instance)
{
    for (uint32_t i = 0; i < volume->attachments.count; i++) {
        if (volume->attachments.items[i].instance == instance)
            return &volume->attachments.items[i];
    }
    return NULL;
}

struct volume *volume_at_device(const struct volumes *volumes, uint64_t instance,
                                const char *device)
{
    uint32_t count;
    const int64_t *ids = volumes_of(volumes, instance, &count);

    for (uint32_t i = 0; i < count; i++) {
        struct volume *volume = table_get(&volumes->table, (uint64_t)ids[i]);

        if (str_equal(volume_attachment_find(volume, instance)->device, device))
            return volume;
    }
    return NULL;
}

/* ---- events ---- */

/* `until` tells the step that is due from one that was overtaken. */
static void run_attachment(void *context, const struct event *event)
{
    struct volumes *volumes = context;
    struct volume *volume = table_find(&volumes->table, event->subject);
    struct volume_attachment *attachment =
        volume == NULL ? NULL : volume_attachment_find(volume, event->detail);

    if (attachment == NULL || attachment->until != volumes->sim->now)
        return;
    attachment->until = 0;
    if (attachment->state == ATTACHMENT_ATTACHING) {
        attachment->state = ATTACHMENT_ATTACHED;
        volume_say(volumes, volume, attachment->instance, "attached as %s", attachment->device);
    } else if (attachment->state == ATTACHMENT_DETACHING) {
        attachment_remove(volumes, volume, (uint32_t)(attachment - volume->attachments.items));
    }
}

static const struct event_kind attachment_step = {.name = "attachment-step", .run = run_attachment};

/* ---- attaching ---- */

/* "/dev/sdf", "/dev/xvdba", "xvdf", "/dev/sda1". */
static bool device_valid(const char *device)
{
    const char *rest = str_starts(device, "/dev/") ? device + 5 : device;

    if (strlen(device) > 31)
        return false;
    if (str_starts(rest, "xvd"))
        rest += 3;
    else if (str_starts(rest, "sd") && rest != device)
        rest += 2;
    else
        return false;
    if (*rest < 'a' || *rest > 'z')
        return false;
    rest++;
    while ((*rest >= 'a' && *rest <= 'z') || (*rest >= '0' && *rest <= '9'))
        rest++;
    return *rest == '\0';
}

static bool is_at(const struct volume *volume, uint64_t instance)
{
    for (uint32_t i = 0; i < volume->attachments.count; i++) {
        if (volume->attachments.items[i].instance == instance)
            return true;
    }
    return false;
}

static bool is_modifying(const struct volumes *volumes, const struct volume *volume)
{
    const struct volume_modification *modification =
        volume_modification_find(volumes, volume->key);

    return modification != NULL && modification->state == MODIFICATION_MODIFYING;
}

static int attach_check(const struct volumes *volumes, const struct volume *volume,
                        const struct volume_attach *attach, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    const char *name = id_text(&arena, &kind_volume, attach->volume);
    const char *instance = id_text(&arena, &kind_instance, attach->instance);
    uint32_t count;
    int result = 0;
    uint32_t limit = attach->limit == 0 ? VOLUMES_PER_INSTANCE : attach->limit;

    (void)volumes_of(volumes, attach->instance, &count);
    if (volume == NULL)
        result = fault_set(fault, &fault_volume_not_found, name);
    else if (volume->state == VOLUME_IN_USE &&
             (!volume->multi_attach || volume->attachments.count >= 16 ||
              is_at(volume, attach->instance)))
        result = fault_set(fault, &fault_volume_attached, name);
    else if (volume->state != VOLUME_AVAILABLE && volume->state != VOLUME_IN_USE)
        result = fault_set(fault, &fault_volume_not_available, name);
    else if (volume->zone != attach->zone)
        result = fault_set(fault, &fault_volume_zone, name, instance);
    else if (!device_valid(attach->device))
        result = fault_set(fault, &fault_volume_device, attach->device, attach->device);
    else if (volume_at_device(volumes, attach->instance, attach->device) != NULL)
        result = fault_set(fault, &fault_volume_device_taken, attach->device, attach->device);
    else if (is_modifying(volumes, volume))
        result = fault_set(fault, &fault_volume_modifying);
    else if (count >= limit)
        result = fault_set(fault, &fault_volume_attach_limit, volume_number(&arena, limit));
    arena_release(&arena);
    return result;
}

uint32_t volumes_attachable(const struct catalog_type *type)
{
    static const struct {
        uint32_t vcpus; /* at least */
        uint32_t volumes;
    } own[] = {{192, 128}, {128, 88}, {96, 64}, {64, 48}, {0, 32}};
    bool is_recent = strchr(type->family, '7') != NULL;
    size_t i = 0;

    if (strcmp(type->hypervisor, "xen") == 0)
        return 40;
    if (is_recent && type->bare_metal)
        return type->vcpus >= 192 ? 79 : 39;
    if (!is_recent)
        return VOLUMES_PER_INSTANCE - type->disks;
    while (type->vcpus < own[i].vcpus)
        i++;
    return own[i].volumes;
}

int volume_attach(struct volumes *volumes, const struct volume_attach *attach, struct fault *fault)
{
    struct volume *volume = table_find(&volumes->table, attach->volume);

    if (attach_check(volumes, volume, attach, fault) != 0)
        return -1;
    if (volume->state != VOLUME_IN_USE)
        volume_change_state(volumes, volume, VOLUME_IN_USE);
    attachment_add(volumes, volume, attach);
    attachment_schedule(volumes, volume, volume_attachment_find(volume, attach->instance),
                        ATTACH_NS);
    return 0;
}

struct volume *volume_launch(struct volumes *volumes, struct volume_new wanted,
                             const struct volume_attach *attach)
{
    struct fault fault = FAULT_INIT;
    struct volume *volume;

    if (volume_new_check(&wanted, &fault) != 0)
        BUG("a volume of a launch was not checked: %s", fault.message);
    volume = volume_make(volumes, &wanted);
    volume->state = VOLUME_IN_USE;
    attachment_add(volumes, volume, attach);
    volume_say(volumes, volume, attach->instance, "created and attached as %s", attach->device);
    return volume;
}

void volumes_launched(struct volumes *volumes, uint64_t instance)
{
    uint32_t count;
    const int64_t *ids = volumes_of(volumes, instance, &count);

    for (uint32_t i = 0; i < count; i++) {
        struct volume *volume = table_get(&volumes->table, (uint64_t)ids[i]);
        struct volume_attachment *attachment = volume_attachment_find(volume, instance);

        if (attachment->state == ATTACHMENT_ATTACHING)
            attachment->state = ATTACHMENT_ATTACHED;
    }
}

static int detach_fault(const struct volume *volume, uint64_t instance, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    const char *name = id_text(&arena, &kind_volume, volume->key);
    int result;

    if (volume->attachments.count == 0)
        result = fault_set(fault, &fault_volume_idle, name, volume_state_name(volume->state));
    else
        result = fault_set(fault, &fault_volume_attachment, name,
                           id_text(&arena, &kind_instance, instance));
    arena_release(&arena);
    return result;
}

int volume_detach(struct volumes *volumes, uint64_t id, uint64_t instance, struct fault *fault)
{
    struct volume *volume = table_find(&volumes->table, id);
    struct volume_attachment *attachment;

    if (volume == NULL)
        return volume_not_found(id, fault);
    if (instance == 0 && volume->attachments.count == 1)
        instance = volume->attachments.items[0].instance;
    attachment = volume_attachment_find(volume, instance);
    if (attachment == NULL)
        return detach_fault(volume, instance, fault);
    if (attachment->state == ATTACHMENT_DETACHING)
        return 0;
    attachment->state = ATTACHMENT_DETACHING;
    attachment_schedule(volumes, volume, attachment, DETACH_NS);
    return 0;
}

void volumes_terminate(struct volumes *volumes, uint64_t instance)
{
    uint32_t count;
    const int64_t *ids;

    while (ids = volumes_of(volumes, instance, &count), count > 0) {
        struct volume *volume = table_get(&volumes->table, (uint64_t)ids[0]);
        struct volume_attachment *attachment = volume_attachment_find(volume, instance);
        bool goes = attachment->delete_on_termination && volume->attachments.count == 1;

        attachment_remove(volumes, volume, (uint32_t)(attachment - volume->attachments.items));
        if (goes)
            volume_gone(volumes, volume);
    }
}

void volume_attachments_init(struct volumes *volumes)
{
    table_init(&volumes->attached, &volume_index_shape);
    sim_handle(volumes->sim, EVENT_ATTACHMENT_STEP, &attachment_step, volumes);
}
