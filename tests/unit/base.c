/* The base against itself (a dull twin, a second way round) and against tables made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/pool.h"
#include "base/str.h"
#include "base/table.h"
#include "base/utf8.h"
#include "base/value.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void assert_str(Str got, Str want)
{
	if (!str_eq(got, want))
		fail_msg("\"%.*s\" in place of \"%.*s\"", STR_ARG(got), STR_ARG(want));
}

static uint64_t roll(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	return z ^ z >> 31;
}

static void arena_pieces_are_zero_aligned_and_apart(void **state)
{
	(void)state;
	enum { PIECES = 2000 };
	Arena a = {0};
	unsigned char *piece[PIECES];
	size_t size[PIECES];
	uint64_t seed = 1;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < PIECES; i++) {
			size[i] = roll(&seed) % (i % 100 ? 300 : 3000000);
			piece[i] = arena_alloc(&a, 1, size[i]);
			assert_int_equal((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < size[i]; k += 64)
				assert_int_equal(piece[i][k], 0);
			memset(piece[i], i & 0xff, size[i]);
		}
		for (int i = 0; i < PIECES; i++)
			for (size_t k = 0; k < size[i]; k++)
				if (piece[i][k] != (i & 0xff))
					fail_msg("piece %d was written over at %zu", i, k);
		arena_reset(&a);
	}
	arena_release(&a);
	assert_int_equal(a.held, 0);
}

static void arena_grow_keeps_what_was_there(void **state)
{
	(void)state;
	Arena a = {0};
	int *list = NULL;
	size_t n = 0;
	for (size_t next = 1; next < 100000; next = next * 2 + 1) {
		list = arena_grow(&a, list, n, next, sizeof *list);
		for (size_t i = n; i < next; i++) {
			assert_int_equal(list[i], 0);
			list[i] = (int)i;
		}
		n = next;
		if (next % 7 == 0)
			arena_bytes(&a, 3); /* now it is not the newest piece */
		for (size_t i = 0; i < n; i++)
			assert_int_equal(list[i], (int)i);
	}
	arena_release(&a);
}

static void str_finds_and_cuts(void **state)
{
	(void)state;
	assert_int_equal(str_find(S("abcabd"), S("abd")), 3);
	assert_int_equal(str_find(S("abc"), S("abcd")), SIZE_MAX);
	assert_int_equal(str_find(S("abc"), S("")), 0);
	assert_int_equal(str_rfind_char(S("a/b/c"), '/'), 3);
	assert_int_equal(str_find_char((Str){0}, 'x'), SIZE_MAX);
	assert_str(str_trim(S(" \t a b\r\n")), S("a b"));
	assert_str(str_trim(S(" \n ")), S(""));
	assert_str(str_from(S("abc"), 9), S(""));
	Str rest = S("a,,b");
	assert_str(str_cut(&rest, ','), S("a"));
	assert_str(str_cut(&rest, ','), S(""));
	assert_str(str_cut(&rest, ','), S("b"));
	assert_null(rest.p);
	assert_true(str_cmp(S("a"), S("ab")) < 0 && str_cmp(S("b"), S("ab")) > 0 && str_cmp(S("\xc3"), S("a")) > 0);
}

static void str_lines_end_in_three_ways(void **state)
{
	(void)state;
	static const char *const want[] = {"one", "two", "", "three", "four"};
	Str rest = S("one\ntwo\r\n\rthree\rfour"), line;
	size_t n = 0;
	for (; str_line(&rest, &line); n++)
		assert_str(line, str_of(want[n]));
	assert_int_equal(n, 5);
	rest = S("last\n");
	assert_true(str_line(&rest, &line));
	assert_false(str_line(&rest, &line));
}

static void str_int_takes_whole_numbers_alone(void **state)
{
	(void)state;
	int64_t v = 7;
	assert_true(str_int(S("-9223372036854775808"), &v) && v == INT64_MIN);
	assert_true(str_int(S("9223372036854775807"), &v) && v == INT64_MAX);
	assert_false(str_int(S("9223372036854775808"), &v));
	assert_false(str_int(S("1 "), &v));
	assert_false(str_int(S(""), &v));
	assert_false(str_int(S("-"), &v));
	assert_false(str_int(S("0x10"), &v));
}

/* Every code point there and back; every two- and three-byte string valid exactly where the encoder made it. */
static void utf8_is_strict(void **state)
{
	(void)state;
	static uint8_t good[1 << 24];
	char bytes[4];
	size_t len;
	for (uint32_t r = 0; r <= 0x110000; r++) {
		bool allowed = r < 0x110000 && !(r >= 0xd800 && r < 0xe000);
		size_t n = utf8_encode(r, bytes);
		uint32_t back = utf8_decode(str_n(bytes, n), 0, &len);
		assert_int_equal(len, n);
		assert_int_equal(back, allowed ? r : 0xfffd);
		if (allowed && n == 3)
			good[(uint8_t)bytes[0] << 16 | (uint8_t)bytes[1] << 8 | (uint8_t)bytes[2]] = 1;
		if (allowed && n == 2)
			good[(uint8_t)bytes[0] << 8 | (uint8_t)bytes[1]] = 1;
	}
	for (uint32_t x = 0; x < 1 << 24; x++) {
		char three[3] = {(char)(x >> 16), (char)(x >> 8), (char)x};
		if ((uint8_t)three[0] < 0xe0 || (uint8_t)three[0] > 0xef)
			continue;
		if ((utf8_invalid(str_n(three, 3)) == SIZE_MAX) != good[x])
			fail_msg("%06x", x);
	}
	for (uint32_t x = 0x8000; x < 1 << 16; x++) {
		char two[2] = {(char)(x >> 8), (char)x};
		if ((utf8_invalid(str_n(two, 2)) == SIZE_MAX) != good[x])
			fail_msg("%04x", x);
	}
	assert_int_equal(utf8_invalid(S("ab\xc3")), 2);
	assert_int_equal(utf8_invalid(S("\xf5\x80\x80\x80")), 0);
	assert_int_equal(utf8_invalid(S("\xf4\x90\x80\x80")), 0);
	assert_int_equal(utf8_invalid(S("\xf4\x8f\xbf\xbf")), SIZE_MAX);
}

static void utf8_mends_and_shows(void **state)
{
	(void)state;
	Arena a = {0};
	assert_str(utf8_repair(&a, S("a\xff\xc3z")), S("a\uFFFD\uFFFDz"));
	Str sound = S("서울");
	assert_ptr_equal(utf8_repair(&a, sound).p, sound.p);
	assert_int_equal(utf8_count(S("서울 x\xff")), 5);
	Buf b = {0};
	buf_put_visible(&b, S("a\x1b[31m\u202E\xff\u00e9"));
	assert_null(memchr(b.p, 0x1b, b.n));
	assert_int_equal(str_find(buf_str(&b), S("\u202E")), SIZE_MAX);
	assert_int_equal(utf8_invalid(buf_str(&b)), SIZE_MAX);
	assert_true(str_ends(buf_str(&b), S("\u00e9")));
	buf_release(&b);
	arena_release(&a);
}

/* A table and its dull twin, an array, after thousands of random puts and removals. */
static void table_agrees_with_an_array(void **state)
{
	(void)state;
	enum { KEYS = 500 };
	static char names[KEYS][8];
	int value[KEYS];
	void *twin[KEYS] = {0};
	size_t held = 0;
	Table t = {0};
	uint64_t seed = 3;
	for (int i = 0; i < KEYS; i++)
		snprintf(names[i], sizeof names[i], "k%d", i * 37);
	for (int step = 0; step < 60000; step++) {
		size_t k = roll(&seed) % KEYS;
		if (roll(&seed) % 5 < 2) {
			table_remove(&t, str_of(names[k]));
			held -= twin[k] != NULL;
			twin[k] = NULL;
		} else {
			void *v = &value[roll(&seed) % KEYS];
			assert_ptr_equal(table_put(&t, str_of(names[k]), v), twin[k]);
			held += twin[k] == NULL;
			twin[k] = v;
		}
		assert_int_equal(t.n, held);
		size_t look = roll(&seed) % KEYS;
		assert_ptr_equal(table_get(&t, str_of(names[look])), twin[look]);
	}
	for (int i = 0; i < KEYS; i++)
		assert_ptr_equal(table_get(&t, str_of(names[i])), twin[i]);
	table_release(&t);
	assert_null(table_get(&t, S("k0")));
}

static void nearest_names_what_was_meant(void **state)
{
	(void)state;
	static const struct { const char *typed, *meant; } rows[] = {
		{"auhtor", "author"}, {"titel", "title"}, {"autor", "author"}, {"dat", "date"}, {"relatde", "related"},
		{"x", ""}, {"colour", ""}, {"", ""}, {"author", "author"},
	};
	const Str names[] = {S("author"), S("title"), S("date"), S("related")};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_str(nearest_name(str_of(rows[i].typed), names, 4), str_of(rows[i].meant));
}

static void json_is_safe_inside_a_script(void **state)
{
	(void)state;
	Buf b = {0};
	buf_put_json(&b, S("a\"\\\b\n\x01</script>&\u2028\xff서"));
	assert_str(buf_str(&b), S("\"a\\\"\\\\\\u0008\\n\\u0001\\u003c/script\\u003e\\u0026\\u2028\uFFFD서\""));
	buf_release(&b);
}

static void diags_are_sorted_once_and_point(void **state)
{
	(void)state;
	Diags d = {0};
	Buf out = {0};
	Str text = S("---\ntitle: x\ndate: 2026-02-31\n");
	diag_add(&d, diag_at(DIAG_ERROR, "field-value", S("b.md"), text, 19, 10, S("no such day"), S("February 2026 has 28 days")));
	diag_add(&d, (Diag){.level = DIAG_NOTICE, .file = S("a.md"), .line = 10, .message = S("further down")});
	diag_add(&d, (Diag){.level = DIAG_WARNING, .file = S("a.md"), .line = 3, .message = S("odd\x1b[0m")});
	diag_add(&d, diag_at(DIAG_ERROR, "field-value", S("b.md"), text, 19, 10, S("no such day"), S("February 2026 has 28 days")));
	diag_add(&d, (Diag){.level = DIAG_NOTICE, .message = S("said")});
	diags_sort(&d);
	assert_int_equal(d.n, 4);
	diags_print(&d, &out, false, DIAG_NOTICE);
	assert_str(buf_str(&out), S("a.md:3: warning: odd\\x1b[0m\n"
		"a.md:10: notice: further down\n"
		"b.md:3:7: error: no such day [field-value]\n"
		"    date: 2026-02-31\n"
		"          ^^^^^^^^^^\n"
		"  = February 2026 has 28 days\n"
		"gen: notice: said\n"));
	assert_int_equal(diags_status(&d, false), 1);
	diags_clear(&d);
	diag_add(&d, (Diag){.level = DIAG_WARNING, .message = S("w")});
	assert_int_equal(diags_status(&d, false), 0);
	assert_int_equal(diags_status(&d, true), 1);
	diag_add(&d, (Diag){.level = DIAG_WORLD, .message = S("disk")});
	diag_add(&d, (Diag){.level = DIAG_USAGE, .message = S("option")});
	assert_int_equal(diags_status(&d, false), 3);
	buf_release(&out);
	diags_release(&d);
}

enum { JOBS = 5000 };
static void count_job(void *context, size_t i, int worker)
{
	atomic_uchar *done = context;
	atomic_fetch_add(&done[i], 1);
	assert_in_range(worker, 0, 7);
}

static void pool_does_each_thing_once(void **state)
{
	(void)state;
	static atomic_uchar done[JOBS];
	for (int threads = 1; threads <= 8; threads += threads) {
		Pool *p = pool_new(threads);
		assert_int_equal(pool_threads(p), threads);
		for (size_t n = 0; n <= JOBS; n = n * 3 + 1) {
			for (size_t i = 0; i < JOBS; i++)
				atomic_store(&done[i], 0);
			pool_run(p, n, count_job, done);
			for (size_t i = 0; i < JOBS; i++)
				assert_int_equal(atomic_load(&done[i]), i < n);
		}
		pool_free(p);
	}
}

static void maps_keep_order_and_the_last_value(void **state)
{
	(void)state;
	for (int n = 1; n < 200; n = n * 2 + 1) {
		Arena a = {0};
		MapMaker m = {.arena = &a};
		for (int i = 0; i < n; i++)
			map_put(&m, str_printf(&a, "key %d", i), value_int(i));
		map_put(&m, S("key 0"), value_int(-1));
		Value v = map_seal(&m), got;
		assert_int_equal(v.map->n, n);
		for (int i = 0; i < n; i++) {
			assert_true(map_get(v.map, str_printf(&a, "key %d", i), &got));
			assert_int_equal(got.i, i ? i : -1);
		}
		assert_false(map_get(v.map, S("key"), &got));
		assert_str(v.map->pairs[0].key, S("key 0"));
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_pieces_are_zero_aligned_and_apart),
		cmocka_unit_test(arena_grow_keeps_what_was_there),
		cmocka_unit_test(str_finds_and_cuts),
		cmocka_unit_test(str_lines_end_in_three_ways),
		cmocka_unit_test(str_int_takes_whole_numbers_alone),
		cmocka_unit_test(utf8_is_strict),
		cmocka_unit_test(utf8_mends_and_shows),
		cmocka_unit_test(table_agrees_with_an_array),
		cmocka_unit_test(nearest_names_what_was_meant),
		cmocka_unit_test(json_is_safe_inside_a_script),
		cmocka_unit_test(diags_are_sorted_once_and_point),
		cmocka_unit_test(pool_does_each_thing_once),
		cmocka_unit_test(maps_keep_order_and_the_last_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
