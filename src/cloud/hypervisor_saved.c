/*
 * cloud/hypervisor_saved.c - the rows of the hypervisor as they are saved, and read back and
 * checked.
 */
#include "cloud/hypervisor.h"

static bool guest_sound(const struct hypervisor *hypervisor, const struct cpu_guest *guest)
{
    const struct host_guest *seat = hosts_guest(hypervisor->all, guest->instance);
    const struct cpu_work *work = hypervisor_work_of(guest);
    const struct credits credits = credits_of(&guest->credits);

    if (guest->type >= hypervisor->catalog->type_count || work->held_percent > 100 ||
        guest->settled > hypervisor->sim->now || credits.mode > CREDIT_UNLIMITED ||
        work->given_ppm < 0 || work->wants_ppm < work->given_ppm || work->load_ppm < 0 ||
        work->load_ppm > work->given_ppm ||
        work->job_wants_ppm < 0 || work->job_ppm < 0 || work->job_ppm > work->load_ppm ||
        work->job_ppm > work->job_wants_ppm || !cpu_time_sound(work->job) ||
        !cpu_time_sound(work->ran) || !cpu_time_sound(work->stolen) ||
        !cpu_time_sound(work->asked) || !cpu_time_sound(work->seen) ||
        !cpu_time_sound(work->asked_then) || !cpu_time_sound(work->stolen_then) ||
        !cpu_time_sound(credits.balance) || !cpu_time_sound(credits.launch) ||
        !cpu_time_sound(credits.used) || !cpu_time_sound(credits.charged))
        return false;
    if (!guest->runs)
        return true;
    return seat != NULL && seat->host == guest->host && seat->type == guest->type &&
           table_find(&hypervisor->hosts, (uint64_t)guest->host + 1) != NULL;
}

bool hypervisor_restore(struct hypervisor *hypervisor)
{
    uint32_t running = 0;

    for (uint32_t i = 0; i < table_count(&hypervisor->guests); i++) {
        const struct cpu_guest *guest = table_at(&hypervisor->guests, i);

        if (!guest_sound(hypervisor, guest))
            return false;
        running += guest->runs;
    }
    for (uint32_t i = 0; i < table_count(&hypervisor->hosts); i++) {
        const struct cpu_host *row = table_at(&hypervisor->hosts, i);

        if (row->key > hypervisor->all->count || row->guests == 0 || row->guests > running ||
            row->settled > hypervisor->sim->now || row->since > row->settled ||
            !cpu_time_sound(row->ran) || !cpu_time_sound(row->stolen))
            return false;
        running -= row->guests;
    }
    return running == 0;
}

/* ---- tables ---- */

#define F_CPU(T, m, NAME, ...) F_EMBED(T, m, struct cpu_time, &cpu_time_shape, NAME, __VA_ARGS__)
#define RARE .flags = FIELD_RARE

static const struct field guest_fields[] = {
    F_INT(struct cpu_guest, instance, "Instance", "The instance."),
    F_INT(struct cpu_guest, host, "Host", "Number of its host."),
    F_INT(struct cpu_guest, type, "Type", "Place of its type in the catalog."),
    F_INT(struct cpu_work, held_percent, "Held", "The load that is held.", RARE),
    F_BOOL(struct cpu_guest, runs, "Runs", "Whether it runs."),
    F_BOOL(struct cpu_guest, watched, "Watched", "Whether its requests are watched."),
    F_BOOL(struct cpu_work, limited, "Limited", "Whether its credits hold it back.", RARE),
    F_TIME(struct cpu_guest, settled, "Settled", "The instant of the sums."),
    F_INT(struct cpu_work, wants_ppm, "Wants", "What it wants since.", RARE),
    F_INT(struct cpu_work, given_ppm, "Given", "What it is given since.", RARE),
    F_INT(struct cpu_work, load_ppm, "Load", "Of that, the held load's.", RARE),
    F_INT(struct cpu_guest, lived, "Lived", "How long it has run."),
    F_CPU(struct cpu_work, ran, "Ran", "CPU time.", RARE),
    F_CPU(struct cpu_work, stolen, "Stolen", "Wanted and not given.", RARE),
    F_CPU(struct cpu_work, asked, "Asked", "CPU time of requests.", RARE),
    F_CPU(struct cpu_work, seen, "Seen", "The server's at that instant.", RARE),
    F_INT(struct cpu_work, step, "Step", "The pending look.", RARE),
    F_EMBED(struct cpu_guest, credits, struct credits_kept, &credits_shape, "Credits",
            "Its credits."),
    F_TIME(struct cpu_work, stopped, "Stopped", "When it stopped.", RARE),
    F_TIME(struct cpu_work, marked, "Marked", "The last full minute.", RARE),
    F_CPU(struct cpu_work, asked_then, "AskedThen", "CPU time of requests then.", RARE),
    F_CPU(struct cpu_work, stolen_then, "StolenThen", "Stolen by then.", RARE),
    F_INT(struct cpu_work, asked_ppm, "AskedMean", "Of requests in the minute before.", RARE),
    F_INT(struct cpu_work, stolen_ppm, "StolenMean", "Stolen in that minute.", RARE),
    F_INT(struct cpu_work, job_wants_ppm, "JobWants", "What a workload in it wants.", RARE),
    F_INT(struct cpu_work, job_ppm, "JobGiven", "What that is given since.", RARE),
    F_CPU(struct cpu_work, job, "Job", "CPU time of workloads.", RARE),
};
const struct shape cpu_guest_shape =
    SHAPE_WITH_RARE("CpuGuest", struct cpu_guest, work, guest_fields);

static const struct field host_fields[] = {
    F_INT(struct cpu_host, key, "Key", "Number of the host, plus one."),
    F_TIME(struct cpu_host, since, "Since", "Since when it is counted."),
    F_INT(struct cpu_host, guests, "Guests", "Instances of accounts that run there."),
    F_BOOL(struct cpu_host, tight, "Tight", "Whether not all can have all."),
    F_TIME(struct cpu_host, settled, "Settled", "The instant of the sums."),
    F_INT(struct cpu_host, others_wants_ppm, "OthersWant", "What neighbours want since."),
    F_INT(struct cpu_host, others_given_ppm, "OthersGiven", "What they are given since."),
    F_CPU(struct cpu_host, ran, "Ran", "CPU time."),
    F_CPU(struct cpu_host, stolen, "Stolen", "Wanted and not given."),
    F_INT(struct cpu_host, step, "Step", "The neighbours' next change."),
};
const struct shape cpu_host_shape = SHAPE("CpuHost", struct cpu_host, host_fields);

static const struct field launches_fields[] = {
    F_INT(struct credit_launches, key, "Key", "The account and the Region."),
    F_INTS(struct credit_launches, times, "Times", "When each was."),
};
const struct shape credit_launches_shape =
    SHAPE("CreditLaunches", struct credit_launches, launches_fields);
