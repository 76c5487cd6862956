/* One archive as a folder and as a commit: whoever reads cannot tell which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../folder.h"

#include "base/pool.h"
#include "source/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Text {
	Str path, bytes;
} Text;

static const Text texts[] = {
	{STR_INIT("site.yaml"), STR_INIT("title: T\n")},
	{STR_INIT("content/b.md"), STR_INIT("b")},
	{STR_INIT("content/a/x.md"), STR_INIT("x")},
	{STR_INIT("content/a-b.md"), STR_INIT("")},
	{STR_INIT("content/.hidden.md"), STR_INIT("h")},
	{STR_INIT("content/_root/.well-known/y"), STR_INIT("y")},
	{STR_INIT("layouts/own.liquid"), STR_INIT("own")},
	{STR_INIT("layouts/brief.liquid"), STR_INIT("mine")},
};
enum { TEXTS = sizeof texts / sizeof *texts };

static Source *sources[2];

static int set_up(void **state)
{
	Diags d = {0};
	int root;
	if (folder_make(state) || disk_open_folder(folder, &root))
		return -1;
	for (int i = 0; i < TEXTS; i++) {
		if (disk_make_folders(root, str_upto(texts[i].path, str_rfind_char(texts[i].path, '/') == SIZE_MAX ? 0 : str_rfind_char(texts[i].path, '/'))) ||
			disk_replace(root, texts[i].path, texts[i].bytes))
			return -1;
	}
	close(root);
	sh("ln -s /etc/passwd content/link.md && git init -q -b main && git add -A && git commit -qm one");
	sources[0] = source_open_folder(folder, &d);
	sources[1] = source_open_commit(folder, S("main"), (Str){0}, &d);
	diags_release(&d);
	return !sources[0] || !sources[1];
}

static int clean_up(void **state)
{
	for (int i = 0; i < 2; i++)
		source_free(sources[i]);
	return folder_remove(state);
}

static void lists_are_the_same(void **state)
{
	(void)state;
	static const char *const visible[] = {"content/_root/.well-known/y", "content/a-b.md", "content/a/x.md", "content/b.md"};
	for (int k = 0; k < 2; k++) {
		Arena a = {0};
		Diags d = {0};
		SourceFile *list;
		size_t n;
		source_list(sources[k], S("content"), 0, &a, &list, &n, &d);
		assert_int_equal(n, 3);
		for (size_t i = 0; i < n; i++)
			assert_true(str_eq(list[i].path, str_of(visible[i + 1])));
		assert_int_equal(d.count[DIAG_WARNING], 1); /* the link, once */
		assert_true(str_eq(d.list[0].file, S("content/link.md")));
		diags_clear(&d);
		source_list(sources[k], S("content/_root"), DISK_WITH_DOTS, &a, &list, &n, &d);
		assert_int_equal(n, 1);
		assert_true(str_eq(list[0].path, str_of(visible[0])));
		source_list(sources[k], S("content/nothing"), 0, &a, &list, &n, &d);
		assert_int_equal(n, 0);
		source_list(sources[k], S("cont"), 0, &a, &list, &n, &d); /* a folder's name is not a prefix */
		assert_int_equal(n, 0);
		assert_int_equal(d.n, 0);
		diags_release(&d);
		arena_release(&a);
	}
}

static void reads_are_the_same(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		Arena a = {0};
		Str text;
		Buf b = {0};
		for (int i = 0; i < TEXTS; i++) {
			assert_int_equal(source_read(sources[k], texts[i].path, 0, &a, &text), 0);
			assert_true(str_eq(text, texts[i].bytes));
			assert_int_equal(text.p[text.n], 0);
			assert_true(source_has(sources[k], texts[i].path));
		}
		assert_int_equal(source_read(sources[k], S("content/none.md"), 0, &a, &text), ENOENT);
		assert_int_equal(source_read(sources[k], S("site.yaml"), 8, &a, &text), EFBIG);
		assert_int_equal(source_read_buf(sources[k], S("site.yaml"), 9, &b), 0);
		assert_true(str_eq(buf_str(&b), S("title: T\n")));
		assert_int_equal(source_read(sources[k], S("content/link.md"), 0, &a, &text), ELOOP);
		assert_false(source_has(sources[k], S("content/link.md")));
		assert_false(source_has(sources[k], S("content/a")));
		buf_release(&b);
		arena_release(&a);
	}
}

static void layouts_fall_back_one_by_one(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		Arena a = {0};
		Diags d = {0};
		Str text, *names;
		size_t n, found = 0;
		bool own;
		assert_int_equal(source_layout(sources[k], S("own.liquid"), &a, &text, &own), 0);
		assert_true(own && str_eq(text, S("own")));
		assert_int_equal(source_layout(sources[k], S("brief.liquid"), &a, &text, &own), 0);
		assert_true(own && str_eq(text, S("mine")));
		assert_int_equal(source_layout(sources[k], S("home.liquid"), &a, &text, &own), 0);
		assert_true(!own && text.n > 10);
		assert_int_equal(source_layout(sources[k], S("none.liquid"), &a, &text, &own), ENOENT);
		assert_int_equal(source_layout(sources[k], S("../site.yaml"), &a, &text, &own) == 0, false);
		source_layout_list(sources[k], &a, &names, &n, &d);
		for (size_t i = 0; i < n; i++) {
			assert_true(!i || str_cmp(names[i - 1], names[i]) < 0);
			found += str_eq(names[i], S("own.liquid")) || str_eq(names[i], S("brief.liquid")) || str_eq(names[i], S("home.liquid"));
		}
		assert_int_equal(found, 3);
		diags_release(&d);
		arena_release(&a);
	}
}

static void read_again(void *context, size_t i, int worker)
{
	(void)worker;
	Arena a = {0};
	Str text;
	const Text *t = &texts[i % TEXTS];
	if (source_read(context, t->path, 0, &a, &text) || !str_eq(text, t->bytes))
		BUG("a thread read something else");
	arena_release(&a);
}

static void many_threads_read(void **state)
{
	(void)state;
	Pool *p = pool_new(4);
	for (int k = 0; k < 2; k++)
		pool_run(p, 2000, read_again, sources[k]);
	pool_free(p);
}

static void what_is_not_there_is_said(void **state)
{
	(void)state;
	Diags d = {0};
	assert_null(source_open_folder("/nonexistent/archive", &d));
	assert_int_equal(d.count[DIAG_WORLD], 1);
	assert_null(source_open_commit(folder, S("no-such-branch"), (Str){0}, &d));
	assert_int_equal(diags_status(&d, false), 3);
	assert_int_equal(d.n, 2);
	diags_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_the_same),
		cmocka_unit_test(reads_are_the_same),
		cmocka_unit_test(layouts_fall_back_one_by_one),
		cmocka_unit_test(many_threads_read),
		cmocka_unit_test(what_is_not_there_is_said),
	};
	return cmocka_run_group_tests(tests, set_up, clean_up);
}
