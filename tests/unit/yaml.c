/* YAML as a tree and as messages: each case is a text, and what is read or said about it, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void put_node(Buf *b, const YamlNode *n)
{
	if (n->kind == YAML_TEXT) {
		if (n->plain)
			buf_puts(b, n->text);
		else
			buf_put_json(b, n->text);
		if (n->comment)
			buf_putc(b, '#');
		return;
	}
	buf_putc(b, n->kind == YAML_LIST ? '[' : '{');
	for (uint32_t i = 0; i < n->n; i++) {
		const YamlNode *value = n->kind == YAML_LIST ? &n->items[i] : &n->items[2 * i + 1];
		if (i)
			buf_lit(b, ", ");
		if (n->kind == YAML_MAP)
			buf_printf(b, "%.*s@%u:%u:%u=", STR_ARG(n->items[2 * i].text), value->place.line, value->place.column, value->place.span);
		put_node(b, value);
	}
	buf_putc(b, n->kind == YAML_LIST ? ']' : '}');
}

/* What reading says and gives, as one text. */
static Str read_text(Arena *a, Str text)
{
	Diags d = {0};
	Buf b = {0};
	YamlText y = {.file = S("x.md"), .text = text, .to = text.n, .level = DIAG_ERROR, .twice = DIAG_ERROR};
	const YamlNode *root = yaml_parse(&y, a, &d);
	diags_print(&d, &b, false, DIAG_NOTICE);
	assert_true(root || d.n);
	if (root)
		put_node(&b, root);
	Str s = str_dup(a, buf_str(&b));
	buf_release(&b);
	diags_release(&d);
	Arena quiet = {0};
	assert_true(!root == !yaml_parse(&y, &quiet, NULL));
	arena_release(&quiet);
	return s;
}

static const struct { const char *name; Str text; const char *expected; } cases[] = {
#include "yaml-cases.h"
};

static void each_case_reads_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Arena a = {0};
		Str got = read_text(&a, cases[i].text);
		if (getenv("SHOW"))
			printf("--- %s\n%s\n", cases[i].name, got.p);
		else
			assert_string_equal(got.p, cases[i].expected);
		arena_release(&a);
	}
}

/* Hostile texts: refused with a message, in milliseconds. */
static Str repeat(Arena *a, const char *head, const char *unit, size_t n, const char *tail)
{
	Buf b = {0};
	buf_puts(&b, str_of(head));
	for (size_t i = 0; i < n; i++)
		buf_puts(&b, str_of(unit));
	buf_puts(&b, str_of(tail));
	Str s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static Str numbered(Arena *a, const char *format, int n)
{
	Buf b = {0};
	for (int i = 0; i < n; i++) {
		Str line = str_printf(a, format, i, i);
		buf_puts(&b, line);
	}
	Str s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static void hostile_texts_are_refused_quickly(void **state)
{
	(void)state;
	Arena a = {0};
	static const char bomb[] = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
	struct { Str text; const char *message; } hostile[] = {
		{str_of(bomb), "aliases (*name) expand to more than is read"},
		{S("a: &a [*a]\n"), "this alias refers to itself"},
		{S("a: &a {b: {c: *a}}\n"), "this alias refers to itself"},
		{repeat(&a, "a: ", "[", 80000, ""), "nested more than 64 deep"},
		{repeat(&a, "", "- ", 80000, ""), "nested more than 64 deep"},
		{repeat(&a, "", "? ", 80000, ""), "nested more than 64 deep"},
		{repeat(&a, "a: ", "{a: ", 40000, ""), "nested more than 64 deep"},
		{repeat(&a, "", "%TAG !a! b\n", 80000, "--- x"), "lines that begin with % are not supported"},
		{numbered(&a, "k%d: &a%d x\n", 20000), "more than 100 anchors"},
		{numbered(&a, "k%d: v%d\n", 55000), "there are more values than are read"},
		{repeat(&a, "a: ", "x", 2 << 20, "\n"), "larger than 1024 kB"},
		{numbered(&a, "k%d: {a: b, c: %d}\n", 15000), "there are more values than are read"},
		{numbered(&a, "k: %d\n- %d\n", 3000), "key"},
	};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		clock_t start = clock();
		Arena own = {0};
		Str got = read_text(&own, hostile[i].text);
		if (str_find(got, str_of(hostile[i].message)) == SIZE_MAX)
			fail_msg("case %zu: %.200s", i, got.p);
		assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2); /* under sanitizers; 0.1 s without */
		arena_release(&own);
	}
	arena_release(&a);
}

static void depth_is_exact(void **state)
{
	(void)state;
	for (size_t deep = 62; deep <= 64; deep++) { /* and one for the map around it */
		Arena a = {0};
		Str open = repeat(&a, "a: ", "[", deep, ""), close = repeat(&a, "", "]", deep, "\n");
		Str got = read_text(&a, str_join(&a, open, close));
		assert_int_equal(str_find(got, S("64 deep")) != SIZE_MAX, deep == 64);
		arena_release(&a);
	}
}

static void many_keys_take_linear_time(void **state)
{
	(void)state;
	Arena a = {0};
	Str text = numbered(&a, "k%d: v%d\n", 40000), got;
	clock_t start = clock();
	got = read_text(&a, text);
	assert_true(str_starts(got, S("{k0@1:5:2=v0, k1@2:5:2=v1")));
	assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2);
	arena_release(&a);
}

static const struct { const char *yaml; ValueKind kind; const char *text; } scalars[] = {
	{"", V_NIL, ""}, {"~", V_NIL, ""}, {"null", V_NIL, ""}, {"nULL", V_STR, "nULL"}, {"true", V_BOOL, "true"}, {"False", V_BOOL, "false"},
	{"yes", V_STR, "yes"}, {"no", V_STR, "no"}, {"NO", V_STR, "NO"}, {"on", V_STR, "on"}, {"'true'", V_STR, "true"}, {"12", V_INT, "12"}, {"-7", V_INT, "-7"},
	{"0", V_INT, "0"}, {"0014", V_STR, "0014"}, {"1_000", V_STR, "1_000"}, {"0o17", V_INT, "15"}, {"0x1F", V_INT, "31"}, {"1e3", V_FLOAT, "1000"},
	{"1.50", V_FLOAT, "1.5"}, {".5", V_FLOAT, "0.5"}, {".", V_STR, "."}, {"1.2.3", V_STR, "1.2.3"}, {".inf", V_STR, ".inf"}, {"2024-01-01", V_STR, "2024-01-01"},
	{"9223372036854775807", V_INT, "9223372036854775807"}, {"9223372036854775808", V_STR, "9223372036854775808"}, {"0xFFFFFFFFFFFFFFFFFF", V_STR, "0xFFFFFFFFFFFFFFFFFF"},
	{"!!str 12", V_STR, "12"}, {"! 12", V_STR, "12"}, {"+5", V_INT, "5"}, {"1e", V_STR, "1e"}, {"-", V_LIST, ""},
};

static void plain_texts_have_the_core_schemas_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
		Arena a = {0};
		Diags d = {0};
		Value v;
		char text[64];
		assert_true(yaml_data(S("x.yaml"), str_of(scalars[i].yaml), &a, &d, &v));
		assert_int_equal(v.kind, scalars[i].kind);
		snprintf(text, sizeof text, "%.*s", STR_ARG(value_as_str(v)));
		if (v.kind == V_BOOL)
			snprintf(text, sizeof text, "%s", v.b ? "true" : "false");
		if (v.kind == V_INT)
			snprintf(text, sizeof text, "%lld", (long long)v.i);
		if (v.kind == V_FLOAT)
			snprintf(text, sizeof text, "%g", v.f);
		assert_string_equal(text, scalars[i].text);
		diags_release(&d);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_reads_as_written), cmocka_unit_test(hostile_texts_are_refused_quickly), cmocka_unit_test(depth_is_exact),
		cmocka_unit_test(many_keys_take_linear_time), cmocka_unit_test(plain_texts_have_the_core_schemas_types),
	};
	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
