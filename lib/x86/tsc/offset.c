/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two counters compared. See offset.h. */
#include "x86/tsc/offset.h"

void tsc_offset_narrow(struct tsc_offset *o, uint64_t before, uint64_t theirs, uint64_t after)
{
    o->least = MAX(o->least, (int64_t)(theirs - after));
    o->most = MIN(o->most, (int64_t)(theirs - before));
}

int64_t tsc_offset_value(const struct tsc_offset *o)
{
    if (o->least > o->most) /* the counters do not run alike: the last question is as good as any */
        return o->most;
    if (o->least <= 0 && o->most >= 0)
        return 0;
    return o->least + (int64_t)(((uint64_t)o->most - (uint64_t)o->least) / 2);
}
