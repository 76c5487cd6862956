/* liquid/filters_rows: the tables of filters, one a file, and what those files share. To add a filter: write
 * its function, add a row beside it; help, example and result in the row make the manual and its test.
 * Who knows it: filters*.c. What it knows: filters.h. */
#ifndef GEN_LIQUID_FILTERS_ROWS_H
#define GEN_LIQUID_FILTERS_ROWS_H

#include "liquid/filters.h"

/* Each ends with a row without a name. */
extern const LiquidFilter filters_number[], filters_text[], filters_cut[], filters_code[], filters_list[], filters_pick[], filters_date[],
	filters_language[], filters_site[];

Value filter_add(LiquidCall *c, Value a, Value b); /* filters_number.c: plus */
static inline Str in_text(LiquidCall *c)
{
	return text_of(c->render, c->in);
}
static inline Str arg_text(LiquidCall *c, uint32_t i)
{
	return i < c->n ? text_of(c->render, c->args[i]) : (Str){"", 0};
}
Str taken(LiquidCall *c, Buf *b);                                           /* filters_text.c: a buffer's text into the arena */
bool whole_arg(LiquidCall *c, uint32_t i, int64_t otherwise, int64_t *out); /* false: no whole number (reported) */
/* filters_list.c: a property of an item of a list. False: items of this kind have none (reported, or *skip). */
bool property(LiquidCall *c, Value item, Value name, Value *out, bool *skip);

#endif
