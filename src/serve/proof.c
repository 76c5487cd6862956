#include "serve/proof.h"

#include "build.h"
#include "graph/graph.h"
#include "lib/hash.h"
#include "render/render.h"
#include "serve/request.h"
#include "serve/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- everything in one file ---- */

/* The file at an address of the site as a data: address (RFC 2397); false: it is none. */
static bool put_data(Archive *archive, const Site *s, Str url, Buf *out)
{
	Buf bytes = {0};
	Str path = str_from(url, s->base.n + 1);
	const Leaf *leaf = graph_leaf(s, path);
	bool done = leaf && leaf->kind == LEAF_FILE && render_leaf(archive->renderer, s, leaf, 0, &bytes);
	if (done) {
		Str type = request_type(path);
		buf_printf(out, "data:%.*s;base64,", STR_ARG(type));
		buf_put_base64(out, (const uint8_t *)bytes.p, bytes.n);
	}
	buf_release(&bytes);
	return done;
}

typedef struct Whole {
	Archive *archive;
	const Site *s;
	Table ids; /* that have been given */
	Buf *out;
} Whole;

/* A picture goes in; a link to one of the site's own pages becomes a whole address, which works from anywhere; an id that
 * the text has is not given again where the text stands a second time, with its changes. */
static void put_attribute(Whole *w, Str name, Str value)
{
	bool rooted = str_starts(value, S("/")), src = str_eq(name, S("src"));
	if (str_eq(name, S("id")) && table_put(&w->ids, value, w))
		return;
	buf_putc(w->out, ' ');
	buf_puts(w->out, name);
	buf_lit(w->out, "=\"");
	if (!rooted || !src || !str_starts(value, w->s->base) || !put_data(w->archive, w->s, value, w->out)) {
		buf_puts(w->out, rooted ? w->s->origin : (Str){0});
		buf_puts(w->out, value);
	}
	buf_putc(w->out, '"');
}

/* One of the attributes, as ` src="`, at the beginning of the text. */
static bool is_attribute(Str html, Str *name)
{
	static const Str names[] = {STR_INIT(" src=\""), STR_INIT(" href=\""), STR_INIT(" id=\"")};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_starts(html, names[i])) {
			*name = (Str){names[i].p + 1, names[i].n - 3};
			return true;
		}
	return false;
}

static void put_whole(Whole *w, Str html)
{
	bool in_tag = false, quoted = false; /* elsewhere it is text */
	while (html.n) {
		Str name;
		if (in_tag && !quoted && is_attribute(html, &name)) {
			html = str_from(html, name.n + 3);
			Str value = str_upto(html, str_find_char(html, '"'));
			put_attribute(w, name, value);
			html = str_from(html, value.n + 1);
			continue;
		}
		char c = *html.p;
		quoted = in_tag && quoted != (c == '"');
		in_tag = c == '<' || (in_tag && (quoted || c != '>'));
		buf_putc(w->out, c);
		html = str_from(html, 1);
	}
}

static bool make(Archive *archive, const Site *s, const Brief *b, Buf *out)
{
	Arena a = {0};
	Buf page = {0};
	MapMaker m = {.arena = &a};
	map_put(&m, S("brief"), overview_brief(archive, s, b, NULL, &a));
	RenderView v = {.layout = S("proof"), .path = S("proof.html"), .title = b->page.title, .brief = b, .preview = map_seal(&m)};
	bool done = render_view(archive->renderer, s, &v, &page);
	Whole w = {archive, s, {0}, out};
	if (done)
		put_whole(&w, buf_str(&page));
	else
		report_diags(renderer_diags(archive->renderer, 0), DIAG_ERROR);
	table_release(&w.ids);
	buf_release(&page);
	arena_release(&a);
	return done;
}

/* Whether this folder lies in the archive, whose next commit would take along whatever is left there. */
static bool is_in_archive(const Options *o, Arena *a)
{
	char *here = realpath(".", NULL), *archive = realpath(str_c(a, o->source), NULL);
	bool in = here && archive && str_starts(str_of(here), str_of(archive)) && (here[strlen(archive)] == '/' || !here[strlen(archive)]);
	free(here);
	free(archive);
	return in;
}

/* Where --output says, else here, or, where that is in the archive, beside what gen keeps there, at which git does not look. */
static int save(Desk *d, const Options *o, const Brief *b, Str bytes)
{
	static const Str proofs = STR_INIT(".gen/proofs");
	Arena *a = &d->archive.arena;
	Str name = o->output.n ? o->output : str_printf(a, "%.*s.proof.html", STR_ARG(b->page.document->slug)), shown = name;
	bool kept = !o->output.n && is_in_archive(o, a) && archive_keeps(&d->archive);
	int folder, error = disk_open_folder(kept ? str_c(a, o->source) : ".", &folder);
	if (kept) {
		name = str_printf(a, "%.*s/%.*s", STR_ARG(proofs), STR_ARG(name));
		shown = str_eq(o->source, S(".")) ? name : str_printf(a, "%.*s/%.*s", STR_ARG(o->source), STR_ARG(name));
	}
	if (!error) {
		error = kept ? disk_make_folders(folder, proofs) : 0;
		error = error ? error : disk_replace(folder, name, bytes);
		close(folder);
	}
	if (error)
		fprintf(stderr, "gen: cannot write %.*s: %s\n", STR_ARG(shown), disk_why(error));
	else
		printf("%.*s\n", STR_ARG(shown));
	return error ? 3 : 0;
}

int proof_run(const Options *o)
{
	Desk d;
	Buf out = {0};
	if (o->words_n != 1) {
		fprintf(stderr, "gen: proof needs the brief to show\n  = gen list shows the slugs\n");
		return 2;
	}
	int status = desk_open(&d, o);
	if (status)
		return status;
	const Brief *b = desk_brief(&d, o->words[0]);
	if (!b)
		status = 2;
	else if (make(&d.archive, d.site, b, &out))
		status = save(&d, o, b, buf_str(&out));
	else
		status = 3;
	report_diags(&d.archive.diags, DIAG_ERROR);
	buf_release(&out);
	desk_close(&d);
	return status;
}
