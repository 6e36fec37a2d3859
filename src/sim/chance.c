/*
 * sim/chance.c - chance, from seeded streams.
 *
 * A draw mixes the stream's key with the number of the draw: multiply, fold the high bits down, let
 * the key in again, three times.  For one key the map from number to draw is one to one.
 *
 * The exponential draw is the logarithm of a uniform one.  A uniform u in (0, 1] is 2^-k times m, m
 * in [1, 2), so -ln u = k ln 2 - ln m; ln m comes from a table for the first 8 bits of m and four
 * terms of the series of ln(1 + d) for the rest, all in units of 2^-56.  No library's logarithm is
 * asked: their last bits differ between machines.
 */
#include "sim/chance.h"

#include "base/bug.h"

enum {
    TABLE_BITS = 8,
    TABLE_SIZE = 1 << TABLE_BITS,
    UNIT_BITS = 56, /* fixed point: 1 is 2^56 */
    MEAN_BITS = 56,
};

#define LN2 INT64_C(0xb17217f7d1cf7a) /* in units of 2^-56 */

__extension__ typedef unsigned __int128 wide;

static const int64_t ln_table[TABLE_SIZE]; /* at the end of the file */
static uint64_t rotate(uint64_t value, int by)
{
    return value << by | value >> (64 - by);
}

static uint64_t mix(uint64_t key, uint64_t number)
{
    uint64_t x = (number + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ key;

    x = (x ^ x >> 32) * UINT64_C(0xd1b54a32d192ed03);
    x = (x ^ x >> 29) + rotate(key, 23);
    x = x * UINT64_C(0xaef17502108ef2d9);
    x = (x ^ x >> 32) + rotate(key, 47);
    x = x * UINT64_C(0xf1357aea2e62a9c5);
    return x ^ x >> 31;
}

struct chance_label chance_label(uint64_t seed, const char *label)
{
    uint64_t key = mix(seed, 0);
    uint64_t length = 0;

    for (; label[length] != '\0'; length++)
        key = mix(key, (unsigned char)label[length]);
    /* so that no label's stream is the beginning of another's */
    return (struct chance_label){.key = mix(key, 256 + length)};
}

struct chance chance_of(struct chance_label label, uint64_t subject)
{
    return (struct chance){.key = mix(label.key, subject)};
}

struct chance chance_stream(uint64_t seed, const char *label, uint64_t subject)
{
    return chance_of(chance_label(seed, label), subject);
}

struct chance chance_part(const struct chance *whole, uint64_t n)
{
    return (struct chance){ .key = mix(~whole->key, n) };
}

static inline uint64_t draw_of(struct chance *chance)
{
    return mix(chance->key, chance->counter++);
}

uint64_t chance_u64(struct chance *chance)
{
    return draw_of(chance);
}

/* The high half of draw * n is in 0 .. n - 1; draws whose low half falls below 2^64 mod n would
 * give some values one chance more than others, and are drawn again. */
static inline uint64_t below(struct chance *chance, uint64_t n)
{
    wide product;

    if (n == 0)
        BUG("one of no choices");
    product = (wide)draw_of(chance) * n;
    if ((uint64_t)product < n) {
        uint64_t unfair = (0 - n) % n;

        while ((uint64_t)product < unfair)
            product = (wide)draw_of(chance) * n;
    }
    return (uint64_t)(product >> 64);
}

uint64_t chance_below(struct chance *chance, uint64_t n)
{
    return below(chance, n);
}

int64_t chance_between_ns(struct chance *chance, int64_t low_ns, int64_t high_ns)
{
    uint64_t choices = (uint64_t)high_ns - (uint64_t)low_ns + 1;

    if (low_ns > high_ns)
        BUG("between %lld and %lld", (long long)low_ns, (long long)high_ns);
    if (choices == 0)
        return (int64_t)chance_u64(chance);
    return (int64_t)((uint64_t)low_ns + below(chance, choices));
}

bool chance_happens(struct chance *chance, uint32_t ppm)
{
    return chance_below(chance, 1000000) < ppm;
}

/* a * b, both in units of 2^-56. */
static int64_t unit_multiply(int64_t a, int64_t b)
{
    return (int64_t)((wide)(uint64_t)a * (uint64_t)b >> UNIT_BITS);
}

/* ln m in units of 2^-56, for m = fraction / 2^63 in [1, 2): its highest bit is set. */
static int64_t ln_of(uint64_t fraction)
{
    uint64_t index = (fraction << 1) >> (64 - TABLE_BITS);
    uint64_t rest = fraction & ((UINT64_C(1) << (63 - TABLE_BITS)) - 1);
    /* rest / 2^63 divided by 1 + index / 256 */
    int64_t d = (int64_t)((rest << (UNIT_BITS - 55)) / (TABLE_SIZE + index));
    int64_t d2 = unit_multiply(d, d);
    int64_t d3 = unit_multiply(d2, d);
    int64_t d4 = unit_multiply(d2, d2);

    return ln_table[index] + d - d2 / 2 + d3 / 3 - d4 / 4;
}

int64_t chance_exponential(struct chance *chance, int64_t mean_ns)
{
    uint64_t draw = draw_of(chance);
    wide product;
    int64_t units;
    int zeros;

    if (mean_ns < 0 || mean_ns > INT64_C(1) << MEAN_BITS)
        BUG("an exponential with mean %lld", (long long)mean_ns);
    if (draw == UINT64_MAX)
        return 0; /* u = (draw + 1) / 2^64 = 1 */
    draw++;
    zeros = __builtin_clzll(draw);
    units = (zeros + 1) * LN2 - ln_of(draw << zeros);
    product = (wide)(uint64_t)units * (uint64_t)mean_ns;
    return (int64_t)((product + (UINT64_C(1) << (UNIT_BITS - 1))) >> UNIT_BITS);
}

/* ln(1 + i/256) in units of 2^-56, rounded to nearest. */
static const int64_t ln_table[TABLE_SIZE] = {
    0x0000000000000000, 0x0000ff805515885e, 0x0001fe02a6b10679, 0x0002fb88ebf0214f,
    0x0003f815161f807c, 0x0004f3a910d1a95d, 0x0005ee46c1f56c47, 0x0006e7f009ebe466,
    0x0007e0a6c39e0cc0, 0x0008d86cc491ecc0, 0x0009cf43dcff5eb0, 0x000ac52dd7e4726a,
    0x000bba2c7b196e7e, 0x000cae41876471f6, 0x000da16eb88cb8df, 0x000e93b5c56d85a9,
    0x000f85186008b153, 0x001075983598e471, 0x00116536eea37ae1, 0x001253f62f0a1417,
    0x001341d7961bd1d1, 0x00142edcbea646f0, 0x00151b073f06183f, 0x00160658a93750c4,
    0x0016f0d28ae56b4c, 0x0017da766d7b12cd, 0x0018c345d6319b21, 0x0019ab42462033ad,
    0x001a926d3a4ad563, 0x001b78c82bb0eda1, 0x001c5e548f5bc743, 0x001d4313d66cb35d,
    0x001e27076e2af2e6, 0x001f0a30c01162a6, 0x001fec9131dbeabb, 0x0020ce2a2594b2dc,
    0x0021aefcf9a11cb3, 0x00228f0b08ce8559, 0x00236e55aa5ecf40, 0x00244cde3214b597,
    0x00252aa5f03fea47, 0x002607ae31c8ffa6, 0x0026e3f8403d1ee8, 0x0027bf8561d98c54,
    0x00289a56d996fa3d, 0x0029746de734abcb, 0x002a4dcbc743686f, 0x002b2671b330410c,
    0x002bfe60e14f27a8, 0x002cd59a84e55aa2, 0x002dac1fce33a439, 0x002e81f1ea806f4a,
    0x002f57120421b212, 0x00302b814286afd6, 0x0030ff40ca419221, 0x0031d251bd10da81,
    0x0032a4b539e8ad69, 0x0033766c5cfbf707, 0x003447783fc56ac6, 0x003517d9f9105e32,
    0x0035e7929d017fe6, 0x0036b6a33d1f6b49, 0x0037850ce85b19ac, 0x003852d0ab183181,
    0x00391fef8f353443, 0x0039ec6a9c138bb9, 0x003ab842d69f7723, 0x003b83794157d8fb,
    0x003c4e0edc55e5cc, 0x003d1804a554b4c0, 0x003de15b97b8b26d, 0x003eaa14ac96f66e,
    0x003f7230dabc7c55, 0x004039b116b54073, 0x0041009652d34103, 0x0041c6e17f356434,
    0x00428c9389ce438d, 0x004351ad5e6add2d, 0x0044162fe6b92b54, 0x0044da1c0a4ea2c1,
    0x00459d72aeae9838, 0x00466034b7508dbe, 0x0047226305a667ec, 0x0047e3fe79228bca,
    0x0048a507ef3de597, 0x00496580437dd8e8, 0x004a25684f7a1a8d, 0x004ae4c0eae27492,
    0x004ba38aeb8474c2, 0x004c61c725510614, 0x004d1f766a61f553, 0x004ddc998aff616c,
    0x004e993155a517a7, 0x004f553e9707dc3e, 0x005010c21a1a9f8f, 0x0050cbbca813a04f,
    0x0051862f08717b0a, 0x0052401a01002743, 0x0052f97e55dde283, 0x0053b25cc98009a7,
    0x00546ab61cb7e0b4, 0x0055228b0eb7498b, 0x0055d9dc5d1569b1, 0x005690aac3d33f86,
    0x005746f6fd602729, 0x0057fcc1c29e4f4f, 0x0058b20bcae71e55, 0x005966d5cc0f87ca,
    0x005a1b207a6c52bb, 0x005aceec88d650f6, 0x005b823aa8ae878e, 0x005c350b89e248d7,
    0x005ce75fdaef401a, 0x005d993848e76f3b, 0x005e4a957f751e8a, 0x005efb7828debefe,
    0x005fabe0ee0abf0e, 0x00605bd076835257, 0x00610b47687a2c5d, 0x0061ba4668cc2e80,
    0x006268ce1b05096b, 0x006316df2162d22a, 0x0063c47a1cd98b1e, 0x0064719fad16a0f6,
    0x00651e5070845beb, 0x0065ca8d044d4562, 0x00667656045f822b, 0x006721ac0b70218a,
    0x0067cc8fb2fe6130, 0x006877019356e656, 0x006921024396ec29, 0x0069ca9259af67a8,
    0x006a73b26a682126, 0x006b1c630962c390, 0x006bc4a4c91de1ac, 0x006c6c783af7f16e,
    0x006d13ddef323d8a, 0x006dbad674f3cd76, 0x006e61625a4c43ed, 0x006f07822c36b429,
    0x006fad36769c6df0, 0x0070527fc457c09b, 0x0070f75e9f36b536, 0x00719bd38ffdbfe0,
    0x00723fdf1e6a6887, 0x0072e381d135eb28, 0x007386bc2e17cfae, 0x0074298eb9c87991,
    0x0074cbf9f803af56, 0x00756dfe6b8b1a0f, 0x00760f9c9628bcf9, 0x0076b0d4f8b16551,
    0x007751a813071283, 0x0077f216641b56d5, 0x0078922069f1b098, 0x007931c6a1a1dc11,
    0x0079d109875a1e20, 0x007a6fe9966187d6, 0x007b0e67491a3300, 0x007bac83190377d1,
    0x007c4a3d7ebc1bb3, 0x007ce796f204796f, 0x007d848fe9c0a2b2, 0x007e2128dbfa7b09,
    0x007ebd623de3cc7b, 0x007f593c83d855c7, 0x007ff4b8215fd261, 0x00808fd5892ffc51,
    0x00812a952d2e87f6, 0x0081c4f77e7319da, 0x00825efced493693, 0x0082f8a5e9322ce0,
    0x008391f2e0e6fa02, 0x00842ae4425a2873, 0x0084c37a7ab9a906, 0x00855bb5f670a68e,
    0x0085f39721295416, 0x00868b1e65ceb5bf, 0x0087224c2e8e6460, 0x0087b920e4da4bea,
    0x00884f9cf16a64b8, 0x0088e5c0bc3e67c2, 0x00897b8cac9f7de3, 0x008a11012921ea28,
    0x008aa61e97a6af4d, 0x008b3ae55d5d3070, 0x008bcf55dec4cd06, 0x008c63707fae7830,
    0x008cf735a33e4b76, 0x008d8aa5abed14f7, 0x008e1dc0fb89e126, 0x008eb087f33b8018,
    0x008f42faf3820682, 0x008fd51a5c384a60, 0x009066e68c955b6d, 0x0090f85fe32df75f,
    0x00918986bdf5fa14, 0x00921a5b7a41c99f, 0x0092aade74c7be5a, 0x00933b1009a186fe,
    0x0093caf0944d88d7, 0x00945a806fb03c15, 0x0094e9bff6158456, 0x009578af81320569,
    0x0096074f6a24745e, 0x009695a00976e4ed, 0x009723a1b7201342, 0x0097b154ca84aa31,
    0x00983eb99a7885f1, 0x0098cbd07d3ff351, 0x00995899c890eb8a, 0x0099e515d1944ca6,
    0x009a7144ece70e99, 0x009afd276e9b7500, 0x009b88bdaa3a3dae, 0x009c1407f2c3cbf6,
    0x009c9f069ab150cd, 0x009d29b9f3f5efcc, 0x009db4224fffe115, 0x009e3e3fffb9902e,
    0x009ec813538ab7d5, 0x009f519c9b597adc, 0x009fdadc268b7a13, 0x00a063d24406e749,
    0x00a0ec7f42339573, 0x00a174e36efc05f9, 0x00a1fcff17ce733c, 0x00a284d2899dd853,
    0x00a30c5e10e2f614, 0x00a393a1f99d556a, 0x00a41a9e8f5446fc, 0x00a4a1541d17e03c,
    0x00a527c2ed81f5d8, 0x00a5adeb4ab7139c, 0x00a633cd7e6771ce, 0x00a6b969d1cfe802,
    0x00a73ec08dbadd85, 0x00a7c3d1fa813744, 0x00a8489e600b435a, 0x00a8cd2605d1a233,
    0x00a9516932de2d57, 0x00a9d5682dccdbe5, 0x00aa59233ccca4bd, 0x00aadc9aa5a05e6a,
    0x00ab5fcead9f9cca, 0x00abe2bf99b78c84, 0x00ac656dae6bcc4a, 0x00ace7d92fd743f0,
    0x00ad6a0261acf968, 0x00adebe98738e399, 0x00ae6d8ee360bb24, 0x00aeeef2b8a4c91c,
    0x00af70154920b3ac, 0x00aff0f6d68c48c4, 0x00b07197a23c46c6, 0x00b0f1f7ed232335,
   };

/* ---- tables ---- */

static const struct field chance_fields[] = {
    F_INT(struct chance, key, "Key", "Which stream."),
    F_INT(struct chance, counter, "Counter", "How many draws were made."),
};
const struct shape chance_shape = SHAPE("Chance", struct chance, chance_fields);
