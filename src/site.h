/* site: the map. Every stage reads it; each fills its own section and only reads those above it.
 *
 * Lifetimes: a Document (one source file, loaded) has an arena of its own and outlives a change of other files;
 * a Site is one generation of everything derived, in one arena, freed with its last user; a page's arena is reset
 * after each page. So when a file changes in the preview, its Document is made anew, a new Site is derived from
 * the documents, and the old Site goes with the last request that reads it, taking its references to documents
 * along.
 *
 * Who knows it: load, graph, render, serve, check, build. What it knows: record, doc, source (their types). */
#ifndef GEN_SITE_H
#define GEN_SITE_H

#include "base/diag.h"
#include "base/pool.h"
#include "base/table.h"
#include "base/value.h"
#include "doc/doc.h"
#include "history/versions.h"
#include "record/record.h"
#include "record/settings.h"
#include "source/source.h"

#include <stdatomic.h>

typedef struct Site Site;
typedef struct Page Page;
typedef struct Brief Brief;
typedef struct Term Term;
typedef struct Vocabulary Vocabulary;

/* ---- load: what the files say ------------------------------------------------------------------------- */

typedef enum DocumentKind { DOCUMENT_BRIEF, DOCUMENT_TERM, DOCUMENT_PAGE } DocumentKind;

/* A piece of the spool: finished HTML that waits on disk for its layout. */
typedef struct Spooled {
	uint64_t at;
	uint32_t n;
} Spooled;

typedef struct Document {
	Arena arena;
	_Atomic uint32_t references; /* generations (and the loader) that hold it */
	DocumentKind kind;
	uint32_t owner;     /* number of its collection (brief) or taxonomy (term) in the settings */
	Str path;           /* from the archive's root: "content/briefs/2024/x.md" */
	Str stem;           /* below its collection, without .md or /index.md: "2024/x" */
	bool bundle;        /* <stem>/index.md: the files beside it belong to it */
	DiskStat stat;      /* as the source listed it, to see changes */
	Str head;           /* the front matter's text, which the record borrows from */
	Record record;
	Oid blob[2];        /* git's names for the file as it is, and with its line ends made LF */
	Str slug;
	Str address;        /* "/briefs/x/", without the base path */
	bool failed;        /* could not be read or parsed: a diagnostic says why */
	bool doubtful;      /* its file was touched: read it again, whatever its time says */
	bool stale;         /* the file no longer parses; this is how it last did, and diags are about the file of now */
	Str text;           /* the whole file, where it has to be kept; empty: it is on the disk */
	Arena text_arena;   /* of that alone: it goes as soon as another text has taken the document's place */
	Diags diags;
	/* the body's facts */
	size_t words, minutes;
	Str excerpt;
	DocLink *links;
	size_t links_n;
	Str toc;            /* finished HTML, empty when short */
	Str *anchors;       /* ids of its headings, sorted */
	size_t anchors_n;
	bool has_raw_ids;   /* raw HTML in it may have others */
	bool not_utf8;      /* so that its source cannot stand in the site */
	bool body_known;    /* these facts have been read */
	Spooled html;       /* where the spool has the body */
	bool spooled;
} Document;

/* A file that is copied: an attachment, an image, _root/. */
typedef struct Attachment {
	Str path;           /* from the archive's root */
	Str address;        /* "/briefs/x/data.csv" */
	uint64_t size;
} Attachment;

/* ---- graph: what follows from all of them together ----------------------------------------------------- */

typedef enum PageKind {
	PAGE_HOME, PAGE_BRIEFS, PAGE_BRIEF, PAGE_TERMS, PAGE_TERM, PAGE_PLAIN, PAGE_MADE /* 404, feeds, sitemap ... */
} PageKind;

/* Whatever has an address and is shown to layouts as `page`. */
struct Page {
	Object object;
	const Site *site;
	PageKind kind;
	Str url;                  /* root-relative under the base path */
	Str title;
	const Document *document; /* NULL: made by gen */
	Str lang;
};

typedef struct RelatedBrief {
	const Brief *brief;       /* NULL: elsewhere, or not in the archive */
	Str title, url;           /* of what is elsewhere */
	Relation relation;
	bool incoming;            /* the other brief names this one */
} RelatedBrief;

struct Brief {
	Page page;
	const Term **terms;       /* of all taxonomies, in the order written */
	uint32_t terms_n;
	const RelatedBrief *related;
	uint32_t related_n;
	const Brief **backlinks;  /* briefs whose text links here, newest first */
	uint32_t backlinks_n;
	const Brief **translations;
	uint32_t translations_n;
	const Brief *newer, *older; /* in its collection */
	const Brief *superseded_by;
	const Attachment *attachments;
	uint32_t attachments_n;
	const BriefHistory *history; /* NULL: no history */
	bool working_copy;        /* the file is not what is committed */
	bool names_hidden;        /* its text or front matter names what is not published: its source stays out */
	Date updated;             /* of the last significant version; the date where there is no history */
	uint32_t number;          /* its place in site->briefs */
};

struct Term {
	Page page;
	const Vocabulary *vocabulary;
	Str slug;
	const Brief **briefs;     /* newest first */
	uint32_t briefs_n;
	const Term *parent;
	const Term **children;
	uint32_t children_n;
};

struct Vocabulary {
	Page page;                /* its index */
	const Taxonomy *settings;
	const Term **terms;       /* in reading order of the site's language */
	uint32_t terms_n;
	Table by_key;             /* folded slug, title and aliases -> Term */
};

typedef struct Shelf {
	Page page;                /* its list */
	const Collection *settings;
	const Brief **briefs;     /* newest first */
	Value list;               /* the same for layouts, which ask on every page */
	uint32_t briefs_n;
} Shelf; /* the briefs of a collection */

/* What a file of the finished site is; layouts[] in graph/leaves.c says its layout. */
typedef enum LeafKind {
	LEAF_PAGE,       /* a page by its own layout */
	LEAF_LIST,       /* one sheet of a paginated list */
	LEAF_FEED, LEAF_JSON_FEED, LEAF_SITEMAP, LEAF_ROBOTS, LEAF_NOT_FOUND,
	LEAF_VERSION, LEAF_REDLINE, LEAF_SINCE, LEAF_HISTORY, LEAF_TIMEMAP, LEAF_BRIEF_FEED, /* of one brief */
	LEAF_CHANGES, LEAF_CHANGES_FEED,
	LEAF_REDIRECT, LEAF_TOMBSTONE,
	LEAF_RULES,      /* all of both as one table, for hosts */
	LEAF_SOURCE,     /* a brief's Markdown */
	LEAF_FILE,       /* an attachment, copied */
	LEAF_BLOB,       /* an attachment as it stood, out of git */
	LEAF_ASSET,      /* of layouts/assets/ */
	LEAF_N
} LeafKind;

typedef struct Leaf {
	LeafKind kind;
	Str path;                 /* below the output folder: "briefs/x/index.html" */
	Str layout;               /* its name; empty: bytes as they are */
	const Page *page;
	uint32_t sheet, sheets;   /* of a paginated list, from 1 */
	uint32_t per_sheet;
	const Brief **briefs;     /* the whole list that is paginated, or the feed's newest */
	uint32_t briefs_n;
	const Attachment *file;
	Str asset;                /* name below layouts/: "assets/style.css" */
	Str target;               /* redirects: the address they lead to */
	const BriefHistory *history; /* of versions, their sources, tombstones */
	uint32_t version;         /* index in it */
	Oid blob;                 /* LEAF_BLOB */
} Leaf;

enum { SITEMAP_LENGTH = 50000 };
static inline bool leaf_in_sitemap(const Leaf *l) { return l->kind == LEAF_PAGE || l->kind == LEAF_LIST || l->kind == LEAF_HISTORY; }

/* What a link in a text, a `related` entry or a path can mean. */
typedef enum TargetState { TARGET_NONE, TARGET_PUBLIC, TARGET_HIDDEN } TargetState;
typedef struct Target {
	TargetState state;
	Str address;              /* without the base path */
	const Document *document;
	const Attachment *attachment;
	const Brief *brief;       /* graph: the brief there, if it is one */
} Target;

/* A version and its brief, for lists over all of them. */
typedef struct VersionRef {
	const BriefHistory *history;
	const Brief *brief; /* NULL: gone */
	uint32_t version;   /* index in the history; of a removal its last */
	bool removal;       /* the brief was removed then */
	Date date;
} VersionRef;

/* ---- the generation ------------------------------------------------------------------------------------ */

struct Site {
	Object object;
	Arena arena;
	_Atomic uint32_t references;
	Diags diags;
	/* given */
	const Settings *settings;
	const Source *source;
	Date now;                 /* what embargoes are compared with */
	Date told_now;            /* the same for layouts; not known where it is the clock's, so that builds repeat */
	bool drafts, portable, strict;
	Str base;                 /* "" or "/x" */
	Str origin;               /* "https://example.org" or "" */
	/* load */
	Document **documents;     /* by path */
	size_t documents_n;
	const Attachment *attachments; /* by path */
	size_t attachments_n;
	Value data;               /* site.data */
	Table by_path;            /* path of a document or attachment -> Target */
	int spool;                /* file descriptor; -1: none */
	Document **replaced;      /* by load_patch: this generation still borrows texts of theirs */
	size_t replaced_n;
	size_t replaced_bytes;
	/* history */
	const History *history;   /* NULL: none */
	Repo *repo;               /* for the texts of versions; each thread takes its own by repo_again */
	/* graph */
	Brief **briefs;           /* newest first, then by path */
	size_t briefs_n;
	Value briefs_value;       /* the same as a list for layouts */
	bool hides;               /* something of the archive, or of its history, is not published */
	bool finds_hidden;        /* and sources are copied: a brief that names it must not be */
	Table hidden_names;       /* slugs, ids, titles and addresses of briefs that are not published */
	Table by_former_path;     /* a path that a version had and its brief has no longer -> Target */
	const VersionRef *changes; /* significant changes that may be shown, newest first */
	size_t changes_n;
	Shelf *shelves;            /* one a collection of the settings */
	size_t shelves_n;
	Vocabulary *vocabularies; /* one a taxonomy of the settings */
	size_t vocabularies_n;
	Page *home;
	Leaf **leaves;            /* by path */
	size_t leaves_n;
	Table by_leaf;            /* folded path -> Leaf */
	Table by_address;         /* address, slug, id, title of a brief -> Target; made when first asked */
	Table asked;              /* every name that was looked up in it, found or not */
	Table shared;             /* names in it that are more than one brief's: the first in the order has them */
	Table given_way;          /* folded paths of redirects that something else took the place of */
	size_t in_sitemap;        /* leaves that the sitemap lists */
	Date updated;             /* the newest change of anything shown */
	/* render */
	const struct Layouts *layouts;
};

/* How layouts see them; filled by render. */
extern const ObjectType site_type, brief_type, term_type;

#endif
