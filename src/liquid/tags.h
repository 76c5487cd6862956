/* liquid/tags: the functions behind the rows of the tag table. Who knows it: tags*.c. What it knows: tree.h. */
#ifndef GEN_LIQUID_TAGS_H
#define GEN_LIQUID_TAGS_H

#include "liquid/filters.h"

typedef void Visit(void *to, Block *b, bool fresh);

#define TAG(name) \
	bool parse_##name(Parser *p, Node *node); \
	Flow render_##name(LiquidRender *r, const Node *node)
#define TAG_WITH_BLOCKS(name) \
	TAG(name); \
	void blocks_##name(const Node *node, Visit *visit, void *to)

/* tags_flow.c */
TAG_WITH_BLOCKS(if);
bool parse_unless(Parser *p, Node *node);
TAG_WITH_BLOCKS(case);
TAG_WITH_BLOCKS(for);
TAG_WITH_BLOCKS(tablerow);
TAG_WITH_BLOCKS(ifchanged);
TAG(break);
TAG(continue);
TAG(cycle);

/* tags_data.c */
TAG(assign);
TAG_WITH_BLOCKS(capture);
TAG(increment);
TAG(decrement);
TAG_WITH_BLOCKS(liquid);
TAG_WITH_BLOCKS(highlight);
TAG(host);
bool parse_echo(Parser *p, Node *node);
bool parse_raw_tag(Parser *p, Node *node);
bool parse_comment(Parser *p, Node *node);
bool parse_doc(Parser *p, Node *node);
bool parse_inline_comment(Parser *p, Node *node);

/* tags_files.c */
bool parse_words(Parser *p, uint32_t from, uint32_t to, Block *b); /* text with {{ outputs }} */
Str render_words(LiquidRender *r, const Block *b);
TAG(include);
bool parse_include_relative(Parser *p, Node *node);
TAG(render);
bool parse_plugin(Parser *p, Node *node);

#endif
