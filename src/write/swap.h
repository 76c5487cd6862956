/* swap: from a staged site to the site. Who knows it: write. What it knows: output, manifest, disk.
 *
 * `manifest` describes the site that stands, `manifest.next` the one that is to stand, and whoever finds both
 * knows what remains to be done:
 *   exchange  the output has the inode that manifest.next names: it was exchanged; the old tree, now in next/, is
 *             removed. Otherwise it was not: manifest.next and next/ are dropped and the old site stands.
 *   journal   from the moment when manifest.next is there the new site counts: files still in next/ are renamed
 *             in, what is no longer listed is removed. Each step may be done twice.
 * Either ends with manifest.next taking the place of manifest. */
#ifndef GEN_WRITE_SWAP_H
#define GEN_WRITE_SWAP_H

#include "write/manifest.h"
#include "write/output.h"
#include "write/write.h"

typedef struct Swap {
	Output *output;
	Arena *arena;
	Manifest old, next;
	const bool *staged; /* for each file of next: it lies in the staging folder; NULL: not known (recovery) */
	size_t staged_n;
	bool recovering;
	bool made;        /* folders were made in the output */
	size_t removed_n; /* files */
	Diags *d;
} Swap;

/* Brings the staged files in. False: messages say why, and the old site stands (or, after a fault in the middle
 * of a journal, the next command finishes). */
bool swap_in(Swap *s, WriteSwap wish, WriteResult *result);
/* Reads the manifest (found: there is a whole one) and finishes or drops what an earlier run left. */
bool swap_recover(Output *o, Arena *a, Manifest *now, bool *found, Diags *d);
/* Removes the staging folder, unless a manifest.next still counts on it. */
void swap_clean(const Output *o, Arena *a);
/* Still what the manifest says? quick: trust size, time and inode. ENOENT: gone; EUCLEAN: other content. */
int swap_check(int folder, const ManifestFile *f, bool quick);

#endif
