/*
 * cloud/metering_parts.h - what the files of the room cloud/metering share: telling one metric,
 * with its dimensions.
 */
#ifndef CLOUD_METERING_PARTS_H
#define CLOUD_METERING_PARTS_H

#include "cloud/metering.h"

enum { METERING_SPAN_S = 60 };

/* Parts of a per cent, and of a request for each target. */
#define METERING_FINE INT64_C(1000000)

/* Whose metrics are told, and for which span. */
struct teller {
    struct metering *metering;
    struct metric_name name;
    struct metric_dimension dimensions[4];
    int64_t time;
    uint32_t span_s;
};

/* Another one of the same span, still without dimensions. */
struct teller teller_of(const struct teller *like);
/* Both texts are borrowed. */
void teller_dimension(struct teller *teller, const char *name, const char *value);
void teller_tell(struct teller *teller, const char *name, uint8_t unit, int64_t scale,
                 const struct metric_sample *sample);
/* One value. */
void teller_value(struct teller *teller, const char *name, uint8_t unit, int64_t scale,
                  int64_t value);
/* So many times one; 0 is told only when `always`. */
void teller_count(struct teller *teller, const char *name, int64_t count, bool always);
/* Nothing when there are none. */
void teller_times(struct teller *teller, const char *name, const struct histogram *times);

/* What was counted in the minute that began then is told, and counting begins anew. */
void metering_balancers(struct metering *metering, int64_t minute);
/* The sizes of Auto Scaling groups that somebody wants to know, as they are now. */
void metering_scaling(struct metering *metering, int64_t minute);
/* What web ACLs saw in the minute that began then; counting begins anew. */
void metering_web_acls(struct metering *metering, int64_t minute);
/* What rules of event buses did in the minute that began then; counting begins anew. */
void metering_events(struct metering *metering, int64_t minute);
/* What is in queues now, and what happened in them in the minute that began then. */
void metering_queues(struct metering *metering, int64_t minute);
/* What happened on topics since it was last told. */
void metering_topics(struct metering *metering, int64_t minute);

#endif
