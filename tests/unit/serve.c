/* serve: who may ask, what an address means, and when two values of front matter are the same. */
#include "serve/request.h"

#include "base/value.h"
#include "lib/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_who_may_ask(void **state)
{
	static const struct { const char *host, *origin; bool allowed; } cases[] = {
		{"localhost:1313", "", true}, {"127.0.0.1", "", true}, {"[::1]:1313", "", true}, {"a.localhost", "", true}, {"LOCALHOST", "", true},
		{"evil.example", "", false}, {"localhost.evil.example", "", false}, {"127.0.0.1.evil.example", "", false}, {".localhost", "", false},
		{"localhost", "http://localhost:1313", true}, {"localhost", "https://evil.example", false}, {"localhost", "null", false},
		{"desk.example", "", true}, {"desk.example", "http://desk.example", true},
	};
	Options o = {.allow_host = S("desk.example")};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		HttpRequest q = {.has_host = true, .host = str_of(cases[i].host), .origin = str_of(cases[i].origin)};
		if (request_allowed(&q, &o) != cases[i].allowed)
			fail_msg("Host %s, Origin %s", cases[i].host, cases[i].origin);
	}
}

static void test_addresses(void **state)
{
	static const struct { const char *sent, *base, *path; } cases[] = { /* path NULL: none */
		{"/", "", ""}, {"/briefs/water/", "", "briefs/water/"}, {"/a%20b/", "", "a b/"}, {"/policy/x.css", "/policy", "x.css"}, {"/policy/", "/policy", ""},
		{"/policy", "/policy", NULL}, {"/policyx/", "/policy", NULL}, {"/x", "/policy", NULL}, {"x", "", NULL}, {"", "", NULL}, {"http://localhost/", "", NULL},
		{"/../x", "", NULL}, {"/%2e%2e/x", "", NULL}, {"/a/./b", "", NULL}, {"//a", "", NULL}, {"/a//b", "", NULL}, {"/a%2fb", "", NULL}, {"/a%5cb", "", NULL},
		{"/%00", "", NULL}, {"/%7f", "", NULL}, {"/%", "", NULL}, {"/%4", "", NULL}, {"/%c0%ae", "", NULL}, {"/%252e", "", "%2e"},
	};
	Arena a = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Str path = {0};
		bool there = request_path(str_of(cases[i].sent), str_of(cases[i].base), &a, &path);
		if (there != (cases[i].path != NULL) || (there && !str_eq(path, str_of(cases[i].path))))
			fail_msg("%s below \"%s\" is \"%.*s\"", cases[i].sent, cases[i].base, STR_ARG(path));
	}
	arena_release(&a);
}

static void test_values_same(void **state)
{
	static const struct { const char *x, *y; bool same; } cases[] = {
		{"a: 1\nb: [x, y]", "b: [x, y]\na: 1", true}, {"a: 1", "a: 2", false}, {"a: 1", "a: \"1\"", false}, {"a: 1", "b: 1", false}, {"a: 1", "a: 1\nb: 2", false},
		{"a: [x, y]", "a: [y, x]", false}, {"a: [x]", "a: [x, x]", false}, {"a: {b: {c: true}}", "a: {b: {c: true}}", true}, {"a: {b: {c: true}}", "a: {b: {c: false}}", false},
		{"a:", "a: null", true}, {"a:", "a: x", false}, {"a: 1.5", "a: 1.5", true}, {"a: 1.5", "a: 1.25", false},
	};
	Arena a = {0};
	Diags d = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Value x, y;
		assert_true(yaml_data(S("x.yaml"), str_of(cases[i].x), &a, &d, &x) && yaml_data(S("y.yaml"), str_of(cases[i].y), &a, &d, &y));
		if (value_same(x, y) != cases[i].same || value_same(y, x) != cases[i].same)
			fail_msg("%s / %s", cases[i].x, cases[i].y);
	}
	diags_release(&d);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_may_ask), cmocka_unit_test(test_addresses), cmocka_unit_test(test_values_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
