/*
 * api/service.h - how a service is written down: operations, waiters, paging.  Every reader takes
 * it from here.
 *
 * Things to do to add an operation:
 *   1. in the service's room, a struct for its input and one for its output, and a shape for each:
 *      what is modelled, in AWS's names, types and order.  All that it takes and gives at AWS
 *      stands in assets/catalog/shapes (api/declared.h); what we leave out is refused by name;
 *   2. a function `int run(struct call *, const void *in, void *out)` that asks the cloud's rooms:
 *   it receives a
 *      filled, validated struct, and never parses, prints or checks the form of anything;
 *   3. a const struct op beside it (name, sentence, runnable example, shapes, faults, flags), and
 *   its line in the
 *      service's list of operations;
 *   4. a transcript in tests/shell that runs it, and one that provokes each of its faults.
 * Help, completion, validation, output, SQL and lessons follow from the table.
 * tests/unit/api_lint_test checks it, tests/unit/api_declared_test that it is AWS's.
 *
 * Things to do to add a service: a room that exports one const struct service, and its line in
 * api/services.c.
 */
#ifndef API_SERVICE_H
#define API_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"

struct world;
struct service;
struct op;
struct tray;

/*
 * Lets time pass to `until` (ns) in another world than the session's, a copy, showing `what` is
 * waited for.  0, or -1 when interrupted (Ctrl-C).
 */
struct time_passer {
    int (*pass)(void *context, struct world *world, int64_t until, const char *what);
    void *context;
};

/*
 * One call of one operation.  Owns its arena, in which input and output live until call_release().
 */
struct call {
    struct world *world; /* borrowed */
    const struct op *op;
    uint64_t account; /* who asks */
    uint8_t region;   /* where */
    struct arena arena;
    struct fault fault; /* set when the operation refused */
    int64_t until;      /* OP_LASTS: the simulated time to go to after run(), ns */
    struct time_passer passer;
    const char *doing; /* what a person is told while time passes in a copy; NULL: op->name */
    struct tray *tray; /* borrowed; NULL: nobody keeps what lies there */
    bool interrupted; /* a call that gave -1 was broken off by Ctrl-C, and has no fault */
    /* of an operation that takes a ClientToken, set by run(): the id of what it made; and whether
     * somebody says token_made_ended() of it */
    uint64_t made;
    bool made_lives;
    const void *in; /* the input, for op->again, whose answer must not refer to it */
};

void call_release(struct call *call);

/* Refuses: records the fault with one const char * for each {} of its text, and gives -1. */
#define call_fault(call, ...) fault_set(&(call)->fault, __VA_ARGS__)

/*
 * Lets time pass in a copy of the world, for operations that look ahead.  0, or -1 when
 * interrupted: then run() gives -1 as well.
 */
int call_pass(struct call *call, struct world *world, int64_t until);

enum op_flag {
    OP_WRITE = 1 << 0,   /* changes the cloud: journalled */
    OP_DRY_RUN = 1 << 1, /* takes DryRun (EC2): its input shape has the member */
    OP_LASTS = 1 << 2,   /* sets call->until: time is to move before the answer is given */
    /* may refuse and have done a part all the same (as AWS says of terminate-instances, which goes
     * zone by zone): journalled even when it refused */
    OP_PARTIAL = 1 << 3,
    /* a command of the CLI itself: prints its one list, a line each, whatever --output says */
    OP_LINES = 1 << 4,
};

/* How the AWS CLI pages an operation (botocore's paginators). */
struct paging {
    const char *in_token;  /* "NextToken" */
    const char *out_token; /* "NextToken" */
    const char *limit;     /* "MaxResults"; NULL when the operation takes no limit */
    /* the list: "Reservations"; others after commas, which an answer that goes on leaves empty */
    const char *result;
};

/*
 * A name that --filters of an operation takes, and where its values lie in one item of the answer.
 */
struct filter_name {
    const char *name; /* "instance-state-name" */
    /* members, lists walked through: "State.Name", "Placement.AvailabilityZone"; "": nothing here
     * has it; "=TEXT": what it always is; "!": refused, since it is not modelled */
    const char *path;
};

enum { FILTER_CONSTANT = '=', FILTER_REFUSED = '!' };

/*
 * Options that the AWS CLI adds to an operation's own (--count, --port), and how they become
 * parameters.
 */
struct cli_extra {
    const struct shape *options; /* names, types and sentences only: no struct lies behind it */
    /*
     * Which options do not go together: `given` holds what the line gives, unread, by the names of
     * the members (the first word, or true).  0, or -1 as for apply().  NULL: all do.
     */
    int (*check)(const json_t *given, struct str *message);
    /*
     * `given` holds the extra options of this line as JSON by their names; changes `params`.  0, or
     * -1 with the text of a refusal (exit code 252) appended to `message`.
     */
    int (*apply)(const json_t *given, json_t *params, struct str *message);
};

struct op {
    const char *name; /* "RunInstances" */
    const char *doc;  /* one sentence, our own words */
    /* a line that works in a new world, or after `needs`: "aws ec2 describe-vpcs" */
    const char *example;
    const char *needs; /* lines to run before the example, or NULL */
    const struct shape *in;
    const struct shape *out;
    const struct fault_kind *const *faults; /* NULL-terminated; NULL: none of its own */
    unsigned flags;
    const struct paging *paging;   /* NULL: not paged */
    const struct cli_extra *extra; /* NULL: none */
    /* what --filters takes, ended by a NULL name; NULL: no --filters */
    const struct filter_name *filters;
    /* 0, or -1 after call_fault().  A refused call has changed nothing, but for OP_PARTIAL. */
    int (*run)(struct call *call, const void *in, void *out);
    /* with a ClientToken: the answer once more, as what was made is now.  0 or -1, as run(). */
    int (*again)(struct call *call, uint64_t made, void *out);
    /* of what takes a time that nobody knows before: the instant to which time is to move before it
     * is asked again; 0 when what was made (call->made) has ended, and `again` gives the answer.
     * NULL: the answer is given at once. */
    int64_t (*goes_on)(const struct call *call);
};

/* One condition of a waiter (botocore's waiters-2). */
struct acceptor {
    const char *state; /* "success", "failure", "retry" */
    enum acceptor_match {
        MATCH_PATH_ALL = 1,
        MATCH_PATH_ANY,
        MATCH_PATH,
        MATCH_ERROR,
        MATCH_STATUS
    } match;
    const char *argument; /* JMESPath of the answer, for the path matches */
    const char *expected; /* the word, or the error's code; "true" and "200" as words too */
};

struct waiter {
    const char *name; /* "InstanceRunning" */
    const char *op;   /* "DescribeInstances" */
    int delay_s;
    int attempts;
    const struct acceptor *acceptors; /* ended by a NULL state */
};

/* How a service words what it refuses before an operation runs. */
enum service_style {
    STYLE_EC2,   /* InvalidParameterValue, camelCase names */
    STYLE_QUERY, /* ValidationError: elbv2, sts, autoscaling */
    STYLE_LAB,   /* ours */
};

/* Options that the AWS CLI adds to an operation that has no behaviour here yet. */
struct op_extra {
    const char *op; /* "PutMetricData" */
    const struct cli_extra *extra;
};

struct service {
    const char *name; /* "ec2", as typed */
    const char *doc;
    enum service_style style;
    const struct op *const *ops;  /* NULL-terminated, sorted by name */
    const struct waiter *waiters; /* ended by a NULL name; NULL: none */
    /* why the service's name alone is refused, which means something at AWS; NULL: nothing */
    const char *alone;
    const struct op_extra *extras; /* ended by a NULL op; NULL: none */
};

/* Every service there is, NULL-terminated; "lab" is among them. */
extern const struct service *const services[];

const struct service *service_find(const char *name);
/* True when an operation of it has behaviour; else its lines are only checked (api/declared.h). */
bool service_is_modelled(const struct service *service);
const struct op *service_op_find(const struct service *service, const char *api_name);
/* Whose operation it is; BUG when it is nobody's. */
const struct service *service_of_op(const struct op *op);
/* How the service of a call's operation words what it refuses. */
enum service_style call_style(const struct call *call);

/* A kind of resource with its live ones: for completion, references and dependencies. */
/* What people call a resource.  Its tags are only looked at when somebody asks: they lie elsewhere
 * in memory, and Tab passes over many. */
struct resource_name {
    const char *text;        /* as long as no tags are said; "" when there is nothing to say */
    const struct tags *tags; /* the Name tag among these; NULL: text */
};

const char *resource_name_text(struct resource_name name);

typedef void resource_visit(void *context, const char *id, struct resource_name name);

struct resource {
    const struct kind *kind;
    const char *service;
    const char *op;     /* a read operation that lists them: "DescribeInstances"; "": none lists
                         * all of them, and there is no list view */
    const char *params; /* what to ask it, as JSON; NULL: nothing */
    const char *list;   /* where the items lie: "Reservations[].Instances[]" */
    const char *id;     /* the member that names one: "InstanceId" */
    const char *name;   /* a JMESPath over an item that says what it is to people, or NULL */
    /* Visits the live ones of the call's account and Region (public images too), in the order of
     * their making: an id or name as options take it, and what it is to people.  Cheap: for Tab
     * with 100,000 resources. */
    void (*each)(struct call *call, resource_visit *visit, void *context);
};

/* All kinds that can be listed, ended by a NULL kind. */
extern const struct resource resources[];

#endif
