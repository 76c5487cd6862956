#include "serve/proof.h"

#include "build.h"
#include "graph/graph.h"
#include "lib/hash.h"
#include "render/render.h"
#include "serve/request.h"
#include "serve/overview.h"

#include <stdio.h>
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

/* Pictures go in; links to the site's own pages become whole addresses, which work from anywhere. */
static void put_whole(Archive *archive, const Site *s, Str html, Buf *out)
{
	static const Str heads[] = {STR_INIT(" src=\"/"), STR_INIT(" href=\"/")};
	while (html.n) {
		size_t src = str_find(html, heads[0]), href = str_find(html, heads[1]), which = src < href ? 0 : 1, at = which ? href : src;
		if (at == SIZE_MAX)
			break;
		size_t value = at + heads[which].n - 1;
		buf_puts(out, str_upto(html, value));
		html = str_from(html, value);
		Str url = str_upto(html, str_find_char(html, '"'));
		if (which || !str_starts(url, s->base) || !put_data(archive, s, url, out)) {
			buf_puts(out, s->origin);
			buf_puts(out, url);
		}
		html = str_from(html, url.n);
	}
	buf_puts(out, html);
}

static bool make(Archive *archive, const Site *s, const Brief *b, Buf *out)
{
	Arena a = {0};
	Buf page = {0};
	MapMaker m = {.arena = &a};
	map_put(&m, S("brief"), overview_brief(archive, s, b, NULL, &a));
	RenderView v = {.layout = S("proof"), .path = S("proof.html"), .title = b->page.title, .brief = b, .preview = map_seal(&m)};
	bool done = render_view(archive->renderer, s, &v, &page);
	if (done)
		put_whole(archive, s, buf_str(&page), out);
	else
		report_diags(renderer_diags(archive->renderer, 0), DIAG_ERROR);
	buf_release(&page);
	arena_release(&a);
	return done;
}

static int save(const char *path, Str bytes)
{
	int folder, error = disk_open_folder(".", &folder);
	if (!error) {
		error = disk_replace(folder, str_of(path), bytes);
		close(folder);
	}
	if (error)
		fprintf(stderr, "gen: cannot write %s: %s\n", path, disk_why(error));
	else
		printf("%s\n", path);
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
	Arena *a = &d.archive.arena;
	if (!b)
		status = 2;
	else if (make(&d.archive, d.site, b, &out))
		status = save(o->output.n ? str_c(a, o->output) : str_printf(a, "%.*s.proof.html", STR_ARG(b->page.document->slug)).p, buf_str(&out));
	else
		status = 3;
	report_diags(&d.archive.diags, DIAG_ERROR);
	buf_release(&out);
	desk_close(&d);
	return status;
}
