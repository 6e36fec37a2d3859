/*
 * cloud/event_kinds.h - every kind of event that the cloud schedules: the one visible list.
 *
 * The numbers are saved in session files: append only, never renumber, never reuse.  Each room
 * registers the handlers of its own kinds with sim_handle() in its _init.  In each: what `subject`
 * and `detail` hold.
 */
#ifndef CLOUD_EVENT_KINDS_H
#define CLOUD_EVENT_KINDS_H

enum event_kind_number {
    EVENT_INSTANCE_STEP = 1,    /* instance; the state it goes to */
    EVENT_INSTANCE_CHECKS = 2,  /* instance; the launch it belongs to: status checks */
    EVENT_INSTANCE_FORGET = 3,  /* instance: an hour after termination it is no longer shown */
    /* instance; launch and attempt: it is moved off its broken host */
    EVENT_INSTANCE_RECOVERY = 4,
    /* instance; the run it belongs to: the guest's next piece of work */
    EVENT_GUEST_STEP = 10,
    EVENT_GUEST_FLUSH = 11,     /* instance; the run: buffered writes go to the volume */
    EVENT_GUEST_JOB = 12,       /* a guest's job; the run: its next command */
    EVENT_VOLUME_STEP = 20,     /* volume; the state it goes to */
    EVENT_ATTACHMENT_STEP = 21, /* volume; the instance: attached now, or detached */
    EVENT_VOLUME_MODIFICATION = 22, /* volume; when its change was asked for: its next step */
    EVENT_FAST_RESTORE = 31,    /* fast restore; the state it goes to */
    EVENT_SNAPSHOT_STEP = 30,   /* snapshot: another share of its blocks has been copied */
    EVENT_IMAGE_STEP = 40,      /* image: the next step of its making */
    /* request; the step: it arrives somewhere, is answered, is given up */
    EVENT_REQUEST_STEP = 50,
    EVENT_PROBE = 60,           /* target: its next health check is due */
    EVENT_TARGET_STEP = 61,     /* target (its own id): registration or draining ends */
    EVENT_BALANCER_STEP = 70,   /* balancer; the state it goes to */
    EVENT_SERVER_STEP = 80,     /* instance: a request's work may be done there */
    EVENT_IDLE_STEP = 82,       /* a length in ns: nodes waited that long for answers */
    EVENT_STREAM_STEP = 81,     /* stream: its next request, or its end */
    EVENT_METERING_LOOK = 120,  /* a minute is over: what was counted goes to CloudWatch */
    EVENT_ALARM_STEP = 121,     /* alarm: it is evaluated */
    EVENT_SCALING_REVIEW = 90,  /* Auto Scaling group: what it wants, and what it has */
    EVENT_SCALING_MEMBER = 91,  /* instance of a group; a step of it, or a look at its health */
    EVENT_SCALING_HOLD = 92,    /* instance of a group; the lifecycle action whose time is over */
    EVENT_SCALING_SCHEDULE = 93, /* scheduled action: it is due */
    EVENT_CPU_STEP = 130,       /* instance: its credits let it have more, or less */
    EVENT_SPOT_LOOK = 140,      /* spot request: can it be fulfilled, may its instance stay? */
    EVENT_NEIGHBOUR_STEP = 131, /* host number + 1: neighbours there want something else */
    EVENT_HOST_RETIREMENT = 132, /* fault: the day on which a host is taken away */
    EVENT_FAULT_DUE = 133,      /* fault that waits: its time has come, or its condition is asked */
    EVENT_FAULT_END = 134,      /* fault: it has lasted as long as it was to */
    EVENT_RULE_FIRING = 170,   /* rule of a bus: its schedule says now */
    EVENT_REPLAY_STEP = 172,   /* replay: its next minute of events, or its end */
    EVENT_BUS_DELIVERY = 171,  /* delivery: it is tried */
    EVENT_WORKLOAD_STEP = 150,  /* workload: a part of it, or a slice of one, is done */
    EVENT_QUEUE_STEP = 160,     /* queue: a message appears, returns or expires, and the like */
    EVENT_QUEUE_POLL = 161,     /* poll: it has waited as long as it wanted */
    EVENT_QUEUE_MOVE = 162,     /* move task: its next messages */
    EVENT_QUEUE_STORAGE = 163,  /* queue: a storage server of it is back */
    EVENT_TOPIC_FILTER = 180,   /* subscription: a changed filter policy takes effect */
    EVENT_TOPIC_RETRY = 181,    /* delivery of a topic: it is tried again */
    EVENT_SHOP_STEP = 210,      /* barista: an answer of its queue is there, or it asks again */
};

#endif
