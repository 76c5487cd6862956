/* The tree as plain text. */
#include "doc/inner.h"

static bool parts_lines(DocKind k) /* a block whose text stands on lines of its own */
{
	return k == DOC_PARAGRAPH || k == DOC_HEADING || k == DOC_BOX_TITLE || k == DOC_ROW || k == DOC_FIGURE || k == DOC_CARD || k == DOC_CODE;
}

static void put_text(const Doc *doc, const DocNode *n, bool between, Buf *out)
{
	switch ((DocKind)n->kind) {
	case DOC_TEXT:
	case DOC_CODE_SPAN:
	case DOC_CODE:
		buf_puts(out, (Str){n->text, n->n});
		break;
	case DOC_SOFT_BREAK:
	case DOC_HARD_BREAK:
		if (!between)
			buf_putc(out, ' ');
		break;
	case DOC_IMAGE:
		buf_puts(out, doc->links[n->ref].text);
		break;
	default:
		break;
	}
}

void doc_text(const Doc *doc, Buf *out)
{
	uint32_t line_end = 0; /* where the newest block of text ends */
	for (uint32_t i = 0; i < doc->nodes_n; i = doc->nodes[i].kind == DOC_IMAGE ? doc->nodes[i].end : i + 1) {
		const DocNode *n = doc->nodes + i;
		if (parts_lines((DocKind)n->kind)) {
			if (out->n && line_end && out->p[out->n - 1] != '\n')
				buf_putc(out, '\n');
			line_end = n->end;
		} else if (n->kind == DOC_HTML && n->flags & DOC_BREAKS) {
			if (out->n && out->p[out->n - 1] != '\n')
				buf_putc(out, '\n');
		} else if (n->kind == DOC_CELL && n[-1].kind != DOC_ROW) {
			buf_putc(out, '\t');
		} else if (line_end && i >= line_end && n->kind == DOC_TEXT && out->n && out->p[out->n - 1] != '\n') {
			buf_putc(out, '\n');
			line_end = n->end;
		}
		put_text(doc, n, i >= line_end, out);
	}
	if (out->n && out->p[out->n - 1] != '\n')
		buf_putc(out, '\n');
}
