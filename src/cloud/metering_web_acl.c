/*
 * cloud/metering_web_acl.c - what web ACLs tell CloudWatch: AWS/WAFV2.
 *
 * True to "AWS WAF metrics and dimensions": AllowedRequests, BlockedRequests, CountedRequests, of
 * each rule, of the default action, and of all.
 */
#include "cloud/metering_parts.h"

#include "cloud/web_acl.h"

/* Whose counts are told: the web ACL's name, and the rule's. */
struct web_look {
    struct teller like;
    const char *region;
    const char *acl;
};

static void sight_look(const struct web_look *look, const char *rule, struct web_sight *sight)
{
    struct teller teller = teller_of(&look->like);

    teller_dimension(&teller, "Region", look->region);
    teller_dimension(&teller, "Rule", rule);
    teller_dimension(&teller, "WebACL", look->acl);
    if (sight->metered) {
        teller_count(&teller, "AllowedRequests", sight->allowed, false);
        teller_count(&teller, "BlockedRequests", sight->blocked, false);
        teller_count(&teller, "CountedRequests", sight->counted, false);
    }
    sight->allowed = sight->blocked = sight->counted = 0;
}

void metering_web_acls(struct metering *metering, int64_t minute)
{
    for (uint32_t i = 0; metering->acls != NULL && i < table_count(&metering->acls->acls); i++) {
        struct web_acl *acl = table_at(&metering->acls->acls, i);
        struct web_look look = {
            .like = {.metering = metering,
                     .name = {.account = acl->account,
                              .region = acl->region,
                              .space = "AWS/WAFV2"},
                     .time = minute,
                     .span_s = METERING_SPAN_S},
            .region = metering->catalog->regions[acl->region].name,
            .acl = acl->sight.metric,
        };

        if (metering->charges.web_acl != NULL)
            metering->charges.web_acl(metering->charges.context, acl,
                                      acl->all.allowed + acl->all.blocked);
        sight_look(&look, "ALL", &acl->all);
        sight_look(&look, "Default_Action", &acl->sight);
        for (uint32_t k = 0; k < acl->rules.count; k++)
            sight_look(&look, acl->rules.items[k].sight.metric, &acl->rules.items[k].sight);
    }
}
