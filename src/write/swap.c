#include "write/swap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FEW = 24 }; /* so many files are synced one by one; beyond it, the whole file system is */

static bool fail(Swap *s, Str path, const char *what, int error)
{
	Str message = str_printf(s->arena, "%s: %s", what, disk_why(error));
	Str file = path.n ? str_printf(s->arena, "%s/%.*s", s->output->shown.p, STR_ARG(path)) : s->output->shown;
	diag_add(s->d, (Diag){.level = DIAG_WORLD, .file = file, .message = message});
	return false;
}

int swap_check(int folder, const ManifestFile *f, bool quick)
{
	DiskStat now;
	uint32_t mode;
	Hash hash;
	int error = quick ? disk_stat(folder, f->path, &now, &mode) : 0;
	if (error)
		return error == ENOTDIR ? ENOENT : error;
	if (quick && S_ISREG(mode) && disk_same(&now, &f->stat))
		return 0;
	error = output_hash(folder, f->path, &hash, &now);
	if (error)
		return error == ENOTDIR ? ENOENT : error;
	return hash_eq(hash, f->hash) ? 0 : EUCLEAN;
}

/* ---- the folder of one file after another: paths come sorted, so it seldom changes */

typedef struct Folder {
	int root, fd; /* fd: of the folder path; -1: none yet */
	Str path;
	size_t opened; /* how many */
	bool made;     /* one of them had to be made */
} Folder;

static Str folder_of(Str path)
{
	size_t slash = str_rfind_char(path, '/');
	return slash == SIZE_MAX ? (Str){path.p, 0} : str_upto(path, slash);
}

static const char *name_of(Str path)
{
	size_t slash = str_rfind_char(path, '/');
	return slash == SIZE_MAX ? path.p : path.p + slash + 1;
}

static void folder_leave(Folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static int folder_enter(Folder *f, Str path, bool make)
{
	Str folder = folder_of(path);
	if (f->fd >= 0 && str_eq(folder, f->path))
		return 0;
	folder_leave(f);
	int error = disk_open(f->root, folder, O_RDONLY | O_DIRECTORY, 0, &f->fd);
	if (error == ENOENT && make) {
		f->made = true;
		error = disk_make_folders(f->root, folder);
		if (!error)
			error = disk_open(f->root, folder, O_RDONLY | O_DIRECTORY, 0, &f->fd);
	}
	f->path = folder;
	f->opened++;
	return error;
}

/* ---- syncing */

static int sync_all(int fd) { return syncfs(fd) ? errno : 0; }
static int sync_one(int fd) { return fsync(fd) ? errno : 0; }

static int sync_file(int folder, const char *name)
{
	int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0)
		return errno;
	int error = sync_one(file);
	close(file);
	return error;
}

/* Every staged file and the folders that name it, or all of the disk. */
static int sync_stage(const Swap *s, int stage)
{
	if (s->staged_n > FEW)
		return sync_all(stage);
	int error = 0;
	for (size_t i = 0; i < s->next.n && !error; i++) {
		if (!s->staged[i])
			continue;
		Str path = s->next.files[i].path;
		error = sync_file(stage, path.p);
		for (Str up = folder_of(path); !error && up.n; up = folder_of(up)) {
			int fd;
			error = disk_open(stage, up, O_RDONLY | O_DIRECTORY, 0, &fd);
			if (!error) {
				error = sync_one(fd);
				close(fd);
			}
		}
	}
	return error ? error : sync_one(stage);
}

/* ---- removing */

static bool is_gone_by(const Swap *s, const ManifestFile *f) { return !manifest_find(&s->next, f->path); }

/* Must it go before the new files come: does one of them need a folder where it is, or is a file where its folder is? */
static bool is_in_the_way(const Swap *s, Str path)
{
	if (manifest_has_below(&s->next, path))
		return true;
	for (Str up = folder_of(path); up.n; up = folder_of(up))
		if (manifest_find(&s->next, up))
			return true;
	return false;
}

/* The folders above a list of sorted paths, each once; children after parents. */
static size_t folders_above(Arena *a, const Str *paths, size_t n, Str **out)
{
	size_t cap = 0, count = 0;
	Str last = {0}, *list = NULL;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < paths[i].n; k++) {
			if (paths[i].p[k] != '/' || (last.n > k && !memcmp(last.p, paths[i].p, k + 1)))
				continue;
			ARENA_ROOM(a, list, count, cap);
			list[count++] = str_dup(a, str_upto(paths[i], k));
		}
		last = paths[i];
	}
	*out = list;
	return count;
}

static int str_by_bytes(const void *x, const void *y) { return str_cmp(*(const Str *)x, *(const Str *)y); }

/* Removes the folders above these paths that are empty now. 0, or the first error that is none of theirs. */
static int remove_folders(Arena *a, int root, const Str *paths, size_t n)
{
	Folder at = {.root = root, .fd = -1};
	Str *folders;
	size_t count = folders_above(a, paths, n, &folders);
	if (count)
		qsort(folders, count, sizeof *folders, str_by_bytes);
	int first = 0;
	for (size_t i = count; i--;)
		if (!folder_enter(&at, folders[i], false) && unlinkat(at.fd, name_of(folders[i]), AT_REMOVEDIR) &&
			errno != ENOTEMPTY && errno != EEXIST && errno != ENOENT && errno != ENOTDIR && !first)
			first = errno;
	folder_leave(&at);
	return first;
}

/* Unlinks files of the old manifest below root: those that pick chooses (NULL: all). What is no longer what gen
 * wrote stays. The first error that matters, or 0. */
static int remove_files(Swap *s, int root, bool (*pick)(const Swap *, const ManifestFile *))
{
	Folder at = {.root = root, .fd = -1};
	Str *gone = NEW_N(s->arena, Str, s->old.n);
	size_t n = 0;
	int first = 0;
	for (size_t i = 0; i < s->old.n; i++) {
		const ManifestFile *f = &s->old.files[i];
		if (pick && !pick(s, f))
			continue;
		int error = swap_check(root, f, true);
		if (error && error != ENOENT)
			continue;
		gone[n++] = f->path; /* by now, or before an earlier run was cut short: its folder may still be there */
		if (error || folder_enter(&at, f->path, false))
			continue;
		if (unlinkat(at.fd, name_of(f->path), 0) && errno != ENOENT && !first)
			first = errno;
		s->removed_n++;
	}
	folder_leave(&at);
	int folders = remove_folders(s->arena, root, gone, n);
	return first ? first : folders;
}

static bool pick_in_the_way(const Swap *s, const ManifestFile *f) { return is_gone_by(s, f) && is_in_the_way(s, f->path); }

/* ---- the journal */

static bool is_staged(const Swap *s, size_t i)
{
	if (s->staged)
		return s->staged[i];
	const ManifestFile *now = &s->next.files[i], *old = manifest_find(&s->old, now->path);
	return !old || !hash_eq(old->hash, now->hash) || old->stat.inode != now->stat.inode;
}

static bool rename_in(Swap *s, int stage, Folder *to)
{
	for (size_t i = 0; i < s->next.n; i++) {
		Str path = s->next.files[i].path;
		if (!is_staged(s, i))
			continue;
		if (s->recovering && faccessat(stage, path.p, F_OK, AT_SYMLINK_NOFOLLOW) && (errno == ENOENT || errno == ENOTDIR))
			continue; /* it was brought in before the run was cut short */
		int error = folder_enter(to, path, true);
		if (!error && renameat(stage, path.p, to->fd, name_of(path)))
			error = errno;
		if (error)
			return fail(s, path, "the new file cannot be put in its place; make room for it, and the next command goes on", error);
	}
	return true;
}

static bool finish(Swap *s)
{
	if (renameat(s->output->state, "manifest.next", s->output->state, "manifest"))
		return fail(s, (Str){0}, "the manifest cannot be replaced", errno);
	int error = sync_one(s->output->state);
	return !error || fail(s, (Str){0}, "the manifest cannot be synced", error);
}

/* A few replaced files: their folders. More, or folders made or removed: all of the disk. */
static int sync_site(const Swap *s)
{
	Folder at = {.root = s->output->site, .fd = -1};
	int error = 0;
	if (s->recovering || s->made || s->removed_n || s->staged_n > FEW)
		return sync_all(s->output->site);
	for (size_t i = 0; i < s->next.n && !error; i++) {
		if (!is_staged(s, i))
			continue;
		error = folder_enter(&at, s->next.files[i].path, false);
		error = error ? error : sync_one(at.fd);
	}
	folder_leave(&at);
	return error;
}

static bool roll_forward(Swap *s, int stage)
{
	Folder to = {.root = s->output->site, .fd = -1};
	int error = remove_files(s, s->output->site, pick_in_the_way);
	bool ok = !error && (stage < 0 || rename_in(s, stage, &to));
	folder_leave(&to);
	if (!ok)
		return error ? fail(s, (Str){0}, "an old file cannot be removed", error) : false;
	error = remove_files(s, s->output->site, is_gone_by);
	if (!error)
		error = sync_site(s);
	return error ? fail(s, (Str){0}, "the site cannot be synced", error) : finish(s);
}

/* Before the point of no return: can every new file get to its place without a link, or somebody's file, in
 * between? make: with the folders that it needs, so that a full disk shows itself now. */
static bool way_is_free(Swap *s, bool make)
{
	Folder to = {.root = s->output->site, .fd = -1};
	bool ok = true;
	for (size_t i = 0; i < s->next.n && ok; i++) {
		Str path = s->next.files[i].path;
		if (!is_staged(s, i))
			continue;
		int error = folder_enter(&to, path, make);
		bool own = false; /* an old file of ours, soon gone, stands where a folder will be */
		for (Str up = folder_of(path); (error == ENOTDIR || error == EEXIST) && up.n; up = folder_of(up))
			own = own || manifest_find(&s->old, up);
		if (error && error != ENOENT && !own)
			ok = fail(s, folder_of(path), make ? "the folder cannot be made" : "nothing is written there", error);
	}
	s->made = s->made || to.made;
	folder_leave(&to);
	return ok;
}

/* The folders that were made for new files, when these will not come after all. */
static bool unmake_way(Swap *s)
{
	Str *paths = NEW_N(s->arena, Str, s->staged_n);
	size_t n = 0;
	for (size_t i = 0; i < s->next.n; i++)
		if (is_staged(s, i))
			paths[n++] = s->next.files[i].path;
	remove_folders(s->arena, s->output->site, paths, n);
	return false;
}

static bool put_manifest(Swap *s, bool exchange, uint64_t root)
{
	Buf b = {0};
	s->next.exchange = exchange;
	s->next.root = root;
	manifest_print(&s->next, &b);
	int error = disk_replace(s->output->state, S("manifest.next"), buf_str(&b));
	buf_release(&b);
	if (!error)
		return true;
	unlinkat(s->output->state, "manifest.next", 0);
	return fail(s, (Str){0}, "the list of the new site's files cannot be written", error);
}

static bool journal(Swap *s, int stage)
{
	if (s->output->site < 0) { /* it was there and is gone, or could not be renamed in */
		int error = disk_make_folders(s->output->parent, s->output->name);
		error = error ? error : output_reopen(s->output);
		if (error)
			return fail(s, (Str){0}, "the output folder cannot be made", error);
	}
	int error = s->staged_n ? sync_stage(s, stage) : 0;
	if (error)
		return fail(s, (Str){0}, "the new site cannot be synced", error);
	if (!way_is_free(s, false))
		return false;
	if (!way_is_free(s, true) || !put_manifest(s, false, 0))
		return unmake_way(s);
	return roll_forward(s, stage);
}

/* ---- the exchange */

/* Anything in the output that gen did not write, empty folders too. */
static bool has_others(const Swap *s)
{
	Arena a = {0};
	DiskEntry *list;
	size_t n;
	bool others = disk_list(s->output->site, (Str){0}, DISK_WITH_DOTS | DISK_WITH_FOLDERS, &a, &list, &n) != 0;
	for (size_t i = 0; i < n && !others; i++) {
		bool folder = list[i].kind == DISK_OTHER && str_ends(list[i].path, S("/"));
		others = folder ? i + 1 == n || !str_starts(list[i + 1].path, list[i].path)
			: list[i].kind != DISK_FILE || !manifest_find(&s->old, list[i].path);
	}
	arena_release(&a);
	return others;
}

static bool is_empty(int folder)
{
	int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	const struct dirent *e = NULL;
	bool empty = d != NULL;
	while (empty && (e = readdir(d)))
		empty = str_eq(str_of(e->d_name), S(".")) || str_eq(str_of(e->d_name), S(".."));
	if (d)
		closedir(d);
	return empty;
}

/* The unchanged files get a second name in the new folder. */
static int link_kept(const Swap *s, int stage)
{
	Folder to = {.root = stage, .fd = -1};
	int error = 0;
	for (size_t i = 0; i < s->next.n && !error; i++) {
		Str path = s->next.files[i].path;
		if (s->staged[i])
			continue;
		error = folder_enter(&to, path, true);
		if (!error && linkat(s->output->site, path.p, to.fd, name_of(path), 0))
			error = errno;
	}
	folder_leave(&to);
	return error;
}

static void same_rights(const Swap *s, int stage)
{
	struct stat old;
	if (s->output->site < 0 || fstat(s->output->site, &old))
		return;
	if (fchown(stage, (uid_t)-1, old.st_gid) || fchmod(stage, old.st_mode & 07777))
		errno = 0; /* as near as the system lets us */
}

/* What stands in the old tree and is not ours came while it was exchanged, or was given up by --adopt: it is kept. */
static bool keep_strangers(Swap *s)
{
	for (int i = 1; i < 1000; i++) {
		Str name = str_printf(s->arena, "kept-%d", i);
		if (!renameat2(s->output->state, "next", s->output->state, name.p, RENAME_NOREPLACE)) {
			diag_add(s->d, (Diag){.level = DIAG_WARNING, .file = s->output->shown,
				.message = str_printf(s->arena, "the old site had files that are not as gen wrote them; they are kept in %s/%s",
					s->output->own.p, name.p),
				.hint = S("move them where they belong and remove that folder")});
			return true;
		}
	}
	return fail(s, (Str){0}, "the old site cannot be moved away", errno);
}

/* The new site stands; the old tree lies in next/, or there was none. */
static bool finish_exchange(Swap *s)
{
	int old, error = sync_one(s->output->parent);
	if (error)
		return fail(s, (Str){0}, "the folder above cannot be synced", error);
	error = disk_open(s->output->state, S("next"), O_RDONLY | O_DIRECTORY, 0, &old);
	if (!error) {
		remove_files(s, old, NULL);
		close(old);
		if (unlinkat(s->output->state, "next", AT_REMOVEDIR) && !keep_strangers(s))
			return false;
	}
	return finish(s);
}

typedef enum Outcome { DONE, FAILED, IMPOSSIBLE } Outcome;

static int take_the_name(const Swap *s, bool fresh)
{
	const Output *o = s->output;
	int bad = fresh ? renameat(o->state, "next", o->parent, o->name.p)
		: renameat2(o->state, "next", o->parent, o->name.p, RENAME_EXCHANGE);
	return bad ? errno : 0;
}

static Outcome exchange(Swap *s, int stage, bool fresh)
{
	struct stat root;
	if (!fresh && link_kept(s, stage))
		return IMPOSSIBLE;
	same_rights(s, stage);
	int error = s->staged_n < s->next.n ? sync_all(stage) : sync_stage(s, stage);
	if (!error && fstat(stage, &root))
		error = errno;
	if (error) {
		fail(s, (Str){0}, "the new site cannot be synced", error);
		return FAILED;
	}
	if (!put_manifest(s, true, root.st_ino))
		return FAILED;
	if (take_the_name(s, fresh)) {
		unlinkat(s->output->state, "manifest.next", 0);
		return IMPOSSIBLE;
	}
	return finish_exchange(s) ? DONE : FAILED;
}

static const char *why_journal(const Swap *s, WriteSwap wish)
{
	return s->output->mounted ? "the output is a mount point or lies on another disk"
		: wish == WRITE_JOURNAL ? "output.swap says so"
		: wish == WRITE_AUTO && s->staged_n * 2 <= s->next.n ? "little changed"
		: has_others(s) ? "somebody else's files stand in the output"
		: NULL;
}

bool swap_in(Swap *s, WriteSwap wish, WriteResult *result)
{
	bool fresh = s->output->site < 0 || is_empty(s->output->site);
	const char *why = fresh && !s->output->mounted ? NULL : why_journal(s, wish);
	int stage, error = output_stage_open(s->output, &stage);
	if (error)
		return fail(s, (Str){0}, "the new site's folder is gone", error);
	Outcome o = why ? IMPOSSIBLE : exchange(s, stage, fresh);
	*result = (WriteResult){
		.way = o == IMPOSSIBLE ? "journal" : fresh ? "renamed" : "exchanged",
		.why = why ? why : o == IMPOSSIBLE ? "the disk cannot exchange folders" : "",
	};
	bool ok = o == DONE || (o == IMPOSSIBLE && journal(s, stage));
	result->unfinished = !ok && !faccessat(s->output->state, "manifest.next", F_OK, 0);
	close(stage);
	return ok;
}

/* ---- after an earlier run */

/* 0, ENOENT, EUCLEAN for one that is damaged, or the disk's error. */
static int read_manifest(Swap *s, Str name, Manifest *m)
{
	Buf b = {0};
	int error = disk_read(s->output->state, name, SIZE_MAX / 4, &b, NULL);
	if (!error && !manifest_parse(buf_str(&b), s->arena, m)) {
		error = EUCLEAN;
		diag_add(s->d, (Diag){.level = DIAG_WARNING, .file = str_printf(s->arena, "%s/%.*s", s->output->own.p, STR_ARG(name)),
			.message = S("the list of the files that gen wrote is damaged and is not used")});
	}
	buf_release(&b);
	if (error && error != ENOENT && error != EUCLEAN)
		fail(s, (Str){0}, "the list of the files that gen wrote cannot be read", error);
	return error;
}

static bool resume(Swap *s)
{
	struct stat now;
	int stage = -1;
	bool exchanged = s->next.exchange && s->output->site >= 0 && !fstat(s->output->site, &now) && now.st_ino == s->next.root;
	if (s->next.exchange && !exchanged) {
		unlinkat(s->output->state, "manifest.next", 0);
		s->next = s->old;
		return true;
	}
	diag_add(s->d, (Diag){.level = DIAG_NOTICE, .file = s->output->shown,
		.message = S("an earlier run was cut short; what it had made is brought in first")});
	if (exchanged)
		return finish_exchange(s);
	int error = s->output->site < 0 ? disk_make_folders(s->output->parent, s->output->name) : 0;
	error = error ? error : output_reopen(s->output);
	if (error)
		return fail(s, (Str){0}, "the output folder cannot be made", error);
	output_stage_open(s->output, &stage); /* gone: every file was brought in */
	bool ok = roll_forward(s, stage);
	if (stage >= 0)
		close(stage);
	return ok;
}

void swap_clean(const Output *o, Arena *a)
{
	DiskEntry *list;
	size_t n;
	if (!faccessat(o->state, "manifest.next", F_OK, 0) || errno != ENOENT)
		return;
	output_stage_remove(o);
	if (disk_list(o->state, (Str){0}, 0, a, &list, &n))
		return;
	for (size_t i = 0; i < n; i++) /* from runs that were killed while they wrote one */
		if (str_starts(list[i].path, S("manifest.")) &&
			str_find(list[i].path, S(".new.")) != SIZE_MAX)
			unlinkat(o->state, list[i].path.p, 0);
}

/* A run that was cut short before its switch may have made folders in the output for its new files. */
static void unmake_folders(Swap *s)
{
	int stage;
	if (s->output->site < 0 || output_stage_open(s->output, &stage))
		return;
	DiskEntry *list;
	size_t n;
	if (!disk_list(stage, (Str){0}, DISK_WITH_DOTS, s->arena, &list, &n) && n) {
		Str *paths = NEW_N(s->arena, Str, n);
		for (size_t i = 0; i < n; i++)
			paths[i] = list[i].path;
		remove_folders(s->arena, s->output->site, paths, n);
	}
	close(stage);
}

bool swap_recover(Output *o, Arena *a, Manifest *now, bool *found, Diags *d)
{
	Swap s = {.output = o, .arena = a, .d = d, .recovering = true};
	int last = read_manifest(&s, S("manifest"), &s.old), next = read_manifest(&s, S("manifest.next"), &s.next);
	bool readable = (!last || last == ENOENT || last == EUCLEAN) && (!next || next == ENOENT || next == EUCLEAN);
	if (!readable || (!next && !resume(&s)))
		return false;
	if (next == EUCLEAN)
		unlinkat(o->state, "manifest.next", 0);
	if (next)
		unmake_folders(&s);
	*now = next ? s.old : s.next;
	*found = !last || (!next && now->n);
	swap_clean(o, a);
	return true;
}
