/* output: where the output folder really is, whether it may be one, and the folder of gen's own beside it.
 * Who knows it: write. What it knows: disk, diag, lib/hash. */
#ifndef GEN_WRITE_OUTPUT_H
#define GEN_WRITE_OUTPUT_H

#include "base/diag.h"
#include "base/disk.h"
#include "lib/hash.h"

#define OUTPUT_STAGING ".gen-staging" /* in an output that is a mount point: files must be made on its own disk */

typedef struct Output {
	Str shown;  /* as the user gave it, without a slash at the end: for messages */
	Str real;   /* absolute, without links */
	Str name;   /* its last part, NUL-terminated */
	Str own;    /* ".<name>.gen", the folder beside it, NUL-terminated */
	int parent; /* descriptors: the folder it stands in */
	int state;  /* the folder beside it; -1: there is none */
	int site;   /* itself; -1: it does not exist yet */
	int lock;
	bool mounted; /* files cannot be renamed from beside it into it */
} Output;

/* All -1: nothing open. */
#define OUTPUT_CLOSED ((Output){.parent = -1, .state = -1, .site = -1, .lock = -1})

/* Finds it, refuses what may not be an output (source: the archive's folder, or NULL), makes and locks the folder
 * beside it. With make false only what is there is opened; without a folder
 * beside it, state stays -1 and nothing is locked. False: messages say why. */
bool output_open(Output *p, Arena *a, const char *output, const char *source, bool make, Diags *d);
/* Has a run left something to finish? Says nothing. */
bool output_is_unfinished(const char *output, Arena *a);
void output_close(Output *p);
int output_reopen(Output *p); /* the output's descriptor anew, after it was exchanged or made */
/* Where the files of the next site are made: opens its folder, new and empty. */
int output_stage(Output *p, int *stage);
int output_stage_open(const Output *p, int *stage); /* the one that is there */
int output_stage_remove(const Output *p);
/* The hash and stat of a regular file below a folder, without following links. */
int output_hash(int folder, Str path, Hash *hash, DiskStat *stat);

#endif
