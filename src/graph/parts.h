/* parts: what the files of graph/ share. Who knows it: graph. What it knows: site. */
#ifndef GEN_GRAPH_PARTS_H
#define GEN_GRAPH_PARTS_H

#include "graph/graph.h"

void graph_terms(Site *s, struct Icu *icu);                /* terms.c: vocabularies, and each brief's terms */
void graph_leaves(Site *s, const GraphRules *rules);       /* leaves.c: every file of the site */
void graph_versions(Site *s);                               /* versions.c: former paths, the list of changes */
/* What a brief's front matter names: a path, slug, id, title or address. NULL: nothing in the archive. */
const Target *graph_named(Site *s, const Document *from, Str name);
/* Whether a name in front matter, a link in a text, is of what is not published: then the source has no copy. */
bool graph_names_hidden(Site *s, const Document *from, Str name);
bool graph_links_hidden(Site *s, const Document *from, const DocLink *link);
void brief_add(Arena *a, const Brief ***list, uint32_t *n, const Brief *b);

#endif
