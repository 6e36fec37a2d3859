/*
 * api/explain_codes_wafv2.c - the error codes of AWS WAF in plain words.
 *
 * Sorted by code.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes_wafv2[] = {
    {
        .code = "WAFAssociatedItemException",
        .what = "What you want to delete is still in use.",
        .why = "A web ACL that vanished would leave its load balancer open, and a rule cannot "
               "look into an IP set that is gone.",
        .tries = "`aws wafv2 list-resources-for-web-acl` shows where a web ACL stands; "
                 "`disassociate-web-acl` takes it away. An IP set leaves the rules with "
                 "`update-web-acl`.",
    },
    {
        .code = "WAFDuplicateItemException",
        .what = "There is one of that name already, or two rules have the same name or priority.",
        .why = "Rules are asked one after the other, by priority: two of the same would have no "
               "order.",
        .tries = "Choose another name; give each rule a priority of its own.",
    },
    {
        .code = "WAFInvalidParameterException",
        .what = "A member of what you wrote is missing, too much, or not of the right form.",
        .why = "AWS WAF names the field in its own words: STATEMENT wants exactly one statement, "
               "RULE_ACTION exactly one action, IP_ADDRESS a range such as 203.0.113.0/24.",
        .tries = "Look at the member of that name; `aws wafv2 get-web-acl` shows how a right one "
                 "looks.",
    },
    {
        .code = "WAFLimitsExceededException",
        .what = "The rules cost more than a web ACL may cost.",
        .why = "Each statement costs capacity units for the work that it makes with each "
               "request; a web ACL has 5,000 of them.",
        .tries = "`aws wafv2 check-capacity` says what rules cost; one IP set is cheaper than "
                 "many rules.",
    },
    {
        .code = "WAFNonexistentItemException",
        .what = "There is no web ACL, IP set, rule or metric like that here.",
        .why = "Name and id must be of the same one, and of this Region.",
        .tries = "`aws wafv2 list-web-acls --scope REGIONAL` and `list-ip-sets` show names and "
                 "ids.",
    },
    {
        .code = "WAFOptimisticLockException",
        .what = "The lock token is not of the latest state: somebody changed it, perhaps you.",
        .why = "Two people who change the same rules would undo each other's work; so each "
               "change needs the token of the state that it begins with.",
        .tries = "Get it again, look at what changed, and use the new LockToken.",
    },
    {
        .code = "WAFUnavailableEntityException",
        .what = "AWS WAF does not find the load balancer, or it is not ready yet.",
        .why = "A load balancer needs a few minutes until it is active.",
        .tries = "`aws elbv2 wait load-balancer-available`, then once more.",
    },
    {.code = NULL},
};
