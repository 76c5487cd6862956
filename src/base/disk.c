#include "base/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

static const struct {
	int error;
	const char *words;
} reasons[] = {
	{ENOENT, "it does not exist"},
	{EACCES, "permission denied"},
	{EPERM, "the system does not permit it"},
	{ENOSPC, "the disk is full"},
	{EDQUOT, "the disk quota is used up"},
	{EFBIG, "it is larger than the limit"},
	{EIO, "the disk reports an error"},
	{EROFS, "the disk is read-only"},
	{ELOOP, "a symbolic link stands there, and links are not followed"},
	{ENOTSUP, "it is a device or a pipe, not a file"},
	{EISDIR, "it is a folder"},
	{ENOTDIR, "a part of its path is a file, not a folder"},
	{EEXIST, "something of that name stands there already"},
	{ENOTEMPTY, "the folder is not empty"},
	{ENAMETOOLONG, "the name is too long"},
	{EMFILE, "too many open files"},
	{ENFILE, "too many open files in the whole system"},
	{EINVAL, "the path is not one"},
	{EXDEV, "it lies on another file system"},
	{EBUSY, "it is in use"},
	{EWOULDBLOCK, "another process holds it"},
	{EAGAIN, "it kept changing while it was read"},
};

const char *disk_why(int error)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].error == error)
			return reasons[i].words;
	const char *words = strerrordesc_np(error);
	return words ? words : "unknown error";
}

/* A path for the system: NUL-terminated, relative, without empty, "." or ".." parts; "." for the folder. */
typedef struct CPath {
	char p[PATH_MAX];
} CPath;

static int c_path(Str path, CPath *out)
{
	if (path.n >= sizeof out->p)
		return ENAMETOOLONG;
	if (path.n && memchr(path.p, 0, path.n))
		return EINVAL;
	memcpy(out->p, path.n ? path.p : ".", path.n ? path.n : 1);
	out->p[path.n ? path.n : 1] = 0;
	if (!path.n || str_eq(path, S(".")))
		return 0;
	for (Str rest = path; rest.p;) {
		Str part = str_cut(&rest, '/');
		if (!part.n || str_eq(part, S(".")) || str_eq(part, S("..")))
			return EINVAL;
	}
	return 0;
}

int disk_open_folder(const char *path, int *folder)
{
	do
		*folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (*folder < 0 && errno == EINTR);
	return *folder < 0 ? errno : 0;
}

/* A link where a folder was asked for is ENOTDIR to the system, ELOOP to us. */
static void tell_link(int folder, const char *name)
{
	struct stat s;
	if (errno == ENOTDIR)
		errno = !fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) && S_ISLNK(s.st_mode) ? ELOOP : ENOTDIR;
}

static int open_part(int folder, const char *name, int flags, int mode)
{
	int fd;
	do
		fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		tell_link(folder, name);
	return fd;
}

/* For systems without openat2: one part at a time, none of them through a link. */
static int open_by_parts(int folder, CPath *path, int flags, int mode)
{
	int at = folder;
	char *part = path->p, *slash;
	while (at >= 0 && (slash = strchr(part, '/'))) {
		*slash = 0;
		int next = open_part(at, part, O_PATH | O_DIRECTORY, 0);
		int error = errno;
		if (at != folder)
			close(at);
		errno = error;
		at = next;
		part = slash + 1;
	}
	if (at < 0)
		return -1;
	int fd = open_part(at, part, flags, mode), error = errno;
	if (at != folder)
		close(at);
	errno = error;
	return fd;
}

static int open_beneath(int folder, CPath *path, int flags, int mode)
{
#ifdef SYS_openat2
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC | O_NOFOLLOW,
		.mode = flags & O_CREAT ? (unsigned)mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	for (int tries = 0; tries < 64; tries++) { /* EAGAIN: something was renamed meanwhile */
		long fd = syscall(SYS_openat2, folder, path->p, &how, sizeof how);
		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS || errno == EPERM) /* an old kernel, or a sandbox that does not know the call */
			break;
		if (errno != EINTR && errno != EAGAIN) {
			tell_link(folder, path->p);
			return -1;
		}
	}
#endif
	return open_by_parts(folder, path, flags, mode);
}

int disk_open(int folder, Str path, int flags, int mode, int *file)
{
	CPath c;
	*file = -1;
	int bad = c_path(path, &c);
	if (bad)
		return bad;
	*file = open_beneath(folder, &c, flags, mode);
	return *file < 0 ? errno : 0;
}

DiskStat disk_stat_of(const struct stat *s)
{
	return (DiskStat){(uint64_t)s->st_size, s->st_mtim.tv_sec * INT64_C(1000000000) + s->st_mtim.tv_nsec, s->st_ino};
}

static int open_regular(int folder, Str path, int *file, struct stat *s)
{
	int error = disk_open(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, file);
	if (error)
		return error == ENXIO ? ENOTSUP : error; /* a socket, or a device without its driver */
	error = fstat(*file, s) ? errno : S_ISDIR(s->st_mode) ? EISDIR : !S_ISREG(s->st_mode) ? ENOTSUP : 0;
	if (error)
		close(*file);
	return error;
}

static ssize_t read_some(int file, char *into, size_t n)
{
	ssize_t got;
	do
		got = read(file, into, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Reads to the end or to n bytes. A read that gives less than was asked for has met the end of a file. */
static int read_up_to(int file, char *into, size_t n, size_t *got)
{
	*got = 0;
	while (*got < n) {
		size_t ask = n - *got;
		ssize_t r = read_some(file, into + *got, ask);
		if (r < 0)
			return errno;
		*got += (size_t)r;
		if ((size_t)r < ask)
			break;
	}
	return 0;
}

static bool same_stat(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* A file at rest: its bytes, and the same size and time before and after. EAGAIN: it moved; try again. */
static int read_once(int folder, Str path, size_t limit, Arena *a, Buf *b, Str *out, DiskStat *stat)
{
	struct stat before, after;
	int file, error = open_regular(folder, path, &file, &before);
	if (error)
		return error;
	size_t size = (size_t)before.st_size, got = 0;
	char *into = NULL;
	if (before.st_size < 0 || size > limit) {
		error = EFBIG;
	} else {
		if (b)
			buf_reserve(b, size + 1);
		into = b ? b->p + b->n : arena_bytes(a, size + 1);
		error = read_up_to(file, into, size + 1, &got);
	}
	if (!error && (fstat(file, &after) || got != size || !same_stat(&before, &after)))
		error = EAGAIN;
	close(file);
	if (error)
		return error;
	into[got] = 0;
	if (out)
		*out = str_n(into, got);
	if (b)
		b->n += got;
	if (stat)
		*stat = disk_stat_of(&before);
	return 0;
}

static int read_at_rest(int folder, Str path, size_t limit, Arena *a, Buf *b, Str *out, DiskStat *stat)
{
	int error = EAGAIN;
	for (int tries = 0; error == EAGAIN && tries < 20; tries++) {
		if (tries)
			usleep(1000u << (tries < 5 ? tries : 5)); /* half a second in all */
		error = read_once(folder, path, limit, a, b, out, stat);
	}
	return error;
}

int disk_read(int folder, Str path, size_t limit, Buf *out, DiskStat *stat)
{
	return read_at_rest(folder, path, limit, NULL, out, NULL, stat);
}

int disk_read_arena(int folder, Str path, size_t limit, Arena *a, Str *out, DiskStat *stat)
{
	return read_at_rest(folder, path, limit, a, NULL, out, stat);
}

int disk_read_start(int folder, Str path, size_t limit, size_t n, Arena *a, Str *out, DiskStat *stat)
{
	struct stat s;
	size_t got;
	int file, error = open_regular(folder, path, &file, &s);
	if (error)
		return error;
	char *into = arena_bytes(a, n + 1);
	error = s.st_size < 0 || (size_t)s.st_size > limit ? EFBIG : read_up_to(file, into, n, &got);
	close(file);
	if (error)
		return error;
	into[got] = 0;
	*out = str_n(into, got);
	*stat = disk_stat_of(&s);
	return 0;
}

int disk_read_file(int file, size_t limit, Buf *out)
{
	size_t start = out->n;
	for (;;) {
		buf_reserve(out, 1 << 16);
		ssize_t r = read_some(file, out->p + out->n, out->cap - out->n);
		if (r <= 0)
			return r ? errno : 0;
		out->n += (size_t)r;
		if (out->n - start > limit)
			return EFBIG;
	}
}

int disk_stat(int folder, Str path, DiskStat *stat, uint32_t *mode)
{
	CPath c;
	struct stat s;
	int bad = c_path(path, &c);
	if (bad)
		return bad;
	if (fstatat(folder, c.p, &s, AT_SYMLINK_NOFOLLOW))
		return errno;
	if (stat)
		*stat = disk_stat_of(&s);
	if (mode)
		*mode = s.st_mode;
	return 0;
}

/* A walk keeps the folders still to be read as a stack of paths, and holds one descriptor at a time: neither
 * depth nor the limit of open files can end it. */
typedef struct Walk {
	int root, flags;
	Arena *arena;
	DiskEntry *list;
	size_t n, cap;
	Str *ahead;
	size_t ahead_n, ahead_cap;
} Walk;

static void walk_add(Walk *w, DiskEntry e)
{
	MEM_ROOM(w->list, w->n, w->cap);
	w->list[w->n++] = e;
}

static void walk_later(Walk *w, Str folder)
{
	MEM_ROOM(w->ahead, w->ahead_n, w->ahead_cap);
	w->ahead[w->ahead_n++] = folder;
}

static Str path_join(Arena *a, Str folder, Str name, bool slash)
{
	size_t n = folder.n + (folder.n > 0) + name.n;
	char *p = arena_bytes(a, n + slash + 1), *at = p;
	if (folder.n) {
		memcpy(p, folder.p, folder.n);
		p[folder.n] = '/';
		at += folder.n + 1;
	}
	memcpy(at, name.p, name.n);
	p[n] = slash ? '/' : 0;
	p[n + slash] = 0;
	return str_n(p, n);
}

static void walk_entry(Walk *w, int folder, Str path, const struct dirent *d)
{
	Str name = str_of(d->d_name);
	bool dot = *name.p == '.';
	if (dot && (!(w->flags & DISK_WITH_DOTS) || str_eq(name, S(".")) || str_eq(name, S(".."))))
		return;
	struct stat s = {0};
	uint32_t kind = d->d_type == DT_REG ? S_IFREG : d->d_type == DT_DIR ? S_IFDIR : d->d_type == DT_LNK ? S_IFLNK : S_IFIFO;
	if (d->d_type == DT_UNKNOWN || (kind == S_IFREG && w->flags & DISK_WITH_STAT)) {
		if (fstatat(folder, d->d_name, &s, AT_SYMLINK_NOFOLLOW))
			return; /* gone since the folder was read */
		kind = s.st_mode & S_IFMT;
	}
	bool is_folder = kind == S_IFDIR;
	Str full = path_join(w->arena, path, name, is_folder);
	if (is_folder)
		walk_later(w, full);
	if (!is_folder || w->flags & DISK_WITH_FOLDERS)
		walk_add(w, (DiskEntry){
			.path = str_n(full.p, full.n + is_folder),
			.kind = kind == S_IFREG ? DISK_FILE : kind == S_IFLNK ? DISK_LINK : DISK_OTHER,
			.stat = kind == S_IFREG && w->flags & DISK_WITH_STAT ? disk_stat_of(&s) : (DiskStat){0},
		});
}

static int walk_folder(Walk *w, Str path)
{
	int fd, error = disk_open(w->root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0, &fd);
	if (error)
		return error;
	DIR *d = fdopendir(fd);
	if (!d)
		die_oom();
	const struct dirent *e;
	while (errno = 0, (e = readdir(d)))
		walk_entry(w, fd, path, e);
	error = errno;
	closedir(d);
	return error;
}

static int by_path(const void *x, const void *y)
{
	return str_cmp(((const DiskEntry *)x)->path, ((const DiskEntry *)y)->path);
}

int disk_list(int folder, Str path, int flags, Arena *a, DiskEntry **list, size_t *n)
{
	Walk w = {.root = folder, .flags = flags, .arena = a};
	int error = walk_folder(&w, path);
	while (!error && w.ahead_n) {
		Str next = w.ahead[--w.ahead_n];
		int why = walk_folder(&w, next);
		if (why && why != ENOENT)
			walk_add(&w, (DiskEntry){.path = next, .kind = DISK_UNREADABLE, .error = why});
	}
	if (w.n)
		qsort(w.list, w.n, sizeof *w.list, by_path);
	*n = error ? 0 : w.n;
	*list = NEW_N(a, DiskEntry, *n);
	if (*n)
		memcpy(*list, w.list, *n * sizeof **list);
	free(w.list);
	free(w.ahead);
	return error;
}

/* mkdir of each part below a descriptor of the one before, so that none is a link. */
int disk_make_folders(int folder, Str path)
{
	CPath c;
	int error = c_path(path, &c), at = folder;
	for (char *part = c.p; !error && path.n && part;) {
		char *slash = strchr(part, '/');
		if (slash)
			*slash = 0;
		if (mkdirat(at, part, 0755) && errno != EEXIST)
			error = errno;
		int next = error ? -1 : open_part(at, part, O_PATH | O_DIRECTORY, 0);
		if (!error && next < 0)
			error = errno;
		if (at != folder)
			close(at);
		at = next;
		part = slash ? slash + 1 : NULL;
	}
	if (at >= 0 && at != folder)
		close(at);
	return error;
}

int disk_write_fd(int file, Str bytes)
{
	while (bytes.n) {
		ssize_t w = write(file, bytes.p, bytes.n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return w ? errno : EIO;
		bytes = str_from(bytes, (size_t)w);
	}
	return 0;
}

static int close_file(int file)
{
	return close(file) && errno != EINTR ? errno : 0;
}

static int sync_parent(int folder, Str path)
{
	size_t slash = str_rfind_char(path, '/');
	int fd, error = disk_open(folder, slash == SIZE_MAX ? S(".") : str_upto(path, slash), O_RDONLY | O_DIRECTORY, 0, &fd);
	if (error)
		return error;
	error = fsync(fd) ? errno : 0;
	close(fd);
	return error;
}

static int replace(int folder, Str path, Str bytes, bool lasting)
{
	CPath from, to;
	int fd, error = c_path(path, &to);
	if (error)
		return error;
	int n = snprintf(from.p, sizeof from.p, "%s.new.%ld", to.p, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof from.p)
		return ENAMETOOLONG;
	error = disk_open(folder, str_n(from.p, (size_t)n), O_WRONLY | O_CREAT | O_TRUNC, 0644, &fd);
	if (error)
		return error;
	error = disk_write_fd(fd, bytes);
	if (!error && lasting && fsync(fd))
		error = errno;
	int closing = close_file(fd);
	error = error ? error : closing;
	if (!error && renameat(folder, from.p, folder, to.p))
		error = errno;
	if (error)
		unlinkat(folder, from.p, 0);
	return error || !lasting ? error : sync_parent(folder, path);
}

int disk_replace(int folder, Str path, Str bytes) { return replace(folder, path, bytes, true); }
int disk_keep(int folder, Str path, Str bytes) { return replace(folder, path, bytes, false); }

/* The list is sorted by bytes and folders end in '/': backwards, what is in a folder comes before it. */
int disk_remove_tree(int folder, Str path)
{
	Arena a = {0};
	DiskEntry *list;
	size_t n;
	int error = disk_list(folder, path, DISK_WITH_DOTS | DISK_WITH_FOLDERS, &a, &list, &n);
	if (error == ENOENT) {
		arena_release(&a);
		return 0;
	}
	int first = 0;
	if (error == ENOTDIR || error == ELOOP) { /* not a folder: the thing itself */
		first = unlinkat(folder, str_c(&a, path), 0) ? errno : 0;
		arena_release(&a);
		return first;
	}
	for (size_t i = n; i-- && !error;) {
		bool is_folder = str_ends(list[i].path, S("/"));
		if (list[i].kind == DISK_UNREADABLE) /* its folder entry tells */
			continue;
		if (unlinkat(folder, list[i].path.p, is_folder ? AT_REMOVEDIR : 0) && errno != ENOENT && !first)
			first = errno;
	}
	if (!error && unlinkat(folder, str_c(&a, path), AT_REMOVEDIR) && errno != ENOENT && !first)
		first = errno;
	arena_release(&a);
	return error ? error : first;
}

int disk_lock(int folder, Str path, int *lock, int64_t *holder)
{
	*holder = 0;
	int error = disk_open(folder, path, O_RDWR | O_CREAT, 0644, lock);
	if (error)
		return error;
	char text[32];
	int taken;
	do
		taken = flock(*lock, LOCK_EX | LOCK_NB);
	while (taken && errno == EINTR);
	if (!taken) {
		int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
		if (ftruncate(*lock, 0) || pwrite(*lock, text, (size_t)n, 0) != n)
			lseek(*lock, 0, SEEK_SET); /* only the message to others suffers */
		return 0;
	}
	error = errno;
	for (int tries = 0; !*holder && tries < 20; tries++) { /* its holder may not have said who it is yet */
		if (tries)
			usleep(2000);
		ssize_t n = pread(*lock, text, sizeof text, 0);
		if (n > 0)
			str_int(str_trim(str_n(text, (size_t)n)), holder);
	}
	close(*lock);
	*lock = -1;
	return error;
}
