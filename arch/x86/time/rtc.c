/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CMOS clock (MC146818 register set): read twice alike, outside its update. */
#include "hv/log.h"
#include "hw/native/io.h"
#include "time/tsc.h"

enum {
    RTC_SECONDS = 0,
    RTC_MINUTES = 2,
    RTC_HOURS = 4,
    RTC_DAY = 7,
    RTC_MONTH = 8,
    RTC_YEAR = 9,
    RTC_A = 10,
    RTC_B = 11
};
#define RTC_A_UPDATING 0x80
#define RTC_B_BINARY   0x04
#define RTC_B_24H      0x02
#define RTC_PM         0x80

struct rtc_time {
    uint8_t second, minute, hour, day, month, year;
};

static uint8_t cmos_read(uint8_t index)
{
    outb(index, 0x70);
    return inb(0x71);
}

static struct rtc_time read_registers(void)
{
    return (struct rtc_time){ cmos_read(RTC_SECONDS), cmos_read(RTC_MINUTES), cmos_read(RTC_HOURS),
                              cmos_read(RTC_DAY),     cmos_read(RTC_MONTH),   cmos_read(RTC_YEAR) };
}

static uint8_t from_bcd(uint8_t v)
{
    return (uint8_t)((v >> 4) * 10 + (v & 15));
}

static void normalise(struct rtc_time *t, uint8_t mode)
{
    bool pm = !(mode & RTC_B_24H) && (t->hour & RTC_PM);

    t->hour &= 0x7f;
    if (!(mode & RTC_B_BINARY))
        *t = (struct rtc_time){ from_bcd(t->second), from_bcd(t->minute), from_bcd(t->hour),
                                from_bcd(t->day),    from_bcd(t->month),  from_bcd(t->year) };
    if (!(mode & RTC_B_24H))
        t->hour = (uint8_t)(t->hour % 12 + (pm ? 12 : 0));
}

/* Days from 1970-01-01 to the date, by counting years that begin in March. */
static uint64_t days_since_1970(unsigned int year, unsigned int month, unsigned int day)
{
    unsigned int y = month > 2 ? year : year - 1, m = (month + 9) % 12;
    return 365ULL * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719468;
}

uint64_t rtc_read(void)
{
    struct rtc_time a = { 0 }, b;

    for (unsigned int tries = 0; tries < 1000; tries++) {
        for (unsigned int i = 0; i < 100000 && (cmos_read(RTC_A) & RTC_A_UPDATING); i++)
            ;
        a = read_registers();
        b = read_registers();
        if (!memcmp(&a, &b, sizeof(a)))
            break;
    }
    normalise(&a, cmos_read(RTC_B));
    if (a.month < 1 || a.month > 12 || a.day < 1 || a.day > 31 || a.hour > 23 || a.minute > 59 || a.second > 59 ||
        a.year > 99)
        return 0;
    unsigned int year = a.year + (a.year < 70 ? 2000u : 1900u);
    return ((days_since_1970(year, a.month, a.day) * 24 + a.hour) * 60 + a.minute) * 60 + a.second;
}
