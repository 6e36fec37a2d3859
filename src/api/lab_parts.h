/*
 * api/lab_parts.h - the operations of the service lab, by room, for the one list in api/lab.c.
 */
#ifndef API_LAB_PARTS_H
#define API_LAB_PARTS_H

#include "api/service.h"

/* lab_accounts.c */
extern const struct op op_lab_create_account, op_lab_describe_accounts;
/* lab_bill.c */
extern const struct op op_lab_describe_bill, op_lab_describe_bill_history;
/* lab_clock.c */
extern const struct op op_lab_advance, op_lab_describe_clock, op_lab_describe_events;
/* lab_compare.c */
extern const struct op op_lab_compare;
/* lab_comparison.c */
extern const struct op op_lab_describe_comparison;
/* lab_consistency.c */
extern const struct op op_lab_set_consistency, op_lab_describe_consistency;
/* lab_buses.c */
extern const struct op op_lab_describe_buses;
/* What the note of an event's coming says; in the call's arena, or borrowed from the note. */
struct message_note;
struct lab_event {
    const char *bus;
    const char *source;
    const char *type;
    const char *detail; /* how it begins */
};
struct lab_event lab_event_of(struct call *call, const struct message_note *note);
/* lab_fleet.c */
extern const struct op op_lab_describe_fleet;
/* lab_hosts.c */
extern const struct op op_lab_describe_hosts, op_lab_set_placement_policy;
/* lab_faults.c */
extern const struct op op_lab_inject_fault, op_lab_describe_faults, op_lab_clear_fault;
/* lab_instances.c */
extern const struct op op_lab_describe_instances, op_lab_set_load;
/* Millionths of a vCPU, of so many, as percent of them all. */
struct opt_real lab_percent(int64_t ppm, int64_t vcpus);
/* lab_mailbox.c */
extern const struct op op_lab_describe_mailbox;
/* lab_prices.c */
extern const struct op op_lab_compare_prices;
/* lab_performance.c */
extern const struct op op_lab_describe_performance;
/* lab_workload.c */
extern const struct op op_lab_run_workload, op_lab_describe_workloads, op_lab_stop_workload;
/* lab_queues.c */
extern const struct op op_lab_describe_queues, op_lab_describe_message;
/* lab_quotas.c */
extern const struct op op_lab_set_quota, op_lab_describe_quotas;
/* lab_shops.c */
extern const struct op op_lab_describe_shops;
extern const struct fault_kind fault_no_shop;
/* lab_shop_make.c */
extern const struct op op_lab_create_shop, op_lab_delete_shop;
/* lab_race.c */
/* The newest Amazon Linux 2023 for the type, or 0. */
struct catalog_type;
uint64_t lab_newest_image(const struct call *call, const struct catalog_type *type);
/* lab_storage.c */
extern const struct op op_lab_describe_storage;
/* lab_scan.c */
extern const struct op op_lab_scan_guest;
/* lab_volume.c */
extern const struct op op_lab_read_volume, op_lab_write_volume;
/* lab_servers.c */
extern const struct op op_lab_describe_servers;
/* lab_targets.c */
extern const struct op op_lab_describe_targets, op_lab_set_routing_method;
/* lab_path.c */
extern const struct op op_lab_explain_path;
/* lab_requests.c */
extern const struct op op_lab_send_request, op_lab_describe_request, op_lab_forget_request,
    op_lab_explain_request, op_lab_list_requests;
/* lab_messages.c */
/* The id that people see, in the call's arena; NULL of 0. */
const char *lab_message_id(struct call *call, uint64_t message);
/* What happened to a message, the oldest first; in the call's arena. */
struct lab_message_step {
    int64_t time;
    const char *text;
};
struct lab_message_steps {
    struct lab_message_step *items;
    uint32_t count;
    uint32_t size;
};
extern const struct shape lab_message_step_shape;
struct lab_message_steps lab_message_history(struct call *call, uint64_t message);
/* Seconds since then; not set when it never was (0). */
struct opt_int lab_seconds_ago(const struct call *call, int64_t time);
extern const struct op op_lab_explain_message;
extern const struct fault_kind fault_bad_url;
/* lab_topics.c */
extern const struct op op_lab_describe_topics;
/* lab_traffic.c */
extern const struct op op_lab_start_traffic, op_lab_stop_traffic, op_lab_describe_traffic;
/* lab_guests.c */
extern const struct op op_lab_describe_nodes;
extern const struct op op_lab_describe_differences;
extern const struct op op_lab_run_command, op_lab_describe_command, op_lab_stop_command;

#endif
