/*
 * api/explain_codes_network.c - AWS's error codes of networks: what, why, and what to try.
 *
 * Sorted by code, as those of api/explain_codes.c.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes_network[] = {
    {
        .code = "DefaultVpcAlreadyExists",
        .what = "This Region has its default VPC already.",
        .why = "There is at most one default VPC in each Region.",
        .tries = "Use it: `aws ec2 describe-vpcs --filters Name=is-default,Values=true`.",
    },
    {
        .code = "Gateway.NotAttached",
        .what = "The gateway is not attached to that VPC.",
        .why = "Attaching and detaching name both, so that nothing is cut off by mistake.",
        .tries = "`aws ec2 describe-internet-gateways` shows to which VPC each one is attached.",
    },
    {
        .code = "InternetGatewayLimitExceeded",
        .what = "You have as many internet gateways as you may have.",
        .why = "A VPC takes one gateway, so there are as many of them as VPCs.",
        .tries = "Delete one that is attached to nothing; here `lab set-quota` changes the "
                 "limit.",
    },
    {
        .code = "InvalidEnd",
        .what = "That is nobody between whom and another there could be a way.",
        .why = "A way begins and ends at an instance, a load balancer, an address, or the "
               "internet; one of the two ends is in your cloud.",
        .tries = "Give an instance's id or a load balancer's name; `internet` stands for a "
                 "visitor.",
    },
    {
        .code = "InvalidGatewayID.NotFound",
        .what = "No gateway has that id.",
        .why = "A route leads to a gateway by its id, and ids belong to one Region and one "
               "account.",
        .tries = "`aws ec2 describe-internet-gateways` lists yours.",
    },
    {
        .code = "InvalidInternetGatewayID.NotFound",
        .what = "No internet gateway has that id.",
        .why = "Gateways belong to one Region and one account, and an id is never used again.",
        .tries = "`aws ec2 describe-internet-gateways` lists yours of this Region.",
    },
    {
        .code = "InvalidInternetGatewayId.Malformed",
        .what = "That is no internet gateway's id.",
        .why = "The id of an internet gateway begins with igw-.",
        .tries = "Copy it from `aws ec2 describe-internet-gateways`.",
    },
    {
        .code = "InvalidNetworkAclEntry.NotFound",
        .what = "The network ACL has no rule of that number in that direction.",
        .why = "Rules for what goes out and for what comes in are numbered apart.",
        .tries = "`aws ec2 describe-network-acls` shows them; say --egress or --ingress.",
    },
    {
        .code = "InvalidNetworkAclID.NotFound",
        .what = "No network ACL has that id.",
        .why = "Network ACLs belong to one VPC, and an id is never used again.",
        .tries = "`aws ec2 describe-network-acls` lists yours of this Region.",
    },
    {
        .code = "InvalidNetworkAclId.Malformed",
        .what = "That is no network ACL's id.",
        .why = "The id of a network ACL begins with acl-.",
        .tries = "Copy it from `aws ec2 describe-network-acls`.",
    },
    {
        .code = "InvalidNetworkInterfaceId.Malformed",
        .what = "That is no network interface's id.",
        .why = "The id of a network interface begins with eni-.",
        .tries = "Copy it from `aws ec2 describe-network-interfaces`.",
    },
    {
        .code = "InvalidRoute.NotFound",
        .what = "The route table has no route to exactly that range.",
        .why = "A route is named by its range of addresses as it was given.",
        .tries = "`aws ec2 describe-route-tables` shows the routes of each table.",
    },
    {
        .code = "InvalidRouteTableID.NotFound",
        .what = "No route table has that id.",
        .why = "Route tables belong to one VPC, and an id is never used again.",
        .tries = "`aws ec2 describe-route-tables` lists yours of this Region.",
    },
    {
        .code = "InvalidRouteTableId.Malformed",
        .what = "That is no route table's id.",
        .why = "The id of a route table begins with rtb-.",
        .tries = "Copy it from `aws ec2 describe-route-tables`.",
    },
    {
        .code = "InvalidSubnet.Conflict",
        .what = "Another subnet of the VPC has some of these addresses.",
        .why = "An address leads to one place, so subnets of a VPC do not overlap.",
        .tries = "See with `aws ec2 describe-subnets` what is taken, and choose a free part.",
    },
    {
        .code = "InvalidSubnet.Range",
        .what = "The range is no part of the VPC's, or too large or too small.",
        .why = "A subnet lies within its VPC, and has 16 to 65,536 addresses (a /28 to a /16).",
        .tries = "Of a VPC 10.0.0.0/16 take for example 10.0.1.0/24.",
    },
    {
        .code = "InvalidVpc.Range",
        .what = "A VPC cannot have that many or that few addresses.",
        .why = "AWS gives a VPC 16 to 65,536 addresses: a /28 to a /16.",
        .tries = "Take a /16 of the private ranges, such as 10.0.0.0/16.",
    },
    {
        .code = "MissingInput",
        .what = "The default VPC has no subnet to launch into.",
        .why = "Without --subnet-id AWS takes a default subnet of the default VPC, and those "
               "were deleted.",
        .tries = "Name a subnet with --subnet-id.",
    },
    {
        .code = "NetworkAclEntryAlreadyExists",
        .what = "The network ACL has a rule of that number in that direction.",
        .why = "The number is the place in the order in which rules are looked at.",
        .tries = "Take another number, or change the rule with `aws ec2 replace-network-acl- "
                 "entry`.",
    },
    {
        .code = "NetworkAclEntryLimitExceeded",
        .what = "The network ACL has as many rules as it may have.",
        .why = "Every packet that crosses the subnet's edge is compared with them, so there "
               "are few.",
        .tries = "Join ranges, or take away rules; here `lab set-quota` changes the limit.",
    },
    {
        .code = "NetworkAclLimitExceeded",
        .what = "The VPC has as many network ACLs as it may have.",
        .why = "AWS bounds how many there are in each VPC.",
        .tries = "Delete one that no subnet has; here `lab set-quota` changes the limit.",
    },
    {
        .code = "RouteAlreadyExists",
        .what = "The route table has a route to that range already.",
        .why = "For one range there is one way.",
        .tries = "Change where it leads with `aws ec2 replace-route`.",
    },
    {
        .code = "RouteLimitExceeded",
        .what = "The route table has as many routes as it may have.",
        .why = "Every packet that leaves the subnet is compared with them, so there are few.",
        .tries = "Join ranges, or take away routes; here `lab set-quota` changes the limit.",
    },
    {
        .code = "RouteTableLimitExceeded",
        .what = "The VPC has as many route tables as it may have.",
        .why = "AWS bounds how many there are in each VPC.",
        .tries = "Delete one that no subnet uses; here `lab set-quota` changes the limit.",
    },
    {
        .code = "SubnetLimitExceeded",
        .what = "The VPC has as many subnets as it may have.",
        .why = "AWS bounds how many there are in each VPC.",
        .tries = "Delete one that nobody uses; here `lab set-quota` changes the limit.",
    },
    {
        .code = "VpcLimitExceeded",
        .what = "You have as many VPCs as you may have in this Region.",
        .why = "AWS gives each account five, the default one among them, until it asks for "
               "more.",
        .tries = "Delete one that is empty; here `lab set-quota` changes the limit.",
    },
    {.code = NULL},
};
