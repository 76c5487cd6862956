/* rows: tables of fields, and reading a YAML map by one. Who knows it: the record room alone.
 * What it knows: settings, record, lib/yaml.
 *
 * A table is an array of Row. To add a field: add a member to the struct, and a row that says its name, type,
 * place in the struct and help; reading, messages, did-you-mean, manual and schema follow. */
#ifndef GEN_RECORD_ROWS_H
#define GEN_RECORD_ROWS_H

#include "lib/yaml.h"
#include "record/record.h"

typedef struct Row Row;

/* One reading of one file: where messages go and how grave they are. */
typedef struct Reading {
	Str file, text;
	Arena *arena;
	Diags *diags;              /* NULL: say nothing */
	const CheckLevels *checks; /* NULL: site.yaml, whose faults are DIAG_USAGE */
	const Settings *settings;  /* of front matter */
	struct Icu *icu;
	RecordKind kind;           /* of front matter */
	bool draft; /* errors become warnings */
	size_t errors;
	Item *unknown; /* keys without a row, dotted: "author.email" */
	size_t unknown_n, unknown_cap;
} Reading;

/* Reads a value into *out (which holds the default); false, with a message, leaves *out alone. */
typedef bool ReadValue(Reading *r, const Row *row, const YamlNode *n, void *out);

typedef struct RowType {
	const char *name;   /* "date", for the manual and messages: "takes a date" */
	const char *schema; /* members of a JSON Schema object */
	ReadValue *read;
	bool keeps_text; /* layouts see its scalars as text, whatever they look like */
	bool lists;      /* takes a list: what a mapped key gives is joined to it */
} RowType;

struct Row {
	Str name;
	const char *also; /* other names of it, one space between: plurals and what other generators say */
	const RowType *type;
	size_t at;        /* offset of its member */
	const Str *words; /* of a word: the allowed ones in the order of the enum, ended by an empty one */
	const Row *sub;   /* of a group, or of a list's maps */
	size_t sub_n;
	const char *fallback; /* its default as an editor would write it; NULL: none */
	const char *help;     /* one sentence */
	uint8_t kinds;        /* of front matter: 1 << RecordKind */
	bool required;        /* in a published brief */
};
#define ROWS_N(rows) (sizeof(rows) / sizeof *(rows))

/* types.c */
extern const RowType type_text, type_texts, type_bool, type_int, type_word, type_flag, type_date, type_group, type_url, type_lang,
	type_path, type_paths;
extern const RowType type_orcid, type_ror, type_doi, type_licence, type_address, type_addresses;
extern const Str html_words[];

void row_fault(Reading *r, Check check, Place place, Str hint, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* "did you mean \"x\"?", or the whole list when nothing is near. */
Str word_hint(Reading *r, Str typed, const Str *words, size_t n);
Str quoted_hint(Reading *r, Str head, Str value); /* head: "value", with quotes that fit */

const Row *row_find(const Row *rows, size_t n, Str key);
/* Reads every pair of a map into the struct at base. prefix names the map in messages: "author.". */
void rows_read(Reading *r, const Row *rows, size_t n, const YamlNode *map, void *base, const char *prefix);
/* A key that no row has: a misspelling is a fault; else it is unknown. */
void key_unknown(Reading *r, const Row *rows, size_t n, const YamlNode *key, const char *prefix);

/* The text of a node, or a fault saying that the row takes a text. Null is an empty text. */
bool node_text(Reading *r, const Row *row, const YamlNode *n, Str *out);
/* The items of a list, or the one node itself; null is no item. */
const YamlNode *node_items(const YamlNode *n, size_t *count);
Date date_here(Reading *r, Date d, int64_t local); /* d at these seconds of the archive's zone: where a day begins */
bool node_date(Reading *r, const YamlNode *n, Date *out);
/* Says that a row takes something else; always false. */
bool wrong_kind(Reading *r, const Row *row, const YamlNode *n);

size_t rows_help(Arena *a, const Row *rows, size_t n, const HelpRow **out); /* of a table and of the tables in it */

/* names.c, split.c, fields.c */
Str ordered_date(Arena *a, Str s, DateOrder order);
Str name_title(Arena *a, Str slug);
Str heading_title(Arena *a, Str body); /* the first heading of level 1, without marks; empty: none */
const char *split_other_form(Str text);
bool split_is_late(Str text);
bool key_hides(Reading *r, const YamlNode *key, bool *hidden);

/* Tables that meet elsewhere. */
extern const Row record_rows[F_N];
extern const Row settings_rows[];
extern const size_t settings_rows_n;
enum {
	PERSON_ROWS_N = 7,
	RELATED_ROWS_N = 8,
	CHANGE_ROWS_N = 4,
	LINK_ROWS_N = 2,
	IMAGE_ROWS_N = 4,
	COLLECTION_ROWS_N = 17,
	TAXONOMY_ROWS_N = 8
};
extern const Row person_rows[PERSON_ROWS_N], related_rows[RELATED_ROWS_N], change_rows[CHANGE_ROWS_N], link_rows[LINK_ROWS_N],
	image_rows[IMAGE_ROWS_N];
extern const Row collection_rows[COLLECTION_ROWS_N], taxonomy_rows[TAXONOMY_ROWS_N];
extern const RowType type_collections, type_taxonomies;
Collection collection_of(Arena *a, Str name);
void default_taxonomies(Settings *s, Arena *a);
extern const RowType type_people, type_related, type_changes, type_links, type_image;
Str name_bare(Arena *a, Str s); /* without e-mail addresses and handles */
Person person_of(Arena *a, Str name, Str given, Str family);
/* Reads a map of default fields once, for its faults. */
void record_check_defaults(Reading *r, const YamlNode *map, const Settings *s);

#endif
