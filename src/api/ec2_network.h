/*
 * api/ec2_network.h - what the operations of VPCs, subnets, route tables, gateways and network ACLs
 * have in common.
 */
#ifndef API_EC2_NETWORK_H
#define API_EC2_NETWORK_H

#include "api/ec2_parts.h"
#include "cloud/acl.h"
#include "cloud/route.h"
#include "cloud/vpc.h"

struct state_view {
    const char *state;
};

struct block_view {
    const char *mode;
};

struct association_view {
    const char *id;
    const char *cidr;
    struct state_view state;
};

struct associations {
    struct association_view *items;
    uint32_t count;
    uint32_t size;
};

/* VpcCidrBlockState, BlockPublicAccessStates, RouteTableAssociationState. */
extern const struct shape cidr_state_shape, block_shape, association_state_shape;

/* "10.0.0.0/16" in the call's arena. */
const char *cidr_text(struct call *call, uint32_t base, uint8_t bits);
/* A range that must be one: its host bits are cleared, as AWS does.  0, or -1 after a fault that
 * names the parameter ("cidrBlock"). */
int cidr_read(struct call *call, const char *text, const char *parameter, struct vpc_part *range);
/* Tags of a thing that is being made, of one kind.  0, or -1 after a fault. */
int new_tags_check(struct call *call, const struct tag_specifications *tags, const char *kind);

/* Has the account as many of them in this Region as it may? */
int network_quota_check(struct call *call, int64_t count, int quota,
                        const struct fault_kind *fault);

/* One more entry in the trail: "route table rtb-0... created". */
void network_tell(struct call *call, uint64_t subject, const char *text);

extern const struct fault_kind fault_cidr_malformed;
extern const struct id_words id_words_route_table, id_words_gateway, id_words_acl;

/* Examples: a VPC in $VPC, a subnet of it in $SUBNET. */
#define EC2_EXAMPLE_VPC \
    "VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)"
#define EC2_EXAMPLE_SUBNET \
    EC2_EXAMPLE_VPC "\n" \
    "SUBNET=$(aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24 --query " \
    "Subnet.SubnetId --output text)"

#endif
