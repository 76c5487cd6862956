/* links: where a link in a text leads, by the archive's own map. Who knows it: load, graph, render.
 * What it knows: site. */
#ifndef GEN_LINKS_H
#define GEN_LINKS_H

#include "site.h"

/* The target as written, cut into its parts. */
typedef struct LinkParts {
	Str path, query, fragment; /* query with its '?', fragment without '#' */
} LinkParts;
LinkParts link_parts(Str target);

/* The path from the archive's root that a relative link names, percent-decoded and normalised; empty when it
 * leaves the archive. "/x" is below content/ when such a file exists there. */
Str link_path(Str from_path, Str relative, Arena *a);

/* Finds the file that a link of this document names: NULL when it is an address ("/briefs/x/", "#notes"), external,
 * or not in the archive; *is_file tells the last apart: it was meant as a file. */
const Target *link_target(const Site *s, const Document *from, Str target, bool *is_file);
/* The path of a file that a link means and that lies elsewhere in the archive (assets/a.png beside content/): it is
 * published because a public text links to it, at its own path. Empty: there is none, or it may not be (a dot or an
 * underscore in its path, Markdown). */
Str link_loose_file(const Site *s, const Document *from, Str target, Arena *a);
/* A file in a bundle is as public as its page. */
bool attachment_public(const Site *s, const Attachment *a);
/* What `image` names, as a link from the document: a web address, a file beside it, or one from content/ or the
 * archive's top. Empty: there is no such file. */
Str link_picture(const Site *s, const Document *from, Str path, Arena *a);
/* Whether a page may load a picture, a sound or a film from this address of another host: allow_hosts names it. */
bool link_loads(const Settings *s, Str url);
/* For doc_html: the address to write. */
DocTarget link_resolve(const Site *s, const Document *from, const DocLink *link, Arena *page);
/* The term that a text names: by its slug, or by a name that a record gives it. NULL: a new one, with that *slug, which is
 * not set where the text itself is known. */
Term *link_term(const Vocabulary *v, Str text, Str *slug, Arena *a);
/* An address of the site ("/briefs/x/") under the base path, percent-encoding left to the escaper. */
Str link_url(const Site *s, Str address, Arena *a);
/* The same of a file, whose name may hold what an address cannot: a space, #, ?, % are percent-encoded. */
Str link_file_url(const Site *s, Str address, Arena *a);

/* Whether a name (a path, slug, id, title or address, as front matter or a link has it) is one of what is not
 * published, today or ever, and that nobody shall hear of. */
bool link_is_hidden(const Site *s, const Document *from, Str name);
/* Whether something stands at an address of the site: a page, a file, a redirect, a tombstone. After graph. */
bool link_has_page(const Site *s, Str address);
/* The version under which this content of an attachment is stored: the first that had it. */
uint32_t version_of_file(const BriefHistory *h, uint32_t version, const VersionFile *file);
/* A document's text as a Doc, by the rules of its front matter and the site's. text is the whole file. */
Doc *document_doc(const Site *s, const Document *d, Str text, Arena *a, Diags *diags);

void target_put(Site *s, Str path, Target *t); /* into by_path, under its name in NFC too */

#endif
