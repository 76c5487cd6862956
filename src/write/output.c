#include "write/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool say(Diags *d, DiagLevel level, Str message, Str hint)
{
	diag_add(d, (Diag){.level = level, .message = message, .hint = hint});
	return false;
}

static Str real_path(Arena *a, const char *path)
{
	char *real = path && *path ? realpath(path, NULL) : NULL;
	Str s = real ? str_dup(a, str_of(real)) : (Str){0};
	free(real);
	return s;
}

/* Is x the folder y, or a folder above it? */
static bool holds(Str x, Str y)
{
	return y.n && (str_eq(x, y) || str_eq(x, S("/")) || (y.n > x.n && str_starts(y, x) && y.p[x.n] == '/'));
}

/* Resolves what exists of the path: the output itself, or the folder that it is to be made in. */
static bool resolve(Output *p, Arena *a, Diags *d)
{
	struct stat s;
	p->real = real_path(a, p->shown.p);
	if (p->real.n)
		return true;
	int error = errno;
	size_t slash = str_rfind_char(p->shown, '/');
	Str parent = slash == SIZE_MAX ? S(".") : slash ? str_dup(a, str_upto(p->shown, slash)) : S("/");
	Str name = slash == SIZE_MAX ? p->shown : str_from(p->shown, slash + 1);
	if (error == ENOENT && !lstat(p->shown.p, &s))
		return say(d, DIAG_WORLD, str_printf(a, "the output %s is a link to a folder that does not exist", p->shown.p),
			S("make that folder, or remove the link"));
	Str above = real_path(a, parent.p);
	if (error != ENOENT || !above.n || !name.n || str_eq(name, S(".")) || str_eq(name, S("..")))
		return say(d, DIAG_WORLD,
			str_printf(a, "the output %s cannot be made: %s: %s", p->shown.p, parent.p, disk_why(above.n ? error : errno)),
			S("make the folder that it is to stand in first"));
	p->real = str_printf(a, "%s/%.*s", above.n > 1 ? above.p : "", STR_ARG(name));
	return true;
}

/* What may never be replaced by a site, whatever the options say. */
static bool refuse(const Output *p, Arena *a, const char *source, Diags *d)
{
	static const char *const inside[] = {"content", "layouts", ".git", ".gen"};
	Str archive = real_path(a, source), home = real_path(a, getenv("HOME"));
	const char *what = str_eq(p->real, S("/")) ? "the root of the file system"
		: holds(p->real, archive) ? "the archive itself or a folder above it"
		: home.n > 1 && holds(p->real, home) ? "your home folder or a folder above it"
		: NULL;
	for (size_t i = 0; archive.n && !what && i < sizeof inside / sizeof *inside; i++)
		if (holds(str_printf(a, "%s/%s", archive.n > 1 ? archive.p : "", inside[i]), p->real))
			what = "a folder that the archive is read from";
	return !what || say(d, DIAG_USAGE, str_printf(a, "the output %s is %s, and is left alone", p->shown.p, what),
		S("choose a folder of its own: gen build --output public"));
}

static bool open_site(Output *p, Arena *a, Diags *d)
{
	int error = output_reopen(p);
	const char *why = error == ENOTDIR ? "it is not a folder" : disk_why(error);
	if (error)
		return say(d, DIAG_WORLD, str_printf(a, "the output %s cannot be opened: %s", p->shown.p, why),
			error == ENOTDIR ? S("move the file away, or choose another output") : (Str){0});
	if (p->site >= 0 && faccessat(p->site, ".", W_OK | X_OK, AT_EACCESS))
		return say(d, DIAG_WORLD, str_printf(a, "nothing can be written to the output %s: %s", p->shown.p, disk_why(errno)),
			(Str){0});
	return true;
}

/* A rename between two mounts fails before the names are even looked up. */
static bool is_mounted(const Output *p)
{
	return p->site >= 0 && renameat(p->state, "no such file", p->site, "no such file") && errno == EXDEV;
}

static bool open_state(Output *p, Arena *a, bool make, Diags *d)
{
	static const char everything[] = "*\n";
	bool made = make && !mkdirat(p->parent, p->own.p, 0755);
	int error = make && !made ? errno : 0, why = disk_open(p->parent, p->own, O_RDONLY | O_DIRECTORY, 0, &p->state);
	if (why == ENOENT && !make)
		return true;
	if (why)
		return say(d, DIAG_WORLD, str_printf(a, "the folder %s, which gen keeps beside the output %s, cannot be used: %s", p->own.p, p->shown.p,
			disk_why(error && error != EEXIST ? error : why)),
			S("it needs a folder in which you may write"));
	int file;
	if (make && !disk_open(p->state, S(".gitignore"), O_WRONLY | O_CREAT | O_EXCL, 0644, &file)) {
		disk_write_fd(file, str_n(everything, sizeof everything - 1)); /* for tidiness only */
		close(file);
	}
	return true;
}

static bool take_lock(Output *p, Arena *a, Diags *d)
{
	int64_t holder = 0;
	int error = disk_lock(p->state, S("lock"), &p->lock, &holder);
	if (error == EWOULDBLOCK)
		return say(d, DIAG_WORLD, str_printf(a, "another gen (process %lld) is writing to %s", (long long)holder, p->shown.p),
			S("wait until it has finished"));
	return !error || say(d, DIAG_WORLD,
		str_printf(a, "the lock %s/lock beside the output cannot be taken: %s", p->own.p, disk_why(error)), (Str){0});
}

int output_reopen(Output *p)
{
	if (p->site >= 0)
		close(p->site);
	int error = disk_open(p->parent, p->name, O_RDONLY | O_DIRECTORY, 0, &p->site);
	return error == ENOENT ? 0 : error;
}

bool output_open(Output *p, Arena *a, const char *output, const char *source, bool make, Diags *d)
{
	*p = OUTPUT_CLOSED;
	Str shown = str_of(output);
	while (shown.n > 1 && str_ends(shown, S("/")))
		shown.n--;
	while (shown.n > 2 && str_starts(shown, S("./")))
		shown = str_from(shown, 2);
	p->shown = str_dup(a, shown.n ? shown : S("."));
	if (!resolve(p, a, d) || !refuse(p, a, source, d))
		return false;
	size_t slash = str_rfind_char(p->real, '/');
	Str above = slash ? str_dup(a, str_upto(p->real, slash)) : S("/");
	p->name = str_dup(a, str_from(p->real, slash + 1));
	p->own = str_printf(a, ".%s.gen", p->name.p);
	int error = disk_open_folder(above.p, &p->parent);
	if (error)
		return say(d, DIAG_WORLD, str_printf(a, "the folder %s cannot be opened: %s", above.p, disk_why(error)), (Str){0});
	if (!open_site(p, a, d) || !open_state(p, a, make, d))
		return false;
	if (p->state < 0)
		return true;
	if (!take_lock(p, a, d) || !open_site(p, a, d)) /* again: a build that has ended since may have exchanged it */
		return false;
	p->mounted = is_mounted(p);
	return true;
}

bool output_is_unfinished(const char *output, Arena *a)
{
	Str real = real_path(a, output);
	size_t slash = str_rfind_char(real, '/');
	return real.n > 1 && !access(str_printf(a, "%.*s/.%s.gen/manifest.next", (int)slash, real.p, real.p + slash + 1).p, F_OK);
}

void output_close(Output *p)
{
	int fds[] = {p->site, p->state, p->parent, p->lock};
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*p = OUTPUT_CLOSED;
}

static int stage_in(const Output *p, Str *name)
{
	*name = p->mounted ? S(OUTPUT_STAGING) : S("next");
	return p->mounted ? p->site : p->state;
}

int output_stage(Output *p, int *stage)
{
	Str name;
	int in = stage_in(p, &name), error = disk_remove_tree(in, name);
	if (!error && mkdirat(in, name.p, 0755))
		error = errno;
	return error ? error : disk_open(in, name, O_RDONLY | O_DIRECTORY, 0, stage);
}

int output_stage_open(const Output *p, int *stage)
{
	Str name;
	int in = stage_in(p, &name);
	return disk_open(in, name, O_RDONLY | O_DIRECTORY, 0, stage);
}

int output_stage_remove(const Output *p)
{
	Str name;
	int in = stage_in(p, &name);
	return disk_remove_tree(in, name);
}

static int hash_pieces(int file, size_t size, Hash *hash)
{
	char piece[1 << 16];
	ssize_t n = read(file, piece, sizeof piece);
	if (n >= 0 && (size_t)n == size && size < sizeof piece) { /* most files: all of it at once */
		*hash = hash_of(str_n(piece, size));
		return 0;
	}
	HashStream *s = hash_start();
	while (n > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			hash_more(s, str_n(piece, (size_t)n));
		n = read(file, piece, sizeof piece);
	}
	int error = n ? errno : 0;
	*hash = hash_end(s);
	return error;
}

int output_hash(int folder, Str path, Hash *hash, DiskStat *stat)
{
	struct stat s;
	int file, error = disk_open(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &file);
	if (error)
		return error;
	error = fstat(file, &s) ? errno : S_ISDIR(s.st_mode) ? EISDIR : !S_ISREG(s.st_mode) ? ENOTSUP : hash_pieces(file, (size_t)s.st_size, hash);
	*stat = disk_stat_of(&s);
	close(file);
	return error;
}
