/* liquid/tree: what a template becomes, and the state of a page while it is rendered.
 * Who knows it: the files of liquid/. What it knows: liquid.h.
 *
 * A template is a block of nodes; a node is text, an output or a tag. Names of variables are numbered once
 * for the engine (symbols), so that a render keeps its variables in one array and finds each by its number.
 * Everything here is made by the parser in the engine's arena and never changed afterwards. */
#ifndef GEN_LIQUID_TREE_H
#define GEN_LIQUID_TREE_H

#include "base/table.h"
#include "liquid/liquid.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct Expr Expr;
typedef struct Node Node;
typedef struct Block Block;
typedef struct Chain Chain;
typedef struct Parser Parser;
typedef struct TagRow TagRow;

/* ---- expressions ---- */

typedef enum ExprKind { E_LITERAL, E_VAR, E_RANGE } ExprKind;
enum { STEP_PLAIN, STEP_SIZE, STEP_FIRST, STEP_LAST };

typedef struct Step { /* .name, ["name"] or [expression] */
	Str name;
	const Expr *index; /* NULL: by name */
	uint8_t command;   /* .size, .first, .last also work on what has no such key */
} Step;

struct Expr {
	uint8_t kind;
	uint32_t at, len; /* in the template's text */
	union {
		Value literal;
		struct {
			uint32_t symbol;
			uint32_t n;
			const Step *steps;
			const Expr *root; /* [expression] at the start: its text is the variable's name */
		} var;
		struct {
			const Expr *from, *to;
		} range;
	};
};

typedef struct NamedArg {
	Str name;
	const Expr *value;
	uint32_t symbol;
} NamedArg;

typedef enum CondOp { C_TRUE, C_EQ, C_NE, C_LT, C_GT, C_LE, C_GE, C_CONTAINS } CondOp;
enum { JOIN_NONE, JOIN_AND, JOIN_OR };

typedef struct Cond { /* a and (b or (c ...)): Liquid's joins lean to the right */
	uint8_t op, join;
	uint32_t at, len;
	const Expr *left, *right;
	const struct Cond *next;
} Cond;

typedef struct Lambda { /* where_exp: "item", "item.year > 2020" */
	uint32_t symbol;
	const Cond *cond;
	bool pure; /* names nothing but its own variable and `site` */
} Lambda;

typedef struct FilterUse {
	const LiquidFilter *filter;
	const Expr *const *args;
	const NamedArg *named;
	const Lambda *lambda;
	uint32_t at, len;
	uint8_t n, n_named;
} FilterUse;

struct Chain { /* expression | filter: arguments | ... */
	const Expr *head;
	const FilterUse *filters;
	uint32_t at, len;
	uint16_t n;
	uint16_t pure;     /* so many of the first filters may be remembered */
	uint8_t defaulted; /* its first filter is `default`: an undefined head is no fault */
	Str text;
	const LiquidTemplate *in;
	_Atomic uint64_t made, reused;
};

/* ---- nodes ---- */

typedef enum Sink { /* where in the markup an output stands (lint.c) */
	SINK_TEXT,
	SINK_ATTR,
	SINK_ADDRESS,
	SINK_SRCSET,
	SINK_TAG,
	SINK_COMMENT,
	SINK_SCRIPT,
	SINK_STYLE,
	SINK_HANDLER,
	SINK_UNQUOTED,
	SINK_TAG_NAME /* from SCRIPT on: only filters made for the place */
} Sink;

typedef enum Flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE, FLOW_STOP } Flow;
typedef enum NodeKind { NODE_TEXT, NODE_OUTPUT, NODE_TAG } NodeKind;

struct Node {
	uint8_t kind, sink;
	uint8_t fits; /* NODE_OUTPUT: the places its last filter is made for (LIQUID_IN_SCRIPT ...) */
	bool blank;   /* prints nothing, or only white space */
	uint32_t at, len;
	union {
		Str text;
		struct {
			const TagRow *tag;
			void *body;
		};
		const Chain *chain;
	};
};

struct Block {
	Node *nodes;
	uint32_t n, cap;
	bool blank; /* prints nothing but white space, which is then not printed either */
};

/* One row per tag. To add one: a parse function (its grammar above it), a render function, a row in tags.c. */
struct TagRow {
	LiquidRow row;
	/* Reads the words behind the name and, for a block, everything up to its end tag. Returns false when
	 * nothing is to be added (a fault was reported, or the tag prints nothing). */
	bool (*parse)(Parser *p, Node *node);
	Flow (*render)(LiquidRender *r, const Node *node);
	/* Calls visit for each block of the node, for the lint. fresh: it is not printed where it stands. */
	void (*blocks)(const Node *node, void (*visit)(void *to, Block *b, bool fresh), void *to);
	bool blank; /* counts as white space in a block (assign, capture, comment) */
};

enum { TEMPLATE_LOADING, TEMPLATE_GOOD, TEMPLATE_FAULTY, TEMPLATE_MISSING };
struct LiquidTemplate {
	Str file, text;
	Block body;
	Value front;
	LiquidEscape escape;
	Str layout;              /* empty: none */
	size_t start;            /* where in text it begins */
	LiquidTemplate *next;    /* in the engine's bucket */
	LiquidTemplate *waiting; /* the next to be parsed; then, of those parsed with it */
	bool good;               /* parsed without fault; state says so once all are */
	LiquidKind kind;
	Str name, from; /* as it was asked for */
	_Atomic uint8_t state;
	_Atomic uint64_t calls, nanoseconds;
};

/* ---- engine ---- */

enum { TEMPLATE_BUCKETS = 256, SYMBOL_CHUNKS = 64, SYMBOL_CHUNK = 1024 };

struct Liquid {
	LiquidHost host;
	Arena arena;          /* templates and names; under the lock */
	pthread_mutex_t lock; /* recursive: loading loads */
	Table symbols;        /* name -> number + 1 */
	_Atomic uint32_t n_symbols;
	Str *names[SYMBOL_CHUNKS]; /* by number; a chunk never moves, so renders read without the lock */
	Table filters;             /* name -> LiquidFilter */
	const LiquidFilter *filter_list;
	size_t n_filters;
	_Atomic(LiquidTemplate *) buckets[TEMPLATE_BUCKETS];
	_Atomic bool profile;
	_Atomic bool continues; /* some template says `offset: continue` */
	bool parsing;           /* a template named now waits for its turn */
	LiquidTemplate *waiting;
};

enum { SYMBOL_FORLOOP = 1, SYMBOL_TABLEROWLOOP, SYMBOL_INCLUDE, SYMBOL_CONTENT, SYMBOL_LAYOUT, SYMBOL_SITE, SYMBOL_SELF };

uint32_t symbol_of(Liquid *l, Str name); /* numbers a name; under the lock. 0: too many of them */
static inline Str symbol_name(const Liquid *l, uint32_t symbol)
{
	return l->names[symbol / SYMBOL_CHUNK][symbol % SYMBOL_CHUNK];
}
const LiquidTemplate *template_find(Liquid *l, LiquidKind kind, Str name, Str from, Diags *diags);
const LiquidFilter *filter_find(const Liquid *l, Str name);

/* ---- rendering ---- */

typedef struct Binding { /* a loop's or include's own variable, hiding one of the same name */
	struct Binding *outer;
	uint32_t symbol;
	uint8_t state;
	Value value;
} Binding;

enum { SLOT_UNKNOWN, SLOT_GLOBAL, SLOT_COUNTER, SLOT_LOCAL, SLOT_ABSENT };
typedef struct Slot {
	Value value;
	Binding *bound; /* not NULL: value is a scope's own; what it hides is in the binding */
	uint8_t state;
} Slot;

typedef struct Loop { /* forloop and tablerowloop */
	Object object;
	Str name;
	struct Loop *parent;
	uint32_t index, length, cols, col, row;
} Loop;

typedef struct Mark { /* a register: cycle positions, loop offsets, counters */
	struct Mark *next;
	const void *owner; /* a kind, or a node that has its own */
	Value key;
	int64_t n;
} Mark;

typedef struct Call { /* which file was asked for by which, for messages */
	const struct Call *caller;
	const LiquidTemplate *template;
	const Node *node; /* the tag in the caller */
} Call;

typedef struct Budget {
	uint64_t steps;
	uint32_t depth, blocks;
	size_t output_start;
	bool failed, stopped;
	uint32_t n_reported;
	struct {
		const LiquidTemplate *in;
		uint32_t at;
	} reported[32];
} Budget;

struct LiquidRender {
	Liquid *engine;
	const LiquidJob *job;
	Arena *arena;
	Buf *out;
	Slot *slots;
	uint32_t n_slots;
	uint32_t quiet; /* in a condition: an undefined variable is no fault */
	const Call *call;
	const Node *node; /* at work, for messages */
	uint32_t at, len; /* more exactly, where len > 0 */
	Loop *loop;
	Mark *marks;
	Value changed; /* what ifchanged printed last */
	LiquidEscape escape;
	uint8_t sink;     /* where the include at work stands */
	bool isolated;    /* inside {% render %}: no include */
	bool remembering; /* inside the memo's work: it is not asked again */
	LiquidLimits limits;
	Budget *budget;
	const Lambda *lambda; /* of the filter at work */
};

enum { BLOCKS_DEPTH = 400 }; /* blocks within blocks through all files: what a small stack carries */

/* render.c */
Value eval(LiquidRender *r, const Expr *e);
Value eval_chain(LiquidRender *r, const Chain *c);
bool eval_cond(LiquidRender *r, const Cond *c);
bool eval_lambda(LiquidRender *r, const Lambda *l, Value item); /* true or false of the expression */
Value eval_lambda_value(LiquidRender *r, const Lambda *l, Value item);
Flow render_block(LiquidRender *r, const Block *b);
Value field_of(LiquidRender *r, Value of, Str name, uint8_t command, bool *found);
Value lookup_name(LiquidRender *r, Str name, bool *found);
void slot_bind(LiquidRender *r, Binding *b, uint32_t symbol); /* begins a scope's own variable */
void slot_unbind(LiquidRender *r, Binding *b);
Slot *slot_at(LiquidRender *r, uint32_t symbol);
void set_local(LiquidRender *r, uint32_t symbol, Value v);
int64_t count_by(LiquidRender *r, uint32_t symbol, int by); /* increment, decrement: the value before */
Mark *mark_of(LiquidRender *r, const void *owner, Value key);
bool spend(LiquidRender *r, uint64_t steps); /* false: the limit is reached (reported) */
void fail_at(LiquidRender *r, uint32_t at, uint32_t len, Str message, Str hint);
void warn_at(LiquidRender *r, uint32_t at, uint32_t len, Str message, Str hint);
Flow render_template(LiquidRender *r, const LiquidTemplate *t, const Node *node);
extern const ObjectType loop_type, tablerow_type;

/* ---- parsing ---- */

typedef enum TokenKind {
	T_END,
	T_NAME,
	T_NUMBER,
	T_STRING,
	T_DOT,
	T_DOTDOT,
	T_COLON,
	T_COMMA,
	T_PIPE,
	T_OPEN,
	T_CLOSE,
	T_OPEN_SQUARE,
	T_CLOSE_SQUARE,
	T_COMPARE,
	T_EQUALS,
	T_OTHER
} TokenKind;

typedef struct Token {
	uint8_t kind, op; /* T_COMPARE: CondOp */
	uint32_t at, len;
} Token;

typedef struct Words { /* the words of one tag or output: a range of the text, one token read ahead */
	const Parser *parser;
	uint32_t at, end;
	Token token; /* the next one */
} Words;

typedef struct Open { /* a block being parsed, for messages */
	const struct Open *outer;
	Str name;
	const char *stops;
	uint32_t at, len;
} Open;

struct Parser {
	Liquid *engine;
	LiquidTemplate *template;
	Diags *diags;
	Arena *arena;
	bool once;   /* the template is soon gone: nothing may remember its chains */
	Str text;
	uint32_t at; /* next byte of the template */
	bool trim;   /* -}} or -%} stood last: white space goes */
	bool failed, gave_up;
	uint32_t depth, brackets, faults;
	Words words; /* of the tag at work */
	/* inside {% liquid %}: its lines instead of the text */
	bool lines;
	uint32_t lines_end;
	const Open *open;
	Str stop; /* the end tag that closed the last block, or the divider it stopped at */
	Words stop_words;
	Str tag; /* name of the tag at work, and its place */
	uint32_t tag_at, tag_len;
};

/* lexer.c */
Words words_of(const Parser *p, uint32_t from, uint32_t to);
Token words_next(Words *w); /* takes the next token */
Token words_peek(Words *w); /* the one behind the next */
Str token_text(const Parser *p, Token t);
bool words_take(Words *w, TokenKind kind); /* takes it if it is of that kind */
bool words_take_name(Words *w, Str name);
bool words_is_name(const Words *w, Str name);
/* parse_expr.c */
const Expr *parse_expr(Parser *p, Words *w); /* NULL: a fault was reported */
const Chain *parse_chain(Parser *p, Words *w);
const Cond *parse_cond(Parser *p, Words *w);
bool parse_end(Parser *p, Words *w);                                      /* nothing may follow */
bool parse_named(Parser *p, Words *w, const NamedArg **args, uint8_t *n); /* , a: b, c: d */
/* parse.c */
bool parse_template(Liquid *l, LiquidTemplate *t, Arena *arena, Diags *diags); /* arena NULL: the engine's */
/* Nodes up to a tag named in stops ("endif else elsif"), which p->stop then holds. */
bool parse_block(Parser *p, Block *b, const char *stops);
bool parse_raw(Parser *p, const char *end, Str *body); /* everything up to {% end %}, as it stands */
void fault(Parser *p, uint32_t at, uint32_t len, Str message, Str hint);
void faultf(Parser *p, uint32_t at, uint32_t len, Str hint, const char *format, ...) __attribute__((format(printf, 5, 6)));
void drop_blank(Block *b);
void unknown_tag(Parser *p, Str name, uint32_t at);
void block_add(Parser *p, Block *b, Node n);
/* tags.c */
extern const TagRow tag_rows[];
extern const size_t n_tag_rows;
const TagRow *tag_find(const Liquid *l, Str name);
Str tag_replacement(Str name); /* what to write instead of a plugin's tag; empty: unknown */
/* lint.c */
void lint_template(Parser *p, LiquidTemplate *t);

#endif
