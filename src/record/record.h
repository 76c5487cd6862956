/* record: the front matter of one file, as bytes turned into a typed Record and messages. No disk, no git: the same
 * function reads the working copy, a commit's blob and a preview's unsaved text.
 * Who knows it: load, history, graph, render. What it knows: settings, checks, lib/yaml, lib/icu.
 *
 * Ownership in one sentence: texts borrow from the file's text or live in the arena given; both must outlive the
 * Record.
 *
 * One table (record.c) holds the fields; reading, messages, did-you-mean, the manual and `gen schema` come from it. */
#ifndef GEN_RECORD_RECORD_H
#define GEN_RECORD_RECORD_H

#include "record/settings.h"

struct Icu;

typedef enum RecordKind {
	RECORD_BRIEF, /* in a collection */
	RECORD_PAGE,  /* any other page */
	RECORD_TERM   /* authors/x.md, regions/x.md ... */
} RecordKind;

typedef enum Status { STATUS_PUBLISHED, STATUS_WITHDRAWN, STATUS_RETRACTED, STATUS_SUPERSEDED } Status;
typedef enum Relation { RELATION_RELATED, RELATION_REPLACES, RELATION_FOLLOWS, RELATION_RESPONDS_TO, RELATION_CORRECTS, RELATION_N } Relation;

typedef enum ChangeType { /* minor, then Crossref's update types */
	CHANGE_UNMARKED, CHANGE_MINOR, CHANGE_ADDENDUM, CHANGE_CLARIFICATION, CHANGE_CORRECTION, CHANGE_CORRIGENDUM, CHANGE_ERRATUM,
	CHANGE_EXPRESSION_OF_CONCERN, CHANGE_NEW_EDITION, CHANGE_NEW_VERSION, CHANGE_PARTIAL_RETRACTION, CHANGE_REMOVAL,
	CHANGE_RETRACTION, CHANGE_WITHDRAWAL,
	CHANGE_N
} ChangeType;

typedef struct Person {
	Str name;          /* as written, or given and family joined in the order of the language; never empty */
	Str family, given; /* empty: not told apart */
	Str orcid;         /* 0000-0002-1825-0097, checked */
	Str affiliation;
	Str ror;           /* 03yrm5c26, of the affiliation or the organisation */
	bool org;          /* an organisation, not a person */
	Place place;
} Person;

typedef struct RelatedItem {
	Str target; /* slug, path, exact title or URL */
	Str title;  /* of a link that is none of ours; may be empty */
	Relation relation;
	bool never; /* never propose this one */
	Place place;
} RelatedItem;

typedef struct Change {
	Date date;
	ChangeType type;
	Str note;
	int64_t version; /* 0: the one in which it first stands */
	Place place;
} Change;

typedef struct Link { /* of an author; or an archived copy of an address */
	Str title, url;
	Place place;
} Link;

typedef struct Image {
	Str path, alt, caption, credit;
	Place place;
} Image;

typedef enum Field { /* the fields with a row, in the order of the table */
	F_ABSTRACT, F_ACKNOWLEDGEMENTS, F_AFFILIATION, F_ALIASES, F_ARCHIVED, F_AUTHOR, F_CHANGES, F_DATE, F_DISCLAIMER, F_DISCLOSURE,
	F_DOI, F_DRAFT, F_FEATURED, F_FORMER, F_FUNDING, F_HTML, F_ID, F_IMAGE, F_ISSN, F_KIND, F_LANG, F_LAYOUT, F_LICENCE, F_LINKS,
	F_LIQUID, F_NAME, F_NUMBER, F_ORCID, F_PARENT, F_PARTNERS, F_PATTERN, F_PDF, F_PERMALINK, F_PHOTO, F_REGION, F_RELATED, F_RIGHTS,
	F_ROLE, F_ROR, F_SERIES, F_SLUG, F_STATUS, F_STATUS_NOTE, F_SUBTITLE, F_SUPERSEDED_BY, F_TAKEAWAYS, F_TITLE, F_TOPIC,
	F_TRANSLATION_OF,
	F_N
} Field;

typedef struct FieldPlace {
	Field field;
	Place place; /* of its value */
} FieldPlace;

typedef struct RecordTerms { /* of a taxonomy whose field has no row */
	Str field;
	Items items;
} RecordTerms;

typedef struct Record {
	/* identity and description */
	Str title;          /* of a brief or page: never empty, its file's name where it has none */
	Str subtitle, id;
	Str slug;           /* final: as written, else from the file's name; valid as a segment */
	bool slug_given;    /* written in the front matter */
	Date date;          /* from the front matter, else from the name where the collection says so */
	const Person *author;
	size_t author_n;
	Place mail;         /* the first author beside whom an e-mail address stands; line 0: none */
	Str kind, series, number, abstract, lang, translation_of, doi, licence, rights;
	Items region, topic, takeaways, pdf, partners, aliases;
	const RelatedItem *related;
	size_t related_n;
	Image image;
	Str acknowledgements, funding, disclosure, disclaimer;
	/* standing */
	Status status;
	Str status_note, superseded_by;
	const Change *changes;
	size_t changes_n;
	const Link *archived; /* title: the address it is a copy of; may be empty */
	size_t archived_n;
	bool featured, draft;
	bool hidden;        /* by a key of another generator (`published: false`): then draft is set too */
	/* how it is made */
	Str layout, permalink; /* permalink: decoded and safe, or empty */
	HtmlMode html;
	bool liquid;
	/* records of terms */
	Str name, role, orcid, affiliation, ror, photo, parent, issn, pattern;
	Items former;
	const Link *links;
	size_t links_n;
	/* the rest */
	Value extra;     /* V_MAP: fields that have no row, typed by the core schema */
	Value all;       /* V_MAP: everything as written, for layouts' page.<field>; known fields typed by their row */
	const RecordTerms *terms;
	size_t terms_n;
	Items unknown;   /* keys without a row that nothing in site.yaml explains (record_unknown_add) */
	const FieldPlace *places;
	size_t places_n;
	size_t body;        /* offset in the text at which the body starts */
	uint32_t body_line; /* its line, from 1 */
	bool has_front_matter;
	bool ok;            /* no error: a state that may be published */
} Record;

typedef struct RecordRules {
	const Settings *settings;
	const Collection *collection; /* NULL: not in one */
	RecordKind kind;
	bool old;         /* a version of the past: invalid fields are dropped, nothing is an error, d may be NULL */
	Str body;         /* for titles_from_headings, where text is a front matter alone */
	struct Icu *icu;  /* for zones with summer time; NULL: opened when needed */
} RecordRules;

/* Bytes -> Record. file is the path from the archive's root (its name gives slug and date). False when it
 * cannot be read as a page at all (an unclosed or broken front matter) or, unless a draft, has errors; what could be read
 * is in *out in any case. A text of a draft has warnings in place of errors. */
bool record_parse(Str file, Str text, const RecordRules *rules, Arena *a, Diags *d, Record *out);

/* Where the parts are. Fences: `---` with nothing but spaces or tabs behind it, on the first line (after a
 * byte order mark); closed by the same or by `...`; lines end in LF, CRLF or CR. Without a fence all is body. */
typedef struct Split {
	size_t yaml, yaml_end; /* bytes between the fences */
	size_t body;           /* the byte after the closing fence's line */
	uint32_t body_line;    /* from 1 */
	bool has_front_matter;
	bool unclosed;         /* a fence opens and none closes, or the file is UTF-16; then all is body */
} Split;
Split record_split(Str text);

Place record_place(const Record *r, Field f); /* line 0: not in the file */
Str field_name(Field f);                      /* "status_note" */

/* The terms a record has in a taxonomy's field: author names, regions, the kind, the year for "date", or a
 * field of the archive's own. */
Items record_terms(const Record *r, Str field, Arena *a);

/* Slug of a file: its name without .md (of index.md: its folder's), without the date where names have one. */
Str record_name_slug(Str file, const Collection *c, Arena *a, Date *date);
/* A segment that may stand in an address: not empty, no slash, control or reserved word (v1, history, page, cite.x,
 * feed.x), no dot or space at the end. *why in words for an editor. */
bool segment_ok(Str s, const char **why);

const char *status_name(Status s);
const char *relation_name(Relation r);
const char *change_type_name(ChangeType t); /* "new_edition"; CHANGE_UNMARKED: "" */
/* Trailers and --type: spaces and hyphens count as underscores, case does not. False: none such; *near the one
 * that may be meant, or empty. */
bool change_type_of(Str name, ChangeType *out, Str *near);

bool orcid_ok(Str s, Str *bare);   /* with or without https://orcid.org/; ISO 7064 MOD 11-2 */
bool ror_ok(Str s, Str *bare);     /* nine characters, base 32, two check digits */
bool licence_ok(Str s);            /* the shape of an SPDX expression: ids, LicenseRef-x, AND, OR, WITH, brackets */

/* One line per unknown key over the whole archive, with a count and the first place. Add in the order of
 * files; then report once. */
typedef struct UnknownKeys {
	Arena arena;
	struct UnknownKey *list;
	size_t n, cap;
} UnknownKeys; /* all zero is empty */
void record_unknown_add(UnknownKeys *u, Str file, Str text, const Record *r);
void record_unknown_report(const UnknownKeys *u, const Settings *s, Diags *d);
void record_unknown_release(UnknownKeys *u);

size_t record_help(Arena *a, const HelpRow **rows); /* as settings_help */

#endif
