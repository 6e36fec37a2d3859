/*
 * api/explain_codes_spot.c - AWS's error codes of spot instances in plain words.
 *
 * Sorted by code.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes_spot[] = {
    {
        .code = "IncorrectSpotRequestState",
        .what = "The spot instance may not be started by you as its request is now.",
        .why = "EC2 stopped it because its capacity was needed or the price had risen, and starts "
               "it again itself when both are over; or its request was cancelled.",
        .tries = "`aws ec2 describe-spot-instance-requests` shows the state and the status.",
    },
    {
        .code = "InvalidSpotInstanceRequestID.Malformed",
        .what = "That is not the id of a spot request.",
        .why = "A spot request's id is sir- and 17 hexadecimal digits.",
        .tries = "`aws ec2 describe-spot-instance-requests --query "
                 "'SpotInstanceRequests[].SpotInstanceRequestId'` lists yours.",
    },
    {
        .code = "InvalidSpotInstanceRequestID.NotFound",
        .what = "No spot request of yours in this Region has that id.",
        .why = "Requests that are over are forgotten after two days; each Region has its own.",
        .tries = "`aws ec2 describe-spot-instance-requests` lists those that are there.",
    },
    {
        .code = "MaxSpotInstanceCountExceeded",
        .what = "Your account may not use so many vCPUs of spot instances at once.",
        .why = "Spot instances have quotas of their own, beside those of instances on demand.",
        .tries = "Terminate some, or raise the quota: `lab set-quota --quota spot-vcpus`.",
    },
    {
        .code = "SpotMaxPriceTooLow",
        .what = "The most that you would pay is less than what spare capacity costs now.",
        .why = "The price of a type in a zone follows how much of it nobody wants there.",
        .tries = "Leave MaxPrice away: then the price on demand is the most; or look for a cheaper "
                 "zone or type with `aws ec2 describe-spot-price-history`.",
    },
    {.code = NULL},
};
