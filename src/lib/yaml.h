/* yaml: YAML 1.2 as bytes, a tree of nodes with their places, and values with the core schema's types
 * (`no` and 2024-01-01 are text). Who knows it: record, liquid, load (data files), render (interface words).
 * What it knows: libyaml, in yaml.c alone.
 *
 * Ownership in one sentence: every node and text lives in the arena given to yaml_parse, or the nodes in a second one.
 *
 * Stricter than YAML where YAML loses an editor's words: one document, no directives, no tags but the core
 * schema's, no merge keys, no duplicate keys, keys that are text, no anchor on a text that no alias uses, UTF-8
 * only, and bounded (YAML_DEPTH, YAML_ALIASES, YAML_EXPANDED and the limits of YamlText). */
#ifndef GEN_LIB_YAML_H
#define GEN_LIB_YAML_H

#include "base/diag.h"
#include "base/value.h"

enum {
	YAML_KEY = 200,        /* bytes of a key */
	YAML_DEPTH = 64,       /* lists and maps inside one another */
	YAML_ALIASES = 100,    /* *alias uses in one text */
	YAML_EXPANDED = 10000, /* nodes after aliases are expanded */
	YAML_BYTES = 1 << 20,  /* of a front matter */
	YAML_EVENTS = 100000   /* of a front matter */
};

typedef enum YamlKind { YAML_TEXT, YAML_LIST, YAML_MAP } YamlKind;

typedef struct YamlNode {
	uint8_t kind;    /* YamlKind */
	bool plain;      /* YAML_TEXT without quotes: the core schema may see a type in it */
	bool comment;    /* YAML_TEXT, plain: a comment follows on the same line */
	uint32_t n;      /* items of a list, pairs of a map */
	Place place;     /* of a list or map: its first line */
	union {
		Str text;                      /* YAML_TEXT, unescaped; may hold no control characters but tab and line feed */
		const struct YamlNode *items;  /* YAML_LIST: n; YAML_MAP: 2n, key (always text) and value in turn */
	};
} YamlNode;

/* What is to be read: a part of a file. Messages name the file and show its lines. */
typedef struct YamlText {
	Str file, text;    /* the whole of it */
	size_t from, to;   /* the bytes that are YAML */
	DiagLevel level;   /* of faults: DIAG_ERROR in what is published, DIAG_USAGE in site.yaml */
	DiagLevel twice;   /* of a key that stands twice (the first is kept) */
	size_t max_bytes;  /* 0: YAML_BYTES */
	size_t max_events; /* 0: YAML_EVENTS */
	Arena *tree;       /* for the nodes, where only the texts are to last; NULL: nodes and texts together */
} YamlText;

/* The root, or NULL when it cannot be read (then at least one message was added; d may be NULL: say nothing).
 * A text without any node (empty, only comments) is a null scalar: kind YAML_TEXT, plain, empty. */
const YamlNode *yaml_parse(const YamlText *y, Arena *a, Diags *d);

/* Whether a file looks like UTF-16 or UTF-32: a byte order mark of these, or a NUL among its first two bytes. */
bool yaml_is_utf16(Str text);

bool yaml_is_null(const YamlNode *n);                        /* plain and empty, ~, null, Null or NULL */
bool yaml_bool(const YamlNode *n, bool *out);                /* plain true or false, and its capitals */
const YamlNode *yaml_get(const YamlNode *map, Str key);      /* NULL: absent, or not a map */
/* Core schema, YAML 1.2.2 section 10.3.2: null, bool, int (10, 0o17, 0x1F), float, else text. Text too is what a
 * number would lose: leading zeros (0014), more than 64 bits, .inf and .nan. */
Value yaml_value(const YamlNode *n, Arena *a);

/* A whole data file (_data/x.yaml, i18n/ko.yaml), up to 16 MiB; false with a message when it cannot be read. */
bool yaml_data(Str file, Str text, Arena *a, Diags *d, Value *out);
const char *yaml_version(void); /* libyaml's */

#endif
