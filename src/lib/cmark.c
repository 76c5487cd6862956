#include "lib/cmark.h"

#include "base/utf8.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <cmark-gfm/houdini.h>
#include <cmark-gfm/node.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>

/* The region. Every piece has its size before it, for realloc; free takes back the newest piece only, which is
 * what cmark's growing buffers need. */
enum { REGION_CHUNK = 2 << 20, KEPT_CHUNKS = 8 };

typedef struct Chunk {
	struct Chunk *next;
	size_t size;
	_Alignas(16) char bytes[];
} Chunk;

typedef struct Region {
	Chunk *first, *chunk; /* all of them; the one being filled */
	char *at, *end;
	size_t left;          /* of the budget */
	jmp_buf over;         /* where to go when it is used up */
} Region;

static _Thread_local Region *region;
static pthread_key_t region_key; /* once: frees a thread's region when it ends */
static cmark_syntax_extension *extensions[2]; /* once: found when they are registered */
static int table_type, row_type, cell_type; /* once: numbers that cmark gives out when extensions register */

static void region_free(void *p)
{
	Region *r = p;
	for (Chunk *c = r->first, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(r);
}

static void region_use(Region *r, Chunk *c)
{
	r->chunk = c;
	r->at = c->bytes;
	r->end = c->bytes + c->size;
}

static void region_more(Region *r, size_t n)
{
	if (n > r->left)
		longjmp(r->over, 1);
	Chunk *next = r->chunk ? r->chunk->next : r->first;
	if (!next || next->size < n) {
		size_t size = n > REGION_CHUNK ? n : REGION_CHUNK;
		Chunk *c = mem_alloc(sizeof *c + size);
		c->size = size;
		c->next = next;
		*(r->chunk ? &r->chunk->next : &r->first) = c;
		next = c;
	}
	r->left -= next->size < r->left ? next->size : r->left;
	region_use(r, next);
}

static inline size_t *head_of(void *p)
{
	return (size_t *)p - 1;
}

static void *region_take(size_t n)
{
	Region *r = region;
	size_t whole = (n + 8 + 15) & ~(size_t)15;
	if (whole < n)
		longjmp(r->over, 1);
	if (whole > (size_t)(r->end - r->at))
		region_more(r, whole);
	char *p = r->at + 8; /* pieces are 8 past a multiple of 16, which is all that cmark's types need */
	r->at += whole;
	*head_of(p) = whole - 8;
	return p;
}

static void *region_calloc(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		longjmp(region->over, 1);
	return memset(region_take(bytes), 0, bytes);
}

static void region_drop(void *p)
{
	if (p && (char *)p + *head_of(p) == region->at)
		region->at = (char *)p - 8;
}

static void *region_realloc(void *old, size_t n)
{
	if (!old)
		return region_take(n);
	size_t has = *head_of(old);
	if (n <= has)
		return old;
	bool newest = (char *)old + has == region->at;
	size_t more = (n - has + 15) & ~(size_t)15;
	if (newest && more >= n - has && more <= (size_t)(region->end - region->at)) {
		region->at += more;
		*head_of(old) = has + more;
		return old;
	}
	void *p = region_take(n);
	return memcpy(p, old, has);
}

static cmark_mem region_mem = {region_calloc, region_realloc, region_drop}; /* once: never written, but cmark takes no const */

static Region *region_open(size_t budget)
{
	if (!region) {
		region = mem_alloc(sizeof *region);
		*region = (Region){0};
		pthread_setspecific(region_key, region);
	}
	Region *r = region;
	Chunk **tail = &r->first;
	for (int i = 0; i < KEPT_CHUNKS && *tail && (*tail)->size == REGION_CHUNK; i++)
		tail = &(*tail)->next;
	for (Chunk *c = *tail, *next; c; c = next) { /* one large text does not hold memory for ever */
		next = c->next;
		free(c);
	}
	*tail = NULL;
	r->chunk = NULL;
	r->at = r->end = NULL;
	r->left = budget;
	return r;
}

enum { OPTIONS = CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_UNSAFE };

static cmark_node *parse(Str text)
{
	/* Its own check of UTF-8 copies every line; ours is eight bytes a step, and only bad texts need the repair. */
	int options = utf8_invalid(text) == SIZE_MAX ? OPTIONS & ~CMARK_OPT_VALIDATE_UTF8 : OPTIONS;
	cmark_parser *p = cmark_parser_new_with_mem(options, &region_mem);
	for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
		cmark_parser_attach_syntax_extension(p, extensions[i]);
	cmark_parser_feed(p, text.p, text.n);
	return cmark_parser_finish(p); /* parser and tree go with the region */
}

bool md_open(Md *md, Str text, size_t budget)
{
	*md = (Md){0};
	Region *r = region_open(budget);
	if (setjmp(r->over))
		return false;
	md->at = parse(text);
	return true;
}

void md_init(void)
{
	pthread_key_create(&region_key, region_free);
	cmark_gfm_core_extensions_ensure_registered();
	extensions[0] = cmark_find_syntax_extension("table");
	extensions[1] = cmark_find_syntax_extension("tasklist");
	if (!extensions[0] || !extensions[1])
		BUG("cmark-gfm without its own extensions");
	Md md;
	md_open(&md, S("|a|\n|-|\n"), SIZE_MAX);
	cmark_node *table = ((cmark_node *)md.at)->first_child;
	table_type = table->type;
	row_type = table->first_child->type;
	cell_type = table->first_child->first_child->type;
}

static MdKind kind_of(const cmark_node *n)
{
	static const uint8_t blocks[] = {MD_OTHER, MD_DOCUMENT, MD_QUOTE, MD_LIST, MD_ITEM, MD_CODE, MD_HTML, MD_OTHER,
	                                 MD_PARAGRAPH, MD_HEADING, MD_RULE, MD_FOOTNOTE};
	static const uint8_t inlines[] = {MD_OTHER, MD_TEXT, MD_SOFT_BREAK, MD_HARD_BREAK, MD_CODE_SPAN, MD_HTML_SPAN, MD_OTHER,
	                                  MD_EMPHASIS, MD_STRONG, MD_LINK, MD_IMAGE, MD_FOOTNOTE_REF};
	unsigned value = n->type & CMARK_NODE_VALUE_MASK;
	if ((n->type & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_INLINE)
		return value < sizeof inlines ? inlines[value] : MD_OTHER;
	if (value < sizeof blocks)
		return blocks[value];
	return n->type == table_type ? MD_TABLE : n->type == row_type ? MD_ROW : n->type == cell_type ? MD_CELL : MD_OTHER;
}

static inline Str chunk_str(cmark_chunk c)
{
	return (Str){(const char *)c.data, (size_t)c.len};
}

static int small_number(Str s)
{
	int64_t v;
	return str_int(s, &v) && v > 0 && v < INT32_MAX ? (int)v : 0;
}

static void describe(Md *md, cmark_node *n, MdEvent *e)
{
	switch (e->kind) {
	case MD_TEXT:
		e->followed = n->next && n->next->type != CMARK_NODE_SOFTBREAK && n->next->type != CMARK_NODE_LINEBREAK;
		e->text = chunk_str(n->as.literal);
		break;
	case MD_CODE_SPAN:
	case MD_HTML_SPAN:
	case MD_HTML:
		e->text = chunk_str(n->as.literal);
		break;
	case MD_CODE:
		e->text = chunk_str(n->as.code.literal);
		e->info = chunk_str(n->as.code.info);
		break;
	case MD_HEADING:
		e->level = n->as.heading.level;
		break;
	case MD_LIST:
		e->ordered = n->as.list.list_type == CMARK_ORDERED_LIST;
		e->tight = n->as.list.tight;
		e->number = n->as.list.start;
		break;
	case MD_ITEM:
		e->task = n->extension != NULL;
		e->checked = e->task && n->as.list.checked;
		break;
	case MD_TABLE:
		e->columns = cmark_gfm_extensions_get_table_columns(n);
		e->align = cmark_gfm_extensions_get_table_alignments(n);
		break;
	case MD_ROW:
		e->head = cmark_gfm_extensions_get_table_row_is_header(n);
		break;
	case MD_LINK:
	case MD_IMAGE:
		e->url = chunk_str(n->as.link.url);
		e->info = chunk_str(n->as.link.title);
		break;
	case MD_FOOTNOTE:
		e->number = ++md->footnotes; /* cmark has put them in order of first reference, the unused taken out */
		e->level = n->footnote.def_count;
		break;
	case MD_FOOTNOTE_REF:
		e->number = small_number(chunk_str(n->as.literal));
		e->level = n->footnote.ref_ix;
		break;
	default:
		break;
	}
}

static bool is_leaf(MdKind k)
{
	return k == MD_CODE || k == MD_HTML || k == MD_RULE || (k >= MD_TEXT && k <= MD_HTML_SPAN) || k == MD_FOOTNOTE_REF;
}

bool md_next(Md *md, MdEvent *e)
{
	cmark_node *n = md->at;
	if (!n)
		return false;
	*e = (MdEvent){.kind = kind_of(n), .enter = !md->leaving, .line = n->start_line, .column = n->start_column};
	if (!md->leaving) {
		describe(md, n, e);
		if (n->first_child) {
			md->at = n->first_child;
			return true;
		}
		if (!is_leaf(e->kind)) {
			md->leaving = true; /* an empty container is still left */
			return true;
		}
	}
	md->leaving = !n->next;
	md->at = n->next ? n->next : n->parent;
	return true;
}

Str md_unescape(Str s, Arena *a)
{
	if (str_find_char(s, '&') == SIZE_MAX)
		return s;
	cmark_strbuf b;
	cmark_strbuf_init(cmark_get_default_mem_allocator(), &b, 0);
	houdini_unescape_html_f(&b, (const uint8_t *)s.p, (bufsize_t)s.n);
	Str out = str_dup(a, (Str){(const char *)b.ptr, (size_t)b.size});
	cmark_strbuf_free(&b);
	return out;
}

const char *md_version(void)
{
	return cmark_version_string();
}
