/* follow: the archive as it is now: one generation of the site in memory, and what makes the next one.
 *
 * An event is a hint at which part may have changed; what is then looked at is the truth, and when nothing has been
 * seen for a while all parts are looked at. What cannot be built is not shown: the last good state stays, and faults
 * says why. Who knows it: serve. What it knows: build, load, graph, render, lib (watch, hash).
 *
 * Ownership in one sentence: site and archive belong to the Follow and hold until the next follow_look. */
#ifndef GEN_SERVE_FOLLOW_H
#define GEN_SERVE_FOLLOW_H

#include "build.h"
#include "lib/hash.h"
#include "lib/watch.h"

typedef enum Part { PART_SETTINGS, PART_HISTORY, PART_LAYOUTS, PART_CONTENT, PART_N } Part;

typedef struct Follow {
	const Options *options;
	Archive *archive;
	Site *site;              /* NULL: nothing could ever be built */
	Watch *watch;
	unsigned doubt;          /* a bit a part: it may have changed */
	Hash prints[PART_CONTENT]; /* of the parts as they were last looked at */
	size_t weight;           /* of the generation when it was derived, in bytes; what is put into it adds to it */
	bool blind;              /* some folder cannot be watched, so all is looked at again and again */
	double event, rescan;    /* when the last event came; when everything was looked at last */
	Buf seen;                /* the path of the newest event, from the archive's root */
	bool found;              /* the last change was found by looking at everything, and no event told of it */
	Diags faults[PART_N];    /* what keeps the newest state of a part from being shown */
	Diags checks;            /* what a build would stop at, though it is shown: as of the last pause */
	bool checked;            /* they are of this generation */
} Follow;

bool follow_open(Follow *f, const Options *o); /* false: it is no archive; archive.diags say why */
void follow_close(Follow *f);
typedef enum FollowChange { FOLLOW_SAME, FOLLOW_CHECKS, FOLLOW_STYLES, FOLLOW_PAGES } FollowChange;
/* Looks at what may have changed: whether another state is to be shown, or other faults, and whether it is one of style
 * sheets alone, or of what follow_checks says. */
FollowChange follow_look(Follow *f);
/* All faults, sorted: none when what is shown is what is there. */
void follow_faults(const Follow *f, Diags *all);
/* What a build would stop at, though it is shown: faults between documents. Those of the page's own document (NULL: none)
 * are as it is now, the others' as of the last pause. */
void follow_checks(Follow *f, const Document *page, Diags *all);
/* Milliseconds until there is something to do without an event. */
int follow_patience(const Follow *f);

#endif
