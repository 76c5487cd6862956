/* liquid/filters_number: arithmetic. Whole numbers stay whole; numbers with a point are reckoned in decimal,
 * as Ruby's BigDecimal does, so that 10.1 | minus: 2.2 is 7.9. Text is read as the number it begins with. */
#include "liquid/filters_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Decimal { /* n / 10^scale */
	__int128 n;
	int scale;
} Decimal;

enum { MAX_SCALE = 18 };

static double as_double(Value v)
{
	return v.kind == V_INT ? (double)v.i : v.f;
}

static bool decimal_of(Value v, Decimal *d)
{
	if (v.kind == V_INT) {
		*d = (Decimal){v.i, 0};
		return true;
	}
	Buf b = {0};
	put_float(&b, v.f);
	buf_putc(&b, 0);
	__int128 n = 0;
	int scale = 0;
	bool point = false, good = v.f > -1e15 && v.f < 1e15 && !strchr(b.p, 'e');
	for (const char *p = b.p; good && *p; p++) {
		if (*p >= '0' && *p <= '9') {
			n = n * 10 + (*p - '0');
			scale += point;
		}
		point = point || *p == '.';
	}
	*d = (Decimal){*b.p == '-' ? -n : n, scale};
	buf_release(&b);
	return good && scale <= MAX_SCALE;
}

static double double_of(Decimal d)
{
	char digits[64], *p;
	unsigned __int128 u = d.n < 0 ? -(unsigned __int128)d.n : (unsigned __int128)d.n;
	int written = snprintf(digits + 44, 20, "e-%d", d.scale);
	(void)written;
	for (p = digits + 44; u || p == digits + 44; u /= 10)
		*--p = (char)('0' + (int)(u % 10));
	double value = strtod(p, NULL);
	return d.n < 0 ? -value : value;
}

static void align(Decimal *a, Decimal *b)
{
	for (; a->scale < b->scale; a->scale++)
		a->n *= 10;
	for (; b->scale < a->scale; b->scale++)
		b->n *= 10;
}

typedef enum Sum { PLUS, MINUS, TIMES, DIVIDED_BY, MODULO } Sum;

static bool whole_sum(int64_t a, int64_t b, Sum op, int64_t *out)
{
	switch (op) {
	case PLUS: return !__builtin_add_overflow(a, b, out);
	case MINUS: return !__builtin_sub_overflow(a, b, out);
	case TIMES: return !__builtin_mul_overflow(a, b, out);
	default: break;
	}
	if (b == -1) {
		*out = 0;
		return op == MODULO || !__builtin_sub_overflow((int64_t)0, a, out);
	}
	int64_t quotient = a / b, rest = a % b;
	if (rest && (rest < 0) != (b < 0)) { /* towards minus infinity */
		quotient--;
		rest += b;
	}
	*out = op == MODULO ? rest : quotient;
	return true;
}

static double decimal_sum(Decimal a, Decimal b, Sum op)
{
	if (op == TIMES)
		return double_of((Decimal){a.n * b.n, a.scale + b.scale});
	align(&a, &b);
	if (op == PLUS || op == MINUS)
		return double_of((Decimal){op == PLUS ? a.n + b.n : a.n - b.n, a.scale});
	if (op == DIVIDED_BY)
		return (double)((long double)a.n / (long double)b.n);
	__int128 rest = a.n % b.n;
	if (rest && (rest < 0) != (b.n < 0))
		rest += b.n;
	return double_of((Decimal){rest, a.scale});
}

static double double_sum(double a, double b, Sum op)
{
	switch (op) {
	case PLUS: return a + b;
	case MINUS: return a - b;
	case TIMES: return a * b;
	case DIVIDED_BY: return a / b;
	default: return a - b * floor(a / b);
	}
}

static Value sum_of(LiquidCall *c, Value left, Value right, Sum op)
{
	Value a = to_number(left), b = to_number(right);
	int64_t whole;
	Decimal x, y;
	bool point = a.kind == V_FLOAT || b.kind == V_FLOAT;
	if ((op == MODULO || (op == DIVIDED_BY && !point)) && as_double(b) == 0) {
		liquid_fail(c, "divided by 0");
		return NIL;
	}
	if (a.kind == V_INT && b.kind == V_INT && whole_sum(a.i, b.i, op, &whole))
		return value_int(whole);
	if (op == DIVIDED_BY && as_double(b) == 0)
		return value_float(as_double(a) / 0.0);
	bool fits = decimal_of(a, &x) && decimal_of(b, &y) &&
		(op != TIMES || (x.scale + y.scale < 36 && fabs(as_double(a) * as_double(b)) < 1e15));
	return value_float(fits ? decimal_sum(x, y, op) : double_sum(as_double(a), as_double(b), op));
}

static Value plus(LiquidCall *c)
{
	return sum_of(c, c->in, c->args[0], PLUS);
}
static Value minus(LiquidCall *c)
{
	return sum_of(c, c->in, c->args[0], MINUS);
}
static Value times(LiquidCall *c)
{
	return sum_of(c, c->in, c->args[0], TIMES);
}
static Value divided_by(LiquidCall *c)
{
	return sum_of(c, c->in, c->args[0], DIVIDED_BY);
}
static Value modulo(LiquidCall *c)
{
	return sum_of(c, c->in, c->args[0], MODULO);
}

Value filter_add(LiquidCall *c, Value a, Value b)
{
	return sum_of(c, a, b, PLUS);
}

static Value abs_filter(LiquidCall *c)
{
	Value v = to_number(c->in);
	if (v.kind == V_FLOAT)
		return value_float(fabs(v.f));
	return v.i < 0 && v.i != INT64_MIN ? value_int(-v.i) : v;
}

static Value at_least(LiquidCall *c)
{
	Value v = to_number(c->in), n = to_number(c->args[0]);
	return as_double(n) > as_double(v) ? n : v;
}

static Value at_most(LiquidCall *c)
{
	Value v = to_number(c->in), n = to_number(c->args[0]);
	return as_double(n) < as_double(v) ? n : v;
}

static Value whole_of(LiquidCall *c, double d)
{
	if (isnan(d) || isinf(d)) {
		liquid_fail(c, "no finite number");
		return NIL;
	}
	return d > -9.2e18 && d < 9.2e18 ? value_int((int64_t)d) : value_float(d);
}

static Value ceil_filter(LiquidCall *c)
{
	Value v = to_number(c->in);
	return v.kind == V_INT ? v : whole_of(c, ceil(v.f));
}

static Value floor_filter(LiquidCall *c)
{
	Value v = to_number(c->in);
	return v.kind == V_INT ? v : whole_of(c, floor(v.f));
}

/* Half away from zero, at so many digits behind the point (before it, when negative). */
static Decimal rounded(Decimal d, int places)
{
	__int128 unit = 1;
	int drop = d.scale - places;
	if (drop <= 0)
		return d;
	for (int i = 0; i < drop && i < 37; i++)
		unit *= 10;
	__int128 half = unit / 2, magnitude = d.n < 0 ? -d.n : d.n;
	magnitude = drop > 36 ? 0 : (magnitude + half) / unit * unit;
	return (Decimal){d.n < 0 ? -magnitude : magnitude, d.scale};
}

static Value round_filter(LiquidCall *c)
{
	Value v = to_number(c->in), n = c->n ? to_number(c->args[0]) : value_int(0);
	double wanted = as_double(n);
	int places = wanted > 30 ? 30 : wanted < -30 ? -30 : (int)wanted;
	Decimal d;
	if (v.kind == V_INT && places >= 0)
		return v;
	if (!decimal_of(v, &d))
		return places > 0 ? v : whole_of(c, round(v.f));
	double result = double_of(rounded(d, places));
	return places > 0 ? value_float(result) : whole_of(c, result);
}

/* number: the bare number, for places where nothing else may stand */
static Value number(LiquidCall *c)
{
	Value v = to_number(c->in);
	return v.kind == V_FLOAT && (isnan(v.f) || isinf(v.f)) ? value_int(0) : v;
}

static Value to_integer_filter(LiquidCall *c)
{
	if (c->in.kind == V_BOOL)
		return value_int(c->in.b);
	Value v = to_number(c->in);
	return v.kind == V_INT ? v : whole_of(c, trunc(v.f));
}

#define BARE (LIQUID_PURE | LIQUID_IN_SCRIPT | LIQUID_IN_STYLE | LIQUID_IN_UNQUOTED | LIQUID_IN_HANDLER)

/* clang-format off */
const LiquidFilter filters_number[] = {
	{STR_INIT("abs"), 0, 0, BARE, abs_filter, NULL, "The number without its sign.", "{{ -5 | abs }}", "5"},
	{STR_INIT("at_least"), 1, 1, BARE, at_least, NULL, "The number, or the given one where that is larger.", "{{ 3 | at_least: 5 }}", "5"},
	{STR_INIT("at_most"), 1, 1, BARE, at_most, NULL, "The number, or the given one where that is smaller.", "{{ 8 | at_most: 5 }}", "5"},
	{STR_INIT("ceil"), 0, 0, BARE, ceil_filter, NULL, "Rounded up to a whole number.", "{{ 4.2 | ceil }}", "5"},
	{STR_INIT("divided_by"), 1, 1, BARE, divided_by, NULL, "Divided; whole numbers give a whole number, rounded down.", "{{ 9 | divided_by: 2 }} {{ 9 | divided_by: 2.0 }}", "4 4.5"},
	{STR_INIT("floor"), 0, 0, BARE, floor_filter, NULL, "Rounded down to a whole number.", "{{ 4.8 | floor }}", "4"},
	{STR_INIT("minus"), 1, 1, BARE, minus, NULL, "Less the given number.", "{{ 10 | minus: 3 }}", "7"},
	{STR_INIT("modulo"), 1, 1, BARE, modulo, NULL, "What is left by a division.", "{{ 10 | modulo: 3 }}", "1"},
	{STR_INIT("number"), 0, 0, BARE, number, NULL, "The bare number, for scripts, styles and attributes without quotes.", "<script>var n = {{ \"12 briefs\" | number }};</script>", "<script>var n = 12;</script>"},
	{STR_INIT("plus"), 1, 1, BARE, plus, NULL, "With the given number added.", "{{ 10 | plus: 3 }}", "13"},
	{STR_INIT("round"), 0, 1, BARE, round_filter, NULL, "Rounded, to so many digits behind the point.", "{{ 4.5612 | round: 2 }}", "4.56"},
	{STR_INIT("times"), 1, 1, BARE, times, NULL, "Multiplied by the given number.", "{{ 3 | times: 4 }}", "12"},
	{STR_INIT("to_integer"), 0, 0, BARE, to_integer_filter, NULL, "A whole number: the text's, the number's, 1 for true and 0 for false.", "{{ \"42 pages\" | to_integer }}", "42"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
