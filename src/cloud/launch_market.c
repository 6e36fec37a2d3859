/*
 * cloud/launch_market.c - whether a launch asks for spot instances, and on which terms.
 *
 * True to the EC2 API reference, InstanceMarketOptionsRequest and SpotMarketOptions.  Left out:
 *         capacity blocks, hibernation.
 */
#include "cloud/launch_wish.h"

#include <string.h>

#include "base/str.h"

const struct fault_kind fault_spot_price_form = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter price is invalid. \"{}\" is an invalid spot instance price.",
    .hint = "Dollars for an hour: 0.05.",
};
const struct fault_kind fault_spot_stop_once = {
    .code = "InvalidParameterCombination",
    .text = "The request with type '{}' is not supported when instanceInterruptionBehavior is set "
            "to 'stop'.",
    .hint = "Only a persistent request starts its instance again: SpotInstanceType=persistent.",
};

enum { DECIMALS = 9, WHOLE_DIGITS = 6 };

/* "0.05" as nano-dollars; -1: it is no price. */
static int64_t price_read(const char *text)
{
    const char *point = strchr(text, '.');
    size_t whole = point == NULL ? strlen(text) : (size_t)(point - text);
    size_t decimals = point == NULL ? 0 : strlen(point + 1);
    int64_t nano = 0;

    if (whole + decimals == 0 || whole > WHOLE_DIGITS || decimals > DECIMALS ||
        strspn(text, "0123456789") != whole ||
        (point != NULL && strspn(point + 1, "0123456789") != decimals))
        return -1;
    for (size_t i = 0; i < whole + DECIMALS; i++) {
        char digit = '0';

        if (i < whole)
            digit = text[i];
        else if (i - whole < decimals)
            digit = point[1 + i - whole];
        nano = nano * 10 + (digit - '0');
    }
    return nano == 0 ? -1 : nano;
}

int launch_spot_terms(const struct spot_wish *wish, struct spot_terms *terms, struct fault *fault)
{
    *terms = (struct spot_terms){0};
    if (wish == NULL)
        return 0;
    if (str_equal(wish->behavior, "hibernate"))
        return fault_set(fault, &fault_not_modelled_value);
    if (wish->most != NULL) {
        terms->most_nano = price_read(wish->most);
        if (terms->most_nano < 0)
            return fault_set(fault, &fault_spot_price_form, wish->most, wish->most);
    }
    terms->until = wish->until;
    terms->persistent = str_equal(wish->type, "persistent");
    terms->stops = str_equal(wish->behavior, "stop");
    if (terms->stops && !terms->persistent)
        return fault_set(fault, &fault_spot_stop_once, wish->type == NULL ? "null" : wish->type);
    return 0;
}

int launch_market_read(const struct launch_ask *ask, const struct launch_wish *wish,
                       struct instance_launch *launch)
{
    struct spot_terms *terms;

    if (wish->market == NULL || wish->market->type == NULL)
        return 0;
    if (!str_equal(wish->market->type, "spot"))
        return fault_set(ask->fault, &fault_not_modelled_value);
    terms = arena_alloc(ask->arena, sizeof(*terms));
    if (launch_spot_terms(wish->market->spot, terms, ask->fault) != 0)
        return -1;
    launch->spot = terms;
    return 0;
}

static const char *const market_words[] = {"spot", "capacity-block", NULL};
const char *const spot_type_words[] = {"one-time", "persistent", NULL};
const char *const spot_behavior_words[] = {"hibernate", "stop", "terminate", NULL};

static const struct field spot_fields[] = {
    F_STRING(struct spot_wish, most, "MaxPrice",
             "The most that you pay for an hour, in dollars; the price on demand unless you say "
             "so."),
    F_STRING(struct spot_wish, type, "SpotInstanceType",
             "one-time, or persistent: asks again when the instance is gone.",
             .words = spot_type_words),
    F_TIME(struct spot_wish, until, "ValidUntil", "Until when a request is asked."),
    F_STRING(struct spot_wish, behavior, "InstanceInterruptionBehavior",
             "What becomes of it when EC2 takes it back: terminate or stop.",
             .words = spot_behavior_words),
};
static const struct shape spot_shape = SHAPE("SpotMarketOptions", struct spot_wish, spot_fields);

static const struct field market_fields[] = {
    F_STRING(struct market_wish, type, "MarketType", "spot: spare capacity.",
             .words = market_words),
    F_STRUCT(struct market_wish, spot, struct spot_wish, &spot_shape, "SpotOptions",
             "On which terms."),
};
const struct shape market_wish_shape =
    SHAPE("InstanceMarketOptionsRequest", struct market_wish, market_fields);
