/*
 * api/ec2_network.c - what the operations of VPCs, subnets, route tables, gateways and network ACLs
 * have in common.
 */
#include "api/ec2_network.h"

#include <string.h>

/* ---- shapes ---- */

static const struct field state_fields[] = {
    F_STRING(struct state_view, state, "State", "Whether the block is in use."),
};

const struct shape cidr_state_shape = SHAPE("VpcCidrBlockState", struct state_view, state_fields);

static const struct field association_state_fields[] = {
    F_STRING(struct state_view, state, "State", "Whether it holds."),
};

const struct shape association_state_shape =
    SHAPE("RouteTableAssociationState", struct state_view, association_state_fields);

static const struct field block_fields[] = {
    F_STRING(struct block_view, mode, "InternetGatewayBlockMode",
             "Whether traffic to and from the internet is blocked."),
};

const struct shape block_shape = SHAPE("BlockPublicAccessStates", struct block_view, block_fields);

/* ---- ranges ---- */

const struct fault_kind fault_cidr_malformed = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter {} is invalid. This is not a valid CIDR block.",
    .hint = "Write an address, a slash and how many of its bits are fixed: 10.0.0.0/16.",
};

const char *cidr_text(struct call *call, uint32_t base, uint8_t bits)
{
    char text[ADDRESS_TEXT_SIZE];

    return arena_printf(&call->arena, "%s/%u", address_text(base, text), (unsigned)bits);
}

int cidr_read(struct call *call, const char *text, const char *parameter, struct vpc_part *range)
{
    if (strchr(text, '/') == NULL || !cidr_parse(text, &range->base, &range->bits))
        return call_fault(call, &fault_cidr_malformed, text, parameter);
    range->base = range->bits == 0 ? 0 : range->base & (UINT32_MAX << (32 - range->bits));
    return 0;
}

/* ---- small things ---- */

int new_tags_check(struct call *call, const struct tag_specifications *tags, const char *kind)
{
    return tag_specifications_check(call, tags, (const char *const[]){kind, NULL});
}

int network_quota_check(struct call *call, int64_t count, int quota,
                        const struct fault_kind *fault)
{
    return count < account_quota(&call->world->accounts, call->account, quota)
               ? 0
               : call_fault(call, fault);
}

void network_tell(struct call *call, uint64_t subject, const char *text)
{
    trail_add(&call->world->trail, (struct trail_entry){
                                       .account = call->account,
                                       .subject = subject,
                                       .topic = TRAIL_NETWORK,
                                       .region = call->region,
                                       .text = arena_strdup(&call->arena, text),
                                   });
}
