/* build: the conductor. It alone knows the order of the stages. Who knows it: the commands' files, check, serve.
 * What it knows: every stage. */
#ifndef GEN_BUILD_H
#define GEN_BUILD_H

#include "history/history.h"
#include "options.h"
#include "report.h"
#include "site.h"

#include <pthread.h>

/* What outlives a generation: the folder or commit, its settings, the threads, the history. */
typedef struct Archive {
	const Options *options;
	Pool *pool;
	Source *source;
	Arena arena;          /* of the settings */
	Settings settings;
	Diags diags;          /* of opening, site.yaml, layouts and history */
	struct Layouts *layouts;
	struct Renderer *renderer;
	struct Loader *loader;
	struct Icu *icu;
	Repo *repo;           /* NULL: everything is a working copy */
	Oid commit;
	History *history;
	Arena history_arena;  /* of the thread that makes it; so are these */
	Diags history_diags;
	pthread_t history_thread;
	Report report;
} Archive;

/* Opens the archive and reads site.yaml. False when nothing can follow; its diags say why. */
bool archive_open(Archive *a, const Options *o);
void archive_close(Archive *a);
/* For the preview. Layouts as they are now, every one of them parsed; false: why has errors, and the old ones stay. The
 * Site at hand borrows of them; derive a new one. */
bool archive_relayout(Archive *a, Diags *why);
/* The next build_site reads the history again, from what is the newest commit then. The Site at hand borrows of it. */
void archive_forget_history(Archive *a);
/* Makes .gen/, where git does not look. False: there is none, of a commit or where nothing may be written. */
bool archive_keeps(Archive *a);
Oid archive_head(Archive *a); /* the commit that would be built now; zero: none */
/* The history alone, read now; its diags are the archive's. NULL: there is none, and a diag says why. */
History *archive_history(Archive *a);

/* The stages up to the graph: a new generation, with one reference. spool_beside: bodies are made into HTML at once
 * and wait on the disk of that folder; NULL: each is made when it is asked for. */
Site *build_site(Archive *a, const char *spool_beside);
void site_release(Site *s);

/* For the preview: a file that breaks is shown as it last was. */
void archive_keep_good(Archive *a);
/* What was touched, put into the generation that is there. False: build_site makes a new one. *changed:
 * it differs from what was there. */
bool archive_patch(Archive *a, Site *s, bool *changed);

/* Every message about a generation, the archive's and the documents' with it. */
void build_gather(const Archive *a, Site *s, Diags *all);

/* An archive with a generation of it, drafts included, for a command that only looks. What keeps it from being opened is
 * printed: the exit status, or 0 and a desk to close. */
typedef struct Desk {
	Options options;
	Archive archive;
	Site *site;
} Desk;
int desk_open(Desk *d, const Options *o);
void desk_close(Desk *d);
/* The brief that a word names: slug, path, or address; NULL after a message. */
const Brief *desk_brief(Desk *d, Str word);
/* archive_open alone for such a command. */
int archive_look(Archive *a, const Options *o);

int build_run(const Options *o);  /* gen build */
int build_dump(const Options *o); /* gen dump STAGE [ADDRESS] */

#endif
