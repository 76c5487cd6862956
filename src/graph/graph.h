/* graph: what follows from all documents and their history together: lists, terms, links both ways, addresses, and
 * the leaves: every file that the site will have. Makes nothing that is not derived, so a new generation may be made
 * at any time from the same documents.
 * Who knows it: build, check, serve. What it knows: site, links, lib (text). */
#ifndef GEN_GRAPH_GRAPH_H
#define GEN_GRAPH_GRAPH_H

#include "site.h"

struct Icu;

typedef struct GraphRules {
	/* Briefs on one sheet of the list that this layout shows; 0: not paginated. */
	int64_t (*per_sheet)(void *user, Str layout);
	/* Assets below layouts/assets/, with the fingerprinted path each is written to. */
	size_t (*assets)(void *user, const Str **names, const Str **paths);
	void *user;
	struct Icu *icu;
} GraphRules;

void graph_run(Site *s, const GraphRules *rules);
/* A file has changed, and its page is where it was: the generation has the fresh document in the place of the old one,
 * with all that follows for lists, terms, links and feeds. False: more may follow than is looked at here, and nothing
 * has been touched; derive a new one. */
bool graph_patch(Site *s, const GraphRules *rules, const Document *old, Document *fresh);
/* A leaf by its path ("briefs/x/index.html"), or NULL. */
const Leaf *graph_leaf(const Site *s, Str path);
/* The leaf of an address ("/briefs/x/"), or NULL. */
const Leaf *graph_page(const Site *s, Str address);
/* Faults between documents: broken links, unknown terms, missing files. Separate, since the preview looks at pages
 * before it looks at faults. */
void graph_check(Site *s);
/* Those of one document alone, as far as it can be told without the others. */
void graph_check_page(Site *s, const Document *d);
/* JSON Lines, an edge a line: from, to, relation, reason. */
void graph_dump(const Site *s, Buf *b);

#endif
