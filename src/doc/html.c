/* The tree as HTML. Every container is left when the count reaches its end: no stack, no recursion. */
#include "doc/inner.h"

static const DocWords english = {
	STR_INIT("Notes"), STR_INIT("Note"), STR_INIT("Back to reference"), STR_INIT("Table"), STR_INIT("Source"), STR_INIT("Credit"),
	STR_INIT("Video"), STR_INIT("Podcast"),
};

typedef struct Box { /* one being written: where its parts begin in the output */
	uint32_t node;
	size_t from, title_from, title_to;
} Box;

typedef struct Writer {
	const Doc *doc;
	const DocHtml *how;
	const DocWords *words;
	Arena *page;
	Buf *out;
	Box *boxes;
	size_t boxes_n, boxes_cap;
	uint32_t tables, pictures, heading; /* so many so far; the heading that a table stands under + 1 */
	Str link_end;  /* of the link open now: they do not nest */
	uint32_t bare; /* the paragraph that is written without its tags; 0: none */
} Writer;

static Str node_str(const DocNode *n)
{
	return (Str){n->text, n->n};
}

static Str word_or(Str given, Str standard)
{
	return given.n ? given : standard;
}

#define WORD_OF(w, field) word_or((w)->words->field, english.field)

static DocTarget target_of(Writer *w, const DocLink *l)
{
	DocTarget t = {l->external ? DOC_EXTERNAL : DOC_GOES, l->target, l->width, l->height};
	if (l->refused)
		return (DocTarget){.state = DOC_WITHHELD};
	if (w->how->resolve)
		t = w->how->resolve(w->how->user, l, w->page);
	else if (l->target.n > 1 && l->target.p[0] == '#' && w->how->prefix.n)
		t.href = str_printf(w->page, "#%.*s%.*s", STR_ARG(w->how->prefix), STR_ARG(str_from(l->target, 1)));
	if (!doc_url_allowed(t.href))
		t.state = DOC_WITHHELD;
	return t;
}

/* ---- Links and pictures ---- */

static void open_link(Writer *w, const DocNode *n)
{
	const DocLink *l = w->doc->links + n->ref;
	DocTarget t = target_of(w, l);
	w->link_end = t.state == DOC_BROKEN ? S("</span>") : t.state == DOC_WITHHELD ? S("") : S("</a>");
	if (t.state == DOC_BROKEN) {
		buf_lit(w->out, "<span class=\"link-broken\">");
		return;
	}
	if (t.state == DOC_WITHHELD)
		return;
	buf_lit(w->out, "<a href=\"");
	esc_url(w->out, t.href);
	if (l->title.n) {
		buf_lit(w->out, "\" title=\"");
		esc_attr(w->out, l->title);
	}
	if (t.state == DOC_EXTERNAL && !str_starts(t.href, S("mailto:")) && !str_starts(t.href, S("tel:")))
		buf_lit(w->out, "\" rel=\"external");
	buf_lit(w->out, "\">");
}

static bool in_link(const Doc *d, const DocNode *n)
{
	while (n->parent && d->nodes[n->parent].kind != DOC_LINK)
		n = d->nodes + n->parent;
	return n->parent != 0;
}

static void put_picture_elsewhere(Writer *w, const DocNode *n, const DocLink *l, Str href)
{
	bool link = !in_link(w->doc, n);
	if (link) {
		buf_lit(w->out, "<a href=\"");
		esc_url(w->out, href);
		buf_lit(w->out, "\" rel=\"external\">");
	}
	esc_text(w->out, l->text.n ? l->text : href);
	if (link)
		buf_lit(w->out, "</a>");
}

static void put_picture(Writer *w, const DocNode *n)
{
	const DocLink *l = w->doc->links + n->ref;
	DocTarget t = target_of(w, l);
	if (t.state == DOC_ELSEWHERE) {
		put_picture_elsewhere(w, n, l, t.href);
		return;
	}
	if (t.state == DOC_WITHHELD || t.state == DOC_BROKEN) {
		if (t.state == DOC_BROKEN && l->text.n) {
			buf_lit(w->out, "<span class=\"link-broken\">");
			esc_text(w->out, l->text);
			buf_lit(w->out, "</span>");
		}
		return;
	}
	bool figure = w->doc->nodes[n->parent].kind == DOC_FIGURE;
	buf_lit(w->out, "<img src=\"");
	esc_url(w->out, t.href);
	buf_lit(w->out, "\" alt=\"");
	esc_attr(w->out, l->text);
	if (l->title.n && !figure) {
		buf_lit(w->out, "\" title=\"");
		esc_attr(w->out, l->title);
	}
	if (t.width && t.height)
		buf_printf(w->out, "\" width=\"%u\" height=\"%u", t.width, t.height);
	if (w->pictures++)
		buf_lit(w->out, "\" loading=\"lazy");
	buf_lit(w->out, "\">");
}

/* "Caption | source: World Bank | credit: A. Kim": parts parted by bars, in any order. */
static void put_caption(Writer *w, Str title)
{
	static const struct { Str key; const char *css; } parts[] = {{STR_INIT("source:"), "source"}, {STR_INIT("credit:"), "credit"}};
	if (!str_trim(title).n)
		return;
	buf_lit(w->out, "\n<figcaption>");
	const char *between = "";
	for (Str rest = title, part; rest.p;) {
		part = str_trim(str_cut(&rest, '|'));
		if (!part.n)
			continue;
		size_t k = 0;
		while (k < 2 && !str_eq_nocase(str_upto(part, parts[k].key.n), parts[k].key))
			k++;
		buf_puts(w->out, str_of(between));
		if (k < 2) {
			buf_printf(w->out, "<span class=\"figure-%s\">", parts[k].css);
			buf_puts(w->out, k ? WORD_OF(w, credit) : WORD_OF(w, source));
			buf_lit(w->out, ": ");
			part = str_trim(str_from(part, parts[k].key.n));
		}
		esc_text(w->out, doc_smart(part, w->doc->lang, w->page));
		if (k < 2)
			buf_lit(w->out, "</span>");
		between = " ";
	}
	buf_lit(w->out, "</figcaption>");
}

static bool withheld_figure(Writer *w, const DocNode *n)
{
	return target_of(w, w->doc->links + n[1].ref).state == DOC_WITHHELD;
}

static void put_card(Writer *w, const DocNode *n)
{
	const DocLink *l = w->doc->links + n[1].ref;
	DocTarget t = target_of(w, l);
	if (t.state == DOC_WITHHELD || t.state == DOC_BROKEN)
		return;
	buf_printf(w->out, "<p class=\"card card-%s\"><a href=\"", n->level ? "podcast" : "video");
	esc_url(w->out, t.href);
	buf_lit(w->out, "\" rel=\"external\"><span class=\"card-title\">");
	bool named = l->kind != DOC_LINK_AUTO && !str_eq(l->text, l->target) && l->text.n;
	if (named)
		esc_text(w->out, l->text);
	else
		esc_text(w->out, l->target);
	buf_lit(w->out, "</span> <span class=\"card-host\">");
	buf_puts(w->out, n->level ? WORD_OF(w, podcast) : WORD_OF(w, video));
	buf_lit(w->out, " · ");
	esc_text(w->out, node_str(n));
	buf_lit(w->out, "</span></a></p>\n");
}

/* ---- Notes ---- */

/* "fn-3"; the second place that refers to a note is "fnref-3-2". */
static void put_note_id(Writer *w, const char *what, uint32_t note, unsigned place)
{
	buf_puts(w->out, w->how->prefix);
	buf_puts(w->out, str_of(what));
	buf_put_int(w->out, note);
	if (place > 1)
		buf_printf(w->out, "-%u", place);
}

static void put_note_ref(Writer *w, const DocNode *n)
{
	buf_lit(w->out, "<sup class=\"note-ref\"><a href=\"#");
	put_note_id(w, "fn-", n->ref, 1);
	if (n->level < 255) {
		buf_lit(w->out, "\" id=\"");
		put_note_id(w, "fnref-", n->ref, n->level);
	}
	buf_lit(w->out, "\" role=\"doc-noteref\" aria-label=\"");
	esc_attr(w->out, WORD_OF(w, note));
	buf_putc(w->out, ' ');
	buf_put_int(w->out, n->ref);
	buf_lit(w->out, "\">");
	buf_put_int(w->out, n->ref);
	buf_lit(w->out, "</a></sup>");
}

static void put_backlinks(Writer *w, const DocNode *note)
{
	for (unsigned k = 1; k <= note->level && k < 255; k++) {
		buf_lit(w->out, " <a href=\"#");
		put_note_id(w, "fnref-", note->ref, k);
		buf_lit(w->out, "\" role=\"doc-backlink\" aria-label=\"");
		esc_attr(w->out, WORD_OF(w, back));
		buf_putc(w->out, ' ');
		buf_put_int(w->out, note->ref);
		if (k > 1)
			buf_printf(w->out, " (%u)", k);
		buf_lit(w->out, "\">↩</a>");
	}
}

/* Links back stand in the note's last paragraph, else behind its last block. */
static bool ends_note(const Writer *w, const DocNode *n)
{
	const DocNode *parent = w->doc->nodes + n->parent;
	return parent->kind == DOC_NOTE && n->end == parent->end;
}

static bool ends_in_paragraph(const Writer *w, uint32_t note)
{
	uint32_t end = w->doc->nodes[note].end, last = note;
	for (uint32_t i = note + 1; i < end; i = w->doc->nodes[i].end)
		last = i;
	return w->doc->nodes[last].kind == DOC_PARAGRAPH;
}

/* ---- Blocks ---- */

static bool tight(const Writer *w, const DocNode *paragraph)
{
	const DocNode *item = w->doc->nodes + paragraph->parent;
	return item->kind == DOC_ITEM && w->doc->nodes[item->parent].flags & DOC_TIGHT;
}

static void new_line(Writer *w)
{
	if (w->out->n && w->out->p[w->out->n - 1] != '\n')
		buf_putc(w->out, '\n');
}

static void open_heading(Writer *w, const DocNode *n)
{
	const DocHeading *h = w->doc->headings + n->ref;
	buf_lit(w->out, "<h"), buf_putc(w->out, (char)('0' + n->level)), buf_lit(w->out, " id=\"");
	buf_puts(w->out, w->how->prefix);
	esc_attr(w->out, h->id);
	buf_lit(w->out, "\">");
	w->heading = n->ref + 1;
}

static Str label_of(const Writer *w)
{
	if (!w->heading)
		return (Str){0};
	Str s = w->doc->headings[w->heading - 1].text;
	size_t n = s.n < 80 ? s.n : 80;
	while (n < s.n && n > 0 && (s.p[n] & 0xC0) == 0x80)
		n--;
	return str_upto(s, n);
}

static void open_table(Writer *w, const DocNode *n)
{
	w->tables++;
	if (n->flags & DOC_WIDE) {
		Str label = label_of(w);
		buf_lit(w->out, "<section class=\"table-scroll\" tabindex=\"0\" aria-label=\"");
		esc_attr(w->out, WORD_OF(w, table));
		buf_printf(w->out, " %u", w->tables);
		if (label.n) {
			buf_lit(w->out, ": ");
			esc_attr(w->out, label);
		}
		buf_lit(w->out, "\">\n");
	}
	buf_lit(w->out, "<table>\n");
}

static void close_table(Writer *w, const DocNode *n)
{
	buf_puts(w->out, n[1].end < n->end ? S("</tbody>\n</table>\n") : S("</table>\n"));
	if (n->flags & DOC_WIDE)
		buf_lit(w->out, "</section>\n");
}

static void open_row(Writer *w, const DocNode *n)
{
	const DocNode *table = w->doc->nodes + n->parent;
	if (n->flags & DOC_HEAD)
		buf_lit(w->out, "<thead>\n");
	else if (n == w->doc->nodes + table[1].end && table[1].flags & DOC_HEAD)
		buf_lit(w->out, "<tbody>\n");
	buf_lit(w->out, "<tr>");
}

static void close_row(Writer *w, const DocNode *n)
{
	buf_lit(w->out, "</tr>\n");
	if (n->flags & DOC_HEAD)
		buf_lit(w->out, "</thead>\n");
}

static void open_cell(Writer *w, const DocNode *n)
{
	bool head = n->flags & DOC_HEAD;
	const char *side = n->level == 'r' ? "right" : n->level == 'c' ? "center" : n->level == 'l' ? "left" : NULL;
	if (head && n->end == (uint32_t)(n - w->doc->nodes) + 1)
		head = false; /* an empty heading cell heads nothing */
	buf_puts(w->out, head ? S("<th scope=\"col\"") : S("<td"));
	if (side)
		buf_lit(w->out, " class=\"align-"), buf_puts(w->out, str_of(side)), buf_putc(w->out, '"');
	buf_putc(w->out, '>');
}

static void close_cell(Writer *w, const DocNode *n)
{
	bool empty = n->end == (uint32_t)(n - w->doc->nodes) + 1;
	buf_puts(w->out, n->flags & DOC_HEAD && !empty ? S("</th>") : S("</td>"));
}

static void put_code(Writer *w, const DocNode *n)
{
	buf_lit(w->out, "<pre tabindex=\"0\"><code");
	if (n->ref) {
		buf_lit(w->out, " class=\"language-");
		esc_attr(w->out, str_n(n->text + n->n, n->ref));
		buf_putc(w->out, '"');
	}
	buf_putc(w->out, '>');
	esc_text(w->out, node_str(n));
	buf_lit(w->out, "</code></pre>\n");
}

static void open_list(Writer *w, const DocNode *n)
{
	new_line(w);
	if (!(n->flags & DOC_ORDERED)) {
		const DocNode *first = n + 1;
		buf_puts(w->out, first->flags & DOC_TASK ? S("<ul class=\"tasks\">\n") : S("<ul>\n"));
	} else if (n->ref == 1) {
		buf_lit(w->out, "<ol>\n");
	} else {
		buf_printf(w->out, "<ol start=\"%u\">\n", n->ref);
	}
}

/* The label holds the item's first words, so that the box has a name. */
static void open_task_words(Writer *w, const DocNode *item)
{
	buf_printf(w->out, "<label><input type=\"checkbox\" disabled%s> ", item->flags & DOC_CHECKED ? " checked" : "");
}

static bool is_task_words(const Writer *w, const DocNode *paragraph)
{
	const DocNode *item = w->doc->nodes + paragraph->parent;
	return item->kind == DOC_ITEM && item->flags & DOC_TASK && paragraph == item + 1;
}

static void open_paragraph(Writer *w, const DocNode *n)
{
	if (!tight(w, n) && w->bare != (uint32_t)(n - w->doc->nodes))
		buf_lit(w->out, "<p>");
	if (is_task_words(w, n))
		open_task_words(w, w->doc->nodes + n->parent);
}

static void close_paragraph(Writer *w, const DocNode *n)
{
	if (is_task_words(w, n))
		buf_lit(w->out, "</label>");
	if (ends_note(w, n))
		put_backlinks(w, w->doc->nodes + n->parent);
	if (!tight(w, n) && w->bare != (uint32_t)(n - w->doc->nodes))
		buf_lit(w->out, "</p>\n");
}

/* ---- Boxes ---- */

static void open_box(Writer *w, uint32_t at)
{
	ARENA_ROOM(w->page, w->boxes, w->boxes_n, w->boxes_cap);
	w->boxes[w->boxes_n++] = (Box){at, w->out->n, w->out->n, w->out->n};
}

static void plain_box(Writer *w, Str word, Str title, Str body)
{
	buf_lit(w->out, "<div class=\"box box-");
	esc_attr(w->out, word);
	buf_lit(w->out, "\" role=\"note\">\n");
	if (title.n) {
		buf_lit(w->out, "<p class=\"box-title\">");
		buf_puts(w->out, title);
		buf_lit(w->out, "</p>\n");
	}
	buf_puts(w->out, body);
	buf_lit(w->out, "</div>\n");
}

/* What was written since open_box is its title and body: taken out, given to the layout, put back. */
static void close_box(Writer *w, const DocNode *n)
{
	Box box = w->boxes[--w->boxes_n];
	Str all = str_dup(w->page, str_from(buf_str(w->out), box.from));
	Str title = str_n(all.p + (box.title_from - box.from), box.title_to - box.title_from);
	Str body = str_from(all, box.title_to - box.from);
	w->out->n = box.from;
	if (!w->how->box || !w->how->box(w->how->user, node_str(n), title, body, w->out)) {
		w->out->n = box.from;
		plain_box(w, node_str(n), title, body);
	}
	new_line(w);
}

/* ---- The walk ---- */

static void put_text(Writer *w, const DocNode *n)
{
	if (n->flags & DOC_PLAIN)
		buf_puts(w->out, node_str(n));
	else
		esc_text(w->out, node_str(n));
}

/* Writes a node's beginning. False: the whole of it is written, or left out. */
static bool enter(Writer *w, uint32_t at)
{
	const DocNode *n = w->doc->nodes + at;
	Buf *out = w->out;
	switch ((DocKind)n->kind) {
	case DOC_TEXT: put_text(w, n); return false;
	case DOC_SOFT_BREAK: new_line(w); return false;
	case DOC_HARD_BREAK: buf_lit(out, "<br>\n"); return false;
	case DOC_CODE_SPAN:
		buf_lit(out, "<code>");
		esc_text(out, node_str(n));
		buf_lit(out, "</code>");
		return false;
	case DOC_HTML: buf_puts(out, node_str(n)); return false;
	case DOC_HTML_URL: {
		DocTarget t = target_of(w, w->doc->links + n->ref);
		if (t.state == DOC_GOES || t.state == DOC_EXTERNAL)
			esc_url(out, t.href);
		return false;
	}
	case DOC_NOTE_REF:
		put_note_ref(w, n);
		return false;
	case DOC_IMAGE: put_picture(w, n); return false;
	case DOC_CODE: new_line(w); put_code(w, n); return false;
	case DOC_RULE: new_line(w); buf_lit(out, "<hr>\n"); return false;
	case DOC_CARD: put_card(w, n); return false;
	case DOC_FIGURE:
		if (withheld_figure(w, n))
			return false;
		new_line(w);
		buf_lit(out, "<figure>\n");
		return true;
	case DOC_HEADING:
		if (n->flags & DOC_DROPPED)
			return false;
		new_line(w);
		open_heading(w, n);
		return true;
	case DOC_NOTES:
		buf_lit(out, "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
		esc_attr(out, WORD_OF(w, notes));
		buf_lit(out, "\">\n<ol>\n");
		return true;
	case DOC_NOTE:
		buf_lit(out, "<li id=\"");
		put_note_id(w, "fn-", n->ref, 1);
		buf_lit(out, "\">");
		return true;
	case DOC_PARAGRAPH: open_paragraph(w, n); return true;
	case DOC_QUOTE: new_line(w); buf_lit(out, "<blockquote>\n"); return true;
	case DOC_BOX: new_line(w); open_box(w, at); return true;
	case DOC_BOX_TITLE: w->boxes[w->boxes_n - 1].title_from = out->n; return true;
	case DOC_LIST: open_list(w, n); return true;
	case DOC_ITEM: buf_puts(out, n->flags & DOC_TASK ? S("<li class=\"task\">") : S("<li>")); return true;
	case DOC_TABLE: new_line(w); open_table(w, n); return true;
	case DOC_ROW: open_row(w, n); return true;
	case DOC_CELL: open_cell(w, n); return true;
	case DOC_EMPHASIS: buf_lit(out, "<em>"); return true;
	case DOC_STRONG: buf_lit(out, "<strong>"); return true;
	case DOC_STRIKE: buf_lit(out, "<s>"); return true;
	case DOC_LINK: open_link(w, n); return true;
	case DOC_SPAN: case DOC_ROOT: return true;
	}
	return true;
}

static void leave(Writer *w, uint32_t at)
{
	const DocNode *n = w->doc->nodes + at;
	Buf *out = w->out;
	switch ((DocKind)n->kind) {
	case DOC_PARAGRAPH: close_paragraph(w, n); break;
	case DOC_HEADING: buf_lit(out, "</h"), buf_putc(out, (char)('0' + n->level)), buf_lit(out, ">\n"); break;
	case DOC_QUOTE: buf_lit(out, "</blockquote>\n"); break;
	case DOC_BOX: close_box(w, n); break;
	case DOC_BOX_TITLE: w->boxes[w->boxes_n - 1].title_to = out->n; break;
	case DOC_LIST: buf_puts(out, n->flags & DOC_ORDERED ? S("</ol>\n") : S("</ul>\n")); break;
	case DOC_ITEM: buf_lit(out, "</li>\n"); break;
	case DOC_TABLE: close_table(w, n); break;
	case DOC_ROW: close_row(w, n); break;
	case DOC_CELL: close_cell(w, n); break;
	case DOC_FIGURE:
		put_caption(w, w->doc->links[n[1].ref].title);
		buf_lit(out, "\n</figure>\n");
		break;
	case DOC_NOTES: buf_lit(out, "</ol>\n</section>\n"); break;
	case DOC_NOTE:
		if (!ends_in_paragraph(w, at))
			put_backlinks(w, n);
		buf_lit(out, "</li>\n");
		break;
	case DOC_EMPHASIS: buf_lit(out, "</em>"); break;
	case DOC_STRONG: buf_lit(out, "</strong>"); break;
	case DOC_STRIKE: buf_lit(out, "</s>"); break;
	case DOC_LINK: buf_puts(out, w->link_end); break;
	default: break;
	}
}

void doc_html(const Doc *doc, const DocHtml *how, Arena *page, Buf *out)
{
	static const DocHtml standard = {0};
	Writer w = {.doc = doc, .how = how ? how : &standard, .page = page, .out = out};
	w.words = w.how->words ? w.how->words : &english;
	w.bare = w.how->bare && doc->nodes_n > 1 && doc->nodes[1].kind == DOC_PARAGRAPH && doc->nodes[1].end == doc->nodes_n;
	uint32_t open = 0;
	for (uint32_t i = 1;;) {
		for (; open && i == doc->nodes[open].end; open = doc->nodes[open].parent)
			leave(&w, open);
		if (i >= doc->nodes_n)
			break;
		if (enter(&w, i))
			open = i++;
		else
			i = doc->nodes[i].end;
	}
}

void doc_toc(const Doc *doc, Str prefix, int deepest, Buf *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < doc->headings_n; i++)
		n += doc->headings[i].level <= deepest;
	if (n < 2)
		return;
	int levels[8], depth = 0; /* the levels of the lists open now: a skipped level opens one list, not two */
	for (uint32_t i = 0; i < doc->headings_n; i++) {
		const DocHeading *h = doc->headings + i;
		if (h->level > deepest)
			continue;
		while (depth > 1 && levels[depth - 1] > h->level && levels[depth - 2] >= h->level) {
			buf_lit(out, "</li>\n</ul>");
			depth--;
		}
		if (!depth || h->level > levels[depth - 1]) {
			buf_lit(out, "\n<ul>\n");
			levels[depth++] = h->level;
		} else {
			buf_lit(out, "</li>\n");
			levels[depth - 1] = h->level;
		}
		buf_lit(out, "<li><a href=\"#");
		Str id = h->id;
		esc_url(out, prefix);
		esc_url(out, id);
		buf_lit(out, "\">");
		esc_text(out, h->text);
		buf_lit(out, "</a>");
	}
	while (depth--)
		buf_lit(out, "</li>\n</ul>\n");
}
