/* versions: texts of the past, for render. Who knows it: render, check. What it knows: site, links, doc, lib/git.
 *
 * Ownership in one sentence: what a Versions hands out lives until it is asked about another brief. */
#ifndef GEN_RENDER_VERSIONS_H
#define GEN_RENDER_VERSIONS_H

#include "doc/redline.h"
#include "site.h"

typedef struct Versions Versions;

Versions *versions_new(struct Icu *icu); /* the worker's, for word breaks */
void versions_free(Versions *v);
/* What fields of front matter are called on redlines; must be set before version_changes_html. */
void versions_labels(Versions *v, Str (*label)(void *user, Str field), void *user);
void versions_forget(Versions *v); /* before the site it was asked about goes */
/* Before each page: when the texts kept of the brief at hand have grown large they are let go, and with them all that
 * was handed out. */
void versions_trim(Versions *v);

/* The brief as version i had it: `page` for its layout. NULL: withheld, or its text cannot be read. */
const Brief *version_brief(Versions *v, const Site *s, const Brief *b, uint32_t i);
/* The front matter of version i, in the page's arena, of a brief that need not be there today. NULL: withheld, or
 * it cannot be read. */
/* Whether the source of a version may be copied: it names nothing that is not published, and is UTF-8. */
bool version_source_shown(Versions *v, const Site *s, const Brief *b, uint32_t i);
const Record *version_record(Versions *v, const Site *s, const BriefHistory *h, uint32_t i, Arena *page);
/* The body of version_brief, links resolved where it stood and carried to today's addresses. */
bool version_html(Versions *v, const Site *s, const Brief *b, uint32_t i, const DocHtml *how, Arena *page, Buf *out);
/* The redline between two of its versions; NULL as above. Neighbours' are kept. */
const Redline *version_redline(Versions *v, const Site *s, const Brief *b, uint32_t from, uint32_t to);
/* Version i against the file as it is on the disk. */
const Redline *version_redline_now(Versions *v, const Site *s, const Brief *b, uint32_t i);
/* The same with what changed in the front matter and the attachments, as HTML. */
bool version_changes_html(Versions *v, const Site *s, const Brief *b, uint32_t from, uint32_t to, const RedlineWords *words, Arena *page, Buf *out);
/* Likewise of version i against the file as it is on the disk; attachments are not compared. */
bool version_changes_now_html(Versions *v, const Site *s, const Brief *b, uint32_t i, const RedlineWords *words, Arena *page, Buf *out);

#endif
