/* liquid/filters: what filters share. Who knows it: the files of liquid/. What it knows: tree.h.
 *
 * The safe bit. A string that is markup of the output's kind carries it: literals, captures, `content`.
 * Filters keep it, set it or drop it by one rule each:
 *   - what can cut a string drops it (truncate, slice, split, remove, replace, first, last);
 *   - what joins strings escapes the unsafe part (join_text), or, where the safe part has nothing that
 *     escaping would change, leaves the whole unsafe, which prints the same;
 *   - what only changes case or white space keeps it;
 *   - escape and its kin set it and leave safe text alone.
 * There is one bit a kind of output, since markup of one is text in another: the HTML of `content` is
 * escaped in a feed. Literals have them all. In plain output nothing is safe and nothing is escaped. */
#ifndef GEN_LIQUID_FILTERS_H
#define GEN_LIQUID_FILTERS_H

#include "liquid/tree.h"

enum { SAFE_HTML = 1, SAFE_XML = 2, SAFE_JSON = 4, SAFE_ALL = 7 };
static inline uint8_t safe_bit(LiquidEscape kind)
{
	return kind == LIQUID_HTML ? SAFE_HTML : kind == LIQUID_XML ? SAFE_XML : kind == LIQUID_JSON ? SAFE_JSON : 0;
}
static inline bool is_safe(const LiquidRender *r, Value v)
{
	return v.kind == V_STR && (v.safe & safe_bit(r->escape));
}
static inline Value literal_text(Str s)
{
	return (Value){.kind = V_STR, .safe = SAFE_ALL, .n = (uint32_t)s.n, .s = s.p};
}
/* A string that is markup of the output at hand. */
static inline Value marked(const LiquidRender *r, Str s)
{
	return (Value){.kind = V_STR, .safe = safe_bit(r->escape), .n = (uint32_t)s.n, .s = s.p};
}
/* A string made of one that had these bits, by a change that keeps markup whole. */
static inline Value like(Value was, Str s)
{
	return (Value){.kind = V_STR, .safe = was.kind == V_STR ? was.safe : 0, .n = (uint32_t)s.n, .s = s.p};
}

/* values.c: Ruby's reading of values, which Liquid documents by example */
Value number_of_text(Str s);            /* a literal: INT, or FLOAT with a dot or beyond 64 bits */
Value to_number(Value v);               /* INT or FLOAT; what is no number is 0 */
bool to_integer(Value v, int64_t *out); /* whole numbers and texts of them; false: not one */
bool to_instant(Value v, Date *out);    /* a date, seconds since 1970, or a text that says one */
bool values_equal(LiquidRender *r, Value a, Value b);
/* -1, 0, 1 in *order; false: they cannot be compared */
bool values_compare(Value a, Value b, int *order);
bool value_contains(LiquidRender *r, Value in, Value what);
void put_text(LiquidRender *r, Buf *b, Value v); /* what {{ v }} prints, unescaped */
void put_float(Buf *b, double d);
void put_inspect(LiquidRender *r, Buf *b, Value v); /* as Ruby shows it: {"a"=>1} */
Str printed(LiquidRender *r, Value v);              /* likewise; borrows where it can */
Str text_of(LiquidRender *r, Value v);              /* what a filter takes it for: as printed, but a list as [1, "a"] */
Value items_of(LiquidRender *r, Value v);           /* V_LIST: what a filter over lists goes through */
Value loop_items(LiquidRender *r, Value v);         /* V_LIST: what `for` goes through */
bool is_blank(Value v), is_empty(Value v);
size_t size_of(LiquidRender *r, Value v, bool *has);
const char *kind_word(Value v); /* "a text", for messages */

/* escape.c */
void put_escaped(Buf *b, Str s, LiquidEscape kind);
bool has_markup(Str s, LiquidEscape kind);                      /* escaping would change it */
Str escaped(LiquidRender *r, Value v);                          /* its text, escaped unless it is safe */
Value join_text(LiquidRender *r, const Value *parts, size_t n); /* one string of several */
bool address_allowed(Str s);                                    /* no scheme, or one of http, https, mailto, tel, ftp ... */
bool emit(LiquidRender *r, Value v, Sink sink, uint8_t fits);
enum { IN_CODE = LIQUID_IN_SCRIPT | LIQUID_IN_STYLE | LIQUID_IN_UNQUOTED | LIQUID_IN_HANDLER };
static inline uint8_t place_flag(Sink sink) /* what a filter must be made for, to end an output there */
{
	return sink == SINK_SCRIPT     ? LIQUID_IN_SCRIPT
		: sink == SINK_STYLE   ? LIQUID_IN_STYLE
		: sink == SINK_HANDLER ? LIQUID_IN_HANDLER
				       : LIQUID_IN_UNQUOTED;
}
Str decode_entities(Arena *a, Str s);      /* &amp; &#39; &nbsp; ... */
bool text_fits(LiquidRender *r, size_t n); /* may a string of n bytes be made? False: reported */

/* filters.c */
extern const LiquidFilter *const filter_tables[];
Str filter_nearest(const Liquid *l, Str typed);
void filters_index(Liquid *l);

/* memo.c */
Value memo_chain(LiquidRender *r, const Chain *c, Value head, bool *done);
Value run_filter(LiquidRender *r, const FilterUse *use, Value in, const Value *given); /* render.c */

#endif
