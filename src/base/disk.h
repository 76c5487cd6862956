/* disk: files below one folder, safely. Every path is relative to a folder that was opened once, is never
 * followed through a symbolic link, and cannot leave that folder; what is opened is what is looked at, so
 * nothing can be swapped in between. Who knows it: source, write, and whoever keeps files of gen's own.
 * What it knows: POSIX, str, buf.
 *
 * Errors are errno values, 0 for success; disk_why puts them into words. Two are said by disk itself:
 * ELOOP, a symbolic link stands on the way; EFBIG, the file is larger than the limit. ENOTSUP: it is
 * neither a file nor a folder (a device, a pipe), and was not waited for. Interrupted calls are repeated. */
#ifndef GEN_BASE_DISK_H
#define GEN_BASE_DISK_H

#include "base/buf.h"

#define DISK_LIMIT ((size_t)16 << 20) /* bytes: the largest file read unless told otherwise */

/* What an editor would want to read: "the disk is full", "permission denied". Static, locale-free. */
const char *disk_why(int error);

/* A folder by its path as the user gave it (links followed): *folder is a descriptor to close. */
int disk_open_folder(const char *path, int *folder);
/* Below a folder: open flags as open(2) (O_CLOEXEC and O_NOFOLLOW are added), mode for O_CREAT. path may be
 * empty or "." for the folder itself. The path may not be absolute or hold "..": EINVAL. */
int disk_open(int folder, Str path, int flags, int mode, int *file);

typedef struct DiskStat {
	uint64_t size;
	int64_t mtime; /* nanoseconds since 1970 */
	uint64_t inode;
} DiskStat;
static inline bool disk_same(const DiskStat *a, const DiskStat *b)
{
	return a->size == b->size && a->mtime == b->mtime && a->inode == b->inode;
}
struct stat;
DiskStat disk_stat_of(const struct stat *s); /* of what fstat said */

/* Reads a whole regular file and appends it; at most limit bytes, checked before and while reading. A file
 * that changes while it is read is read again. stat may be NULL. */
int disk_read(int folder, Str path, size_t limit, Buf *out, DiskStat *stat);
/* The same for an open descriptor, from where it stands. */
int disk_read_file(int file, size_t limit, Buf *out);
/* The same into an arena; NUL-terminated behind its bytes. */
int disk_read_arena(int folder, Str path, size_t limit, Arena *a, Str *out, DiskStat *stat);
/* Its first n bytes, or all when it has no more; stat is of the whole file. What changes meanwhile is not seen: whoever
 * reads the rest compares the stat. */
int disk_read_start(int folder, Str path, size_t limit, size_t n, Arena *a, Str *out, DiskStat *stat);
/* What is there, links not followed at the end. mode as st_mode; stat and mode may be NULL. */
int disk_stat(int folder, Str path, DiskStat *stat, uint32_t *mode);

typedef enum DiskKind { DISK_FILE, DISK_LINK, DISK_OTHER, DISK_UNREADABLE } DiskKind;

typedef struct DiskEntry {
	Str path;      /* from the folder that was opened; '/' between names */
	DiskKind kind; /* UNREADABLE: a folder that could not be opened; error says why */
	int error;
	DiskStat stat; /* of files, when asked for */
} DiskEntry;

enum {
	DISK_WITH_STAT = 1, /* size, mtime and inode of files */
	DISK_WITH_DOTS = 2, /* names that begin with a dot, too */
	DISK_WITH_FOLDERS = 4 /* also folders, as DISK_OTHER with a '/' behind the path */
};

/* Everything below a folder, sorted by the bytes of the path; files, and what is neither file nor folder.
 * Nothing is followed. path may be empty: the whole. 0, or the error of the folder itself. */
int disk_list(int folder, Str path, int flags, Arena *a, DiskEntry **list, size_t *n);

int disk_make_folders(int folder, Str path);           /* with all those above it; 0755; those there are fine */
int disk_write_fd(int file, Str bytes);                /* all of it */
/* A whole new file under a temporary name beside it, synced, renamed over the old one: old or new, never half. */
int disk_replace(int folder, Str path, Str bytes);
/* The same without waiting for the disk, for what proves itself when it is read: a power cut may spoil it. */
int disk_keep(int folder, Str path, Str bytes);
/* Removes a folder below `folder` with everything in it; links are removed, not followed. Absent is fine. */
int disk_remove_tree(int folder, Str path);
/* Opens or makes a lock file and takes it. EWOULDBLOCK: held by the process whose number is in *holder (0: not
 * known). The lock is free when *lock is closed, or its holder dies. */
int disk_lock(int folder, Str path, int *lock, int64_t *holder);

#endif
