/* history's parts against dull twins, and the kept index against every kind of harm. Repositories are made by git
 * fast-import from streams written here. */
#include "base/disk.h"
#include "history/tracks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"

static void write_file(const char *name, Str bytes)
{
	int fd;
	assert_int_equal(disk_open_folder(folder, &fd), 0);
	assert_int_equal(disk_replace(fd, str_of(name), bytes), 0);
	close(fd);
}

/* ---- a stream of random work */

static uint64_t seed;
static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

static void put_path(Buf *b, uint32_t n)
{
	static const char *const folders[] = {"", "2024/", "2024/deep/", "2024/deep/er/", "2023/", "bundle/", "a-b/", "a/", "a.b/"};
	buf_printf(b, "%s/%sfile-with-a-long-name-%03u.%s", n % 7 ? "content/briefs" : n % 3 ? "content/files" : "other", folders[n % 9], n % 400, n % 11 ? "md" : "svg");
}

/* Small changes over wide folders, now and then a folder gone or replaced by a file. */
static void put_random_commit(Buf *b, uint32_t number)
{
	buf_printf(b, "commit refs/heads/main\ncommitter E <e@x> %u +0000\ndata 1\nx\n", 1000000 + number);
	for (uint32_t i = below(number ? 6 : 1500) + 1; i; i--) {
		bool gone = !below(3);
		buf_puts(b, gone ? S("D ") : S("M 100644 inline "));
		put_path(b, below(4000));
		buf_putc(b, '\n');
		if (!gone)
			buf_printf(b, "data <<END\n---\ntitle: T%u\n---\nbody %u\nEND\n", below(50), below(9));
	}
	if (!below(40))
		buf_lit(b, "D content/briefs/2024/deep\n");
	if (!below(40))
		buf_lit(b, "M 100644 inline content/briefs/2023\ndata 1\nx\n");
	if (!below(40))
		buf_lit(b, "D content/briefs/2023\n");
	if (!below(50))
		buf_lit(b, "D content\n");
}

static void make_repository(const char *name, uint64_t with_seed, uint32_t commits)
{
	Buf b = {0}, script = {0};
	seed = with_seed;
	for (uint32_t i = 0; i < commits; i++)
		put_random_commit(&b, i);
	write_file("stream", buf_str(&b));
	buf_printf(&script, "rm -rf %s && git init -q -b main %s && git -C %s fast-import --quiet <stream", name, name, name);
	buf_putc(&script, 0);
	sh(script.p);
	buf_release(&b);
	buf_release(&script);
}

typedef struct World {
	Arena arena;
	Diags diags;
	Settings settings;
	HistoryInput in;
} World;

static void world_open(World *w, const char *name, const char *site)
{
	*w = (World){0};
	assert_true(settings_parse(S("site.yaml"), str_of(site), &w->arena, &w->diags, &w->settings));
	RepoWhy why = repo_open(str_printf(&w->arena, "%s/%s", folder, name).p, &w->arena, &w->in.repo);
	assert_int_equal(why.fault, REPO_FINE);
	assert_int_equal(repo_resolve(w->in.repo, (Str){0}, &w->arena, &w->in.commit).fault, REPO_FINE);
	w->in.settings = &w->settings;
	w->in.now = 1767225600;
}

static void world_close(World *w)
{
	repo_free(w->in.repo);
	diags_release(&w->diags);
	arena_release(&w->arena);
}

/* ---- the walk, against listing every commit whole */

static void check_commit(World *w, const Line *line, Table *now, size_t commit)
{
	Arena a = {0};
	RepoFile *files;
	size_t n, wanted = 0;
	RepoFault fault = repo_files(w->in.repo, &line->commits[commit].id, S("content"), &a, &files, &n);
	assert_true(fault == REPO_FINE || fault == REPO_MISSING);
	for (size_t i = 0; fault == REPO_FINE && i < n; i++) {
		const Oid *there = table_get(now, files[i].path);
		if (!there || !oid_eq(there, &files[i].id))
			fail_msg("commit %zu: %.*s", commit, STR_ARG(files[i].path));
		wanted++;
	}
	assert_int_equal(now->n, wanted);
	arena_release(&a);
}

static void the_walk_agrees_with_listing(void **state)
{
	(void)state;
	for (uint64_t s = 1; s <= 3; s++) {
		World w;
		make_repository("walk", s, 250);
		world_open(&w, "walk", "");
		Line line = {.arena = &w.arena};
		line_read(&line, &w.in, &w.diags);
		assert_int_equal(line.commits_n, 250);
		Table now = {0};
		size_t e = 0;
		for (size_t c = 0; c < line.commits_n; c++) {
			for (; e < line.events_n && line.events[e].commit == c; e++)
				if (line.events[e].gone)
					table_remove(&now, line.paths[line.events[e].path].path);
				else
					table_put(&now, line.paths[line.events[e].path].path, &line.events[e].blob);
			check_commit(&w, &line, &now, c);
		}
		assert_int_equal(e, line.events_n);
		table_release(&now);
		line_release(&line);
		world_close(&w);
	}
}

/* ---- the kept index */

static void dump(World *w, Buf *out, size_t *read)
{
	diags_clear(&w->diags);
	History *h = history_run(&w->in, &w->diags);
	history_dump(h, out);
	diags_sort(&w->diags);
	diags_print(&w->diags, out, false, DIAG_NOTICE);
	*read = h->commits_read;
	history_free(h);
}

static void check_same(World *w, Str wanted, size_t least_read)
{
	Buf b = {0};
	size_t read;
	dump(w, &b, &read);
	assert_true(str_eq(buf_str(&b), wanted));
	assert_true(read >= least_read);
	buf_release(&b);
}

static void read_index(const World *w, Buf *out)
{
	int fd;
	assert_int_equal(disk_open_folder(w->in.index, &fd), 0);
	assert_int_equal(disk_read(fd, S("history"), 1 << 30, out, NULL), 0);
	close(fd);
}

static void write_index(const World *w, Str bytes)
{
	int fd;
	assert_int_equal(disk_open_folder(w->in.index, &fd), 0);
	assert_int_equal(disk_replace(fd, S("history"), bytes), 0);
	close(fd);
}

static const char *const subjects = "history:\n  subjects: true\n";

static void harm_to_the_index_changes_nothing(void **state)
{
	(void)state;
	World w;
	Buf plain = {0}, index = {0};
	size_t read;
	make_repository("kept", 7, 60);
	sh("mkdir -p keep");
	world_open(&w, "kept", subjects);
	dump(&w, &plain, &read);
	assert_int_equal(read, 60);
	w.in.index = str_printf(&w.arena, "%s/keep", folder).p;
	check_same(&w, buf_str(&plain), 60);
	Buf again = {0};
	dump(&w, &again, &read);
	assert_true(str_eq(buf_str(&again), buf_str(&plain)));
	assert_int_equal(read, 0);
	buf_release(&again);
	read_index(&w, &index);
	for (size_t i = 0; i < 24; i++) { /* one bit turned */
		size_t at = i < 8 ? i * 4 : below((uint32_t)index.n);
		index.p[at] ^= (char)(1 << below(8));
		write_index(&w, buf_str(&index));
		check_same(&w, buf_str(&plain), 60);
		buf_clear(&index);
		read_index(&w, &index);
	}
	for (size_t i = 0; i < 12; i++) { /* cut short */
		write_index(&w, str_upto(buf_str(&index), i < 4 ? i * 16 : below((uint32_t)index.n)));
		check_same(&w, buf_str(&plain), 60);
	}
	world_close(&w);
	buf_release(&plain);
	buf_release(&index);
}

/* A fingerprint made to fit harm that lies within: numbers are checked all the same. */
static void numbers_in_the_index_are_checked(void **state)
{
	(void)state;
	World w;
	Buf plain = {0}, index = {0};
	size_t read, refused = 0;
	make_repository("forged", 8, 30);
	sh("mkdir -p forge");
	world_open(&w, "forged", "");
	w.in.index = str_printf(&w.arena, "%s/forge", folder).p;
	dump(&w, &plain, &read);
	read_index(&w, &index);
	for (size_t i = 0; i < 300; i++) {
		Buf copy = {0};
		buf_puts(&copy, buf_str(&index));
		size_t at = 16 + below((uint32_t)index.n - 48) / 4 * 4;
		memset(copy.p + at, below(2) ? 0xFF : 0x7F, 4);
		Hash h = hash_of(str_upto(buf_str(&copy), copy.n - sizeof h));
		memcpy(copy.p + copy.n - sizeof h, &h, sizeof h);
		write_index(&w, buf_str(&copy));
		Line line = {.arena = &w.arena};
		Faces faces = {0};
		refused += !kept_read(&w.in, &line, &faces);
		line_release(&line);
		faces_release(&faces);
		buf_release(&copy);
	}
	assert_true(refused > 50);
	world_close(&w);
	buf_release(&plain);
	buf_release(&index);
}

static void an_index_grows_and_shrinks_with_the_line(void **state)
{
	(void)state;
	World w;
	Buf plain = {0}, b = {0};
	size_t read;
	make_repository("grow", 9, 80);
	sh("mkdir -p grown && git -C grow branch all && git -C grow update-ref refs/heads/main all~30");
	for (int i = 0; i < 4; i++) {
		static const char *const moves[] = {"true", "git -C grow update-ref refs/heads/main all", "git -C grow update-ref refs/heads/main all~50",
			"cd grow && git read-tree main && git update-index --add --cacheinfo 100644,$(echo new | git hash-object -w --stdin),content/briefs/new.md && "
			"git update-ref refs/heads/main $(git -c user.name=A -c user.email=a@x commit-tree -p main -m new $(git write-tree))"};
		static const size_t fresh[] = {50, 30, 0, 1};
		sh(moves[i]);
		world_open(&w, "grow", "");
		buf_clear(&plain);
		buf_clear(&b);
		dump(&w, &plain, &read);
		w.in.index = str_printf(&w.arena, "%s/grown", folder).p;
		dump(&w, &b, &read);
		assert_true(str_eq(buf_str(&b), buf_str(&plain)));
		assert_int_equal(read, fresh[i]);
		world_close(&w);
	}
	buf_release(&plain);
	buf_release(&b);
}

static void another_setting_makes_another_index(void **state)
{
	(void)state;
	World w;
	Buf b = {0};
	size_t read;
	make_repository("set", 10, 20);
	sh("mkdir -p sets");
	static const char *const sites[] = {"", "collections:\n  briefs:\n    path: content/files\n", ""};
	for (int i = 0; i < 3; i++) {
		world_open(&w, "set", sites[i]);
		w.in.index = str_printf(&w.arena, "%s/sets", folder).p;
		dump(&w, &b, &read);
		assert_int_equal(read, 20);
		world_close(&w);
	}
	buf_release(&b);
}

/* ---- threads */

static void threads_change_nothing(void **state)
{
	(void)state;
	World w;
	Buf one = {0};
	size_t read;
	make_repository("threads", 11, 120);
	world_open(&w, "threads", "");
	dump(&w, &one, &read);
	for (int n = 2; n <= 5; n++) {
		w.in.pool = pool_new(n);
		check_same(&w, buf_str(&one), 120);
		pool_free(w.in.pool);
	}
	world_close(&w);
	buf_release(&one);
}

/* ---- likeness */

static void put_blob(Buf *b, uint32_t mark, const char *lines, uint32_t from, uint32_t to)
{
	Buf text = {0};
	for (uint32_t i = from; i < to; i++)
		buf_printf(&text, "%s line number %u, long enough to count\n", lines, i);
	buf_printf(b, "blob\nmark :%u\ndata %zu\n", mark, text.n);
	buf_puts(b, buf_str(&text));
	buf_release(&text);
}

static void likeness_is_half_of_the_larger(void **state)
{
	(void)state;
	Buf b = {0};
	put_blob(&b, 1, "a", 100, 200);
	put_blob(&b, 2, "a", 150, 250); /* half in common */
	put_blob(&b, 3, "a", 151, 251); /* less */
	put_blob(&b, 4, "a", 100, 149);   /* half of the larger is missing */
	put_blob(&b, 5, "b", 0, 100);
	buf_lit(&b, "commit refs/heads/main\ncommitter E <e@x> 0 +0000\ndata 1\nx\nM 100644 :1 x\n");
	write_file("stream", buf_str(&b));
	sh("git init -q -b main like && git -C like fast-import --quiet --export-marks=$PWD/marks <stream");
	buf_release(&b);
	int fd;
	assert_int_equal(disk_open_folder(folder, &fd), 0);
	assert_int_equal(disk_read(fd, S("marks"), 10000, &b, NULL), 0);
	close(fd);
	Oid id[6];
	Str rest = buf_str(&b), line;
	while (str_line(&rest, &line))
		if (line.p[1] >= '1' && line.p[1] <= '5')
			assert_true(oid_parse(str_from(line, 3), &id[line.p[1] - '0']));
	World w;
	world_open(&w, "like", "");
	assert_true(blobs_similar(w.in.repo, &id[1], &id[1]));
	assert_true(blobs_similar(w.in.repo, &id[1], &id[2]));
	assert_true(blobs_similar(w.in.repo, &id[2], &id[1]));
	assert_false(blobs_similar(w.in.repo, &id[1], &id[3]));
	assert_false(blobs_similar(w.in.repo, &id[1], &id[4]));
	assert_false(blobs_similar(w.in.repo, &id[1], &id[5]));
	PairSide gone[2] = {{S("a"), id[1], {0}, NO_NUMBER}, {S("b"), id[5], {0}, NO_NUMBER}};
	PairSide come[2] = {{S("x"), id[5], {0}, NO_NUMBER}, {S("y"), id[2], {0}, NO_NUMBER}};
	pairs_find(w.in.repo, gone, 2, come, 2);
	assert_int_equal(gone[0].other, 1);
	assert_int_equal(gone[1].other, 0);
	world_close(&w);
	buf_release(&b);
}

/* ---- notes */

static LineNote note_of(const char *message, Arena *a, bool *any)
{
	LineNote n;
	*any = note_read(str_of(message), a, &n);
	return n;
}

static void notes_are_read_at_line_starts(void **state)
{
	(void)state;
	Arena a = {0};
	bool any;
	LineNote n = note_of("Subject\n\nChange-Type: new edition\nChange-Note: a\n b\n\tc\nd\n", &a, &any);
	assert_true(any && n.type == CHANGE_NEW_EDITION && str_eq(n.note, S("a b c")) && !n.near.n);
	note_of("Subject: change types\n\nThis changes: a lot\nChange-Id: I8473b\nChangelog: none\nReviewed-by: x\n", &a, &any);
	assert_false(any);
	n = note_of("* Change-Type: correction\n", &a, &any);
	assert_true(any && n.type == CHANGE_UNMARKED && n.near.n);
	n = note_of("Change-Type: minor\nChange-Type: retraction\nChange-Type: correction", &a, &any);
	assert_int_equal(n.type, CHANGE_RETRACTION);
	n = note_of("Change-Note: \x01\x1b[2J two\x7f  spaces \xff", &a, &any);
	assert_true(str_eq(n.note, S("[2J two spaces \xEF\xBF\xBD")));
	arena_release(&a);
}

/* ---- ledgers */

static void ledgers_are_checked(void **state)
{
	(void)state;
	Arena a = {0};
	Diags d = {0};
	size_t n;
	LedgerRow *rows = ledger_read(S("l"), S("brief\tversion\tblob\tdate\n/b/\t2\t0123456789012345678901234567890123456789\t2024-01-01\n"
		"/b/\t1\t0123456789012345678901234567890123456788\t\n# note\n\n/a/\t1\t0123456789012345678901234567890123456787\t2024-01-01T00:00:00Z\r\n"), DIAG_ERROR, &a, &n, &d);
	assert_int_equal(n, 3);
	assert_int_equal(d.n, 0);
	assert_true(str_eq(rows[0].brief, S("/a/")) && rows[1].number == 1 && rows[2].number == 2 && rows[2].line == 2);
	ledger_read(S("l"), S("/a/\t1\tzz\t\n/a\t1\n/c/\t2\t0123456789012345678901234567890123456789\t\nnonsense\n/d/\t0\t0123456789012345678901234567890123456789\t\n"), DIAG_ERROR, &a, &n, &d);
	assert_int_equal(d.count[DIAG_ERROR], 5);
	diags_release(&d);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_walk_agrees_with_listing),
		cmocka_unit_test(harm_to_the_index_changes_nothing),
		cmocka_unit_test(numbers_in_the_index_are_checked),
		cmocka_unit_test(an_index_grows_and_shrinks_with_the_line),
		cmocka_unit_test(another_setting_makes_another_index),
		cmocka_unit_test(threads_change_nothing),
		cmocka_unit_test(likeness_is_half_of_the_larger),
		cmocka_unit_test(notes_are_read_at_line_starts),
		cmocka_unit_test(ledgers_are_checked),
	};
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
