/* A Writer takes files from many threads. For each it decides at once, in the thread that brought it: does the
 * site hold this already? If so nothing is written; if not the file goes to the staging folder. Paths are kept in
 * shards, each with its own lock, so that threads seldom meet. */
#include "write/write.h"

#include "base/table.h"
#include "write/signals.h"
#include "write/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHARDS = 64, SAID_AT_MOST = 20, LONGEST_NAME = 255, LONGEST_PATH = 3800 };

typedef struct Item {
	ManifestFile file;
	bool staged;
	bool portable;      /* every system can hold a file of this name */
	const char *edited; /* what stands there is not as gen wrote it: said at the end, in order; or NULL */
} Item;

typedef struct Shard {
	pthread_mutex_t lock;
	Arena arena;
	Table items;   /* path -> Item */
	Table folders; /* made in the staging folder */
} Shard;

struct Writer {
	Output output;
	WriteOptions options;
	Manifest old;
	Table old_files; /* path -> ManifestFile of old */
	Arena arena;     /* of the thread that opened it */
	int stage;
	mode_t umask;
	Signals *signals;
	pthread_rwlock_t gate; /* held for reading while a file is written, for writing by commit and by a signal */
	atomic_bool stopping;  /* a signal came */
	atomic_bool broken;    /* the disk failed: no further file is tried */
	atomic_bool failed;    /* something was said that stops the commit */
	pthread_mutex_t lock;  /* over diags */
	Diags diags;
	Shard shards[SHARDS];
};

/* ---- names */

static bool is_reserved(Str name)
{
	static const char *const names[] = {"con", "prn", "aux", "nul"};
	Str stem = str_upto(name, str_find_char(name, '.'));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(stem, str_of(names[i])))
			return true;
	return stem.n == 4 && stem.p[3] >= '1' && stem.p[3] <= '9' &&
		(str_eq_nocase(str_upto(stem, 3), S("com")) || str_eq_nocase(str_upto(stem, 3), S("lpt")));
}

static const char *name_fault(Str name, bool *portable)
{
	if (!name.n)
		return "a name in it is empty";
	if (str_eq(name, S(".")) || str_eq(name, S("..")))
		return "it leads out of its folder";
	if (name.n > LONGEST_NAME)
		return "a name in it is longer than 255 bytes";
	if (str_eq_nocase(name, S(".git")))
		return "a name in it belongs to git";
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (c < 0x20 || c == 0x7F)
			return "it has control characters";
		if (strchr("<>:\"|?*\\", c))
			*portable = false;
	}
	if (str_ends(name, S(".")) || str_ends(name, S(" ")) || is_reserved(name))
		*portable = false;
	return NULL;
}

const char *write_path_fault(Str path, bool *portable)
{
	const char *fault = path.n > LONGEST_PATH ? "it is too long"
		: str_starts(path, S("/")) ? "it begins at the root of the disk"
		: str_starts(path, S(OUTPUT_STAGING)) ? "a name in it is kept for gen"
		: NULL;
	*portable = true;
	for (Str rest = path; !fault && rest.p;)
		fault = name_fault(str_cut(&rest, '/'), portable);
	return path.p ? fault : "it is empty";
}

/* ---- messages */

static void say(Writer *w, DiagLevel level, Str path, const char *what, const char *why, Str hint)
{
	pthread_mutex_lock(&w->lock);
	Str file = path.n ? str_printf(&w->diags.arena, "%s/%.*s", w->output.shown.p, STR_ARG(path)) : w->output.shown;
	Str message = str_printf(&w->diags.arena, "%s%s%s", what, *why ? ": " : "", why);
	const char *check = level == DIAG_WARNING ? "file-name" : NULL;
	diag_add(&w->diags, (Diag){.level = level, .check = check, .file = file, .message = message, .hint = hint});
	pthread_mutex_unlock(&w->lock);
	if (level >= DIAG_ERROR)
		atomic_store(&w->failed, true);
}

static void say_disk(Writer *w, Str path, const char *what, int error)
{
	if (!atomic_exchange(&w->broken, true))
		say(w, DIAG_WORLD, path, what, disk_why(error), (Str){0});
}

/* ---- what the site holds */

/* The thing at a path where a file is to be is none: gen's own folder, soon empty, or somebody's. */
static void meet_folder(Writer *w, Str path)
{
	Arena a = {0};
	DiskEntry *list;
	size_t n;
	bool own = !disk_list(w->output.site, path, DISK_WITH_DOTS, &a, &list, &n);
	for (size_t i = 0; i < n && own; i++)
		own = list[i].kind == DISK_FILE && table_get(&w->old_files, list[i].path);
	arena_release(&a);
	if (!own)
		say(w, DIAG_ERROR, path, "a folder with files that gen did not write stands where a file of the site is to be", "",
			S("move it elsewhere"));
}

/* A file is there, and it is not plain from its stat that it is the one wanted: its content decides. */
static bool meet_file(Writer *w, Item *it, const ManifestFile *old)
{
	Hash now;
	DiskStat stat;
	int error = output_hash(w->output.site, it->file.path, &now, &stat);
	if (error == ELOOP) {
		say(w, DIAG_ERROR, it->file.path, "a symbolic link stands there, and nothing is written through links", "", S("remove the link"));
	} else if (error && error != ENOENT) {
		say_disk(w, it->file.path, "the old file cannot be read", error);
	} else if (!error && hash_eq(now, it->file.hash)) {
		it->file.stat = stat;
		return true;
	} else if (!error && !w->options.adopt && !(old && hash_eq(now, old->hash))) {
		atomic_store(&w->failed, true);
		it->edited = old ? "the file was changed by hand since gen wrote it; it is left as it is"
			: "a file that gen did not write stands where one of the site is to be";
	}
	return false;
}

/* Does the site hold this content at this path already? Complains when something of somebody else's stands there. */
static bool stands_already(Writer *w, Item *it)
{
	DiskStat now;
	uint32_t mode;
	if (w->output.site < 0 || disk_stat(w->output.site, it->file.path, &now, &mode))
		return false;
	const ManifestFile *old = table_get(&w->old_files, it->file.path);
	if (S_ISDIR(mode)) {
		meet_folder(w, it->file.path);
		return false;
	}
	if (old && S_ISREG(mode) && hash_eq(old->hash, it->file.hash) && disk_same(&now, &old->stat)) {
		it->file.stat = now;
		return true;
	}
	return meet_file(w, it, old);
}

/* ---- staging */

static Shard *shard_of(Writer *w, Str path) { return &w->shards[str_hash(path) >> 58]; }

static bool folder_known(Writer *w, Str folder, bool made)
{
	Shard *s = shard_of(w, folder);
	pthread_mutex_lock(&s->lock);
	bool known = table_get(&s->folders, folder) != NULL;
	if (!known && made)
		table_put(&s->folders, str_dup(&s->arena, folder), s);
	pthread_mutex_unlock(&s->lock);
	return known;
}

/* The folders above a path in the staging folder, each made once. path is NUL-terminated. */
static int stage_folders(Writer *w, Str path)
{
	char part[LONGEST_PATH + 1];
	size_t slash = str_rfind_char(path, '/');
	if (slash == SIZE_MAX || folder_known(w, str_upto(path, slash), false))
		return 0;
	memcpy(part, path.p, path.n + 1);
	for (size_t i = 1; i <= slash; i++) {
		if (part[i] != '/' || folder_known(w, str_upto(path, i), false))
			continue;
		part[i] = 0;
		if (mkdirat(w->stage, part, 0755) && errno != EEXIST)
			return errno;
		part[i] = '/';
		folder_known(w, str_upto(path, i), true);
	}
	return 0;
}

static int stage_create(Writer *w, Str path, int *file)
{
	int error = stage_folders(w, path);
	if (error)
		return error;
	do
		*file = openat(w->stage, path.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	while (*file < 0 && errno == EINTR);
	return *file < 0 ? errno : 0;
}

static int stage_close(Item *it, int file, int error)
{
	struct stat s;
	if (!error && fstat(file, &s))
		error = errno;
	if (close(file) && errno != EINTR && !error)
		error = errno;
	if (!error)
		it->file.stat = disk_stat_of(&s);
	it->staged = !error;
	return error;
}

static void stage_failed(Writer *w, const Item *it, int error)
{
	if (error == ENOTDIR || error == EISDIR || error == EEXIST)
		say(w, DIAG_ERROR, it->file.path, "two outputs stand in each other's way: one needs a folder where the other is a file, "
			"or they differ only in what this disk does not tell apart", "", (Str){0});
	else if (error)
		say_disk(w, it->file.path, "the new file cannot be written", error);
}

static void stage_bytes(Writer *w, Item *it, Str bytes)
{
	int file, error = stage_create(w, it->file.path, &file);
	if (!error)
		error = stage_close(it, file, disk_write_fd(file, bytes));
	if (error)
		stage_failed(w, it, error);
}

/* Copies from the start of a file, and hashes what was copied. to < 0: hashes only. */
static int copy_pieces(int from, int to, Hash *hash, uint64_t *size)
{
	char piece[1 << 16];
	HashStream *s = hash_start();
	ssize_t n;
	int error = 0;
	*size = 0;
	do {
		n = pread(from, piece, sizeof piece, (off_t)*size);
		if (n > 0) {
			hash_more(s, str_n(piece, (size_t)n));
			*size += (uint64_t)n;
			error = to < 0 ? 0 : disk_write_fd(to, str_n(piece, (size_t)n));
		}
	} while (!error && (n > 0 || (n < 0 && errno == EINTR)));
	if (!error && n < 0)
		error = errno;
	*hash = hash_end(s);
	return error;
}

static void stage_copy(Writer *w, Item *it, int from)
{
	int file, error = stage_create(w, it->file.path, &file);
	if (!error)
		error = stage_close(it, file, copy_pieces(from, file, &it->file.hash, &it->file.stat.size));
	if (error)
		stage_failed(w, it, error);
}

/* ---- files from outside */

static Item *claim(Writer *w, Str path)
{
	bool portable;
	const char *fault = write_path_fault(path, &portable);
	if (fault) {
		say(w, DIAG_ERROR, path, "the site cannot have a file of this name", fault, (Str){0});
		return NULL;
	}
	Shard *s = shard_of(w, path);
	pthread_mutex_lock(&s->lock);
	Item *it = NEW(&s->arena, Item);
	it->file.path = str_dup(&s->arena, path);
	it->portable = portable;
	bool twice = table_put(&s->items, it->file.path, it) != NULL;
	pthread_mutex_unlock(&s->lock);
	if (twice)
		BUG(str_printf(&s->arena, "the output %.*s is written twice", STR_ARG(path)).p);
	return it;
}

static bool enter(Writer *w)
{
	if (atomic_load_explicit(&w->stopping, memory_order_relaxed))
		return false;
	pthread_rwlock_rdlock(&w->gate);
	return true;
}

void write_put(Writer *w, Str path, Str bytes)
{
	if (!enter(w))
		return;
	Item *it = claim(w, path);
	if (it && !atomic_load(&w->broken)) {
		it->file.hash = hash_of(bytes);
		it->file.stat.size = bytes.n;
		if (!stands_already(w, it))
			stage_bytes(w, it, bytes);
	}
	pthread_rwlock_unlock(&w->gate);
}

void write_copy(Writer *w, Str path, int file)
{
	if (!enter(w))
		return;
	Item *it = claim(w, path);
	if (it && !atomic_load(&w->broken)) {
		int error = w->output.site < 0 ? 0 : copy_pieces(file, -1, &it->file.hash, &it->file.stat.size);
		if (error)
			say_disk(w, path, "the file cannot be copied", error);
		else if (w->output.site < 0 || !stands_already(w, it))
			stage_copy(w, it, file);
	}
	pthread_rwlock_unlock(&w->gate);
}

static void sink_put_here(void *user, Str path, Str bytes) { write_put(user, path, bytes); }
static void sink_copy_here(void *user, Str path, int file) { write_copy(user, path, file); }
Sink write_sink(Writer *w) { return (Sink){sink_put_here, sink_copy_here, w}; }
bool write_failed(const Writer *w) { return atomic_load(&w->failed); }

/* ---- opening and closing */

static void interrupted(void *user, int number)
{
	static const char text[] = "gen: stopped; the site is as it was\n";
	Writer *w = user;
	(void)number;
	atomic_store(&w->stopping, true);
	pthread_rwlock_wrlock(&w->gate); /* for good: the program ends */
	swap_clean(&w->output, &w->arena);
	ssize_t ignored = write(2, text, sizeof text - 1);
	(void)ignored;
}

static void writer_close(Writer *w, Diags *d)
{
	signals_release(w->signals);
	if (w->stage >= 0) {
		close(w->stage);
		swap_clean(&w->output, &w->arena);
	}
	diags_move(d, &w->diags);
	diags_release(&w->diags);
	output_close(&w->output);
	umask(w->umask);
	for (int i = 0; i < SHARDS; i++) {
		pthread_mutex_destroy(&w->shards[i].lock);
		table_release(&w->shards[i].items);
		table_release(&w->shards[i].folders);
		arena_release(&w->shards[i].arena);
	}
	pthread_mutex_destroy(&w->lock);
	pthread_rwlock_destroy(&w->gate);
	arena_release(&w->arena);
	free(w);
}

/* Is this folder ours to write to? With a manifest; empty; or by --adopt. */
static bool is_ours(Writer *w, bool manifest)
{
	DiskEntry *list;
	size_t n;
	if (manifest || w->options.adopt || w->output.site < 0)
		return true;
	int error = disk_list(w->output.site, (Str){0}, DISK_WITH_DOTS, &w->arena, &list, &n);
	size_t files = 0;
	for (size_t i = 0; i < n; i++)
		files += list[i].kind != DISK_UNREADABLE; /* a new disk's lost+found */
	if (error)
		say(w, DIAG_WORLD, (Str){0}, "the output folder cannot be read", disk_why(error), (Str){0});
	else if (files)
		say(w, DIAG_USAGE, (Str){0}, "the folder has files in it that gen did not write; nothing was changed", "",
			S("choose an empty folder, or give --adopt to write the site among them (a file of the site's own name is overwritten)"));
	return !error && !files;
}

static bool start(Writer *w, const char *output, Diags *d)
{
	bool manifest;
	if (!output_open(&w->output, &w->arena, output, w->options.source, true, d) ||
		!swap_recover(&w->output, &w->arena, &w->old, &manifest, d) || !is_ours(w, manifest))
		return false;
	w->old_files.arena = &w->arena;
	for (size_t i = 0; i < w->old.n; i++)
		table_put(&w->old_files, w->old.files[i].path, &w->old.files[i]);
	if (w->options.signals)
		w->signals = signals_catch(interrupted, w);
	int error = output_stage(&w->output, &w->stage);
	if (error)
		say_disk(w, (Str){0}, "the folder for the new site cannot be made beside the output", error);
	return !error;
}

Writer *write_open(const char *output, const WriteOptions *options, Diags *d)
{
	Writer *w = mem_alloc(sizeof *w);
	memset(w, 0, sizeof *w);
	w->output = OUTPUT_CLOSED;
	w->options = *options;
	w->stage = -1;
	w->umask = umask(022); /* 0644 and 0755, whatever the user's is */
	pthread_rwlock_init(&w->gate, NULL);
	pthread_mutex_init(&w->lock, NULL);
	for (int i = 0; i < SHARDS; i++)
		pthread_mutex_init(&w->shards[i].lock, NULL);
	if (start(w, output, d))
		return w;
	writer_close(w, d);
	return NULL;
}

void write_abort(Writer *w, Diags *d) { writer_close(w, d); }

bool write_recover(const char *output, Diags *d)
{
	Arena a = {0};
	Output o = OUTPUT_CLOSED;
	Manifest now;
	bool found, ok = !output_is_unfinished(output, &a) ||
		(output_open(&o, &a, output, NULL, false, d) && (o.state < 0 || swap_recover(&o, &a, &now, &found, d)));
	output_close(&o);
	arena_release(&a);
	return ok;
}

/* ---- committing */

static int by_path(const void *x, const void *y)
{
	return str_cmp((*(Item *const *)x)->file.path, (*(Item *const *)y)->file.path);
}

static Item **all_items(Writer *w, size_t *n)
{
	size_t count = 0;
	for (int i = 0; i < SHARDS; i++)
		count += w->shards[i].items.n;
	Item **items = NEW_N(&w->arena, Item *, count);
	*n = 0;
	for (int i = 0; i < SHARDS; i++)
		for (size_t k = 0; k < w->shards[i].items.cap; k++)
			if (w->shards[i].items.slots[k].value)
				items[(*n)++] = w->shards[i].items.slots[k].value;
	if (count)
		qsort(items, count, sizeof(Item *), by_path);
	return items;
}

static void say_edited(Writer *w, Str path, const char *what, size_t *n)
{
	if (++*n <= SAID_AT_MOST)
		say(w, DIAG_ERROR, path, what, "",
			S("move what is worth keeping elsewhere and remove the file, or give --adopt to let gen overwrite it"));
}

static void say_more(Writer *w, DiagLevel level, size_t n, const char *what)
{
	char text[128];
	snprintf(text, sizeof text, "%zu %s", n - SAID_AT_MOST, what);
	if (n > SAID_AT_MOST)
		say(w, level, (Str){0}, text, "", (Str){0});
}

/* A file of the new site may not stand where another one needs a folder. */
static void check_clashes(Writer *w, const Manifest *next)
{
	for (size_t i = 0; i < next->n; i++) {
		Str path = next->files[i].path;
		for (size_t k = 1; k < path.n; k++)
			if (path.p[k] == '/' && table_get(&shard_of(w, str_upto(path, k))->items, str_upto(path, k)))
				say(w, DIAG_ERROR, str_upto(path, k), "two outputs stand in each other's way: this file, and one that needs a folder here", "", (Str){0});
	}
}

/* Files of the old site that the new one lacks: only what is still as gen wrote it may go. */
static size_t check_removals(Writer *w)
{
	size_t n = 0, edited = 0;
	for (size_t i = 0; i < w->old.n && w->output.site >= 0; i++) {
		const ManifestFile *f = &w->old.files[i];
		if (table_get(&shard_of(w, f->path)->items, f->path))
			continue;
		int error = swap_check(w->output.site, f, false);
		if (error == EUCLEAN && !w->options.adopt)
			say_edited(w, f->path, "the file was changed by hand since gen wrote it, and the site has no such file any more; "
				"it is left as it is", &edited);
		else if (error && error != ENOENT && error != EUCLEAN && error != ELOOP && error != EISDIR)
			say_disk(w, f->path, "the old file cannot be read", error);
		n += !error;
	}
	say_more(w, DIAG_ERROR, edited, "more old files are not as gen wrote them");
	return n;
}

/* What was found while the files came, in the order of their paths. */
static void check_items(Writer *w, Item *const *items, size_t n)
{
	size_t edited = 0, odd = 0;
	for (size_t i = 0; i < n; i++) {
		if (items[i]->edited)
			say_edited(w, items[i]->file.path, items[i]->edited, &edited);
		if (!items[i]->portable && ++odd <= SAID_AT_MOST)
			say(w, DIAG_WARNING, items[i]->file.path, "not every system can hold a file of this name", "",
				S("a name of letters, digits, - and _ can be copied anywhere"));
	}
	say_more(w, DIAG_ERROR, edited, "more files are not as gen wrote them");
	say_more(w, DIAG_WARNING, odd, "more names that not every system can hold");
}

static bool same_list(const Manifest *x, const Manifest *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		const ManifestFile *f = &x->files[i], *g = &y->files[i];
		if (!str_eq(f->path, g->path) || !hash_eq(f->hash, g->hash) || !disk_same(&f->stat, &g->stat))
			return false;
	}
	return true;
}

/* Warnings stop the commit under strict, as they do the build. */
static bool is_barred(const Writer *w)
{
	return write_failed(w) || (w->options.strict && w->diags.count[DIAG_WARNING]);
}

static bool commit(Writer *w, WriteResult *result, Diags *d)
{
	size_t n;
	Item **items = all_items(w, &n);
	bool *staged = NEW_N(&w->arena, bool, n);
	Swap s = {.output = &w->output, .arena = &w->arena, .old = w->old, .staged = staged, .d = d,
		.next = {.files = NEW_N(&w->arena, ManifestFile, n), .n = n}};
	WriteResult counts = {0};
	for (size_t i = 0; i < n; i++) {
		s.next.files[i] = items[i]->file;
		staged[i] = items[i]->staged;
		s.staged_n += staged[i];
		counts.bytes += items[i]->file.stat.size;
	}
	check_items(w, items, n);
	check_clashes(w, &s.next);
	counts.removed = check_removals(w);
	if (is_barred(w))
		return false;
	bool nothing = !s.staged_n && !counts.removed && w->output.site >= 0 && same_list(&s.next, &w->old);
	*result = (WriteResult){.way = "nothing to do", .why = ""};
	if (!nothing && !swap_in(&s, w->options.swap, result))
		return false;
	result->written = s.staged_n;
	result->unchanged = n - s.staged_n;
	result->removed = counts.removed;
	result->bytes = counts.bytes;
	return true;
}

bool write_commit(Writer *w, WriteResult *result, Diags *d)
{
	pthread_rwlock_wrlock(&w->gate);
	bool done = commit(w, result, d);
	pthread_rwlock_unlock(&w->gate);
	writer_close(w, d);
	return done;
}
