/* settings: site.yaml, one table (settings.c) from which come reading, messages, the manual and the schema.
 * Who knows it: every stage. What it knows: record, checks, lib/yaml, lib/icu.
 *
 * Ownership in one sentence: every text and list lives in the arena given to settings_parse, or is static. */
#ifndef GEN_RECORD_SETTINGS_H
#define GEN_RECORD_SETTINGS_H

#include "base/value.h"
#include "record/checks.h"

struct YamlNode;

typedef struct Item { /* a text with its place */
	Str text;
	Place place;
} Item;

typedef struct Items {
	const Item *at;
	size_t n;
} Items;

typedef enum HtmlMode { HTML_CLEAN, HTML_OFF, HTML_TRUSTED } HtmlMode;

typedef struct Language {
	Str code; /* "ko" */
	Str name; /* as its speakers write it; empty: ask ICU */
} Language;

typedef struct Institute {
	Str name, short_name, ror, address, url; /* ror: the nine characters after https://ror.org/ */
	bool author;                             /* briefs without an author are its own */
} Institute;

typedef struct Brand {
	Str logo, logo_alt, favicon; /* paths in content/ */
	Str accent;                  /* #rrggbb */
	Str fonts;                   /* a CSS font-family list */
} Brand;

typedef struct MenuItem {
	Str title, url, lang; /* lang empty: in every language */
	Place place;
} MenuItem;

typedef struct Banner {
	Str text, url;
	Date from, until; /* days; unknown: open-ended. until is the last day it shows */
} Banner;

/* `created: date`, or `requires: {to: related, split: ",", prefix: eip-, suffix: .md}`; `category: keep` says that a
 * key is known and for layouts alone. */
typedef struct FieldMap {
	Str from;
	Str to;             /* a field's name; empty: keep */
	Str split;          /* a text is cut at this; empty: not */
	Str prefix, suffix; /* put around each piece */
	const struct YamlNode *values; /* a map of words to those that stand in their place; NULL: none */
	int order;          /* of the parts of a date that is written in another way: DateOrder */
	Place place;
} FieldMap;

typedef enum DateOrder { DATE_AS_IS, DATE_YMD, DATE_DMY, DATE_MDY } DateOrder;

typedef struct FolderDefaults {
	Str folder;                     /* below the collection's path, no slashes at the ends; empty: all of it */
	const struct YamlNode *fields;  /* a map like a front matter, checked when site.yaml was read */
} FolderDefaults;

typedef struct Collection {
	Str name;    /* "briefs" */
	Str title;   /* for headings; empty: an interface word or the name */
	Str path;    /* from the archive's root, no slashes at the ends: "content/briefs" */
	Items former_paths;
	Str permalink; /* "/briefs/:slug/" (permalink.h) */
	Items former_permalinks;
	Str address; /* of its list: "/briefs/" */
	Str layout;  /* "brief" */
	const FieldMap *fields;
	size_t fields_n;
	const FolderDefaults *defaults; /* the shortest folder first */
	size_t defaults_n;
	bool dates_from_names; /* 2019-03-28-slug.md */
	bool dates_from_history, titles_from_headings; /* where the front matter names none */
	bool feed, versions;
	HtmlMode html;
	bool liquid;
	Place place;
} Collection;

typedef struct Taxonomy {
	Str name;    /* "regions": also the folder of its records below content/ */
	Str field;   /* "region"; "date" makes years */
	Str title;
	Str address; /* "/regions/" */
	Str layout;  /* "term" */
	bool closed; /* an unknown term is an error */
	bool hierarchical;
	bool feed;   /* of each term */
	Place place;
} Taxonomy;

typedef struct HistorySettings {
	bool author_dates;
	bool notes;        /* Change-Note: lines of commit messages count */
	bool subjects;     /* first lines of commit messages are shown */
	bool contributors; /* committers are named */
	bool allow_incomplete;
	int64_t bulk;      /* a commit that touches more briefs is minor */
} HistorySettings;

typedef struct Suppression {
	Str brief; /* path or slug */
	const int64_t *versions;
	size_t versions_n; /* 0: all */
	Str reason;
	bool silent; /* notice: none */
	Place place;
} Suppression;

typedef enum Output { /* the switches of `output:`; rows in settings.c */
	OUT_CHANGES, OUT_CITE, OUT_CITE_VERSIONS, OUT_FEEDS, OUT_HISTORY, OUT_JSON_FEED, OUT_REDIRECTS, OUT_ROBOTS, OUT_SEARCH,
	OUT_SINCE, OUT_SITEMAP, OUT_SOURCES, OUT_TIMEMAPS, OUT_TOMBSTONES, OUT_VERSIONS,
	OUT_N
} Output;

typedef enum Swap { SWAP_AUTO, SWAP_EXCHANGE, SWAP_JOURNAL } Swap;

typedef struct Settings {
	Str title, description;
	Str url;    /* "https://example.org/policy": no slash at the end; empty: not said */
	Str origin; /* "https://example.org" */
	Str base;   /* "/policy", or empty */
	Str host;   /* "example.org", with its port */
	Str language; /* "en" */
	const Language *languages; /* the default one first; at least one */
	size_t languages_n;
	Str timezone; /* "UTC" */
	Institute institute;
	Brand brand;
	const MenuItem *menu;
	size_t menu_n;
	const Banner *banners;
	size_t banners_n;
	Items featured; /* slugs or paths */
	Str disclaimer;
	Str licence;    /* SPDX; empty: all rights reserved */
	Str rights;
	const Collection *collections;
	size_t collections_n;
	const Taxonomy *taxonomies;
	size_t taxonomies_n;
	HtmlMode html;
	bool liquid;
	HistorySettings history;
	const Suppression *suppress;
	size_t suppress_n;
	CheckLevels checks;
	bool output[OUT_N];
	Swap swap;
	Items allow_hosts;  /* hosts that pages may load from; empty: none */
	int64_t paginate;   /* briefs on one list page */
	int64_t max_file;   /* MiB: a larger file of content is an error */
	Value all;          /* everything as written, for layouts' site.<key> */
} Settings;

/* The defaults, then what site.yaml says. An absent file is the empty text. True when nothing was of level
 * DIAG_USAGE; *out is whole and usable in any case. Addresses in it are decoded and safe (permalink.h). */
bool settings_parse(Str file, Str text, Arena *a, Diags *d, Settings *out);
/* Where --base-url stands in for `url`: sets url, origin, base and host. False: not an http(s) address. */
bool settings_set_url(Settings *s, Arena *a, Str url);

/* The collection whose path (or former path, for history) holds a file; the longest wins. NULL: none. */
const Collection *settings_collection(const Settings *s, Str path, bool former);
/* Whether no part of a path below its collection's folder (or content/) begins with a dot or an underscore, so that
 * _posts can be a collection and content/_data is nothing to publish. */
/* Of a file that is read as a text: the bytes of its ending, .md or .markdown; 0: it is not one. */
size_t text_ending(Str path);
bool settings_is_public(const Settings *s, Str path, bool former);
const Taxonomy *settings_taxonomy(const Settings *s, Str name);
const Taxonomy *settings_taxonomy_of_field(const Settings *s, Str field);

/* The table's rows as manual page text (mdoc-free: name, type, default, allowed, help), in table order. */
typedef struct HelpRow {
	Str name;       /* "history.bulk" */
	Str type;       /* "whole number" */
	Str fallback;   /* its default, or empty */
	Str allowed;    /* "committer, author", or empty */
	Str help;
	bool required;
} HelpRow;
size_t settings_help(Arena *a, const HelpRow **rows);

#endif
