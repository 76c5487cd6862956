#include "lib/json.h"

#include <jansson.h>

enum { DEPTH = 64 };

/* ---- reading ---- */

static Value read_value(const json_t *j, Arena *a, int depth);

static Str read_text(const char *p, size_t n, Arena *a)
{
	return str_dup(a, str_n(p, n));
}

static Value read_list(const json_t *j, Arena *a, int depth)
{
	size_t n = json_array_size(j);
	Value *items = NEW_N(a, Value, n);
	for (size_t i = 0; i < n; i++)
		items[i] = read_value(json_array_get(j, i), a, depth + 1);
	return value_list(items, n);
}

static Value read_map(const json_t *j, Arena *a, int depth)
{
	MapMaker m = {.arena = a};
	json_t *object = (json_t *)j, *value; /* iterating changes nothing */
	for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
		const char *key = json_object_iter_key(i);
		value = json_object_iter_value(i);
		map_put(&m, read_text(key, strlen(key), a), read_value(value, a, depth + 1));
	}
	return map_seal(&m);
}

static Value read_value(const json_t *j, Arena *a, int depth)
{
	if (depth > DEPTH)
		return NIL;
	switch (json_typeof(j)) {
	case JSON_OBJECT: return read_map(j, a, depth);
	case JSON_ARRAY: return read_list(j, a, depth);
	case JSON_STRING: return value_str(read_text(json_string_value(j), json_string_length(j), a));
	case JSON_INTEGER: return value_int(json_integer_value(j));
	case JSON_REAL: return value_float(json_real_value(j));
	case JSON_TRUE: return value_bool(true);
	case JSON_FALSE: return value_bool(false);
	default: return NIL;
	}
}

bool json_parse(Str text, Arena *arena, Value *out, Str *why, size_t *offset)
{
	json_error_t error;
	/* integers beyond 64 bits are an error to jansson unless all numbers are read as reals; try that then */
	json_t *j = json_loadb(text.p ? text.p : "", text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (!j && json_error_code(&error) == json_error_numeric_overflow)
		j = json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
	if (!j) {
		*why = str_dup(arena, str_of(error.text));
		*offset = error.position > 0 ? (size_t)error.position : 0;
		return false;
	}
	*out = read_value(j, arena, 0);
	json_decref(j);
	return true;
}

/* ---- writing ---- */

typedef struct Writer {
	Buf *b;
	Arena *arena;
	JsonStyle style;
} Writer;

static void write_value(Writer *w, Value v, int depth);

static void new_line(Writer *w, int depth)
{
	if (!w->style.indent)
		return;
	buf_putc(w->b, '\n');
	while (depth-- > 0)
		buf_lit(w->b, "  ");
}

static void write_key(Writer *w, Str key, size_t i, int depth)
{
	if (i)
		buf_putc(w->b, ',');
	new_line(w, depth + 1);
	buf_put_json(w->b, key);
	buf_puts(w->b, w->style.indent ? S(": ") : S(":"));
}

static void write_close(Writer *w, char close, bool any, int depth)
{
	if (any)
		new_line(w, depth);
	buf_putc(w->b, close);
}

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const Pair *)a)->key, ((const Pair *)b)->key);
}

static void write_pairs(Writer *w, const Pair *pairs, size_t n, int depth)
{
	if (w->style.sorted && n) {
		Pair *copy = NEW_N(w->arena, Pair, n);
		memcpy(copy, pairs, n * sizeof *copy);
		qsort(copy, n, sizeof *copy, by_key);
		pairs = copy;
	}
	buf_putc(w->b, '{');
	for (size_t i = 0; i < n; i++) {
		write_key(w, pairs[i].key, i, depth);
		write_value(w, pairs[i].value, depth + 1);
	}
	write_close(w, '}', n > 0, depth);
}

static void write_list(Writer *w, Value v, int depth)
{
	buf_putc(w->b, '[');
	for (uint32_t i = 0; i < v.n; i++) {
		if (i)
			buf_putc(w->b, ',');
		new_line(w, depth + 1);
		write_value(w, v.list[i], depth + 1);
	}
	write_close(w, ']', v.n > 0, depth);
}

/* An object inside a value is its name alone, so that objects that know each other end somewhere. */
static void write_object(Writer *w, const Object *o, int depth)
{
	const ObjectType *t = o->type;
	if (depth > 2) {
		write_value(w, t->text ? t->text(o, w->arena) : NIL, depth + 1);
		return;
	}
	Pair *pairs = NEW_N(w->arena, Pair, t->n);
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		Value v = t->fields[i].get(o, w->arena);
		if (v.kind != V_NIL)
			pairs[n++] = (Pair){t->fields[i].name, v};
	}
	write_pairs(w, pairs, n, depth);
}

static void write_float(Buf *b, double d)
{
	char text[32];
	if (d != d || d - d != 0) { /* no such number in JSON */
		buf_lit(b, "null");
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof text, "%.*g", precision, d);
		if (strtod(text, NULL) == d)
			break;
	}
	buf_puts(b, str_of(text));
	if (!strpbrk(text, ".e"))
		buf_lit(b, ".0");
}

static void write_value(Writer *w, Value v, int depth)
{
	Buf date = {0};
	if (depth > DEPTH)
		v = NIL;
	switch (v.kind) {
	case V_BOOL: buf_puts(w->b, v.b ? S("true") : S("false")); break;
	case V_INT: buf_printf(w->b, "%lld", (long long)v.i); break;
	case V_FLOAT: write_float(w->b, v.f); break;
	case V_STR: buf_put_json(w->b, value_as_str(v)); break;
	case V_LIST: write_list(w, v, depth); break;
	case V_MAP: write_pairs(w, v.map->pairs, v.map->n, depth); break;
	case V_OBJECT: write_object(w, v.object, depth); break;
	case V_RANGE: buf_printf(w->b, "\"%d..%d\"", v.range.from, v.range.to); break;
	case V_BLANK:
	case V_EMPTY: buf_lit(w->b, "\"\""); break;
	case V_DATE:
		buf_put_date(&date, value_as_date(v));
		buf_put_json(w->b, buf_str(&date));
		buf_release(&date);
		break;
	default: buf_lit(w->b, "null");
	}
}

void json_write(Buf *b, Value v, Arena *arena, JsonStyle style)
{
	Writer w = {b, arena, style};
	write_value(&w, v, 0);
}

const char *json_version(void)
{
	return jansson_version_str();
}
