/* manifest: what gen wrote into an output folder. Who knows it: write. What it knows: str, buf, lib/hash.
 *
 * A text file, so that it can be looked at: one line a file, sorted by the bytes of the path,
 *     gen-manifest 1 journal 0
 *     <hash> <size> <mtime in ns> <inode> <path>
 *     end <files> <hash of all lines above>
 * The first line says how this site was brought in (`journal`, or `exchange` with the inode of the folder that
 * takes the old one's place), so that a run that finds `manifest.next` knows what remains to be done. The last
 * line shows a file that was cut short or damaged: then it counts for nothing. Size, time and inode only
 * spare reading a file that has not been touched; what decides is the hash. */
#ifndef GEN_WRITE_MANIFEST_H
#define GEN_WRITE_MANIFEST_H

#include "base/disk.h"
#include "lib/hash.h"

typedef struct ManifestFile {
	Str path; /* NUL-terminated */
	Hash hash;
	DiskStat stat;
} ManifestFile;

typedef struct Manifest {
	ManifestFile *files; /* sorted by path */
	size_t n;
	bool exchange;       /* brought in by exchanging folders, not by the journal */
	uint64_t root;       /* inode of the new folder, for the exchange */
} Manifest;

void manifest_print(const Manifest *m, Buf *out);
/* False: not a whole manifest of ours; *m is empty then. Texts point into an own copy in the arena. */
bool manifest_parse(Str text, Arena *a, Manifest *m);
const ManifestFile *manifest_find(const Manifest *m, Str path);
/* Is there a file below this folder? */
bool manifest_has_below(const Manifest *m, Str folder);

#endif
