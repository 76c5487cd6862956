#include "base/date.h"

/* Days are counted in eras of 400 years that start on 1 March, so that the leap day is a year's last
 * (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
enum { DAY = 86400, ERA_DAYS = 146097, MARCH_EPOCH = 719468 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t days_of(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = floor_div(year, 400), of_era = year - era * 400;
	int64_t yearday = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + yearday - MARCH_EPOCH;
}

int64_t civil_seconds(int64_t year, int month, int day)
{
	return days_of(year, month, day) * DAY;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

Civil civil_of(Date d)
{
	const int64_t most = 400000000000000; /* some 12 million years: keeps sums of hostile numbers in range */
	int64_t seconds = d.seconds > most ? most : d.seconds < -most ? -most : d.seconds;
	int64_t local = seconds + d.zone * 60, days = floor_div(local, DAY), second = local - days * DAY;
	int64_t z = days + MARCH_EPOCH, era = floor_div(z, ERA_DAYS), of_era = z - era * ERA_DAYS;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t march_day = of_era - (365 * year + year / 4 - year / 100), m = (5 * march_day + 2) / 153;
	Civil c = {.day = (int)(march_day - (153 * m + 2) / 5 + 1), .month = (int)(m < 10 ? m + 3 : m - 9)};
	c.year = year + era * 400 + (c.month <= 2);
	c.hour = (int)(second / 3600);
	c.minute = (int)(second / 60 % 60);
	c.second = (int)(second % 60);
	c.weekday = (int)(floor_div(days + 4, 7) * -7 + days + 4);
	c.yearday = (int)(days - days_of(c.year, 1, 1)) + 1;
	return c;
}

/* Reading */

/* Takes n digits off the front. */
static bool take_digits(Str *s, size_t n, int *out)
{
	*out = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		*out = *out * 10 + (s->p[i] - '0');
	}
	*s = str_from(*s, n);
	return true;
}

static bool take(Str *s, char c)
{
	if (!s->n || *s->p != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

static const char *read_day(Str *s, int64_t *seconds)
{
	int year, month, day;
	if (!take_digits(s, 4, &year))
		return "a date is written year, month, day: 2024-05-01";
	if (!take(s, '-'))
		return "year, month and day are joined by hyphens and have 4, 2 and 2 digits: 2024-05-01";
	if (!take_digits(s, 2, &month) || !take(s, '-') || !take_digits(s, 2, &day) || (s->n && *s->p >= '0' && *s->p <= '9'))
		return "year, month and day have 4, 2 and 2 digits: 2024-05-01";
	if (year < 1)
		return "there is no year 0";
	if (month < 1 || month > 12)
		return "there is no such month";
	if (day < 1 || day > days_in_month(year, month))
		return month == 2 && day == 29 ? "that February had no 29th day" : "that month has no such day";
	*seconds = civil_seconds(year, month, day);
	return NULL;
}

static const char *read_time(Str *s, int64_t *seconds)
{
	int hour, minute, second = 0;
	bool short_hour = s->n > 1 && s->p[1] == ':'; /* 1:44, as YAML 1.1 has it */
	if (!take_digits(s, short_hour ? 1 : 2, &hour) || !take(s, ':') || !take_digits(s, 2, &minute) ||
		(take(s, ':') && !take_digits(s, 2, &second)))
		return "a time is written hours and minutes: 09:30";
	if (hour > 23 || minute > 59 || second > 59)
		return "there is no such time of day";
	if (take(s, '.'))
		while (s->n && *s->p >= '0' && *s->p <= '9')
			*s = str_from(*s, 1);
	*seconds += hour * 3600 + minute * 60 + second;
	return NULL;
}

static const char *read_zone(Str *s, int *zone)
{
	static const char wrong[] = "a time zone is written Z, +09:00 or +0900";
	int hours, minutes;
	while (take(s, ' '))
		;
	if (!s->n)
		return NULL;
	if (take(s, 'Z') || take(s, 'z') || (str_eq(*s, S("UTC")) && (*s = (Str){0}, true))) {
		*zone = 0;
		return NULL;
	}
	int sign = *s->p == '-' ? -1 : 1;
	if (!take(s, '+') && !take(s, '-'))
		return wrong;
	if (!take_digits(s, 2, &hours) || (take(s, ':'), !take_digits(s, 2, &minutes)) || minutes > 59)
		return wrong;
	if (hours * 60 + minutes > 18 * 60)
		return "no time zone is that far from UTC";
	*zone = sign * (hours * 60 + minutes);
	return NULL;
}

bool date_parse(Str s, int default_zone, Date *out, const char **why)
{
	Date d = {.known = true};
	int zone = default_zone;
	s = str_trim(s);
	*why = read_day(&s, &d.seconds);
	if (!*why && s.n) {
		if (take(&s, 'T') || take(&s, 't') || take(&s, ' ')) {
			d.has_time = true;
			*why = read_time(&s, &d.seconds);
			if (!*why)
				*why = read_zone(&s, &zone);
		}
		if (!*why && s.n)
			*why = "there is something behind the date";
	}
	if (*why)
		return false;
	if (d.has_time) {
		d.zone = (int16_t)zone;
		d.seconds -= zone * 60;
	}
	*out = d;
	return true;
}

/* Writing */

static const char *const day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const month_names[] = {
	"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};

/* Ledgers and lists of versions have many dates, and printf takes a microsecond for one. */
static void put_padded(Buf *b, int64_t value, int width, char pad)
{
	char text[24];
	int len = 0;
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do
		text[len++] = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0 && pad == '0')
		buf_putc(b, '-');
	for (int i = len + (value < 0); i < width; i++)
		buf_putc(b, pad);
	if (value < 0 && pad != '0')
		buf_putc(b, '-');
	while (len)
		buf_putc(b, text[--len]);
}

/* Numbers of two digits or more with a sign between them. */
static void put_three(Buf *b, int64_t first, int width, int second, int third, char between)
{
	put_padded(b, first, width, '0');
	buf_putc(b, between);
	put_padded(b, second, 2, '0');
	buf_putc(b, between);
	put_padded(b, third, 2, '0');
}

static void put_zone(Buf *b, int zone, const char *between)
{
	int minutes = zone < 0 ? -zone : zone;
	buf_putc(b, zone < 0 ? '-' : '+');
	put_padded(b, minutes / 60, 2, '0');
	buf_puts(b, str_of(between));
	put_padded(b, minutes % 60, 2, '0');
}

void buf_put_datetime(Buf *b, Date d)
{
	Civil c = civil_of(d);
	put_three(b, c.year, 4, c.month, c.day, '-');
	buf_putc(b, 'T');
	put_three(b, c.hour, 2, c.minute, c.second, ':');
	if (d.zone)
		put_zone(b, d.zone, ":");
	else
		buf_putc(b, 'Z');
}

void buf_put_date(Buf *b, Date d)
{
	if (d.has_time) {
		buf_put_datetime(b, d);
		return;
	}
	Civil c = civil_of(d);
	put_three(b, c.year, 4, c.month, c.day, '-');
}

void buf_put_http_date(Buf *b, Date d)
{
	d.zone = 0;
	Civil c = civil_of(d);
	buf_printf(b, "%.3s, %02d %.3s %04lld %02d:%02d:%02d GMT", day_names[c.weekday], c.day, month_names[c.month - 1], (long long)c.year, c.hour,
		c.minute, c.second);
}

/* strftime: each letter is a number with its usual padding, a word, or a pattern of other letters. */

static int week_from(const Civil *c, int first_weekday)
{
	return (c->yearday - 1 + 7 - (c->weekday + 7 - first_weekday) % 7) / 7;
}

/* ISO 8601 week and the year it belongs to: the week of the year's first Thursday is 1. */
static int iso_week(const Civil *c, int64_t *year)
{
	int monday_based = (c->weekday + 6) % 7, week = (c->yearday - 1 - monday_based + 10) / 7;
	*year = c->year;
	if (week < 1) {
		--*year;
		int days = is_leap(*year) ? 366 : 365;
		return (c->yearday + days - 1 - monday_based + 10) / 7;
	}
	int days = is_leap(c->year) ? 366 : 365;
	if (week == 53 && c->yearday - monday_based + 3 > days) {
		++*year;
		return 1;
	}
	return week;
}

typedef struct Number {
	int64_t value;
	int width;
	char pad;
} Number;

static bool number_for(char letter, const Civil *c, Date d, Number *out)
{
	int64_t iso_year;
	int week = iso_week(c, &iso_year), hour12 = (c->hour + 11) % 12 + 1;
	switch (letter) {
	case 'C': *out = (Number){floor_div(c->year, 100), 2, '0'}; return true;
	case 'd': *out = (Number){c->day, 2, '0'}; return true;
	case 'e': *out = (Number){c->day, 2, ' '}; return true;
	case 'g': *out = (Number){iso_year % 100, 2, '0'}; return true;
	case 'G': *out = (Number){iso_year, 4, '0'}; return true;
	case 'H': *out = (Number){c->hour, 2, '0'}; return true;
	case 'I': *out = (Number){hour12, 2, '0'}; return true;
	case 'j': *out = (Number){c->yearday, 3, '0'}; return true;
	case 'k': *out = (Number){c->hour, 2, ' '}; return true;
	case 'l': *out = (Number){hour12, 2, ' '}; return true;
	case 'L': *out = (Number){0, 3, '0'}; return true;
	case 'm': *out = (Number){c->month, 2, '0'}; return true;
	case 'M': *out = (Number){c->minute, 2, '0'}; return true;
	case 'N': *out = (Number){0, 9, '0'}; return true;
	case 's': *out = (Number){d.seconds, 1, '0'}; return true;
	case 'S': *out = (Number){c->second, 2, '0'}; return true;
	case 'u': *out = (Number){c->weekday ? c->weekday : 7, 1, '0'}; return true;
	case 'U': *out = (Number){week_from(c, 0), 2, '0'}; return true;
	case 'V': *out = (Number){week, 2, '0'}; return true;
	case 'w': *out = (Number){c->weekday, 1, '0'}; return true;
	case 'W': *out = (Number){week_from(c, 1), 2, '0'}; return true;
	case 'y': *out = (Number){(c->year % 100 + 100) % 100, 2, '0'}; return true;
	case 'Y': *out = (Number){c->year, 4, '0'}; return true;
	default: return false;
	}
}

static const char *pattern_for(char letter)
{
	switch (letter) {
	case 'c': return "%a %b %e %H:%M:%S %Y";
	case 'D':
	case 'x': return "%m/%d/%y";
	case 'F': return "%Y-%m-%d";
	case 'r': return "%I:%M:%S %p";
	case 'R': return "%H:%M";
	case 'T':
	case 'X': return "%H:%M:%S";
	case 'v': return "%e-%^b-%Y";
	default: return NULL;
	}
}

/* False: the letter is not a word's. */
static bool put_word(Buf *b, char letter, const Civil *c, Date d, int colons)
{
	switch (letter) {
	case 'a': buf_printf(b, "%.3s", day_names[c->weekday]); return true;
	case 'A': buf_puts(b, str_of(day_names[c->weekday])); return true;
	case 'b':
	case 'h': buf_printf(b, "%.3s", month_names[c->month - 1]); return true;
	case 'B': buf_puts(b, str_of(month_names[c->month - 1])); return true;
	case 'p': buf_puts(b, c->hour < 12 ? S("AM") : S("PM")); return true;
	case 'P': buf_puts(b, c->hour < 12 ? S("am") : S("pm")); return true;
	case 'z': put_zone(b, d.zone, colons ? ":" : ""); return true;
	case 'Z':
		if (d.zone)
			put_zone(b, d.zone, ":");
		else
			buf_lit(b, "UTC");
		return true;
	case 'n': buf_putc(b, '\n'); return true;
	case 't': buf_putc(b, '\t'); return true;
	case '%': buf_putc(b, '%'); return true;
	default: return false;
	}
}

typedef struct Flags {
	char pad;   /* '-' none, '0', '_' a space; 0: the letter's own */
	char cased; /* '^' upper, '#' the other case */
	int width;  /* 0: the letter's own */
	int colons;
} Flags;

static Flags read_flags(Str *s)
{
	Flags f = {0};
	for (; s->n && strchr("-0_^#", *s->p) && *s->p; *s = str_from(*s, 1)) {
		if (*s->p == '^' || *s->p == '#')
			f.cased = *s->p;
		else
			f.pad = *s->p;
	}
	for (int digits = 0; digits < 2 && s->n && *s->p >= '0' && *s->p <= '9'; digits++, *s = str_from(*s, 1))
		f.width = f.width * 10 + (*s->p - '0');
	for (; s->n > 1 && *s->p == ':' && (s->p[1] == 'z' || s->p[1] == ':'); *s = str_from(*s, 1))
		f.colons++;
	return f;
}

static void put_number(Buf *b, Number n, Flags f)
{
	char pad = f.pad == '_' ? ' ' : f.pad == '0' ? '0' : n.pad;
	put_padded(b, n.value, f.pad == '-' ? 0 : f.width ? f.width : n.width, pad);
}

/* Case and padding of what was put from `from` on. # makes AM and UTC small and every other word capital. */
static void finish_word(Buf *b, size_t from, Flags f, char letter)
{
	bool small = f.cased == '#' && (letter == 'p' || letter == 'Z');
	for (size_t i = from; f.cased && i < b->n; i++)
		b->p[i] = small ? ascii_lower(b->p[i]) : ascii_upper(b->p[i]);
	size_t len = b->n - from, width = (size_t)f.width;
	if (f.pad == '-' || len >= width)
		return;
	buf_reserve(b, width - len);
	memmove(b->p + from + (width - len), b->p + from, len);
	memset(b->p + from, f.pad == '0' ? '0' : ' ', width - len);
	b->n += width - len;
}

static void put_letter(Buf *b, const Civil *c, Date d, Flags f, char letter, Str as_written)
{
	Number number;
	size_t from = b->n;
	const char *pattern = pattern_for(letter);
	if (number_for(letter, c, d, &number)) {
		put_number(b, number, f);
	} else if (pattern) {
		buf_put_strftime(b, d, str_of(pattern)); /* patterns hold no patterns */
		finish_word(b, from, f, letter);
	} else if (put_word(b, letter, c, d, f.colons)) {
		finish_word(b, from, f, letter);
	} else {
		buf_puts(b, as_written);
	}
}

void buf_put_strftime(Buf *b, Date d, Str format)
{
	Civil c = civil_of(d);
	while (format.n) {
		size_t percent = str_find_char(format, '%');
		buf_puts(b, str_upto(format, percent));
		if (percent == SIZE_MAX)
			return;
		Str start = str_from(format, percent), rest = str_from(start, 1);
		Flags f = read_flags(&rest);
		if (!rest.n) {
			buf_puts(b, start);
			return;
		}
		char letter = *rest.p;
		rest = str_from(rest, 1);
		put_letter(b, &c, d, f, letter, str_upto(start, start.n - rest.n));
		format = rest;
	}
}
