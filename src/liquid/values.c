/* liquid/values: how Liquid reads values: as numbers, as text, as lists; when two are equal. Liquid is
 * defined by what Ruby does with its objects; the tests hold each rule. */
#include "liquid/filters.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NESTING = 32 }; /* lists in lists that are looked into; deeper is empty */

/* ---- numbers ---- */

static double double_of(Str s)
{
	char text[64];
	size_t n = s.n < sizeof text - 1 ? s.n : sizeof text - 1;
	memcpy(text, s.p, n);
	text[n] = 0;
	return strtod(text, NULL);
}

Value number_of_text(Str s)
{
	int64_t i;
	if (str_find_char(s, '.') == SIZE_MAX && str_int(s, &i))
		return value_int(i);
	return value_float(double_of(s));
}

/* The number a text begins with: "12 briefs" is 12; "1.5" alone is 1.5; else 0. */
static Value number_in(Str s)
{
	s = str_trim(s);
	size_t i = s.n && (*s.p == '-' || *s.p == '+'), digits = i;
	while (i < s.n && ascii_is_digit(s.p[i]))
		i++;
	if (i == digits)
		return value_int(0);
	size_t whole = i;
	if (i + 1 < s.n && s.p[i] == '.' && ascii_is_digit(s.p[i + 1])) {
		for (i++; i < s.n && ascii_is_digit(s.p[i]);)
			i++;
		if (i == s.n && *s.p != '+')
			return value_float(double_of(s));
	}
	return number_of_text(str_upto(*s.p == '+' ? str_from(s, 1) : s, *s.p == '+' ? whole - 1 : whole));
}

Value to_number(Value v)
{
	switch (v.kind) {
	case V_INT:
	case V_FLOAT: return v;
	case V_STR: return number_in(value_as_str(v));
	case V_DATE: return value_int(v.i);
	default: return value_int(0);
	}
}

bool to_integer(Value v, int64_t *out)
{
	if (v.kind == V_INT) {
		*out = v.i;
		return true;
	}
	return v.kind == V_STR && str_int(str_trim(value_as_str(v)), out);
}

/* Digits d.ddd times ten to the exponent, as Ruby prints them: 1.0, 0.001, 1.0e+16, 1.0e-05. */
static void put_digits(Buf *b, Str digits, int exponent)
{
	if (exponent < -4 || exponent >= 16) {
		buf_putc(b, digits.p[0]);
		buf_putc(b, '.');
		buf_puts(b, digits.n > 1 ? str_from(digits, 1) : S("0"));
		buf_printf(b, "e%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
		return;
	}
	if (exponent < 0)
		buf_lit(b, "0.");
	for (int i = -1; i > exponent; i--)
		buf_putc(b, '0');
	for (int i = 0; i <= exponent || (size_t)i < digits.n; i++) {
		if (exponent >= 0 && i == exponent + 1)
			buf_putc(b, '.');
		buf_putc(b, (size_t)i < digits.n ? digits.p[i] : '0');
	}
	if (exponent >= 0 && digits.n <= (size_t)exponent + 1)
		buf_lit(b, ".0");
}

void put_float(Buf *b, double d)
{
	char text[40];
	int n = 0;
	if (isnan(d) || isinf(d)) {
		buf_puts(b, isnan(d) ? S("NaN") : d > 0 ? S("Infinity") : S("-Infinity"));
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		n = snprintf(text, sizeof text, "%.*e", precision - 1, d);
		if (strtod(text, NULL) == d)
			break;
	}
	char *e = memchr(text, 'e', (size_t)n);
	int exponent = (int)strtol(e + 1, NULL, 10), first = text[0] == '-';
	char digits[20];
	size_t count = 0;
	for (char *p = text + first; p < e; p++)
		if (*p != '.')
			digits[count++] = *p;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	if (first)
		buf_putc(b, '-');
	put_digits(b, str_n(digits, count), exponent);
}

/* ---- text ---- */

static void put_map(LiquidRender *r, Buf *b, const Map *m, int depth);

static void put_inspected(LiquidRender *r, Buf *b, Value v, int depth)
{
	if (v.kind == V_STR) {
		buf_putc(b, '"');
		for (uint32_t i = 0; i < v.n; i++) {
			char c = v.s[i];
			if (c == '"' || c == '\\')
				buf_putc(b, '\\');
			if (c == '\n')
				buf_lit(b, "\\n");
			else
				buf_putc(b, c);
		}
		buf_putc(b, '"');
	} else if (v.kind == V_NIL) {
		buf_lit(b, "nil");
	} else if (v.kind == V_MAP) {
		put_map(r, b, v.map, depth + 1);
	} else if (v.kind == V_LIST) {
		buf_putc(b, '[');
		for (uint32_t i = 0; i < v.n && depth < NESTING; i++) {
			if (i)
				buf_lit(b, ", ");
			put_inspected(r, b, v.list[i], depth + 1);
		}
		buf_putc(b, ']');
	} else {
		put_text(r, b, v);
	}
}

static void put_map(LiquidRender *r, Buf *b, const Map *m, int depth)
{
	buf_putc(b, '{');
	for (uint32_t i = 0; i < m->n && depth < NESTING; i++) {
		if (i)
			buf_lit(b, ", ");
		put_inspected(r, b, value_str(m->pairs[i].key), depth);
		buf_lit(b, "=>");
		put_inspected(r, b, m->pairs[i].value, depth);
	}
	buf_putc(b, '}');
}

void put_inspect(LiquidRender *r, Buf *b, Value v)
{
	put_inspected(r, b, v, 0);
}

static void put_date(Buf *b, Value v)
{
	if (v.n)
		buf_put_strftime(b, value_as_date(v), S("%Y-%m-%d %H:%M:%S %z"));
	else
		buf_put_date(b, value_as_date(v));
}

static Value object_text(LiquidRender *r, const Object *o)
{
	if (o->type->text)
		return o->type->text(o, r->arena);
	bool found;
	Value name = value_get(value_object(o), S("name"), r->arena, &found);
	return found && name.kind != V_OBJECT ? name : NIL;
}

static void put_nested(LiquidRender *r, Buf *b, Value v, int depth)
{
	switch (v.kind) {
	case V_BOOL: buf_puts(b, v.b ? S("true") : S("false")); break;
	case V_INT: buf_put_int(b, v.i); break;
	case V_FLOAT: put_float(b, v.f); break;
	case V_STR: buf_puts(b, value_as_str(v)); break;
	case V_DATE: put_date(b, v); break;
	case V_RANGE: buf_printf(b, "%d..%d", v.range.from, v.range.to); break;
	case V_MAP: put_map(r, b, v.map, 0); break;
	case V_OBJECT:
		v = object_text(r, v.object);
		if (depth < NESTING)
			put_nested(r, b, v, depth + 1);
		break;
	case V_LIST:
		for (uint32_t i = 0; i < v.n && depth < NESTING; i++)
			put_nested(r, b, v.list[i], depth + 1);
		break;
	default: break;
	}
}

void put_text(LiquidRender *r, Buf *b, Value v)
{
	put_nested(r, b, v, 0);
}

static Str made_text(LiquidRender *r, Value v, void (*put)(LiquidRender *, Buf *, Value))
{
	if (v.kind == V_STR)
		return value_as_str(v);
	if (v.kind == V_NIL || v.kind == V_BLANK || v.kind == V_EMPTY)
		return (Str){"", 0};
	if (v.kind == V_BOOL)
		return v.b ? S("true") : S("false");
	Buf b = {0};
	put(r, &b, v);
	Str s = str_dup(r->arena, buf_str(&b));
	buf_release(&b);
	return s;
}

Str text_of(LiquidRender *r, Value v)
{
	return made_text(r, v, v.kind == V_LIST ? put_inspect : put_text);
}

Str printed(LiquidRender *r, Value v)
{
	return made_text(r, v, put_text);
}

/* ---- lists ---- */

static size_t flat_size(Value v, int depth)
{
	size_t n = 0;
	if (v.kind != V_LIST || depth > NESTING)
		return 1;
	for (uint32_t i = 0; i < v.n; i++)
		n += flat_size(v.list[i], depth + 1);
	return n;
}

static Value *flatten(Value *to, Value v, int depth)
{
	if (v.kind != V_LIST || depth > NESTING) {
		*to = v;
		return to + 1;
	}
	for (uint32_t i = 0; i < v.n; i++)
		to = flatten(to, v.list[i], depth + 1);
	return to;
}

static Value range_list(LiquidRender *r, Value v)
{
	int64_t n = v.range.to < v.range.from ? 0 : (int64_t)v.range.to - v.range.from + 1;
	if (!spend(r, (uint64_t)n))
		return value_list(NULL, 0);
	Value *items = NEW_N(r->arena, Value, (size_t)n);
	for (int64_t i = 0; i < n; i++)
		items[i] = value_int(v.range.from + i);
	return value_list(items, (size_t)n);
}

static Value one(LiquidRender *r, Value v)
{
	Value *item = NEW(r->arena, Value);
	*item = v;
	return value_list(item, 1);
}

Value items_of(LiquidRender *r, Value v)
{
	if (v.kind == V_RANGE)
		return range_list(r, v);
	if (v.kind == V_NIL || v.kind == V_BLANK || v.kind == V_EMPTY)
		return value_list(NULL, 0);
	if (v.kind != V_LIST)
		return one(r, v);
	bool nested = false;
	spend(r, v.n);
	for (uint32_t i = 0; i < v.n && !nested; i++)
		nested = v.list[i].kind == V_LIST;
	if (!nested)
		return v;
	size_t n = flat_size(v, 0);
	if (n > UINT32_MAX || !spend(r, n))
		return value_list(NULL, 0);
	Value *items = NEW_N(r->arena, Value, n);
	flatten(items, v, 0);
	return value_list(items, n);
}

Value loop_items(LiquidRender *r, Value v)
{
	if (v.kind == V_LIST)
		return v;
	if (v.kind == V_RANGE)
		return range_list(r, v);
	if (v.kind == V_STR && v.n)
		return one(r, v);
	if (v.kind != V_MAP)
		return value_list(NULL, 0);
	Value *pairs = NEW_N(r->arena, Value, v.map->n), *words = NEW_N(r->arena, Value, 2 * (size_t)v.map->n);
	for (uint32_t i = 0; i < v.map->n; i++) {
		words[2 * i] = value_str(v.map->pairs[i].key);
		words[2 * i + 1] = v.map->pairs[i].value;
		pairs[i] = value_list(words + 2 * i, 2);
	}
	return value_list(pairs, v.map->n);
}

size_t size_of(LiquidRender *r, Value v, bool *has)
{
	(void)r;
	*has = true;
	switch (v.kind) {
	case V_STR: return utf8_count(value_as_str(v));
	case V_LIST: return v.n;
	case V_MAP: return v.map->n;
	case V_RANGE: return v.range.to < v.range.from ? 0 : (size_t)((int64_t)v.range.to - v.range.from + 1);
	case V_INT: return 8; /* the bytes of a whole number, in Ruby and so in Liquid */
	default: *has = false; return 0;
	}
}

/* ---- equality and order ---- */

bool liquid_truthy(Value v)
{
	return v.kind != V_NIL && !(v.kind == V_BOOL && !v.b);
}

bool is_empty(Value v)
{
	return (v.kind == V_STR && !v.n) || (v.kind == V_LIST && !v.n) || (v.kind == V_MAP && !v.map->n);
}

bool is_blank(Value v)
{
	return v.kind == V_NIL || (v.kind == V_BOOL && !v.b) || is_empty(v) || (v.kind == V_STR && !str_trim(value_as_str(v)).n);
}

static double as_double(Value v)
{
	return v.kind == V_INT ? (double)v.i : v.f;
}

static bool is_number(Value v)
{
	return v.kind == V_INT || v.kind == V_FLOAT;
}

/* Texts that say a date compare with dates: page.date >= "2024-01-01". */
static bool date_in(Value v, Date *d)
{
	const char *why;
	if (v.kind == V_DATE) {
		*d = value_as_date(v);
		return true;
	}
	return v.kind == V_STR && date_parse(str_trim(value_as_str(v)), 0, d, &why);
}

static bool equal_nested(LiquidRender *r, Value a, Value b, int depth);

static bool equal_lists(LiquidRender *r, Value a, Value b, int depth)
{
	if (a.n != b.n)
		return false;
	for (uint32_t i = 0; i < a.n && a.list != b.list; i++)
		if (!equal_nested(r, a.list[i], b.list[i], depth + 1))
			return false;
	return true;
}

static bool equal_maps(LiquidRender *r, const Map *a, const Map *b, int depth)
{
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n && a != b; i++) {
		Value other;
		if (!map_get(b, a->pairs[i].key, &other) || !equal_nested(r, a->pairs[i].value, other, depth + 1))
			return false;
	}
	return true;
}

static bool equal_nested(LiquidRender *r, Value a, Value b, int depth)
{
	Date x, y;
	if (depth > NESTING)
		return false;
	if (a.kind == V_BLANK || a.kind == V_EMPTY || b.kind == V_BLANK || b.kind == V_EMPTY) {
		bool left = a.kind == V_BLANK || a.kind == V_EMPTY;
		Value word = left ? a : b, other = left ? b : a;
		return word.kind == V_BLANK ? other.kind != V_BLANK && other.kind != V_EMPTY && is_blank(other) : is_empty(other);
	}
	if (is_number(a) && is_number(b))
		return a.kind == V_INT && b.kind == V_INT ? a.i == b.i : as_double(a) == as_double(b);
	if ((a.kind == V_DATE || b.kind == V_DATE) && date_in(a, &x) && date_in(b, &y))
		return x.seconds == y.seconds;
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case V_NIL: return true;
	case V_BOOL: return a.b == b.b;
	case V_STR: return str_eq(value_as_str(a), value_as_str(b));
	case V_LIST: return equal_lists(r, a, b, depth);
	case V_MAP: return equal_maps(r, a.map, b.map, depth);
	case V_OBJECT: return a.object == b.object;
	case V_RANGE: return a.range.from == b.range.from && a.range.to == b.range.to;
	default: return false;
	}
}

bool values_equal(LiquidRender *r, Value a, Value b)
{
	return equal_nested(r, a, b, 0);
}

bool values_compare(Value a, Value b, int *order)
{
	Date x, y;
	if (a.kind == V_INT && b.kind == V_INT)
		*order = (a.i > b.i) - (a.i < b.i);
	else if (is_number(a) && is_number(b))
		*order = (as_double(a) > as_double(b)) - (as_double(a) < as_double(b));
	else if (a.kind == V_STR && b.kind == V_STR)
		*order = str_cmp(value_as_str(a), value_as_str(b));
	else if ((a.kind == V_DATE || b.kind == V_DATE) && date_in(a, &x) && date_in(b, &y))
		*order = (x.seconds > y.seconds) - (x.seconds < y.seconds);
	else
		return false;
	return true;
}

bool value_contains(LiquidRender *r, Value in, Value what)
{
	bool found = false;
	if (!liquid_truthy(in) || !liquid_truthy(what))
		return false;
	switch (in.kind) {
	case V_STR: return str_find(value_as_str(in), text_of(r, what)) != SIZE_MAX;
	case V_MAP:
	case V_OBJECT:
		if (what.kind == V_STR)
			value_get(in, value_as_str(what), r->arena, &found);
		return found;
	case V_RANGE: return is_number(what) && as_double(what) >= in.range.from && as_double(what) <= in.range.to;
	case V_LIST:
		for (uint32_t i = 0; i < in.n && !found; i++)
			found = values_equal(r, in.list[i], what);
		return found;
	default: return false;
	}
}

/* ---- dates ---- */

static bool clock_part(Str *s, int64_t *seconds)
{
	Str t = str_trim(*s);
	int h, m, sec = 0, used = 0;
	char text[16] = {0};
	memcpy(text, t.p, t.n < 15 ? t.n : 15);
	if (sscanf(text, "%2d:%2d%n", &h, &m, &used) < 2 || !used)
		return false;
	int more = 0;
	if (sscanf(text + used, ":%2d%n", &sec, &more) == 1)
		used += more;
	*seconds = h * 3600 + m * 60 + sec;
	*s = str_trim(str_from(t, (size_t)used));
	return true;
}

static int month_named(Str s)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	for (int i = 0; i < 12 && s.n >= 3; i++)
		if (str_eq_nocase(str_upto(s, 3), str_n(names + 3 * i, 3)))
			return i + 1;
	return 0;
}

static bool is_weekday(Str s)
{
	static const char names[] = "sunmontuewedthufrisat";
	for (int i = 0; i < 7 && s.n >= 3; i++)
		if (str_eq_nocase(str_upto(s, 3), str_n(names + 3 * i, 3)))
			return true;
	return false;
}

/* "March 14, 2016", "14 Mar 2016 10:00 +0900", "Wed, 14 Mar 2016 10:00:00 GMT" */
static bool date_in_words(Str s, Date *out)
{
	int64_t day = 0, year = 0, seconds = 0, number;
	int month = 0, zone = 0;
	bool time = false;
	while ((s = str_trim(s)).n) {
		if (!time && ascii_is_digit(*s.p) && s.n > 2 && (s.p[1] == ':' || s.p[2] == ':') && clock_part(&s, &seconds)) {
			time = true;
			continue;
		}
		size_t n = 0;
		while (n < s.n && !ascii_is_space(s.p[n]) && s.p[n] != ',')
			n++;
		Str word = str_upto(s, n);
		s = str_from(s, n + (n < s.n));
		Str digits = word;
		while (digits.n && !ascii_is_digit(digits.p[digits.n - 1]))
			digits.n--; /* 14th */
		if (!word.n || is_weekday(word) || str_eq(word, S("UTC")) || str_eq(word, S("GMT")) || str_eq(word, S("Z")))
			continue;
		if (!month && (month = month_named(word)))
			continue;
		if (time && word.n == 5 && (*word.p == '+' || *word.p == '-') && str_int(str_from(word, 1), &number))
			zone = (int)(number / 100 * 60 + number % 100) * (*word.p == '-' ? -1 : 1);
		else if (!day && digits.n <= 2 && str_int(digits, &number))
			day = number;
		else if (!year && word.n == 4 && str_int(word, &number))
			year = number;
		else
			return false;
	}
	if (!month || !year || day < 0 || (day ? day : 1) > days_in_month(year, month))
		return false;
	*out = (Date){civil_seconds(year, month, day ? (int)day : 1) + seconds - zone * 60, (int16_t)zone, time, true};
	return true;
}

bool to_instant(Value v, Date *out)
{
	const char *why;
	int64_t seconds;
	if (v.kind == V_DATE) {
		*out = value_as_date(v);
		return true;
	}
	if (v.kind == V_INT) {
		*out = (Date){v.i, 0, true, true};
		return v.i > -62000000000 && v.i < 250000000000; /* years 0001 to 9999 and a little */
	}
	if (v.kind != V_STR)
		return false;
	Str s = str_trim(value_as_str(v));
	if (s.n && ascii_is_digit(*s.p) && str_int(s, &seconds)) {
		*out = (Date){seconds, 0, true, true};
		return seconds < 250000000000;
	}
	return date_parse(s, 0, out, &why) || date_in_words(s, out);
}

const char *kind_word(Value v)
{
	static const char *words[] = {
		[V_NIL] = "nothing",
		[V_BOOL] = "true or false",
		[V_INT] = "a number",
		[V_FLOAT] = "a number",
		[V_STR] = "a text",
		[V_DATE] = "a date",
		[V_LIST] = "a list",
		[V_MAP] = "a map",
		[V_OBJECT] = "an object",
		[V_RANGE] = "a range",
		[V_BLANK] = "blank",
		[V_EMPTY] = "empty",
	};
	return words[v.kind];
}
