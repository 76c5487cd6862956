/* The writer's parts that have no disk in them, and many threads on one writer. What kills, fills and denies is in
 * tests/guarantees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/pool.h"
#include "write/manifest.h"
#include "write/write.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void paths_are_judged(void **state)
{
	(void)state;
	static const struct { const char *path; bool allowed, portable; } cases[] = {
		{"index.html", true, true}, {"a/b/c.html", true, true}, {".well-known/security.txt", true, true}, {".htaccess", true, true},
		{"\xED\x95\x9C\xEA\xB8\x80/index.html", true, true}, {"a b/c d.html", true, true}, {"-x", true, true}, {"a..b", true, true}, {"...", true, false},
		{"%2e%2e/x", true, true}, {"...a/b", true, true}, {"console", true, true}, {"com10", true, true}, {"com", true, true},
		{"", false, true}, {"/", false, true}, {"/etc/passwd", false, true}, {"//host/x", false, true}, {"..", false, true}, {".", false, true},
		{"../x", false, true}, {"a/../x", false, true}, {"a/../../x", false, true}, {"a/..", false, true}, {"./a", false, true}, {"a/./b", false, true},
		{"a//b", false, true}, {"a/", false, true}, {"a\nb", false, true}, {"a\tb", false, true}, {"a\x7F", false, true}, {"\x1B[31m", false, true},
		{".git/config", false, true}, {"a/.GIT/hooks/x", false, true}, {".gen-staging/x", false, true}, {".git", false, true},
		{"..\\x", true, false}, {"C:\\x", true, false}, {"C:/x", true, false}, {"a:b", true, false}, {"a?b", true, false}, {"a*b", true, false},
		{"a<b", true, false}, {"a|b", true, false}, {"a\"b", true, false}, {"CON", true, false}, {"aux.md", true, false}, {"x/nul", true, false},
		{"Com1.txt", true, false}, {"lpt9", true, false}, {"prn.a.b", true, false}, {"a.", true, false}, {"a /b", true, false}, {"x/b.", true, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool portable;
		const char *fault = write_path_fault(str_of(cases[i].path), &portable);
		if (!fault != cases[i].allowed || (!fault && portable != cases[i].portable))
			fail_msg("%s: %s, %s", cases[i].path, fault ? fault : "allowed", portable ? "portable" : "not portable");
	}
	bool portable;
	char name[300];
	memset(name, 'n', sizeof name);
	assert_null(write_path_fault(str_n(name, 255), &portable));
	assert_non_null(write_path_fault(str_n(name, 256), &portable));
	assert_non_null(write_path_fault(S("a\0b"), &portable));
	assert_non_null(write_path_fault((Str){0}, &portable));
	Buf b = {0};
	for (int i = 0; i < 2000; i++)
		buf_lit(&b, "a/");
	buf_putc(&b, 'a');
	assert_non_null(write_path_fault(buf_str(&b), &portable));
	buf_release(&b);
}

static Manifest some_manifest(Arena *a)
{
	Manifest m = {.files = NEW_N(a, ManifestFile, 3), .n = 3, .exchange = true, .root = 77};
	m.files[0] = (ManifestFile){S("a b.html"), hash_of(S("1")), {1, -5, 9}};
	m.files[1] = (ManifestFile){S("a/index.html"), hash_of(S("22")), {2, INT64_MAX, (uint64_t)INT64_MAX}};
	m.files[2] = (ManifestFile){S("b"), hash_of(S("")), {0, 0, 0}};
	return m;
}

static void a_manifest_comes_back(void **state)
{
	(void)state;
	Arena a = {0};
	Buf b = {0}, again = {0};
	Manifest m = some_manifest(&a), back;
	manifest_print(&m, &b);
	assert_true(manifest_parse(buf_str(&b), &a, &back));
	assert_int_equal(back.n, 3);
	assert_true(back.exchange && back.root == 77);
	manifest_print(&back, &again);
	assert_true(str_eq(buf_str(&b), buf_str(&again)));
	assert_ptr_equal(manifest_find(&back, S("a/index.html")), &back.files[1]);
	assert_null(manifest_find(&back, S("a")));
	assert_true(manifest_has_below(&back, S("a")));
	assert_false(manifest_has_below(&back, S("b")));
	assert_false(manifest_has_below(&back, S("a b.html")));
	m.n = 0;
	buf_clear(&b);
	manifest_print(&m, &b);
	assert_true(manifest_parse(buf_str(&b), &a, &back));
	assert_int_equal(back.n, 0);
	buf_release(&b);
	buf_release(&again);
	arena_release(&a);
}

static void a_damaged_manifest_does_not(void **state)
{
	(void)state;
	Arena a = {0};
	Buf b = {0};
	Manifest m = some_manifest(&a), back;
	manifest_print(&m, &b);
	for (size_t i = 0; i < b.n; i++) {
		assert_false(manifest_parse(str_upto(buf_str(&b), i), &a, &back));
		for (int bit = 0; bit < 8; bit++) {
			b.p[i] = (char)(b.p[i] ^ 1 << bit);
			if (manifest_parse(buf_str(&b), &a, &back) || back.n)
				fail_msg("believed with bit %d of byte %zu changed", bit, i);
			b.p[i] = (char)(b.p[i] ^ 1 << bit);
		}
	}
	/* Whole by its hash, but not what gen would write. */
	m.files[0].path = S("z");
	buf_clear(&b);
	manifest_print(&m, &b);
	assert_false(manifest_parse(buf_str(&b), &a, &back)); /* out of order */
	m.files[0].path = S("../a");
	buf_clear(&b);
	manifest_print(&m, &b);
	assert_false(manifest_parse(buf_str(&b), &a, &back));
	buf_release(&b);
	arena_release(&a);
}

/* ---- with a disk */

static char folder[] = "/tmp/gen-write-XXXXXX";
enum { FILES = 600 };

typedef struct Job {
	Writer *w;
	int salt; /* changes every fifth file */
} Job;

static void put_one(void *context, size_t i, int worker)
{
	(void)worker;
	Job *j = context;
	char path[64], text[64];
	int n = snprintf(path, sizeof path, "p%zu/q%zu/index-%zu.html", i % 7, i % 50, i);
	int m = snprintf(text, sizeof text, "page %zu %d", i, i % 5 ? 0 : j->salt);
	write_put(j->w, str_n(path, (size_t)n), str_n(text, (size_t)m));
}

static WriteResult write_all(Pool *p, int salt, WriteSwap swap)
{
	Diags d = {0};
	Arena a = {0};
	WriteResult r;
	Job j = {write_open(str_printf(&a, "%s/out", folder).p, &(WriteOptions){.swap = swap}, &d), salt};
	assert_non_null(j.w);
	pool_run(p, FILES, put_one, &j);
	assert_true(write_commit(j.w, &r, &d));
	assert_int_equal(d.n, 0);
	diags_release(&d);
	arena_release(&a);
	return r;
}

static void many_threads_write(void **state)
{
	(void)state;
	Pool *p = pool_new(4);
	WriteResult r = write_all(p, 1, WRITE_AUTO);
	assert_string_equal(r.way, "renamed");
	assert_int_equal(r.written, FILES);
	r = write_all(p, 1, WRITE_AUTO);
	assert_string_equal(r.way, "nothing to do");
	assert_int_equal(r.unchanged, FILES);
	r = write_all(p, 2, WRITE_AUTO);
	assert_string_equal(r.way, "journal");
	assert_int_equal(r.written, FILES / 5);
	r = write_all(p, 3, WRITE_EXCHANGE);
	assert_string_equal(r.way, "exchanged");
	assert_int_equal(r.written, FILES / 5);
	assert_int_equal(r.unchanged, FILES - FILES / 5);
	r = write_all(p, 3, WRITE_AUTO);
	assert_string_equal(r.way, "nothing to do");
	pool_free(p);
}

/* Opens the output below `folder`, with two files put, one of them copied from an open file. */
static Writer *two_files(Arena *a, const char *name, const char *copied, Diags *d)
{
	char from[] = "/tmp/gen-copy-XXXXXX";
	int file = mkstemp(from);
	assert_true(file >= 0 && !disk_write_fd(file, str_of(copied)));
	Writer *w = write_open(str_printf(a, "%s/%s", folder, name).p, &(WriteOptions){0}, d);
	assert_non_null(w);
	Sink sink = write_sink(w);
	sink_put(&sink, S("index.html"), S("home"));
	sink_copy(&sink, S("files/report.pdf"), file);
	close(file);
	unlink(from);
	return w;
}

static void attachments_are_copied(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	WriteResult r;
	Buf big = {0}, back = {0};
	for (int i = 0; i < 200000; i++)
		buf_printf(&big, "%d ", i);
	buf_putc(&big, 0);
	assert_true(write_commit(two_files(&a, "copies", big.p, &d), &r, &d));
	assert_int_equal(r.bytes, big.n - 1 + 4);
	assert_true(write_commit(two_files(&a, "copies", big.p, &d), &r, &d));
	assert_int_equal(r.unchanged, 2);
	big.p[100000] ^= 1;
	assert_true(write_commit(two_files(&a, "copies", big.p, &d), &r, &d));
	assert_int_equal(r.written, 1);
	int root;
	assert_int_equal(disk_open_folder(str_printf(&a, "%s/copies", folder).p, &root), 0);
	assert_int_equal(disk_read(root, S("files/report.pdf"), 1 << 24, &back, NULL), 0);
	assert_true(str_eq(buf_str(&back), str_n(big.p, big.n - 1)));
	close(root);
	buf_release(&big);
	buf_release(&back);
	diags_release(&d);
	arena_release(&a);
}

static void an_abort_leaves_nothing(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	struct stat s;
	write_abort(two_files(&a, "aborted", "x", &d), &d);
	assert_int_equal(stat(str_printf(&a, "%s/aborted", folder).p, &s), -1);
	assert_int_equal(stat(str_printf(&a, "%s/.aborted.gen/next", folder).p, &s), -1);
	assert_int_equal(d.n, 0);
	diags_release(&d);
	arena_release(&a);
}

/* Files become folders and folders files, both ways of bringing them in. */
static void files_and_folders_change_places(void **state)
{
	(void)state;
	static const char *const sets[2][3] = {{"a", "b/c/d", "same"}, {"a/x/y", "b", "same"}};
	for (int way = 0; way < 2; way++)
		for (int round = 0; round < 4; round++) {
			Arena a = {0};
			Diags d = {0};
			WriteResult r;
			Writer *w = write_open(str_printf(&a, "%s/places%d", folder, way).p, &(WriteOptions){.swap = way ? WRITE_EXCHANGE : WRITE_JOURNAL}, &d);
			for (int i = 0; i < 3; i++)
				write_put(w, str_of(sets[round % 2][i]), S("text"));
			assert_true(write_commit(w, &r, &d));
			assert_int_equal(r.written, round ? 2 : 3);
			assert_int_equal(r.removed, round ? 2 : 0);
			int root;
			DiskEntry *list;
			size_t n;
			assert_int_equal(disk_open_folder(str_printf(&a, "%s/places%d", folder, way).p, &root), 0);
			assert_int_equal(disk_list(root, (Str){0}, DISK_WITH_DOTS, &a, &list, &n), 0);
			assert_int_equal(n, 3);
			for (int i = 0; i < 3; i++)
				assert_string_equal(list[i].path.p, sets[round % 2][i]);
			close(root);
			diags_release(&d);
			arena_release(&a);
		}
}

static void outputs_may_not_stand_in_each_others_way(void **state)
{
	(void)state;
	static const char *const sets[3][2] = {{"a", "a/b"}, {"a/b", "a"}, {"bad\nname", "b"}};
	for (int i = 0; i < 3; i++) {
		Arena a = {0};
		Diags d = {0};
		WriteResult r;
		Writer *w = write_open(str_printf(&a, "%s/clash", folder).p, &(WriteOptions){0}, &d);
		write_put(w, str_of(sets[i][0]), S("1"));
		write_put(w, str_of(sets[i][1]), S("2"));
		assert_true(write_failed(w));
		assert_false(write_commit(w, &r, &d));
		assert_int_equal(diags_status(&d, false), 1);
		diags_release(&d);
		arena_release(&a);
	}
}

static int set_up(void **state) { (void)state; return !mkdtemp(folder); }
static int clean_up(void **state)
{
	(void)state;
	int tmp;
	return disk_open_folder("/tmp", &tmp) || disk_remove_tree(tmp, str_of(folder + 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_judged),
		cmocka_unit_test(a_manifest_comes_back),
		cmocka_unit_test(a_damaged_manifest_does_not),
		cmocka_unit_test(many_threads_write),
		cmocka_unit_test(attachments_are_copied),
		cmocka_unit_test(an_abort_leaves_nothing),
		cmocka_unit_test(files_and_folders_change_places),
		cmocka_unit_test(outputs_may_not_stand_in_each_others_way),
	};
	return cmocka_run_group_tests(tests, set_up, clean_up);
}
