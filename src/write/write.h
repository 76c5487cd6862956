/* write: finished files -> the output folder, all of them or none. Who knows it: build.
 * What it knows: disk, sink, diag, lib/hash.
 *
 * What is new or changed is made beside the old site, in `.<output>.gen/next/`, and synced; what has not
 * changed is left alone and keeps its modification time. write_commit then brings it in, one of three ways:
 *   renamed    there was no site: the new folder takes its name in one step.
 *   exchanged  most of it changed: the unchanged files are linked into the new folder, and old and new folder
 *              change places in one step (renameat2, RENAME_EXCHANGE).
 *   journal    little changed, or somebody else's files stand there, or the disk cannot exchange folders: once
 *              the new manifest is synced, the files are renamed in one by one and the removals come last;
 *              cut short, the next command rolls it forward. Every file is whole at every moment.
 * Until that moment the old site stands; afterwards the new one does. Only files of the manifest whose content
 * is still what gen wrote are ever replaced or removed; everything else in the folder is somebody else's.
 *
 * The manifest (`.<output>.gen/manifest`: every file's hash, size, time, inode and path, sorted) lies beside
 * the output with the lock: in it, it would be published, and it must not go with the indexes in .gen/.
 * Without one, a folder that has files is refused unless adopt is given. */
#ifndef GEN_WRITE_WRITE_H
#define GEN_WRITE_WRITE_H

#include "base/diag.h"
#include "base/sink.h"

typedef struct Writer Writer;

typedef enum WriteSwap { WRITE_AUTO, WRITE_EXCHANGE, WRITE_JOURNAL } WriteSwap;

typedef struct WriteOptions {
	const char *source; /* the archive's folder, which the output may not be or contain; NULL: none (a bare repository) */
	bool adopt;         /* take over a folder without a manifest, and overwrite what was edited by hand */
	bool strict;        /* a warning stops the commit */
	WriteSwap swap;     /* output.swap in site.yaml */
	bool signals;       /* SIGINT, SIGTERM, SIGHUP clean up and end the program with 128 + signal; SIGXFSZ and SIGPIPE ignored */
} WriteOptions;

typedef struct WriteResult {
	size_t written, unchanged, removed; /* files */
	uint64_t bytes;                     /* of all files of the site */
	const char *way;                    /* "nothing to do", "renamed", "exchanged", "journal" */
	const char *why;                    /* why the journal was taken: "little changed" ...; else "" */
	bool unfinished;                    /* not committed, but begun: the next command finishes it */
} WriteResult;

/* Checks and locks the output, finishes what an earlier run left undone, reads the manifest. NULL: messages say
 * why (USAGE for a folder that may not be one, WORLD for the disk, ERROR for a folder of somebody else's). */
Writer *write_open(const char *output, const WriteOptions *options, Diags *d);
/* One file. Thread-safe; each path once (a second time is a BUG). Faults are kept and come out of write_commit;
 * after one of the disk, further files are only counted. */
void write_put(Writer *w, Str path, Str bytes);
/* The same from an open file, read from its start. The caller closes it. */
void write_copy(Writer *w, Str path, int file);
Sink write_sink(Writer *w);
bool write_failed(const Writer *w); /* something was said already that will stop write_commit */
/* Makes the new site the site. False: the old one stands and messages say why. The writer is closed either way. */
bool write_commit(Writer *w, WriteResult *result, Diags *d);
/* Leaves the old site as it is; removes what was made; hands over the messages so far. */
void write_abort(Writer *w, Diags *d);
/* For other commands than build: finishes what a killed build left undone, if there is anything. True: it is whole. */
bool write_recover(const char *output, Diags *d);

/* What is wrong with an output path, in words, or NULL: absolute, "..", control bytes, a name over 255 bytes ...
 * *portable is false for names that some systems cannot store (CON, a:b, a trailing dot): worth a warning. */
const char *write_path_fault(Str path, bool *portable);

#endif
