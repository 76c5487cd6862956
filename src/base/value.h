/* value: what front matter, data files and C objects look like to a layout. 16 bytes, passed by value,
 * never changed after it is made. Strings, lists and maps borrow from an arena or from an object.
 * Who knows it: record, liquid, render, lib/json. What it knows: str, date. */
#ifndef GEN_BASE_VALUE_H
#define GEN_BASE_VALUE_H

#include "base/date.h"

typedef enum ValueKind {
	V_NIL, V_BOOL, V_INT, V_FLOAT, V_STR, V_DATE, V_LIST, V_MAP, V_OBJECT,
	V_RANGE,           /* Liquid's (a..b) */
	V_BLANK, V_EMPTY   /* Liquid's literals */
} ValueKind;

typedef struct Value Value;
typedef struct Map Map;
typedef struct Object Object;
typedef struct ObjectType ObjectType;

struct Value {
	uint8_t kind;    /* ValueKind */
	uint8_t safe;    /* V_STR: the kinds of output whose markup it is, never escaped in them: 1 HTML, 2 XML, 4 JSON */
	int16_t zone;    /* V_DATE */
	uint32_t n;      /* V_STR: bytes; V_LIST: items; V_DATE: 1 = has a time */
	union {
		bool b;
		int64_t i;           /* V_INT; V_DATE: seconds */
		double f;
		const char *s;
		const Value *list;
		const Map *map;
		const Object *object;
		struct { int32_t from, to; } range;
	};
};
_Static_assert(sizeof(Value) == 16, "a value is two words");

typedef struct Pair {
	Str key;
	Value value;
} Pair;

struct Map { /* keeps the order in which keys were put */
	uint32_t n;
	const Pair *pairs;
	const uint32_t *index; /* open addressing over pairs (number + 1), a power of two; NULL while n <= 8 */
	uint32_t index_mask;
};

/* A C struct that layouts see: its first member is an Object. Each field that a layout can name is a row;
 * to add one, add a row and its getter. Getters may allocate in the page's arena and keep nothing. */
typedef struct ObjectField {
	Str name;
	Value (*get)(const Object *self, Arena *page);
	const char *help; /* one sentence for the manual */
} ObjectField;

struct ObjectType {
	const char *name; /* "brief" */
	const ObjectField *fields;
	size_t n;
	/* Fields that have no row (an archive's own front matter). May be NULL. V_NIL with *found false: none. */
	Value (*other)(const Object *self, Str key, Arena *page, bool *found);
	/* What {{ object }} prints; NULL: its name field. */
	Value (*text)(const Object *self, Arena *page);
};

struct Object {
	const ObjectType *type;
};

#define NIL ((Value){0})
static inline Value value_bool(bool b) { return (Value){.kind = V_BOOL, .b = b}; }
static inline Value value_int(int64_t i) { return (Value){.kind = V_INT, .i = i}; }
static inline Value value_float(double f) { return (Value){.kind = V_FLOAT, .f = f}; }
static inline Value value_str(Str s) { return (Value){.kind = V_STR, .n = (uint32_t)s.n, .s = s.p}; }
static inline Value value_safe(Str s) { return (Value){.kind = V_STR, .safe = 1, .n = (uint32_t)s.n, .s = s.p}; }
static inline Value value_list(const Value *v, size_t n) { return (Value){.kind = V_LIST, .n = (uint32_t)n, .list = v}; }
static inline Value value_map(const Map *m) { return (Value){.kind = V_MAP, .map = m}; }
static inline Value value_object(const Object *o) { return o ? (Value){.kind = V_OBJECT, .object = o} : NIL; }
static inline Value value_date(Date d) { return d.known ? (Value){.kind = V_DATE, .zone = d.zone, .n = d.has_time, .i = d.seconds} : NIL; }
/* A text that may be absent: NIL when empty. */
static inline Value value_text(Str s) { return s.n ? value_str(s) : NIL; }

static inline bool value_is_nil(Value v) { return v.kind == V_NIL; }
static inline Str value_as_str(Value v) { return v.kind == V_STR ? (Str){v.s, v.n} : (Str){0}; }
static inline Date value_as_date(Value v) { return v.kind == V_DATE ? (Date){v.i, v.zone, v.n != 0, true} : (Date){0}; }

/* A map under construction: put keys, then seal it (which makes the index). A key put twice: the last wins. */
typedef struct MapMaker {
	Arena *arena;
	Pair *pairs;
	uint32_t n, cap;
} MapMaker;
void map_put(MapMaker *m, Str key, Value v); /* borrows key */
Value map_seal(MapMaker *m);
bool map_get(const Map *m, Str key, Value *out);

/* A list under construction. */
typedef struct ListMaker {
	Arena *arena;
	Value *items;
	size_t n, cap;
} ListMaker;
void list_add(ListMaker *l, Value v);
static inline Value list_seal(const ListMaker *l) { return value_list(l->items, l->n); }

/* Whether two values of files say the same: maps by key, whatever the order; objects only when they are one. */
bool value_same(Value a, Value b);

/* A field of an object or a key of a map; NIL with *found false when there is none. */
Value value_get(Value of, Str key, Arena *page, bool *found);

#endif
