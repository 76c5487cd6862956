/* What is wrong between documents. A line is shown with each fault, so the file is read again; faults are few. */
#include "graph/parts.h"
#include "links.h"

typedef struct Checking {
	Site *s;
	const Document *document;
	Str text; /* read at the first fault of the document */
	bool read;
	uint32_t faults;
	Check gravest; /* of those that are not shown */
	Arena arena;
} Checking;

enum { MOST_FAULTS = 1000 }; /* of one document; nobody mends more of them at once */

static void fault(Checking *c, Check check, Place place, Str message, Str hint)
{
	const CheckLevels *levels = &c->s->settings->checks;
	if (levels->level[check] == CHECK_OFF)
		return;
	if (c->faults++ >= MOST_FAULTS) {
		if (c->faults == MOST_FAULTS + 1 || levels->level[check] > levels->level[c->gravest])
			c->gravest = check;
		return;
	}
	if (!c->read && source_read((Source *)c->s->source, c->document->path, 0, &c->arena, &c->text))
		c->text = (Str){0};
	c->read = true;
	check_add(levels, check, c->document->record.draft, &c->s->diags,
	          diag_in(DIAG_ERROR, NULL, c->document->path, c->text, place, message, hint));
}

static bool has_anchor(const Document *d, Str fragment)
{
	size_t from = 0;
	for (size_t to = d->anchors_n; from < to;) {
		size_t middle = from + (to - from) / 2;
		if (str_cmp(d->anchors[middle], fragment) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from < d->anchors_n && str_eq(d->anchors[from], fragment))
		return true;
	return str_starts(fragment, S("fn-")) || str_starts(fragment, S("fnref-")) || d->has_raw_ids;
}

/* The file that was probably meant: one of the same name elsewhere. */
static Str similar_file(const Checking *c, Str target, Arena *a)
{
	const Site *s = c->s;
	if (c->faults >= MOST_FAULTS)
		return (Str){0};
	Str path = link_parts(target).path, name = str_from(path, str_rfind_char(path, '/') + 1);
	for (size_t i = 0; name.n && i < s->documents_n; i++)
		if (str_ends(s->documents[i]->path, name) && str_upto(s->documents[i]->path, s->documents[i]->path.n - name.n).n &&
		    s->documents[i]->path.p[s->documents[i]->path.n - name.n - 1] == '/')
			return str_printf(a, "there is %.*s", STR_ARG(s->documents[i]->path));
	return S("correct the path, or remove the link");
}

static Str similar_anchor(Checking *c, const Document *d, Str fragment)
{
	Str near = c->faults < MOST_FAULTS ? nearest_name(fragment, d->anchors, d->anchors_n) : (Str){0};
	return near.n ? str_printf(&c->arena, "did you mean #%.*s?", STR_ARG(near)) : (Str){0};
}

/* Readers see no more of it than the words that stand here; but a source is copied whole or not at all. */
static void hidden_fault(Checking *c, Place place, const char *what, Str target)
{
	bool source = c->document->kind == DOCUMENT_BRIEF && c->s->settings->output[OUT_SOURCES];
	fault(c, CHECK_UNPUBLISHED_NAMED, place,
	      str_printf(&c->arena, "the %s \"%.*s\" names what is not published; pages leave it out%s", what, STR_ARG(target),
	                 source ? ", and the copy of the source (index.md) is not made" : ""),
	      S("all is there once that is published"));
}

/* A page that loads from another host tells it who reads. */
static void check_loaded(Checking *c, Str url, Place place, const char *what)
{
	if (!link_loads(c->s->settings, url))
		fault(c, CHECK_PICTURE_ELSEWHERE, place, str_printf(&c->arena, "%.*s is on another host, which pages shall not ask; %s", STR_ARG(str_upto(url, 200)), what),
		      S("put a copy beside the text, or name its host in site.yaml: allow_hosts"));
}

static void check_link(Checking *c, const DocLink *link)
{
	bool is_file;
	Site *s = c->s;
	if (link->external) {
		check_loaded(c, link->target, (Place){link->line, link->column, 1},
		             link->kind == DOC_LINK_IMAGE ? "the picture is shown as a link to it" : "it was left out");
		return;
	}
	const Target *t = link_target(s, c->document, link->target, &is_file);
	LinkParts parts = link_parts(link->target);
	Place place = {link->line, link->column, 1};
	if (graph_links_hidden(s, c->document, link))
		hidden_fault(c, place, "link", link->target);
	if (t) {
		if (parts.fragment.n && t->document && t->state == TARGET_PUBLIC && !has_anchor(t->document, parts.fragment))
			fault(c, CHECK_ANCHOR_MISSING, place, str_printf(&c->arena, "%.*s has no heading #%.*s; the link goes to its top",
			      STR_ARG(t->document->path), STR_ARG(parts.fragment)), similar_anchor(c, t->document, parts.fragment));
		return;
	}
	if (link_loose_file(s, c->document, link->target, &c->arena).n)
		return;
	if (!parts.path.n && parts.fragment.n && !has_anchor(c->document, parts.fragment))
		fault(c, CHECK_ANCHOR_MISSING, place, str_printf(&c->arena, "this page has no heading #%.*s; the link goes nowhere", STR_ARG(parts.fragment)),
		      similar_anchor(c, c->document, parts.fragment));
	if (is_file && c->faults < MOST_FAULTS && source_has((Source *)s->source, link_path(c->document->path, parts.path, &c->arena))) {
		fault(c, CHECK_LINK_BROKEN, place, str_printf(&c->arena, "the link %.*s leads to a file that is not part of the site", STR_ARG(link->target)),
		      S("a text is a page below content/ or in a collection: put a copy there, or link to where it can be read on the web"));
		return;
	}
	if (is_file) {
		fault(c, CHECK_LINK_BROKEN, place, str_printf(&c->arena, "the link %.*s leads to no file of the archive", STR_ARG(link->target)),
		      similar_file(c, link->target, &c->arena));
		return;
	}
	if (!parts.path.n || *parts.path.p != '/' || (parts.path.n > 1 && parts.path.p[1] == '/'))
		return;
	Str path = link_path(c->document->path, parts.path, &c->arena);
	if (!path.n || graph_leaf(s, path) || graph_leaf(s, str_join(&c->arena, path, S("/index.html"))))
		return;
	fault(c, CHECK_LINK_BROKEN, place, str_printf(&c->arena, "the link %.*s leads to no page of the site", STR_ARG(link->target)),
	      S("link to the Markdown file instead (../briefs/x.md): gen then keeps the address right"));
}

static void check_related(Checking *c)
{
	const Record *r = &c->document->record;
	for (size_t i = 0; i < r->related_n; i++) {
		if (doc_url_external(r->related[i].target))
			continue;
		if (graph_names_hidden(c->s, c->document, r->related[i].target))
			hidden_fault(c, r->related[i].place, "related publication", r->related[i].target);
		else if (!graph_named(c->s, c->document, r->related[i].target))
			fault(c, CHECK_RELATED_MISSING, r->related[i].place,
			      str_printf(&c->arena, "the related publication \"%.*s\" is not in the archive; it was left out", STR_ARG(r->related[i].target)),
			      S("name it by its slug, its path below content/, its exact title, or give a URL"));
	}
	if (graph_names_hidden(c->s, c->document, r->superseded_by))
		hidden_fault(c, record_place(r, F_SUPERSEDED_BY), "superseded_by", r->superseded_by);
	if (graph_names_hidden(c->s, c->document, r->translation_of))
		hidden_fault(c, record_place(r, F_TRANSLATION_OF), "translation_of", r->translation_of);
	for (size_t i = 0; i < r->pdf.n; i++) {
		Str path = link_path(c->document->path, r->pdf.at[i].text, &c->arena);
		if (doc_url_external(r->pdf.at[i].text) || table_get(&c->s->by_path, path))
			continue;
		if (table_get(&c->s->by_path, str_join(&c->arena, S("content/"), path)))
			continue;
		fault(c, CHECK_ATTACHMENT_MISSING, r->pdf.at[i].place,
		      str_printf(&c->arena, "the file %.*s is not in the archive", STR_ARG(r->pdf.at[i].text)),
		      S("put it beside the brief, or correct its name"));
	}
	Str image = r->image.path;
	if (image.n && doc_url_external(image))
		check_loaded(c, image, r->image.place, "the picture was left out");
	else if (image.n && !link_picture(c->s, c->document, image, &c->arena).n)
		fault(c, CHECK_ATTACHMENT_MISSING, r->image.place,
		      str_printf(&c->arena, "the image %.*s is not in the archive; it is left out", STR_ARG(image)),
		      S("put it beside the brief, or correct its name"));
}

/* What the public has seen cannot become a draft again. */
static void check_draft(Checking *c)
{
	const BriefHistory *h = c->s->history ? table_get(&c->s->history->by_path, c->document->path) : NULL;
	if (!h || !h->versions_n || h->state != BRIEF_PUBLISHED || !c->document->record.draft)
		return;
	Diag d = diag_in(DIAG_ERROR, NULL, c->document->path, c->document->head, record_place(&c->document->record, F_DRAFT),
	                 S("this brief has been published; a draft would take it away without a word"),
	                 S("take the line out to keep it; set status: withdrawn with a status_note to withdraw it; or delete the file, which leaves a tombstone"));
	check_add(&c->s->settings->checks, CHECK_DRAFT_PUBLISHED, false, &c->s->diags, d);
}

static bool has_records(const Vocabulary *voc)
{
	for (uint32_t i = 0; i < voc->terms_n; i++)
		if (voc->terms[i]->page.document)
			return true;
	return false;
}

/* The recorded term that was probably meant. */
static Str term_hint(const Vocabulary *voc, Str text, Arena *a)
{
	Str *names = NEW_N(a, Str, voc->terms_n);
	size_t n = 0;
	for (uint32_t i = 0; i < voc->terms_n; i++)
		if (voc->terms[i]->page.document)
			names[n++] = voc->terms[i]->page.title;
	Str near = nearest_name(text, names, n);
	if (near.n)
		return str_printf(a, "did you mean \"%.*s\"?", STR_ARG(near));
	return str_printf(a, "write a record for it in content/%.*s/, or use a term that has one", STR_ARG(voc->settings->name));
}

/* A term without a record: an error each time in a closed vocabulary; else one warning, where others have records. */
static void check_term(Checking *c, const Vocabulary *voc, Item item, Table *said)
{
	const Term *t = table_get(&voc->by_key, item.text);
	bool closed = voc->settings->closed;
	if (!t || t->page.document || (!closed && table_put(said, t->page.url, (void *)t)))
		return;
	Str message = closed ? S("has no record, and the vocabulary is closed") : S("has no record, as others have");
	if (!closed && t->briefs_n > 1)
		message = str_printf(&c->arena, "has no record, as others have (%u briefs)", t->briefs_n);
	fault(c, closed ? CHECK_TERM_CLOSED : CHECK_TERM_UNKNOWN, item.place,
	      str_printf(&c->arena, "%.*s \"%.*s\" %.*s", STR_ARG(voc->settings->field), STR_ARG(item.text), STR_ARG(message)), term_hint(voc, item.text, &c->arena));
}

static void check_terms(Checking *c, Table *said)
{
	Site *s = c->s;
	for (size_t v = 0; v < s->vocabularies_n; v++) {
		const Vocabulary *voc = &s->vocabularies[v];
		if (!voc->settings->closed && !has_records(voc))
			continue;
		Items items = record_terms(&c->document->record, voc->settings->field, &c->arena);
		for (size_t k = 0; k < items.n; k++)
			check_term(c, voc, items.at[k], said);
	}
}

/* An id is one brief's. */
static void check_id(Checking *c, Table *ids)
{
	const Record *r = &c->document->record;
	Document *first = r->id.n ? table_get(ids, r->id) : NULL;
	if (first)
		fault(c, CHECK_ID_DUPLICATE, record_place(r, F_ID), str_printf(&c->arena, "the id \"%.*s\" is that of %.*s too", STR_ARG(r->id), STR_ARG(first->path)),
		      S("give each brief an id of its own; a translation has its own, and translation_of"));
	else if (r->id.n)
		table_put(ids, r->id, (void *)c->document);
}

/* Pages never show an author's e-mail address, but a source is copied as it is: said once. */
static void check_mails(Site *s)
{
	const Document *first = NULL;
	size_t n = 0;
	for (size_t i = 0; i < s->documents_n && s->settings->output[OUT_SOURCES]; i++) {
		const Document *d = s->documents[i];
		if (d->kind != DOCUMENT_BRIEF || !d->record.mail.line || d->failed || d->record.draft)
			continue;
		first = first ? first : d;
		n++;
	}
	if (!first)
		return;
	Checking c = {.s = s, .document = first};
	fault(&c, CHECK_MAIL_SHOWN, first->record.mail,
	      str_printf(&c.arena, "an author's e-mail address (%zu brief%s); pages leave it out, but the copy of the source, index.md, shows it", n, n == 1 ? "" : "s"),
	      S("take it out, or write in site.yaml: output: {sources: false}; where it may be seen: checks: {mail-shown: off}"));
	arena_release(&c.arena);
}

static void tell_the_rest(Checking *c)
{
	if (c->faults <= MOST_FAULTS)
		return;
	Str message = str_printf(&c->arena, "there are %u further faults of its links and terms, which are not shown", c->faults - MOST_FAULTS);
	check_add(&c->s->settings->checks, c->gravest, c->document->record.draft, &c->s->diags,
	          (Diag){.file = c->document->path, .message = message, .hint = S("mend those that are shown first")});
}

static void check_document(Site *s, const Document *d, Table *said, Table *ids)
{
	Checking c = {.s = s, .document = d};
	const Target *t = table_get(&s->by_path, d->path);
	check_draft(&c);
	if (d->failed || t->state != TARGET_PUBLIC)
		return;
	for (size_t k = 0; k < d->links_n; k++)
		check_link(&c, &d->links[k]);
	check_related(&c);
	if (d->kind == DOCUMENT_BRIEF) {
		check_terms(&c, said);
		check_id(&c, ids);
	}
	tell_the_rest(&c);
	arena_release(&c.arena);
}

void graph_check_page(Site *s, const Document *d)
{
	Table ids = {0}, said = {0};
	check_document(s, d, &said, &ids);
	table_release(&ids);
	table_release(&said);
}

void graph_check(Site *s)
{
	Table ids = {0}, said = {0};
	for (size_t i = 0; i < s->documents_n; i++)
		check_document(s, s->documents[i], &said, &ids);
	check_mails(s);
	table_release(&ids);
	table_release(&said);
}
