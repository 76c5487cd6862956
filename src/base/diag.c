#include "base/diag.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { WINDOW = 100, BEFORE = 60, KEPT = 1024 };

/* Of a line of a megabyte, what will be shown of it: thousands of faults may stand in one. */
static void cut_source(Diag *x)
{
	if (x->source.n <= KEPT)
		return;
	uint32_t skip = x->column > BEFORE ? x->column - BEFORE : 0;
	size_t from = 0, len;
	for (; x->skipped < skip && from < x->source.n; x->skipped++, from += len)
		utf8_decode(x->source, from, &len);
	x->source = str_upto(str_from(x->source, from), KEPT);
}

void diag_add(Diags *d, Diag x)
{
	cut_source(&x);
	MEM_ROOM(d->list, d->n, d->cap);
	x.file = str_dup(&d->arena, x.file);
	x.source = str_dup(&d->arena, x.source);
	x.message = str_dup(&d->arena, x.message);
	x.hint = str_dup(&d->arena, x.hint);
	d->count[x.level]++;
	d->list[d->n++] = x;
}

void diag_locate(Str text, size_t offset, uint32_t *line, uint32_t *column, Str *source)
{
	size_t start = 0;
	if (offset > text.n)
		offset = text.n;
	*line = 1;
	for (size_t i = 0; i < offset; i++)
		if (text.p[i] == '\n' || (text.p[i] == '\r' && !(i + 1 < text.n && text.p[i + 1] == '\n')))
			++*line, start = i + 1;
	size_t end = start;
	while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r')
		end++;
	*source = (Str){text.p + start, end - start};
	*column = (uint32_t)utf8_count((Str){text.p + start, offset - start}) + 1;
}

Diag diag_at(DiagLevel level, const char *check, Str file, Str text, size_t offset, size_t bytes, Str message, Str hint)
{
	Diag x = {.level = level, .check = check, .file = file, .message = message, .hint = hint};
	diag_locate(text, offset, &x.line, &x.column, &x.source);
	if (offset > text.n)
		offset = text.n;
	x.span = (uint32_t)utf8_count(str_upto(str_from(text, offset), bytes));
	return x;
}

Diag diag_in(DiagLevel level, const char *check, Str file, Str text, Place place, Str message, Str hint)
{
	Diag x = {.level = level, .check = check, .file = file, .message = message, .hint = hint,
		.line = place.line, .column = place.column, .span = place.span};
	for (uint32_t line = 1; place.line && line <= place.line; line++)
		if (!str_line(&text, &x.source))
			x.source = (Str){0};
	return x;
}

void diags_move(Diags *to, const Diags *from)
{
	for (size_t i = 0; i < from->n; i++)
		diag_add(to, from->list[i]);
}

static int order(const void *a, const void *b)
{
	const Diag *x = a, *y = b;
	int c = (x->file.n == 0) - (y->file.n == 0); /* what has no place comes last */
	if (!c)
		c = str_cmp(x->file, y->file);
	if (!c)
		c = (x->line > y->line) - (x->line < y->line);
	if (!c)
		c = (x->column > y->column) - (x->column < y->column);
	if (!c)
		c = (int)y->level - (int)x->level;
	return c ? c : str_cmp(x->message, y->message);
}

void diags_sort(Diags *d)
{
	if (!d->n)
		return;
	qsort(d->list, d->n, sizeof(Diag), order);
	size_t kept = 1;
	for (size_t i = 1; i < d->n; i++) {
		if (order(&d->list[i], &d->list[kept - 1]))
			d->list[kept++] = d->list[i];
		else
			d->count[d->list[i].level]--;
	}
	d->n = kept;
}

static const struct { const char *word, *colour; } levels[] = {
	[DIAG_NOTICE] = {"notice", "\033[36m"},
	[DIAG_WARNING] = {"warning", "\033[33m"},
	[DIAG_ERROR] = {"error", "\033[31m"},
	[DIAG_USAGE] = {"error", "\033[31m"},
	[DIAG_WORLD] = {"error", "\033[31m"},
};

/* The source line, cut to a window of 100 columns around the caret, with the caret under it. */
static void print_source(Buf *out, const Diag *x, const char *on, const char *off)
{
	size_t from = 0, at = 1 + (size_t)x->skipped, len;
	uint32_t skip = x->column > BEFORE ? x->column - BEFORE : 0;
	for (; at <= skip && from < x->source.n; at++) {
		utf8_decode(x->source, from, &len);
		from += len;
	}
	buf_lit(out, "    ");
	if (at > 1)
		buf_lit(out, "\xE2\x80\xA6");
	Buf mark = {0};
	buf_puts(&mark, at > 1 ? S("     ") : S("    "));
	int width = 0;
	size_t i = from;
	uint32_t span = x->span ? x->span : 1;
	for (; i < x->source.n && width < WINDOW; i += len, at++) {
		size_t before = out->n;
		uint32_t r = utf8_decode(x->source, i, &len);
		int w = 1;
		if (r == '\t') {
			buf_putc(out, ' ');
		} else {
			buf_put_visible(out, (Str){x->source.p + i, len});
			w = r == UTF8_BAD || r < 0x20 || out->n - before != len ? (int)(out->n - before) : rune_width(r);
		}
		width += w;
		for (int k = 0; x->column && k < w && at < x->column + span; k++)
			buf_putc(&mark, at < x->column ? ' ' : '^');
	}
	if (i < x->source.n)
		buf_lit(out, "\xE2\x80\xA6");
	buf_putc(out, '\n');
	if (x->column) {
		Str under = buf_str(&mark);
		if (x->column >= at && str_find_char(under, '^') == SIZE_MAX)
			buf_putc(&mark, '^'); /* at the line's end */
		buf_printf(out, "%s%.*s%s\n", on, STR_ARG(buf_str(&mark)), off);
	}
	buf_release(&mark);
}

void diags_print(const Diags *d, Buf *out, bool colour, DiagLevel least)
{
	const char *off = colour ? "\033[0m" : "", *bold = colour ? "\033[1m" : "";
	for (size_t i = 0; i < d->n; i++) {
		const Diag *x = &d->list[i];
		if (x->level < least)
			continue;
		const char *on = colour ? levels[x->level].colour : "";
		if (x->file.n) {
			buf_puts(out, str_of(bold));
			buf_put_visible(out, x->file);
			if (x->line)
				buf_printf(out, ":%u", x->line);
			if (x->line && x->column)
				buf_printf(out, ":%u", x->column);
			buf_printf(out, ":%s ", off);
		} else {
			buf_lit(out, "gen: ");
		}
		buf_printf(out, "%s%s:%s ", on, levels[x->level].word, off);
		buf_put_visible(out, x->message);
		if (x->check && x->level < DIAG_USAGE)
			buf_printf(out, " [%s]", x->check);
		buf_putc(out, '\n');
		if (x->source.n)
			print_source(out, x, on, off);
		for (Str rest = x->hint, line; str_line(&rest, &line);) {
			buf_lit(out, "  = ");
			buf_put_visible(out, line);
			buf_putc(out, '\n');
		}
	}
}

DiagLevel diags_worst(const Diags *d)
{
	DiagLevel worst = DIAG_NOTICE;
	for (int l = DIAG_NOTICE; l <= DIAG_WORLD; l++)
		if (d->count[l])
			worst = (DiagLevel)l;
	return worst;
}

int diags_status(const Diags *d, bool strict)
{
	static const int status[] = {[DIAG_ERROR] = 1, [DIAG_USAGE] = 2, [DIAG_WORLD] = 3};
	DiagLevel worst = diags_worst(d);
	if (worst <= DIAG_WARNING)
		return worst == DIAG_WARNING && strict ? 1 : 0;
	return status[worst];
}

void diags_clear(Diags *d)
{
	arena_reset(&d->arena);
	d->n = 0;
	memset(d->count, 0, sizeof d->count);
}

void diags_release(Diags *d)
{
	arena_release(&d->arena);
	free(d->list);
	*d = (Diags){0};
}
