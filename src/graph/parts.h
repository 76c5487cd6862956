/* parts: what the files of graph/ share. Who knows it: graph. What it knows: site. */
#ifndef GEN_GRAPH_PARTS_H
#define GEN_GRAPH_PARTS_H

#include "graph/graph.h"

/* graph.c: briefs, and what they say of each other */
int brief_order(const Brief *a, const Brief *b);            /* newest first, then by path */
void brief_attach_history(const Site *s, Brief *b);
/* Attachments are part of a state: one that is not committed as it stands makes a working copy. */
void brief_compare_files(const Site *s, Brief *b);
void brief_name(Site *s, Str name, Target *t);              /* for by_address; the first keeps it */
void brief_relate(Site *s, Brief *b);                       /* what it says itself: related, superseded_by */
void graph_relate_back(Site *s);                            /* what the others say of each, again from the start */
const Brief *brief_linked(Site *s, const Document *d, const DocLink *link); /* where a link of its text leads, or NULL */
/* What a brief's front matter names: a path, slug, id, title or address. NULL: nothing in the archive. */
const Target *graph_named(Site *s, const Document *from, Str name);
/* Whether a name in front matter, a link in a text, is of what is not published: then the source has no copy. */
bool graph_names_hidden(Site *s, const Document *from, Str name);
bool graph_links_hidden(Site *s, const Document *from, const DocLink *link);
bool document_names_hidden(Site *s, const Document *d); /* whether any of its does */
/* Where the collection says so, a brief without a date has that of its first version. */
void document_date_by_history(const Site *s, Document *d);

/* Lists that a patch may lengthen have room for the next power of two; brief_add keeps to that too. */
size_t list_room(size_t n);
void brief_add(Arena *a, const Brief ***list, uint32_t *n, const Brief *b);

/* terms.c: vocabularies, and each brief's terms */
typedef struct TermSet { /* grows, each once */
	Arena arena;
	const Term **at;
	size_t n, cap;
} TermSet;
void graph_terms(Site *s, struct Icu *icu);
void term_set_add(TermSet *set, const Term *t);
void term_set_reach(TermSet *set, const Brief *b); /* the terms on whose pages a brief is listed */
void brief_name_terms(Site *s, Brief *b);          /* its terms by its record; new ones stand last in their vocabulary */
void term_place(Site *s, Vocabulary *v, struct Icu *icu); /* the last takes its place in the reading order */
void term_forget(Vocabulary *v, const Term *t);

/* leaves.c: every file of the site */
typedef struct List { /* of briefs, with sheets and feeds of its own */
	const Page *page;
	Str address, layout;
	const Brief **briefs;
	uint32_t n;
	bool feed, json_feed;
} List;
void graph_leaves(Site *s, const GraphRules *rules);
List list_of_home(const Site *s);
List list_of_shelf(const Site *s, const Shelf *shelf);
List list_of_term(const Site *s, const Term *t);
List list_of_language(const Site *s, Str code); /* page NULL: that language has no home of its own */
uint32_t list_sheets(const GraphRules *rules, const List *list, uint32_t n, uint32_t *each);
Str list_sheet_path(Arena *a, const List *list, uint32_t sheet);
/* The leaves of a list as it is now; feeds_alone: its sheets hold. An empty list of no page: all its leaves go. */
void list_again(Site *s, const GraphRules *rules, const List *list, bool feeds_alone);
void list_forget(Site *s, const List *list);
bool leaf_may_come(const Site *s, Str path); /* nothing is in its way, and it is in nobody's */
bool leaf_may_go(const Site *s, Str path);   /* no redirect has waited for it to go */
bool brief_is_public(const Site *s, const Document *d); /* neither a draft nor before its day: it may stand in feeds */

void graph_versions(Site *s);                               /* versions.c: former paths, the list of changes */

#endif
