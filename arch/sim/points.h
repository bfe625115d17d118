/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a simulated CPU may be stopped. The build that explores interleavings includes this before all else, so that
 * each atomic operation and each READ_ONCE and WRITE_ONCE of core/, lib/ and arch/x86 is such a place; in all other
 * builds, the hypervisor's among them, nothing is between the source and the compiler.
 */
#ifndef SIM_POINTS_H
#define SIM_POINTS_H

extern _Bool sim_exploring;
void sim_point_taken(const char *where);

static inline void sim_point(const char *where)
{
    if (__builtin_expect(sim_exploring, 0))
        sim_point_taken(where);
}

#define SIM_TEXT_(x)  #x
#define SIM_TEXT(x)   SIM_TEXT_(x)
#define SIM_POINT()   sim_point(__FILE__ ":" SIM_TEXT(__LINE__))
/* A macro's own name in its text is the builtin. */
#define SIM_AT(call)  ({ SIM_POINT(); call; })
#define __atomic_load_n(...)             SIM_AT(__atomic_load_n(__VA_ARGS__))
#define __atomic_store_n(...)            SIM_AT(__atomic_store_n(__VA_ARGS__))
#define __atomic_exchange_n(...)         SIM_AT(__atomic_exchange_n(__VA_ARGS__))
#define __atomic_compare_exchange_n(...) SIM_AT(__atomic_compare_exchange_n(__VA_ARGS__))
#define __atomic_fetch_add(...)          SIM_AT(__atomic_fetch_add(__VA_ARGS__))
#define __atomic_fetch_sub(...)          SIM_AT(__atomic_fetch_sub(__VA_ARGS__))
#define __atomic_fetch_or(...)           SIM_AT(__atomic_fetch_or(__VA_ARGS__))
#define __atomic_fetch_and(...)          SIM_AT(__atomic_fetch_and(__VA_ARGS__))
#define __atomic_add_fetch(...)          SIM_AT(__atomic_add_fetch(__VA_ARGS__))
#define __atomic_sub_fetch(...)          SIM_AT(__atomic_sub_fetch(__VA_ARGS__))
#define __atomic_or_fetch(...)           SIM_AT(__atomic_or_fetch(__VA_ARGS__))
#define __atomic_and_fetch(...)          SIM_AT(__atomic_and_fetch(__VA_ARGS__))
#define __atomic_test_and_set(...)       SIM_AT(__atomic_test_and_set(__VA_ARGS__))
#define __atomic_clear(...)              SIM_AT(__atomic_clear(__VA_ARGS__))

#define READ_ONCE(x)     (*({ SIM_POINT(); (const volatile __typeof__(x) *)&(x); }))
#define WRITE_ONCE(x, v) (*({ SIM_POINT(); (volatile __typeof__(x) *)&(x); }) = (v))

#endif
