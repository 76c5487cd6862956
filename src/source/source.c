/* Two kinds of source behind one table of functions. A commit is a sorted list of paths that was made when the
 * source was opened. */
#include "source/source.h"

#include "lib/git.h"
#include "source/defaults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct SourceType SourceType;

typedef struct Spare { /* a repository that no thread is using */
	Repo *repo;
	struct Spare *next;
} Spare;

struct Source {
	const SourceType *type;
	Arena arena;
	int folder;              /* SOURCE_FOLDER; otherwise -1 */
	RepoFile *files;         /* SOURCE_COMMIT: sorted by path */
	size_t files_n;
	Str below;               /* SOURCE_COMMIT: cut from the front of the paths, "" or "docs/" */
	Repo *repo;
	Spare *spares;
	pthread_mutex_t lock;    /* over spares and the repository they are copied from */
};

struct SourceType {
	SourceKind kind;
	void (*list)(Source *s, Str folder, int flags, Arena *a, SourceFile **list, size_t *n, Diags *d);
	int (*read)(Source *s, Str path, size_t limit, Arena *a, Buf *b, Str *out, DiskStat *stat); /* into b, or a and *out */
	bool (*has)(Source *s, Str path);
};

/* ---- what all kinds share */

static int give(Str text, size_t limit, Arena *a, Buf *b, Str *out)
{
	if (text.n > limit)
		return EFBIG;
	if (b)
		buf_puts(b, text);
	else
		*out = str_dup(a, text);
	return 0;
}

static bool has_dot(Str path)
{
	return str_starts(path, S(".")) || str_find(path, S("/.")) != SIZE_MAX;
}

static bool is_below(Str path, Str folder)
{
	return !folder.n || (path.n > folder.n && str_starts(path, folder) && path.p[folder.n] == '/');
}

static void skipped(Diags *d, Str path, const char *what, Str hint)
{
	Str message = str_printf(&d->arena, "%s and was left out", what);
	diag_add(d, (Diag){.level = DIAG_WARNING, .check = "symlink", .file = path, .message = message, .hint = hint});
}

static void skipped_link(Diags *d, Str path)
{
	skipped(d, path, "a symbolic link is not followed", S("put a copy of the file there instead"));
}

/* ---- a folder */

static void folder_list(Source *s, Str folder, int flags, Arena *a, SourceFile **list, size_t *n, Diags *d)
{
	DiskEntry *entries;
	size_t entries_n;
	int error = disk_list(s->folder, folder, flags & ~DISK_WITH_FOLDERS, a, &entries, &entries_n);
	*n = 0;
	*list = NEW_N(a, SourceFile, entries_n);
	if (error == ELOOP)
		skipped_link(d, folder);
	else if (error && error != ENOENT)
		source_complain(d, folder, error, 0);
	for (size_t i = 0; i < entries_n; i++) {
		const DiskEntry *e = &entries[i];
		if (e->kind == DISK_FILE)
			(*list)[(*n)++] = (SourceFile){.path = e->path, .stat = e->stat};
		else if (e->kind == DISK_LINK)
			skipped_link(d, e->path);
		else if (e->kind == DISK_UNREADABLE)
			source_complain(d, e->path, e->error, 0);
		else
			skipped(d, e->path, "a device or pipe is no text", (Str){0});
	}
}

static int folder_read(Source *s, Str path, size_t limit, Arena *a, Buf *b, Str *out, DiskStat *stat)
{
	int error = ENOENT;
	for (int tries = 0; error == ENOENT && tries < 2; tries++) {
		if (tries)
			usleep(20000); /* an editor that removes and writes anew is done by then */
		error = b ? disk_read(s->folder, path, limit, b, stat) : disk_read_arena(s->folder, path, limit, a, out, stat);
	}
	return error;
}

static bool folder_has(Source *s, Str path)
{
	int file;
	if (disk_open(s->folder, path, O_PATH, 0, &file))
		return false;
	struct stat st;
	bool regular = !fstat(file, &st) && S_ISREG(st.st_mode);
	close(file);
	return regular;
}

static const SourceType folder_type = {SOURCE_FOLDER, folder_list, folder_read, folder_has};

Source *source_open_folder(const char *path, Diags *d)
{
	int folder, error = disk_open_folder(path, &folder);
	if (error) {
		Str message = str_printf(&d->arena, "the archive's folder %s cannot be opened: %s", path, disk_why(error));
		diag_add(d, (Diag){.level = DIAG_WORLD, .message = message});
		return NULL;
	}
	Source *s = mem_alloc(sizeof *s);
	*s = (Source){.type = &folder_type, .folder = folder};
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

/* ---- a commit */

static Repo *repo_take(Source *s)
{
	pthread_mutex_lock(&s->lock);
	Spare *spare = s->spares;
	Repo *r = spare ? spare->repo : repo_again(s->repo);
	if (spare)
		s->spares = spare->next;
	pthread_mutex_unlock(&s->lock);
	free(spare);
	return r;
}

static void repo_give_back(Source *s, Repo *r)
{
	Spare *spare = mem_alloc(sizeof *spare);
	pthread_mutex_lock(&s->lock);
	*spare = (Spare){r, s->spares};
	s->spares = spare;
	pthread_mutex_unlock(&s->lock);
}

static int file_by_path(const void *x, const void *y)
{
	return str_cmp(((const RepoFile *)x)->path, ((const RepoFile *)y)->path);
}

static const RepoFile *commit_find(const Source *s, Str path)
{
	RepoFile key = {.path = path};
	return s->files_n ? bsearch(&key, s->files, s->files_n, sizeof key, file_by_path) : NULL;
}

static bool is_file(const RepoFile *f) { return (f->mode & S_IFMT) == S_IFREG; }

static void commit_list(Source *s, Str folder, int flags, Arena *a, SourceFile **list, size_t *n, Diags *d)
{
	*n = 0;
	*list = NEW_N(a, SourceFile, s->files_n);
	for (size_t i = 0; i < s->files_n; i++) {
		const RepoFile *f = &s->files[i];
		if (!is_below(f->path, folder) || (!(flags & DISK_WITH_DOTS) && has_dot(str_from(f->path, folder.n))))
			continue;
		if (!is_file(f)) {
			skipped_link(d, f->path);
			continue;
		}
		SourceFile *out = &(*list)[(*n)++];
		*out = (SourceFile){.path = f->path};
		if (flags & DISK_WITH_STAT)
			repo_size(s->repo, &f->id, &out->stat.size);
		memcpy(out->blob, f->id.id, sizeof out->blob);
	}
}

static int commit_blob(Repo *r, const Oid *id, size_t limit, Arena *a, Buf *b, Str *out)
{
	uint64_t size;
	if (repo_size(r, id, &size))
		return EIO;
	if (size > limit)
		return EFBIG;
	RepoObject o = {0};
	if (repo_read(r, id, REPO_BLOB, &o))
		return EIO;
	int error = give(o.bytes, limit, a, b, out);
	repo_drop(&o);
	return error;
}

static int commit_read(Source *s, Str path, size_t limit, Arena *a, Buf *b, Str *out, DiskStat *stat)
{
	(void)stat;
	const RepoFile *f = commit_find(s, path);
	if (!f || !is_file(f))
		return f ? ELOOP : ENOENT;
	Repo *r = repo_take(s);
	if (!r)
		return EIO;
	int error = commit_blob(r, &f->id, limit, a, b, out);
	repo_give_back(s, r);
	return error;
}

static bool commit_has(Source *s, Str path)
{
	const RepoFile *f = commit_find(s, path);
	return f && is_file(f);
}

static const SourceType commit_type = {SOURCE_COMMIT, commit_list, commit_read, commit_has};

static bool refused(Diags *d, DiagLevel level, Str message, Str hint)
{
	diag_add(d, (Diag){.level = level, .message = message, .hint = hint});
	return false;
}

/* The files of the commit below a folder, as paths from there. */
static bool commit_open(Source *s, const char *path, Str rev, Str below, Diags *d)
{
	Oid commit;
	RepoWhy why = repo_open(path, &s->arena, &s->repo);
	if (why.fault == REPO_FINE)
		why = repo_resolve(s->repo, rev, &s->arena, &commit);
	if (why.fault != REPO_FINE)
		return refused(d, why.fault == REPO_NO_REV ? DIAG_USAGE : DIAG_WORLD, why.message, why.hint);
	while (str_ends(below, S("/")))
		below.n--;
	if (repo_files(s->repo, &commit, below, &s->arena, &s->files, &s->files_n))
		return refused(d, DIAG_WORLD, str_printf(&s->arena, "the files of %.*s cannot be read from the repository", STR_ARG(rev)),
			S("git fsck shows what is missing or damaged"));
	for (size_t i = 0; i < s->files_n && below.n; i++)
		s->files[i].path = str_from(s->files[i].path, below.n + 1);
	return true;
}

Source *source_open_commit(const char *path, Str rev, Str below, Diags *d)
{
	Source *s = mem_alloc(sizeof *s);
	*s = (Source){.type = &commit_type, .folder = -1};
	pthread_mutex_init(&s->lock, NULL);
	if (commit_open(s, path, rev, below, d))
		return s;
	source_free(s);
	return NULL;
}

/* ---- any source */

void source_free(Source *s)
{
	if (!s)
		return;
	if (s->folder >= 0)
		close(s->folder);
	while (s->spares) {
		Spare *next = s->spares->next;
		repo_free(s->spares->repo);
		free(s->spares);
		s->spares = next;
	}
	if (s->repo)
		repo_free(s->repo);
	pthread_mutex_destroy(&s->lock);
	arena_release(&s->arena);
	free(s);
}

SourceKind source_kind(const Source *s) { return s->type->kind; }
int source_folder(const Source *s) { return s->folder; }

void source_list(Source *s, Str folder, int flags, Arena *a, SourceFile **list, size_t *n, Diags *d)
{
	s->type->list(s, folder, flags, a, list, n, d);
}

int source_read(Source *s, Str path, size_t limit, Arena *a, Str *out)
{
	return s->type->read(s, path, limit ? limit : DISK_LIMIT, a, NULL, out, NULL);
}

int source_read_stat(Source *s, Str path, size_t limit, Arena *a, Str *out, DiskStat *stat)
{
	*stat = (DiskStat){0};
	return s->type->read(s, path, limit ? limit : DISK_LIMIT, a, NULL, out, stat);
}

int source_read_start(Source *s, Str path, size_t limit, Arena *a, Str *out, DiskStat *stat)
{
	enum { START = 4096 };
	return s->folder < 0 ? source_read_stat(s, path, limit, a, out, stat)
		: disk_read_start(s->folder, path, limit ? limit : DISK_LIMIT, START, a, out, stat);
}

int source_read_again(Source *s, Str path, size_t limit, const DiskStat *before, Arena *a, Str *out)
{
	DiskStat now;
	int error = source_read_stat(s, path, limit, a, out, &now);
	return error == ENOENT || (!error && !disk_same(&now, before)) ? ESTALE : error;
}

int source_read_buf(Source *s, Str path, size_t limit, Buf *out)
{
	return s->type->read(s, path, limit ? limit : DISK_LIMIT, NULL, out, NULL, NULL);
}

bool source_has(Source *s, Str path) { return s->type->has(s, path); }

int source_open_file(Source *s, Str path)
{
	int file;
	struct stat st;
	if (s->folder < 0 || disk_open(s->folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &file))
		return -1;
	if (!fstat(file, &st) && S_ISREG(st.st_mode))
		return file;
	close(file);
	return -1;
}

void source_complain(Diags *d, Str path, int error, size_t limit)
{
	bool gone = error == ENOENT, link = error == ELOOP, big = error == EFBIG, moved = error == ESTALE;
	Str message = moved ? S("the file changed while the archive was read; nothing was made of it")
		: gone ? S("the file vanished while the archive was read, and was left out")
		: link ? S("a symbolic link stands there; it is not followed and the file was left out")
		: big ? str_printf(&d->arena, "the file is larger than %zu MiB and was not read", (limit ? limit : DISK_LIMIT) >> 20)
		: str_printf(&d->arena, "cannot be read: %s", disk_why(error));
	Str hint = moved ? S("build again") : error == EACCES ? S("chmod u+r (files) or u+rx (folders) gives you the right to read it") : (Str){0};
	diag_add(d, (Diag){.level = gone || link ? DIAG_WARNING : big || moved ? DIAG_ERROR : DIAG_WORLD,
		.check = link ? "symlink" : big ? "file-size" : NULL, .file = path, .message = message, .hint = hint});
}

/* ---- layouts */

static int default_by_name(const void *x, const void *y)
{
	return str_cmp(((const Default *)x)->name, ((const Default *)y)->name);
}

int source_layout(Source *s, Str name, Arena *a, Str *out, bool *own)
{
	Str path = str_join(a, S("layouts/"), name);
	*own = source_has(s, path);
	if (*own)
		return source_read(s, path, 0, a, out);
	Default key = {.name = name};
	const Default *d = defaults_n ? bsearch(&key, defaults, defaults_n, sizeof key, default_by_name) : NULL;
	if (!d)
		return ENOENT;
	*out = default_text(d);
	return 0;
}

static int name_by_bytes(const void *x, const void *y) { return str_cmp(*(const Str *)x, *(const Str *)y); }

void source_layout_list(Source *s, Arena *a, Str **names, size_t *n, Diags *d)
{
	SourceFile *own;
	size_t own_n, all = 0;
	source_list(s, S("layouts"), 0, a, &own, &own_n, d);
	*names = NEW_N(a, Str, own_n + defaults_n);
	for (size_t i = 0; i < own_n; i++)
		(*names)[all++] = str_from(own[i].path, sizeof "layouts/" - 1);
	for (size_t i = 0; i < defaults_n; i++)
		(*names)[all++] = defaults[i].name;
	if (all)
		qsort(*names, all, sizeof **names, name_by_bytes);
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (!i || !str_eq((*names)[i], (*names)[i - 1]))
			(*names)[(*n)++] = (*names)[i];
}
