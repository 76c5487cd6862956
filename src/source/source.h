/* source: where an archive's bytes come from: a folder on disk, or one commit's tree; whoever reads does
 * not know which. Who knows it: load, history, render, build, commands.
 * What it knows: disk, lib (git, hash), and the default layouts that the binary carries.
 *
 * Paths are from the archive's root with '/' between names: "content/briefs/water.md". Reading is safe from
 * many threads at once. Errors are those of base/disk.h: 0, or an errno that disk_why puts into words;
 * ENOENT: no such file. Symbolic links are never followed, in a commit either (ELOOP). */
#ifndef GEN_SOURCE_SOURCE_H
#define GEN_SOURCE_SOURCE_H

#include "base/diag.h"
#include "base/disk.h"

typedef struct Source Source;

typedef enum SourceKind { SOURCE_FOLDER, SOURCE_COMMIT } SourceKind;

typedef struct SourceFile {
	Str path;
	DiskStat stat;   /* a folder's; otherwise only size */
	uint8_t blob[20]; /* a commit's: git's name of the content; otherwise zero */
} SourceFile;

/* Opens a folder. NULL: a WORLD message says why. */
Source *source_open_folder(const char *path, Diags *d);
/* The tree of a commit of the repository at path (bare or not): rev as git understands it. The archive's root
 * is the folder `below` in that tree (empty: the tree itself). NULL: a message says why. */
Source *source_open_commit(const char *path, Str rev, Str below, Diags *d);
void source_free(Source *s);
SourceKind source_kind(const Source *s);
int source_folder(const Source *s); /* the folder's descriptor; -1 otherwise */

/* The files below a folder ("content"; empty: all), sorted by the bytes of the path. Names that begin with a
 * dot are left out unless flags has DISK_WITH_DOTS; sizes and times need DISK_WITH_STAT. Links, devices and
 * pipes are left out with a warning each; a folder that cannot be read is a WORLD message. No such folder: 0
 * files and no message. */
void source_list(Source *s, Str folder, int flags, Arena *a, SourceFile **list, size_t *n, Diags *d);
/* A whole file, at most limit bytes (0: DISK_LIMIT). A file that vanishes while an editor saves it is tried
 * once more. The arena's text is NUL-terminated behind its bytes. */
int source_read(Source *s, Str path, size_t limit, Arena *a, Str *out);
/* The same, with the stat of what was read (a folder's; otherwise zero); likewise, but of a folder's files perhaps no more
 * than the beginning, which most often has the front matter; and reading it once more in the same run:
 * ESTALE when it is no longer what was read before, so that no page is made of two states. */
int source_read_stat(Source *s, Str path, size_t limit, Arena *a, Str *out, DiskStat *stat);
int source_read_start(Source *s, Str path, size_t limit, Arena *a, Str *out, DiskStat *stat);
int source_read_again(Source *s, Str path, size_t limit, const DiskStat *before, Arena *a, Str *out);
int source_read_buf(Source *s, Str path, size_t limit, Buf *out); /* appends */
bool source_has(Source *s, Str path); /* a regular file */
/* A file open for reading, for copying whole attachments: folder only, otherwise -1 (then read it). */
int source_open_file(Source *s, Str path);
/* The message for a read that failed: WORLD for the disk's faults, WARNING for a file that is gone, ERROR for one
 * that is too large or changed between two readings. */
void source_complain(Diags *d, Str path, int error, size_t limit);

/* Layouts: the archive's own "layouts/<name>", else the default of that name in the binary, file by file.
 * *own says which. Defaults are lent for ever. */
int source_layout(Source *s, Str name, Arena *a, Str *out, bool *own);
/* The names below layouts/ of both, each once, sorted ("brief.liquid", "assets/style.css"). */
void source_layout_list(Source *s, Arena *a, Str **names, size_t *n, Diags *d);

#endif
