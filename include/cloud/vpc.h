/*
 * cloud/vpc.h - VPCs and subnets: their making, their ranges, their end.
 *
 * A VPC comes with a main route table and a default network ACL (and a default security group,
 * which is cloud/firewall's); its subnets lie within its range and do not overlap.
 */
#ifndef CLOUD_VPC_H
#define CLOUD_VPC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "cloud/network.h"

/* The account's default VPC in a Region with a default subnet in each of its zones, and an internet
 * gateway to which its main route table leads. */
struct vpc *vpc_add_default(struct network *network, uint64_t account, uint8_t region);

/* InvalidVpc.Range: 16 to 28 fixed bits. */
int vpc_range_check(struct vpc_part range, struct fault *fault);
/* Without subnets; the range has been checked. */
struct vpc *vpc_add(struct network *network, uint64_t account, uint8_t region,
                    struct vpc_part range);
/* Nothing is in it that does not go with it: subnets, a gateway, other route tables or ACLs. */
bool vpc_is_empty(const struct network *network, const struct vpc *vpc);
/* With all that came with it.  The caller has asked vpc_is_empty(). */
void vpc_remove(struct network *network, struct vpc *vpc);

/* InvalidSubnet.Range: 16 to 28 bits within the VPC; InvalidSubnet.Conflict: overlaps another. */
int subnet_range_check(const struct vpc *vpc, struct vpc_part range, struct fault *fault);
struct subnet *subnet_add(struct network *network, const struct vpc *vpc, uint8_t zone,
                          struct vpc_part range);
/* Nobody has an address there. */
bool subnet_is_empty(const struct subnet *subnet);
void subnet_remove(struct network *network, struct subnet *subnet);

/* After the saved tables were read, and network_restore(): gives VPCs of older sessions what VPCs
 * have today.  False when the tables contradict each other. */
bool vpcs_restore(struct network *network);

extern const struct fault_kind fault_vpc_range, fault_subnet_range, fault_subnet_conflict;

#endif
