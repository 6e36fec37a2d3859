/*
 * api/lab_guests.c - lab: a command inside an instance, as `ssh` runs it.
 */
#include "api/lab_parts.h"

#include "cloud/world.h"

struct run_in {
    const char *instance;
    const char *user;
    const char *line;
    struct opt_int after;
};

struct job_in {
    int64_t job;
};

struct job_view {
    int64_t job;
    bool done;
    int64_t status;
    const char *output;
    const char *error;
    const char *folder;
};

static const struct fault_kind fault_no_guest = {
    .code = "InvalidInstanceID",
    .text = "The instance '{}' is not running, or its system is not up yet",
    .hint = "aws ec2 wait instance-status-ok waits until it is.",
};

static const struct fault_kind fault_no_job = {
    .code = "InvalidCommandId",
    .text = "The command '{}' is not known",
    .hint = "A command is forgotten when its instance stops.",
};

static const struct fault_kind *const run_faults[] = {&fault_no_guest, NULL};
static const struct fault_kind *const job_faults[] = {&fault_no_job, NULL};

static const struct field run_in_fields[] = {
    F_STRING(struct run_in, instance, "InstanceId", "Where to run it.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance),
    F_STRING(struct run_in, line, "Command", "The line to run.", .flags = FIELD_REQUIRED,
             .max = 65536),
    F_STRING(struct run_in, user, "User", "As whom; the image's own user unless told."),
    F_OPT_INT(struct run_in, after, "AfterCommandId",
              "An earlier command whose folder and variables it goes on with."),
};

static const struct field job_in_fields[] = {
    F_INT(struct job_in, job, "CommandId", "What run-command gave.", .flags = FIELD_REQUIRED),
};

static const struct field job_fields[] = {
    F_INT(struct job_view, job, "CommandId", "Its number."),
    F_BOOL(struct job_view, done, "Done", "Whether it has ended."),
    F_INT(struct job_view, status, "Status", "Its exit code, once it has ended."),
    F_STRING(struct job_view, folder, "Folder", "The working directory it is in."),
    F_STRING(struct job_view, output, "Output", "What it printed, errors included."),
    F_STRING(struct job_view, error, "ErrorOutput", "What it printed to standard error alone."),
};

static const struct shape run_in_shape = SHAPE("RunCommandRequest", struct run_in, run_in_fields);
static const struct shape job_in_shape =
    SHAPE("DescribeCommandRequest", struct job_in, job_in_fields);
static const struct shape job_shape = SHAPE("Command", struct job_view, job_fields);

static void view_job(struct call *call, const struct guest_job *job, struct job_view *view)
{
    *view = (struct job_view){
        .job = guest_job_number(job->key),
        .done = job->done,
        .status = job->status,
        .output = job->output == NULL ? "" : arena_strdup(&call->arena, job->output),
        .error = job->error == NULL ? "" : arena_strdup(&call->arena, job->error),
        .folder = arena_strdup(&call->arena, job->folder),
    };
}

/* The caller's, in whatever Region: who logs in knows an address, and no Region. */
static bool is_own(const struct call *call, uint64_t id)
{
    const struct instance *instance = instance_any(&call->world->instances, id);

    return instance != NULL && instance->account == call->account;
}

static int run_command(struct call *call, const void *in, void *out)
{
    const struct run_in *wish = in;
    struct guests *guests = &call->world->guests;
    const struct guest_job *after =
        wish->after.set ? guest_job_numbered(guests, wish->after.value) : NULL;
    uint64_t instance = 0;
    uint64_t job = 0;
    const char *user;

    if (id_parse(&kind_instance, wish->instance, &instance) && is_own(call, instance)) {
        user = wish->user == NULL ? guest_user(guests, instance) : wish->user;
        if (user != NULL)
            job = guest_job_start(guests, instance, user, wish->line,
                                  after == NULL ? 0 : after->key);
    }
    if (job == 0)
        return call_fault(call, &fault_no_guest, wish->instance);
    view_job(call, guest_job_find(guests, job), out);
    return 0;
}

/* The job, if it runs in an instance of the caller's. */
static const struct guest_job *find_job(struct call *call, int64_t id)
{
    const struct guest_job *job = guest_job_numbered(&call->world->guests, id);

    if (job == NULL || !is_own(call, job->instance)) {
        call_fault(call, &fault_no_job, arena_printf(&call->arena, "%lld", (long long)id));
        return NULL;
    }
    return job;
}

static int describe_command(struct call *call, const void *in, void *out)
{
    const struct guest_job *job = find_job(call, ((const struct job_in *)in)->job);

    if (job == NULL)
        return -1;
    view_job(call, job, out);
    return 0;
}

/* One that runs is interrupted; one that has ended is forgotten. */
static int stop_command(struct call *call, const void *in, void *out)
{
    const struct guest_job *job = find_job(call, ((const struct job_in *)in)->job);
    struct guests *guests = &call->world->guests;

    (void)out;
    if (job == NULL)
        return -1;
    if (job->done)
        guest_job_forget(guests, job->key);
    else
        guest_job_interrupt(guests, job->key);
    return 0;
}

const struct op op_lab_run_command = {
    .name = "RunCommand",
    .doc = "Starts a command inside an instance, without a network or a key.",
    .example = "lab run-command --instance-id $I --command 'hostname'",
    .needs =
        "I=$(aws ec2 run-instances --image-id $(aws ec2 describe-images --owners amazon --filters "
        "Name=name,Values=al2023-ami-2023*-x86_64 --query Images[0].ImageId --output text) "
        "--instance-type t3.micro --query Instances[0].InstanceId --output text) ; "
        "aws ec2 wait instance-status-ok --instance-ids $I",
    .in = &run_in_shape,
    .out = &job_shape,
    .faults = run_faults,
    .flags = OP_WRITE,
    .run = run_command,
};

const struct op op_lab_describe_command = {
    .name = "DescribeCommand",
    .doc = "Shows a command that was started with run-command, and what it printed so far.",
    .example =
        "lab describe-command --command-id $(lab run-command --instance-id $I --command hostname "
        "--query CommandId)",
    .needs =
        "I=$(aws ec2 run-instances --image-id $(aws ec2 describe-images --owners amazon --filters "
        "Name=name,Values=al2023-ami-2023*-x86_64 --query Images[0].ImageId --output text) "
        "--instance-type t3.micro --query Instances[0].InstanceId --output text) ; "
        "aws ec2 wait instance-status-ok --instance-ids $I",
    .in = &job_in_shape,
    .out = &job_shape,
    .faults = job_faults,
    .run = describe_command,
};

const struct op op_lab_stop_command = {
    .name = "StopCommand",
    .doc = "Interrupts a command inside an instance, or forgets one that has ended.",
    .example =
        "lab stop-command --command-id $(lab run-command --instance-id $I --command hostname "
        "--query CommandId)",
    .needs =
        "I=$(aws ec2 run-instances --image-id $(aws ec2 describe-images --owners amazon --filters "
        "Name=name,Values=al2023-ami-2023*-x86_64 --query Images[0].ImageId --output text) "
        "--instance-type t3.micro --query Instances[0].InstanceId --output text) ; "
        "aws ec2 wait instance-status-ok --instance-ids $I",
    .in = &job_in_shape,
    .out = &shape_empty,
    .faults = job_faults,
    .flags = OP_WRITE,
    .run = stop_command,
};
