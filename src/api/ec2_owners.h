/*
 * api/ec2_owners.h - --owners and --owner-ids: self, amazon, or an account's number.
 */
#ifndef API_EC2_OWNERS_H
#define API_EC2_OWNERS_H

#include "api/ec2_parts.h"

/* "Invalid user id: \"{}\"" */
extern const struct fault_kind fault_owner_malformed;

/* The form of the words.  0, or -1 after a fault. */
int ec2_owners_check(struct call *call, const struct strings *owners);
/* Is it one of those owners?  No words at all: everybody is.  alias: "amazon", or NULL. */
bool ec2_owner_wanted(const struct call *call, const struct strings *owners, uint64_t account,
                      const char *alias);

#endif
