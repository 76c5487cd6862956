/* date: days and instants, without the C library's zones and locale. Proleptic Gregorian, 64-bit seconds.
 * Who knows it: everybody. What it knows: str, buf. */
#ifndef GEN_BASE_DATE_H
#define GEN_BASE_DATE_H

#include "base/buf.h"

typedef struct Date {
	int64_t seconds;  /* since 1970-01-01T00:00:00Z */
	int16_t zone;     /* minutes east of UTC in which it is shown */
	bool has_time;    /* false: a calendar day; seconds is its midnight in its zone */
	bool known;       /* false: no date (all zero) */
} Date;

typedef struct Civil {
	int64_t year;
	int month, day, hour, minute, second; /* 1-12, 1-31 */
	int weekday, yearday;                 /* 0 = Sunday; 1-366 */
} Civil;

Civil civil_of(Date d);                                  /* in the date's own zone */
int64_t civil_seconds(int64_t year, int month, int day); /* midnight UTC */
int days_in_month(int64_t year, int month);

/* 2024-05-01, 2024-05-01T10:00[:00[.0]][Z|+09:00|+0900], the same with a space, and " +0900" behind a space.
 * An hour may have one digit. A time without a zone is in default_zone (minutes). Years 0001 to 9999. On failure *why says what is
 * wrong with it in words for an editor ("there is no such month"), a static text. */
bool date_parse(Str s, int default_zone, Date *out, const char **why);

/* RFC 3339 (a day alone as YYYY-MM-DD), RFC 822/1123 with a four-digit year in GMT for HTTP and TimeMaps. */
void buf_put_date(Buf *b, Date d);      /* 2024-05-01 or 2024-05-01T10:00:00+09:00 (Z for UTC) */
void buf_put_datetime(Buf *b, Date d);  /* always with a time */
void buf_put_http_date(Buf *b, Date d); /* Wed, 01 May 2024 10:00:00 GMT (RFC 9110 section 5.6.7) */
/* strftime's letters with English names, as Ruby's (Liquid's `date` filter): %a %A %b %B %c %d %e %F %H %I %j
 * %k %l %L %m %M %n %N %p %P %r %R %s %S %t %T %u %U %V %G %w %W %x %X %y %Y %z %:z %Z %%; flags - 0 ^ and a
 * width of at most 2 digits. Unknown letters stay as they are. */
void buf_put_strftime(Buf *b, Date d, Str format);

#endif
