/* Days, readings and strftime against the C library's own calendar and against hand-made tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/date.h"

#include <stdio.h>
#include <time.h>

static void calendar_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (int64_t t = -62135596800; t < 253402300800; t += 86400 * 13 + 3607) {
		time_t seconds = (time_t)t;
		struct tm tm;
		gmtime_r(&seconds, &tm);
		Civil c = civil_of((Date){.seconds = t, .has_time = true, .known = true});
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.minute, tm.tm_min);
		assert_int_equal(c.second, tm.tm_sec);
		assert_int_equal(c.weekday, tm.tm_wday);
		assert_int_equal(c.yearday, tm.tm_yday + 1);
		assert_int_equal(civil_seconds(c.year, c.month, c.day), t - (c.hour * 3600 + c.minute * 60 + c.second));
	}
}

static void strftime_agrees_with_the_c_library(void **state)
{
	(void)state;
	static const char letters[] = "aAbBCdDeFgGhHIjkmMnprRsStTuUVwWyYzc%";
	Buf b = {0};
	for (int64_t t = -2208988800; t < 4102444800; t += 86400 * 9 + 7211)
		for (const char *l = letters; *l; l++) {
			time_t seconds = (time_t)t;
			struct tm tm;
			char format[] = {'%', *l, 0}, expected[64];
			gmtime_r(&seconds, &tm);
			strftime(expected, sizeof expected, *l == 's' ? "" : format, &tm);
			if (*l == 's')
				snprintf(expected, sizeof expected, "%lld", (long long)t);
			buf_clear(&b);
			buf_put_strftime(&b, (Date){.seconds = t, .has_time = true, .known = true}, str_of(format));
			buf_putc(&b, 0);
			assert_string_equal(b.p, expected);
		}
	buf_release(&b);
}

static const struct { const char *format, *expected; } flags[] = {
	/* Ruby 3.1 of 2024-05-01 09:05:07 +0900, a Wednesday */
	{"%-d.%-m.%y", "1.5.24"}, {"%e|%_m|%3d", " 1| 5|001"}, {"%^a %^B", "WED MAY"}, {"%#p %#a %#Z", "am WED +09:00"}, {"%10A|%-10A", " Wednesday|Wednesday"},
	{"%z %:z", "+0900 +09:00"}, {"%Q %", "%Q %"}, {"%s", "1714521907"}, {"%l:%M %P", " 9:05 am"}, {"%L %N %3N", "000 000000000 000"},
	{"%05Y", "02024"}, {"%_5Y|%-j|%010d", " 2024|122|0000000001"}, {"%v %x %X %r", " 1-MAY-2024 05/01/24 09:05:07 09:05:07 AM"}, {"%012F", "002024-05-01"},
	{"%", "%"}, {"%-", "%-"}, {"100%% %B", "100% May"}, {"\xEB\x85\x84 %Y", "\xEB\x85\x84 2024"},
};

static void strftime_knows_flags_and_widths(void **state)
{
	(void)state;
	Date d;
	const char *why;
	Buf b = {0};
	assert_true(date_parse(S("2024-05-01 09:05:07 +0900"), 0, &d, &why));
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		buf_clear(&b);
		buf_put_strftime(&b, d, str_of(flags[i].format));
		buf_putc(&b, 0);
		assert_string_equal(b.p, flags[i].expected);
	}
	buf_release(&b);
}

static const struct { const char *written; int zone; const char *reads; } readings[] = {
	{"2024-05-01", 540, "2024-05-01"}, {" 2024-05-01 ", 0, "2024-05-01"}, {"2024-05-01T10:00", 540, "2024-05-01T10:00:00+09:00"},
	{"2024-05-01 10:00:30", 0, "2024-05-01T10:00:30Z"}, {"2024-05-01T10:00:30.250Z", 540, "2024-05-01T10:00:30Z"},
	{"2024-05-01 10:00:00 +0900", 0, "2024-05-01T10:00:00+09:00"}, {"2024-05-01 10:00 -03:30", 0, "2024-05-01T10:00:00-03:30"},
	{"2024-02-29", 0, "2024-02-29"}, {"0001-01-01", 0, "0001-01-01"}, {"9999-12-31T23:59:59Z", 0, "9999-12-31T23:59:59Z"},
	{"2024-05-01 10:00 UTC", 540, "2024-05-01T10:00:00Z"},
	{"2021-26-02", 0, "! there is no such month"}, {"2023-02-29", 0, "! that February had no 29th day"}, {"2023-04-31", 0, "! that month has no such day"},
	{"2100-02-29", 0, "! that February had no 29th day"}, {"0000-01-01", 0, "! there is no year 0"}, {"2024-00-10", 0, "! there is no such month"},
	{"99999-01-01", 0, "! year, month and day are joined by hyphens and have 4, 2 and 2 digits: 2024-05-01"},
	{"2025/04/23", 0, "! year, month and day are joined by hyphens and have 4, 2 and 2 digits: 2024-05-01"},
	{"2025-4-3", 0, "! year, month and day have 4, 2 and 2 digits: 2024-05-01"}, {"2025-04-233", 0, "! year, month and day have 4, 2 and 2 digits: 2024-05-01"},
	{"May 2024", 0, "! a date is written year, month, day: 2024-05-01"}, {"", 0, "! a date is written year, month, day: 2024-05-01"},
	{"2024-05-01T25:00", 0, "! there is no such time of day"}, {"2024-05-01 1:44:51 -0400", 0, "2024-05-01T01:44:51-04:00"}, {"2024-05-01T9", 0, "! a time is written hours and minutes: 09:30"},
	{"2024-05-01T10:00 KST", 0, "! a time zone is written Z, +09:00 or +0900"}, {"2024-05-01T10:00+9", 0, "! a time zone is written Z, +09:00 or +0900"},
	{"2024-05-01T10:00+19:00", 0, "! no time zone is that far from UTC"}, {"2024-05-01 x", 0, "! a time is written hours and minutes: 09:30"},
	{"2024-05-01x", 0, "! there is something behind the date"}, {"2024-05-01T10:00Z and", 0, "! there is something behind the date"},
};

static void readings_and_refusals(void **state)
{
	(void)state;
	Buf b = {0};
	for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
		Date d = {0};
		const char *why;
		buf_clear(&b);
		if (date_parse(str_of(readings[i].written), readings[i].zone, &d, &why))
			buf_put_date(&b, d);
		else
			buf_printf(&b, "! %s", why);
		buf_putc(&b, 0);
		assert_string_equal(b.p, readings[i].reads);
	}
	buf_release(&b);
}

static void standard_forms(void **state)
{
	(void)state;
	Date d;
	const char *why;
	Buf b = {0};
	assert_true(date_parse(S("2024-05-01T10:00:00+09:00"), 0, &d, &why));
	buf_put_http_date(&b, d);
	buf_putc(&b, '|');
	assert_true(date_parse(S("2024-05-01"), 540, &d, &why));
	buf_put_datetime(&b, d);
	buf_putc(&b, 0);
	assert_string_equal(b.p, "Wed, 01 May 2024 01:00:00 GMT|2024-05-01T00:00:00Z");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calendar_agrees_with_the_c_library), cmocka_unit_test(strftime_agrees_with_the_c_library),
		cmocka_unit_test(strftime_knows_flags_and_widths), cmocka_unit_test(readings_and_refusals), cmocka_unit_test(standard_forms),
	};
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
