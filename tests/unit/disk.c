/* Folders with everything in them that a file system allows, and threads that change them meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/gen-disk-XXXXXX";
static int root; /* folder/in; the canary lies beside it */

static void put(const char *path, const char *text)
{
	Arena a = {0};
	Str p = str_of(path);
	size_t slash = str_rfind_char(p, '/');
	if (slash != SIZE_MAX)
		assert_int_equal(disk_make_folders(root, str_upto(p, slash)), 0);
	assert_int_equal(disk_replace(root, p, str_of(text)), 0);
	arena_release(&a);
}

static void link_to(const char *target, const char *path)
{
	assert_int_equal(symlinkat(target, root, path), 0);
}

static int set_up(void **state)
{
	(void)state;
	struct rlimit few = {16, 16};
	if (!mkdtemp(folder) || setrlimit(RLIMIT_NOFILE, &few) || disk_open_folder(folder, &root) || mkdirat(root, "in", 0755) ||
		disk_replace(root, S("canary"), S("secret")))
		return -1;
	close(root);
	Arena a = {0};
	int error = disk_open_folder(str_printf(&a, "%s/in", folder).p, &root);
	arena_release(&a);
	return error;
}

static int clean_up(void **state)
{
	(void)state;
	close(root);
	int tmp;
	return disk_open_folder("/tmp", &tmp) || disk_remove_tree(tmp, str_of(folder + 5));
}

static int read_text(const char *path, Buf *b)
{
	buf_clear(b);
	return disk_read(root, str_of(path), 100, b, NULL);
}

static void nothing_leads_out(void **state)
{
	(void)state;
	static const char *const paths[] = {"../canary", "a/../../canary", "/etc/passwd", "//etc/passwd", "./../canary", "..", "a/..", "a//b", "a/./b", "a/", "/"};
	Buf b = {0};
	put("a/b", "text");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		int error = read_text(paths[i], &b);
		assert_int_equal(error, EINVAL);
		assert_int_equal(disk_replace(root, str_of(paths[i]), S("x")), EINVAL);
	}
	assert_int_equal(disk_read(root, S("a/b\0c"), 100, &b, NULL), EINVAL);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void links_are_not_followed(void **state)
{
	(void)state;
	Buf b = {0};
	put("real/file", "text");
	link_to("../canary", "out");
	link_to("real", "folder-link");
	link_to("itself", "itself");
	link_to("nowhere", "dangling");
	assert_int_equal(read_text("out", &b), ELOOP);
	assert_int_equal(read_text("folder-link/file", &b), ELOOP);
	assert_int_equal(read_text("itself", &b), ELOOP);
	assert_int_equal(read_text("dangling", &b), ELOOP);
	assert_int_equal(disk_make_folders(root, S("folder-link/new")), ELOOP);
	assert_int_equal(disk_make_folders(root, S("dangling/new")), ELOOP);
	assert_int_equal(disk_replace(root, S("folder-link/file"), S("through")), ELOOP);
	assert_int_equal(read_text("real/file", &b), 0);
	assert_true(str_eq(buf_str(&b), S("text")));
	assert_int_equal(disk_replace(root, S("out"), S("a file now")), 0); /* the link itself is replaced */
	assert_int_equal(read_text("out", &b), 0);
	assert_int_equal(read_text("../canary", &b), EINVAL);
	buf_release(&b);
}

static void only_files_are_read(void **state)
{
	(void)state;
	Buf b = {0};
	assert_int_equal(mkfifoat(root, "pipe", 0644), 0);
	assert_int_equal(read_text("pipe", &b), ENOTSUP); /* and is not waited for */
	assert_int_equal(read_text("real", &b), EISDIR);
	assert_int_equal(read_text("none", &b), ENOENT);
	assert_int_equal(read_text("real/file/below", &b), ENOTDIR);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path, sizeof at.sun_path, "%s/in/socket", folder);
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(s, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(read_text("socket", &b), ENOTSUP);
	close(s);
	buf_release(&b);
}

static void the_limit_holds(void **state)
{
	(void)state;
	Arena a = {0};
	Buf b = {0};
	Str text;
	for (int i = 0; i < 100; i++)
		buf_putc(&b, 'x');
	assert_int_equal(disk_replace(root, S("limit"), buf_str(&b)), 0);
	buf_clear(&b);
	assert_int_equal(disk_read(root, S("limit"), 100, &b, NULL), 0);
	assert_int_equal(b.n, 100);
	assert_int_equal(disk_read(root, S("limit"), 99, &b, NULL), EFBIG);
	assert_int_equal(disk_read_arena(root, S("limit"), 99, &a, &text, NULL), EFBIG);
	assert_int_equal(disk_read_arena(root, S("limit"), 100, &a, &text, NULL), 0);
	assert_int_equal(text.p[100], 0);
	assert_int_equal(b.n, 100);
	buf_release(&b);
	arena_release(&a);
}

static void a_list_is_sorted_by_bytes(void **state)
{
	(void)state;
	Arena a = {0};
	DiskEntry *list;
	size_t n;
	put("l/a.b", ""), put("l/ab", "12"), put("l/\xC3\xA9", ""), put("l/a-b", ""), put("l/c/d/e", ""), put("l/c.d", ""), put("l/c-d", ""), put("l/.hidden/x", ""), put("l/c/.y", "");
	link_to("/", "l/root");
	assert_int_equal(mkfifoat(root, "l/z", 0644), 0);
	assert_int_equal(disk_list(root, S("l"), DISK_WITH_STAT, &a, &list, &n), 0);
	static const struct { const char *path; DiskKind kind; } is[] = {{"l/a-b", DISK_FILE}, {"l/a.b", DISK_FILE}, {"l/ab", DISK_FILE}, {"l/c-d", DISK_FILE}, {"l/c.d", DISK_FILE}, {"l/c/d/e", DISK_FILE}, {"l/root", DISK_LINK}, {"l/z", DISK_OTHER}, {"l/\xC3\xA9", DISK_FILE}};
	assert_int_equal(n, sizeof is / sizeof *is);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(list[i].path.p, is[i].path);
		assert_int_equal(list[i].kind, is[i].kind);
	}
	assert_int_equal(list[2].stat.size, 2);
	assert_true(list[2].stat.mtime > 0 && list[2].stat.inode);
	assert_int_equal(disk_list(root, S("l"), DISK_WITH_DOTS | DISK_WITH_FOLDERS, &a, &list, &n), 0);
	assert_int_equal(n, sizeof is / sizeof *is + 2 + 3);
	assert_int_equal(disk_list(root, S("none"), 0, &a, &list, &n), ENOENT);
	assert_int_equal(n, 0);
	assert_int_equal(disk_list(root, S("l/root"), 0, &a, &list, &n), ELOOP);
	arena_release(&a);
}

static void depth_is_no_matter(void **state)
{
	(void)state;
	Arena a = {0};
	Buf b = {0};
	DiskEntry *list;
	size_t n;
	buf_lit(&b, "deep");
	for (int i = 0; i < 400; i++)
		buf_lit(&b, "/d");
	assert_int_equal(disk_make_folders(root, buf_str(&b)), 0);
	buf_lit(&b, "/file");
	assert_int_equal(disk_replace(root, buf_str(&b), S("x")), 0);
	assert_int_equal(disk_list(root, S("deep"), 0, &a, &list, &n), 0); /* with sixteen descriptors */
	assert_int_equal(n, 1);
	assert_true(str_eq(list[0].path, buf_str(&b)));
	assert_int_equal(disk_remove_tree(root, S("deep")), 0);
	assert_int_equal(disk_stat(root, S("deep"), NULL, NULL), ENOENT);
	buf_release(&b);
	arena_release(&a);
}

static void a_tree_is_removed_and_no_more(void **state)
{
	(void)state;
	Buf b = {0};
	put("keep/file", "kept"), put("tree/a/b", ""), put("tree/.hidden", "");
	link_to("../keep", "tree/link");
	link_to("../keep/file", "tree/a/link");
	assert_int_equal(disk_remove_tree(root, S("tree")), 0);
	assert_int_equal(disk_stat(root, S("tree"), NULL, NULL), ENOENT);
	assert_int_equal(read_text("keep/file", &b), 0);
	assert_true(str_eq(buf_str(&b), S("kept")));
	assert_int_equal(disk_remove_tree(root, S("tree")), 0);
	link_to("keep", "tree");
	assert_int_equal(disk_remove_tree(root, S("tree")), 0);
	assert_int_equal(read_text("keep/file", &b), 0);
	buf_release(&b);
}

static void one_holds_the_lock(void **state)
{
	(void)state;
	int first, second;
	int64_t holder;
	assert_int_equal(disk_lock(root, S("lock"), &first, &holder), 0);
	assert_int_equal(disk_lock(root, S("lock"), &second, &holder), EWOULDBLOCK);
	assert_int_equal(holder, getpid());
	close(first);
	assert_int_equal(disk_lock(root, S("lock"), &second, &holder), 0);
	close(second);
}

/* A thread that makes one name a file of x, a file of y, a link to the canary, and nothing, over and over. */
static atomic_bool stop;

static void *swapper(void *v)
{
	static char text[2][50000];
	(void)v;
	memset(text[0], 'x', sizeof text[0]);
	memset(text[1], 'y', sizeof text[1]);
	for (int i = 0; !atomic_load(&stop); i++) {
		disk_replace(root, S("swapped"), str_n(text[i % 2], sizeof text[0] - (size_t)(i % 3)));
		usleep(300); /* the file's turn */
		if (symlinkat("../canary", root, "swap-link") || renameat(root, "swap-link", root, "swapped") || unlinkat(root, "swapped", 0))
			BUG("the swapper cannot swap");
	}
	return NULL;
}

static void a_file_is_whole_or_not_there(void **state)
{
	(void)state;
	pthread_t t;
	Buf b = {0};
	size_t whole = 0;
	assert_int_equal(pthread_create(&t, NULL, swapper, NULL), 0);
	for (int i = 0; i < 3000 || (whole < 20 && i < 3000000); i++) {
		buf_clear(&b);
		int error = disk_read(root, S("swapped"), 1 << 20, &b, NULL);
		assert_true(!error || error == ENOENT || error == ELOOP || error == EAGAIN);
		if (error)
			continue;
		assert_in_range(b.n, 49998, 50000);
		assert_true(b.p[0] == 'x' || b.p[0] == 'y');
		assert_memory_equal(b.p, b.p + 1, b.n - 1);
		whole++;
	}
	atomic_store(&stop, true);
	pthread_join(t, NULL);
	assert_true(whole > 0);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_leads_out),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(only_files_are_read),
		cmocka_unit_test(the_limit_holds),
		cmocka_unit_test(a_list_is_sorted_by_bytes),
		cmocka_unit_test(depth_is_no_matter),
		cmocka_unit_test(a_tree_is_removed_and_no_more),
		cmocka_unit_test(one_holds_the_lock),
		cmocka_unit_test(a_file_is_whole_or_not_there),
	};
	return cmocka_run_group_tests(tests, set_up, clean_up);
}
