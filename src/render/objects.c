/* What layouts can name: a row a field. To add one, add its row and its getter; the manual takes the rest. */
#include "render/parts.h"

#include "links.h"

#define FIELD(n, f, h) {STR_INIT(n), f, h}
#define COUNT(t) (sizeof(t) / sizeof *(t))
#define GET(name) static Value name(const Object *self, Arena *a)

/* A whole address is read by programs: Atom's ids, sitemaps and citations want a URI (RFC 3986), so that what is beyond
 * ASCII is percent-encoded (RFC 3987 section 3.1). Encoding it once more changes nothing. */
Str absolute(const Site *s, Str url, Arena *a)
{
	Str whole = doc_url_external(url) ? url : str_join(a, s->settings->origin, url);
	size_t beyond = 0;
	for (size_t i = 0; i < whole.n; i++)
		beyond += (unsigned char)whole.p[i] >= 0x80;
	if (!beyond)
		return whole;
	char *p = arena_bytes(a, whole.n + 2 * beyond + 1);
	size_t n = 0;
	for (size_t i = 0; i < whole.n; i++) {
		unsigned char c = (unsigned char)whole.p[i];
		if (c < 0x80)
			p[n++] = (char)c;
		else
			p[n++] = '%', p[n++] = "0123456789ABCDEF"[c >> 4], p[n++] = "0123456789ABCDEF"[c & 15];
	}
	p[n] = 0;
	return str_n(p, n);
}

static Value items_value(Items items, Arena *a)
{
	ListMaker l = {.arena = a};
	for (size_t i = 0; i < items.n; i++)
		list_add(&l, value_str(items.at[i].text));
	return list_seal(&l);
}

static Value map_of(Arena *a, const char *const *keys, const Value *values, size_t n)
{
	MapMaker m = {.arena = a};
	for (size_t i = 0; i < n; i++)
		if (!value_is_nil(values[i]))
			map_put(&m, str_of(keys[i]), values[i]);
	return map_seal(&m);
}

/* ---- authors ---- */

typedef struct Author {
	Object object;
	const Person *person;
	const Vocabulary *authors; /* NULL: the site has no pages of authors */
	const Brief *brief;        /* whose author; may be NULL */
} Author;

#define AUTHOR ((const Author *)self)
GET(author_name) { (void)a; return value_str(AUTHOR->person->name); }
GET(author_family) { (void)a; return value_text(AUTHOR->person->family); }
GET(author_given) { (void)a; return value_text(AUTHOR->person->given); }

/* A brief knows its terms; most likely it is one of those. */
static const Term *author_term(const Author *x, Arena *a)
{
	for (uint32_t i = 0; x->brief && i < x->brief->terms_n; i++)
		if (x->brief->terms[i]->vocabulary == x->authors && str_eq(x->brief->terms[i]->page.title, x->person->name))
			return x->brief->terms[i];
	Str slug;
	return x->authors ? link_term(x->authors, x->person->name, &slug, a) : NULL;
}

GET(author_url)
{
	const Term *t = author_term(AUTHOR, a);
	return t ? value_str(t->page.url) : NIL;
}

GET(author_org) { (void)a; return value_bool(AUTHOR->person->org); }

static const Record *author_record(const Author *x, Arena *a)
{
	const Term *t = author_term(x, a);
	return t && t->page.document ? &t->page.document->record : NULL;
}

GET(author_orcid)
{
	const Record *r = author_record(AUTHOR, a);
	Str id = AUTHOR->person->orcid.n || !r ? AUTHOR->person->orcid : r->orcid;
	return id.n ? value_str(str_join(a, S("https://orcid.org/"), id)) : NIL;
}

GET(author_affiliation)
{
	const Record *r = author_record(AUTHOR, a);
	return value_text(AUTHOR->person->affiliation.n || !r ? AUTHOR->person->affiliation : r->affiliation);
}

static const ObjectField author_fields[] = {
	FIELD("name", author_name, "The name as it is written."),
	FIELD("url", author_url, "The author's page."),
	FIELD("family", author_family, "Family name, where it was told apart."),
	FIELD("given", author_given, "Given name, where it was told apart."),
	FIELD("orcid", author_orcid, "ORCID address, from the brief or the author's record."),
	FIELD("affiliation", author_affiliation, "Affiliation, from the brief or the author's record."),
	FIELD("org", author_org, "Whether it is an organisation."),
};
static const ObjectType author_type = {"author", author_fields, COUNT(author_fields), NULL, author_name};

/* ---- terms ---- */

#define TERM ((const Term *)self)
static const Record *term_record(const Term *t) { return t->page.document ? &t->page.document->record : NULL; }
#define TERM_TEXT(name, field) \
	GET(name) \
	{ \
		(void)a; \
		const Record *r = term_record(TERM); \
		return r ? value_text(r->field) : NIL; \
	}

GET(term_title) { (void)a; return value_str(TERM->page.title); }
GET(term_url) { (void)a; return value_str(TERM->page.url); }
GET(term_slug) { (void)a; return value_str(TERM->slug); }
GET(term_count) { (void)a; return value_int(TERM->briefs_n); }
GET(term_parent) { (void)a; return TERM->parent ? value_object(&TERM->parent->page.object) : NIL; }
GET(term_kind) { (void)a; return value_str(TERM->vocabulary->settings->field); }
TERM_TEXT(term_role, role)
TERM_TEXT(term_affiliation, affiliation)
TERM_TEXT(term_photo, photo)
TERM_TEXT(term_issn, issn)
TERM_TEXT(term_abstract, abstract)

GET(term_orcid)
{
	const Record *r = term_record(TERM);
	return r && r->orcid.n ? value_str(str_join(a, S("https://orcid.org/"), r->orcid)) : NIL;
}

GET(term_former)
{
	const Record *r = term_record(TERM);
	return r && r->former.n ? items_value(r->former, a) : NIL;
}

GET(term_links)
{
	const Record *r = term_record(TERM);
	static const char *const keys[] = {"title", "url"};
	ListMaker l = {.arena = a};
	for (size_t i = 0; r && i < r->links_n; i++)
		list_add(&l, map_of(a, keys, (Value[]){value_text(r->links[i].title), value_text(r->links[i].url)}, 2));
	return list_seal(&l);
}

static Value briefs_value(const Brief **briefs, size_t n, Arena *a)
{
	Value *v = NEW_N(a, Value, n);
	for (size_t i = 0; i < n; i++)
		v[i] = value_object(&briefs[i]->page.object);
	return value_list(v, n);
}

GET(term_briefs) { return briefs_value(TERM->briefs, TERM->briefs_n, a); }

GET(term_children)
{
	ListMaker l = {.arena = a};
	for (uint32_t i = 0; i < TERM->children_n; i++)
		list_add(&l, value_object(&TERM->children[i]->page.object));
	return list_seal(&l);
}

static Value term_other(const Object *self, Str key, Arena *page, bool *found)
{
	const Record *r = term_record(TERM);
	return r ? value_get(r->all, key, page, found) : NIL;
}

static const ObjectField term_fields[] = {
	FIELD("title", term_title, "The term as readers see it."),
	FIELD("url", term_url, "Its page."),
	FIELD("count", term_count, "Number of briefs."),
	FIELD("slug", term_slug, "Its name in the address."),
	FIELD("kind", term_kind, "The field that names it: author, region, topic, series, kind, date."),
	FIELD("briefs", term_briefs, "Its briefs, newest first."),
	FIELD("parent", term_parent, "The broader term."),
	FIELD("children", term_children, "Narrower terms."),
	FIELD("role", term_role, "From the record: role."),
	FIELD("affiliation", term_affiliation, "From the record: affiliation."),
	FIELD("orcid", term_orcid, "From the record: ORCID address."),
	FIELD("photo", term_photo, "From the record: picture."),
	FIELD("links", term_links, "From the record: links with title and url."),
	FIELD("former", term_former, "From the record: former names."),
	FIELD("issn", term_issn, "From the record of a series: ISSN."),
	FIELD("abstract", term_abstract, "From the record: one paragraph."),
};
const ObjectType term_type = {"term", term_fields, COUNT(term_fields), term_other, term_title};

/* ---- versions ---- */

typedef struct VersionView {
	Object object;
	const Site *site;
	const BriefHistory *history;
	const Version *version;
	Str url;   /* of the brief */
	Str title; /* of the brief today */
	bool measured; /* what changed against the version before */
	uint32_t added, removed;
	double percent;
} VersionView;

#define VERSION ((const VersionView *)self)
static bool is_first(const VersionView *v) { return v->version == v->history->versions; }
static bool is_last(const VersionView *v) { return v->version == &v->history->versions[v->history->versions_n - 1]; }

GET(version_number) { (void)a; return value_int(VERSION->version->number); }
GET(version_date) { (void)a; return value_date(VERSION->version->date); }
GET(version_type_of) { (void)a; return VERSION->version->type == CHANGE_UNMARKED ? NIL : value_str(str_of(change_type_name(VERSION->version->type))); }
GET(version_note) { (void)a; return value_text(VERSION->version->note); }
GET(version_minor) { (void)a; return value_bool(version_is_minor(VERSION->version)); }
GET(version_current) { (void)a; return value_bool(is_last(VERSION)); }
GET(version_title) { (void)a; return value_text(VERSION->version->title.n ? VERSION->version->title : VERSION->title); }

GET(version_url)
{
	const VersionView *v = VERSION;
	const bool *out = v->site->settings->output;
	if (!out[OUT_VERSIONS] || (v->version->suppressed && (v->version->suppressed->silent || !out[OUT_TOMBSTONES])))
		return value_str(v->url);
	return value_str(str_printf(a, "%.*sv%u/", STR_ARG(v->url), v->version->number));
}

GET(version_changes_url)
{
	const VersionView *v = VERSION;
	if (is_first(v) || !v->site->settings->output[OUT_CHANGES] || v->version->suppressed || v->version[-1].suppressed)
		return NIL;
	return value_str(str_printf(a, "%.*sv%u/changes/", STR_ARG(v->url), v->version->number));
}

GET(version_since_url)
{
	const VersionView *v = VERSION;
	if (is_last(v) || !v->site->settings->output[OUT_SINCE] || v->version->suppressed)
		return NIL;
	return value_str(str_printf(a, "%.*sv%u/since/", STR_ARG(v->url), v->version->number));
}

static Value hex_value(const uint8_t id[20], Arena *a)
{
	static const char digits[] = "0123456789abcdef";
	char *p = arena_bytes(a, 41);
	for (int i = 0; i < 20; i++) {
		p[2 * i] = digits[id[i] >> 4];
		p[2 * i + 1] = digits[id[i] & 15];
	}
	p[40] = 0;
	return value_str((Str){p, 40});
}

GET(version_blob) { return VERSION->version->suppressed ? NIL : hex_value(VERSION->version->blob.id, a); }
GET(version_commit) { return hex_value(VERSION->version->commit.id, a); }
/* Whole per cents, tenths below ten, so that a change is never nothing. */
static Value share(double percent)
{
	double tenths = percent < 10 ? (double)(int64_t)(percent * 10 + 0.5) / 10 : (double)(int64_t)(percent + 0.5);
	if (percent > 0 && tenths < 0.1)
		tenths = 0.1;
	return tenths == (double)(int64_t)tenths ? value_int((int64_t)tenths) : value_float(tenths);
}

GET(version_added) { (void)a; return VERSION->measured ? value_int(VERSION->added) : NIL; }
GET(version_removed) { (void)a; return VERSION->measured ? value_int(VERSION->removed) : NIL; }
GET(version_percent) { (void)a; return VERSION->measured ? share(VERSION->percent) : NIL; }
/* "good", "bad" or "unknown"; nothing where the commit bears no signature. */
GET(version_signed)
{
	(void)a;
	static const Str words[] = {STR_INIT("unknown"), STR_INIT("good"), STR_INIT("bad")};
	return VERSION->version->signature == SIGNATURE_NONE ? NIL : value_str(words[VERSION->version->signature_state]);
}

GET(version_author) { (void)a; return value_text(VERSION->version->author); }
GET(version_subject) { (void)a; return value_text(VERSION->version->subject); }
GET(version_reason) { (void)a; return VERSION->version->suppressed ? value_text(VERSION->version->suppressed->reason) : NIL; }
GET(version_suppressed) { (void)a; return value_bool(VERSION->version->suppressed != NULL); }

static const ObjectField version_fields[] = {
	FIELD("number", version_number, "1, 2, 3 ..."),
	FIELD("date", version_date, "When it became public."),
	FIELD("type", version_type_of, "correction, minor ...; nothing for an unmarked edit."),
	FIELD("note", version_note, "What changed, in the editor's words."),
	FIELD("url", version_url, "Its permanent page."),
	FIELD("changes_url", version_changes_url, "What changed against the version before."),
	FIELD("since_url", version_since_url, "What has changed since."),
	FIELD("minor", version_minor, "Whether it is a minor edit."),
	FIELD("current", version_current, "Whether it is the text of today."),
	FIELD("title", version_title, "The brief's title at the time."),
	FIELD("blob", version_blob, "Git's name for the text: 40 hexadecimal digits."),
	FIELD("commit", version_commit, "Git's name for the saved state."),
	FIELD("author", version_author, "Who saved it, where history.contributors says so."),
	FIELD("subject", version_subject, "The first line of what was said on saving, where history.subjects says so."),
	FIELD("signed", version_signed, "Of a signed commit: good, bad, or unknown where .allowed_signers does not list the key."),
	FIELD("added", version_added, "On the page of a brief's history: words that came in."),
	FIELD("removed", version_removed, "There: words that went out."),
	FIELD("percent", version_percent, "There: share of words that changed."),
	FIELD("suppressed", version_suppressed, "Whether its text is withheld."),
	FIELD("reason", version_reason, "Why its text is withheld."),
};
static const ObjectType version_type_ = {"version", version_fields, COUNT(version_fields), NULL, version_number};

static Value version_value(const Site *s, const BriefHistory *h, const Version *version, Str url, Str title, Arena *a)
{
	VersionView *v = NEW(a, VersionView);
	*v = (VersionView){.object = {&version_type_}, .site = s, .history = h, .version = version, .url = url, .title = title};
	return value_object(&v->object);
}

/* Newest first. */
static Value versions_value(const Site *s, const BriefHistory *h, Str url, Str title, Arena *a)
{
	ListMaker l = {.arena = a};
	for (uint32_t i = h ? h->versions_n : 0; i-- > 0;)
		if (!h->versions[i].suppressed || !h->versions[i].suppressed->silent)
			list_add(&l, version_value(s, h, &h->versions[i], url, title, a));
	return list_seal(&l);
}

/* ---- briefs ---- */

#define BRIEF ((const Brief *)self)
#define RECORD (&BRIEF->page.document->record)
#define BRIEF_TEXT(name, field) GET(name) { (void)a; return value_text(RECORD->field); }

GET(brief_title) { (void)a; return value_str(RECORD->title); }
GET(brief_url) { (void)a; return value_str(BRIEF->page.url); }
GET(brief_permalink) { return value_str(absolute(BRIEF->page.site, BRIEF->page.url, a)); }
GET(brief_date) { (void)a; return value_date(RECORD->date); }
GET(brief_excerpt) { (void)a; return value_text(BRIEF->page.document->excerpt); }
GET(brief_words) { (void)a; return value_int((int64_t)BRIEF->page.document->words); }
GET(brief_minutes) { (void)a; return value_int((int64_t)BRIEF->page.document->minutes); }
GET(brief_slug) { (void)a; return value_str(BRIEF->page.document->slug); }
GET(brief_path) { (void)a; return value_str(BRIEF->page.document->path); }
GET(brief_lang) { (void)a; return value_str(RECORD->lang.n ? RECORD->lang : BRIEF->page.site->settings->language); }
GET(brief_draft) { (void)a; return value_bool(RECORD->draft); }
GET(brief_featured) { (void)a; return value_bool(RECORD->featured); }
GET(brief_embargoed) { (void)a; return value_bool(RECORD->date.known && RECORD->date.seconds > BRIEF->page.site->now.seconds); }
GET(brief_takeaways) { return items_value(RECORD->takeaways, a); }
GET(brief_partners) { return items_value(RECORD->partners, a); }
GET(brief_toc) { (void)a; return value_safe(BRIEF->page.document->toc); }
GET(brief_related_next) { (void)a; return BRIEF->newer ? value_object(&BRIEF->newer->page.object) : NIL; }
GET(brief_related_previous) { (void)a; return BRIEF->older ? value_object(&BRIEF->older->page.object) : NIL; }
GET(brief_superseded_by) { (void)a; return BRIEF->superseded_by ? value_object(&BRIEF->superseded_by->page.object) : NIL; }
GET(brief_backlinks) { return briefs_value(BRIEF->backlinks, BRIEF->backlinks_n, a); }
GET(brief_translations) { return briefs_value(BRIEF->translations, BRIEF->translations_n, a); }
GET(brief_status) { (void)a; return value_str(str_of(status_name(RECORD->status))); }
GET(brief_collection) { (void)a; return value_str(BRIEF->page.site->settings->collections[BRIEF->page.document->owner].name); }
BRIEF_TEXT(brief_subtitle, subtitle)
BRIEF_TEXT(brief_abstract, abstract)
BRIEF_TEXT(brief_kind, kind)
BRIEF_TEXT(brief_number, number)
BRIEF_TEXT(brief_doi, doi)
BRIEF_TEXT(brief_status_note, status_note)
BRIEF_TEXT(brief_acknowledgements, acknowledgements)
BRIEF_TEXT(brief_funding, funding)
BRIEF_TEXT(brief_disclosure, disclosure)
BRIEF_TEXT(brief_id, id)

GET(brief_disclaimer) { (void)a; return value_text(RECORD->disclaimer.n ? RECORD->disclaimer : BRIEF->page.site->settings->disclaimer); }
GET(brief_rights) { (void)a; return value_text(RECORD->rights.n ? RECORD->rights : BRIEF->page.site->settings->rights); }

static Value no_updated(const Brief *b) { return value_date(b->updated); }
GET(brief_updated) { (void)a; return no_updated(BRIEF); }

GET(brief_updated_type)
{
	(void)a;
	const BriefHistory *h = BRIEF->history;
	if (!h || !h->updated || h->versions[h->updated].type == CHANGE_UNMARKED)
		return NIL;
	return value_str(str_of(change_type_name(h->versions[h->updated].type)));
}

GET(brief_updated_note) { (void)a; return BRIEF->history ? value_text(BRIEF->history->versions[BRIEF->history->updated].note) : NIL; }
GET(brief_versions) { return versions_value(BRIEF->page.site, BRIEF->history, BRIEF->page.url, BRIEF->page.title, a); }

/* Committed as it stands: only then the newest version is this text. */
static bool is_committed(const Brief *b) { return b->history && !b->working_copy; }

GET(brief_version) { (void)a; return is_committed(BRIEF) ? value_int(BRIEF->history->versions[BRIEF->history->versions_n - 1].number) : NIL; }
GET(brief_working_copy) { (void)a; return value_bool(BRIEF->working_copy); }

GET(brief_history_url)
{
	const Site *s = BRIEF->page.site;
	return BRIEF->history && s->settings->output[OUT_HISTORY] ? value_str(str_join(a, BRIEF->page.url, S("history/"))) : NIL;
}

GET(brief_pinned_url)
{
	const Brief *b = BRIEF;
	if (!is_committed(b) || !b->page.site->settings->output[OUT_VERSIONS])
		return NIL;
	return value_str(str_printf(a, "%.*sv%u/", STR_ARG(b->page.url), b->history->versions[b->history->versions_n - 1].number));
}

GET(brief_source_url)
{
	const Brief *b = BRIEF;
	bool shown = b->page.site->settings->output[OUT_SOURCES] && str_ends(b->page.url, S("/")) && !b->page.document->not_utf8 && !b->names_hidden;
	return shown ? value_str(str_join(a, b->page.url, S("index.md"))) : NIL;
}

GET(brief_feed_url)
{
	return BRIEF->history && BRIEF->page.site->settings->output[OUT_FEEDS] ? value_str(str_join(a, BRIEF->page.url, S("feed.xml"))) : NIL;
}

static Value terms_named(const Brief *b, Str taxonomy, Arena *a)
{
	uint32_t from = 0, n;
	while (from < b->terms_n && !str_eq(b->terms[from]->vocabulary->settings->name, taxonomy))
		from++;
	for (n = from; n < b->terms_n && b->terms[n]->vocabulary == b->terms[from]->vocabulary; n++)
		;
	Value *v = NEW_N(a, Value, n - from);
	for (uint32_t i = from; i < n; i++)
		v[i - from] = value_object(&b->terms[i]->page.object);
	return value_list(v, n - from);
}

GET(brief_regions) { return terms_named(BRIEF, S("regions"), a); }
GET(brief_topics) { return terms_named(BRIEF, S("topics"), a); }
GET(brief_series)
{
	Value v = terms_named(BRIEF, S("series"), a);
	return v.n ? v.list[0] : value_text(RECORD->series);
}

GET(brief_kind_url)
{
	Value v = terms_named(BRIEF, S("kinds"), a);
	return v.n ? value_str(((const Term *)v.list[0].object)->page.url) : NIL;
}

/* brief: whose record it is today, or NULL. */
static Value authors_value(const Site *s, const Record *r, const Brief *brief, Arena *a)
{
	const Vocabulary *authors = NULL;
	for (size_t i = 0; i < s->vocabularies_n; i++)
		if (str_eq(s->vocabularies[i].settings->field, S("author")))
			authors = &s->vocabularies[i];
	Author *list = NEW_N(a, Author, r->author_n);
	Value *v = NEW_N(a, Value, r->author_n);
	for (size_t i = 0; i < r->author_n; i++) {
		list[i] = (Author){{&author_type}, &r->author[i], authors, brief};
		v[i] = value_object(&list[i].object);
	}
	return value_list(v, r->author_n);
}

GET(brief_authors) { return authors_value(BRIEF->page.site, RECORD, BRIEF, a); }

/* ---- related publications ---- */

typedef struct RelatedEntry {
	Object object;
	const RelatedBrief *related;
} RelatedEntry;

#define RELATED (((const RelatedEntry *)self)->related)
#define RELATED_FIELD(field, elsewhere) \
	GET(related_##field) { return RELATED->brief ? brief_##field(&RELATED->brief->page.object, a) : (elsewhere); }
RELATED_FIELD(title, value_text(RELATED->title.n ? RELATED->title : RELATED->url))
RELATED_FIELD(url, value_str(RELATED->url))
RELATED_FIELD(date, NIL)
RELATED_FIELD(excerpt, NIL)
RELATED_FIELD(authors, NIL)
RELATED_FIELD(number, NIL)
RELATED_FIELD(kind, NIL)
RELATED_FIELD(lang, NIL)
GET(related_relation) { (void)a; return value_str(str_of(relation_name(RELATED->relation))); }
GET(related_incoming) { (void)a; return value_bool(RELATED->incoming); }
GET(related_external) { (void)a; return value_bool(!RELATED->brief); }

static const ObjectField related_fields[] = {
	FIELD("title", related_title, "The title, or the address where none is known."),
	FIELD("url", related_url, "The address."),
	FIELD("date", related_date, "Its first publication, if it is of this archive."),
	FIELD("excerpt", related_excerpt, "Likewise its excerpt."),
	FIELD("authors", related_authors, "Its authors."),
	FIELD("number", related_number, "Its number."),
	FIELD("kind", related_kind, "Its kind."),
	FIELD("lang", related_lang, "Its language."),
	FIELD("relation", related_relation, "What the brief is to it: related, replaces, follows, responds_to, corrects."),
	FIELD("incoming", related_incoming, "Whether the other one says so."),
	FIELD("external", related_external, "Whether it is elsewhere."),
};
static const ObjectType related_type = {"related", related_fields, COUNT(related_fields), NULL, related_title};

/* Named as related only, and told more of from the other side further down. */
static bool told_below(const Brief *b, uint32_t i)
{
	for (uint32_t k = i + 1; k < b->related_n && b->related[i].relation == RELATION_RELATED; k++)
		if (b->related[k].incoming && b->related[k].brief == b->related[i].brief)
			return true;
	return false;
}

GET(brief_related)
{
	RelatedEntry *items = NEW_N(a, RelatedEntry, BRIEF->related_n);
	Value *v = NEW_N(a, Value, BRIEF->related_n);
	uint32_t n = 0;
	for (uint32_t i = 0; i < BRIEF->related_n; i++) {
		if (told_below(BRIEF, i))
			continue;
		items[n] = (RelatedEntry){{&related_type}, &BRIEF->related[i]};
		v[n] = value_object(&items[n].object);
		n++;
	}
	return value_list(v, n);
}

static const struct { Str ending, type; } media_types[] = {
	{STR_INIT(".pdf"), STR_INIT("application/pdf")}, {STR_INIT(".csv"), STR_INIT("text/csv")},
	{STR_INIT(".xlsx"), STR_INIT("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
	{STR_INIT(".docx"), STR_INIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
	{STR_INIT(".epub"), STR_INIT("application/epub+zip")}, {STR_INIT(".zip"), STR_INIT("application/zip")},
	{STR_INIT(".json"), STR_INIT("application/json")}, {STR_INIT(".txt"), STR_INIT("text/plain")},
};

/* The brief's own file of that path (an old version has its own), else the archive's. */
static const Attachment *attachment_of(const Brief *b, Str path)
{
	for (uint32_t i = 0; i < b->attachments_n; i++)
		if (str_eq(b->attachments[i].path, path))
			return &b->attachments[i];
	const Target *t = table_get(&b->page.site->by_path, path);
	return t ? t->attachment : NULL;
}

static Value media_type(Str path)
{
	for (size_t i = 0; i < COUNT(media_types); i++)
		if (str_ends(path, media_types[i].ending))
			return value_str(media_types[i].type);
	return NIL;
}

static const char *const download_keys[] = {"name", "url", "size", "type"};

/* Files to take home: what `pdf` names, then the bundle's others that are not pictures. */
static bool download(const Brief *b, Str path, Arena *a, ListMaker *l)
{
	const Attachment *file = attachment_of(b, path);
	if (!file)
		return false;
	list_add(l, map_of(a, download_keys, (Value[]){value_str(str_from(path, str_rfind_char(path, '/') + 1)),
	                   value_str(link_file_url(b->page.site, file->address, a)), value_int((int64_t)file->size), media_type(path)}, COUNT(download_keys)));
	return true;
}

static bool is_picture(Str path)
{
	static const Str endings[] = {STR_INIT(".png"), STR_INIT(".jpg"), STR_INIT(".jpeg"), STR_INIT(".svg"), STR_INIT(".webp"), STR_INIT(".gif"), STR_INIT(".avif")};
	for (size_t i = 0; i < COUNT(endings); i++)
		if (str_ends(path, endings[i]))
			return true;
	return false;
}

GET(brief_downloads)
{
	const Brief *b = BRIEF;
	const Record *r = RECORD;
	ListMaker l = {.arena = a};
	for (size_t i = 0; i < r->pdf.n; i++) {
		Str path = link_path(b->page.document->path, r->pdf.at[i].text, a);
		if (!download(b, path, a, &l))
			download(b, str_join(a, S("content/"), path), a, &l);
	}
	for (uint32_t i = 0; i < b->attachments_n; i++) {
		Str path = b->attachments[i].path;
		bool named = false;
		for (size_t k = 0; k < r->pdf.n; k++)
			named |= str_eq(path, link_path(b->page.document->path, r->pdf.at[k].text, a));
		if (!named && !is_picture(path))
			download(b, path, a, &l);
	}
	return list_seal(&l);
}

GET(brief_image)
{
	const Brief *b = BRIEF;
	const Image *i = &RECORD->image;
	if (!i->path.n)
		return NIL;
	Str path = link_picture(b->page.site, b->page.document, i->path, a);
	DocTarget to = link_resolve(b->page.site, b->page.document, &(DocLink){.kind = DOC_LINK_IMAGE, .target = path, .external = doc_url_external(path)}, a);
	if (!path.n || (to.state != DOC_GOES && to.state != DOC_EXTERNAL))
		return NIL;
	return picture_value(i, to.href, a);
}

GET(brief_licence) { return licence_value(RECORD->licence.n ? RECORD->licence : BRIEF->page.site->settings->licence, a); }

static Value brief_other(const Object *self, Str key, Arena *page, bool *found)
{
	const Site *s = BRIEF->page.site;
	for (size_t i = 0; i < s->vocabularies_n; i++)
		if (str_eq(s->vocabularies[i].settings->name, key)) {
			*found = true;
			return terms_named(BRIEF, key, page);
		}
	return value_get(RECORD->all, key, page, found);
}

static const ObjectField brief_fields[] = {
	FIELD("title", brief_title, "The title."),
	FIELD("url", brief_url, "The brief's address under the base path."),
	FIELD("date", brief_date, "First published."),
	FIELD("authors", brief_authors, "Authors in their order; see author."),
	FIELD("excerpt", brief_excerpt, "The abstract, or the first paragraph, cut to 30 words."),
	FIELD("number", brief_number, "Number in its series or of its kind."),
	FIELD("subtitle", brief_subtitle, "The subtitle."),
	FIELD("permalink", brief_permalink, "The whole address, with host."),
	FIELD("updated", brief_updated, "Date of the newest version that is not a minor edit."),
	FIELD("updated_type", brief_updated_type, "Why it was updated: correction ..."),
	FIELD("updated_note", brief_updated_note, "The note of that version."),
	FIELD("kind", brief_kind, "Policy brief, commentary ..."),
	FIELD("kind_url", brief_kind_url, "The page of all briefs of its kind."),
	FIELD("series", brief_series, "Its series, a term."),
	FIELD("regions", brief_regions, "Regions, a list of terms."),
	FIELD("topics", brief_topics, "Topics, a list of terms."),
	FIELD("abstract", brief_abstract, "The abstract, plain text."),
	FIELD("takeaways", brief_takeaways, "Key points, a list of texts."),
	FIELD("toc", brief_toc, "Table of contents as HTML; empty for short texts."),
	FIELD("words", brief_words, "Number of words; Chinese and Japanese by character."),
	FIELD("minutes", brief_minutes, "Reading time."),
	FIELD("lang", brief_lang, "Language."),
	FIELD("translations", brief_translations, "The same brief in other languages."),
	FIELD("related", brief_related, "Related publications."),
	FIELD("backlinks", brief_backlinks, "Briefs whose text links here."),
	FIELD("downloads", brief_downloads, "Files: name, url, size in bytes (0: not known), type."),
	FIELD("image", brief_image, "Picture: url, alt, caption, credit; alone its address."),
	FIELD("versions", brief_versions, "Versions, newest first; see version."),
	FIELD("version", brief_version, "Number of the version shown; nothing for a working copy."),
	FIELD("working_copy", brief_working_copy, "Whether the text is not committed as it stands."),
	FIELD("history_url", brief_history_url, "The page of its versions."),
	FIELD("pinned_url", brief_pinned_url, "The address that always leads to this version."),
	FIELD("source_url", brief_source_url, "Its Markdown."),
	FIELD("feed_url", brief_feed_url, "The feed of its changes."),
	FIELD("status", brief_status, "published, withdrawn, retracted or superseded."),
	FIELD("status_note", brief_status_note, "Why."),
	FIELD("superseded_by", brief_superseded_by, "The brief to read instead."),
	FIELD("draft", brief_draft, "Whether it is a draft."),
	FIELD("embargoed", brief_embargoed, "Whether its date is not reached."),
	FIELD("featured", brief_featured, "Whether it is featured."),
	FIELD("licence", brief_licence, "Licence: id, url, title; alone its SPDX id."),
	FIELD("rights", brief_rights, "Rights statement."),
	FIELD("acknowledgements", brief_acknowledgements, "Acknowledgements."),
	FIELD("funding", brief_funding, "Funding."),
	FIELD("disclosure", brief_disclosure, "Disclosure of interests."),
	FIELD("disclaimer", brief_disclaimer, "Disclaimer, its own or the site's."),
	FIELD("doi", brief_doi, "DOI."),
	FIELD("partners", brief_partners, "Partner organisations."),
	FIELD("next", brief_related_next, "The next newer brief of its collection."),
	FIELD("previous", brief_related_previous, "The next older one."),
	FIELD("collection", brief_collection, "Name of its collection."),
	FIELD("slug", brief_slug, "Its name in the address."),
	FIELD("path", brief_path, "Its file."),
	FIELD("id", brief_id, "Its lasting id, where it has one."),
};
const ObjectType brief_type = {"brief", brief_fields, COUNT(brief_fields), brief_other, brief_title};

/* ---- the site ---- */

#define SITE ((const Site *)self)
#define SITE_TEXT(name, field) GET(name) { (void)a; return value_text(SITE->settings->field); }
SITE_TEXT(site_title, title)
SITE_TEXT(site_description, description)
SITE_TEXT(site_language, language)
SITE_TEXT(site_disclaimer, disclaimer)
GET(site_licence) { return licence_value(SITE->settings->licence, a); }
GET(site_url) { (void)a; return value_str(SITE->settings->origin); }
GET(site_base) { (void)a; return value_str(SITE->base); }
GET(site_briefs) { (void)a; return SITE->briefs_value; }
GET(site_data) { (void)a; return SITE->data; }
GET(site_updated) { (void)a; return value_date(SITE->updated); }
GET(site_changes_count) { (void)a; return value_int((int64_t)SITE->changes_n); }
/* ---- a removal, in lists of changes ---- */

typedef struct RemovalView {
	Object object;
	const Site *site;
	const BriefHistory *history;
} RemovalView;

#define REMOVAL ((const RemovalView *)self)
GET(removal_title) { (void)a; return value_text(REMOVAL->history->versions[REMOVAL->history->versions_n - 1].title); }
GET(removal_url) { return value_str(link_url(REMOVAL->site, REMOVAL->history->address, a)); }
GET(removal_date) { (void)a; return value_date(REMOVAL->history->removed); }
GET(removal_type) { (void)a; (void)self; return value_str(str_of(change_type_name(CHANGE_REMOVAL))); }
GET(removal_note) { (void)a; return value_text(REMOVAL->history->removal_note); }
GET(removal_number) { (void)a; return value_int((int64_t)REMOVAL->history->versions[REMOVAL->history->versions_n - 1].number + 1); }

static const ObjectField removal_fields[] = {
	FIELD("title", removal_title, "The title of the brief that is gone."),
	FIELD("url", removal_url, "Its tombstone."),
	FIELD("date", removal_date, "When it was removed."),
	FIELD("type", removal_type, "removal."),
	FIELD("note", removal_note, "Why, where a reason was given."),
	FIELD("number", removal_number, "One more than its last version."),
};
static const ObjectType removal_type_ = {"removal", removal_fields, COUNT(removal_fields), NULL, removal_title};

GET(site_changes)
{
	ListMaker l = {.arena = a};
	for (size_t i = 0; i < SITE->changes_n; i++) {
		const VersionRef *c = &SITE->changes[i];
		if (c->removal) {
			RemovalView *gone = NEW(a, RemovalView);
			*gone = (RemovalView){{&removal_type_}, SITE, c->history};
			list_add(&l, value_object(&gone->object));
		} else {
			list_add(&l, version_value(SITE, c->history, &c->history->versions[c->version], c->brief->page.url, c->brief->page.title, a));
		}
	}
	return list_seal(&l);
}

GET(site_history_incomplete) { (void)a; return value_bool(SITE->history && SITE->history->incomplete); }

static Value vocabulary_terms(const Site *s, Str name, Arena *a)
{
	for (size_t i = 0; i < s->vocabularies_n; i++) {
		const Vocabulary *v = &s->vocabularies[i];
		if (!str_eq(v->settings->name, name))
			continue;
		Value *list = NEW_N(a, Value, v->terms_n);
		for (uint32_t k = 0; k < v->terms_n; k++)
			list[k] = value_object(&v->terms[k]->page.object);
		return value_list(list, v->terms_n);
	}
	return NIL;
}

GET(site_institute)
{
	static const char *const keys[] = {"name", "short_name", "ror", "address", "url"};
	const Institute *i = &SITE->settings->institute;
	return map_of(a, keys, (Value[]){value_text(i->name), value_text(i->short_name), value_text(i->ror), value_text(i->address), value_text(i->url)}, COUNT(keys));
}

GET(site_menu)
{
	static const char *const keys[] = {"title", "url", "lang"};
	const Settings *s = SITE->settings;
	ListMaker l = {.arena = a};
	for (size_t i = 0; i < s->menu_n; i++)
		list_add(&l, map_of(a, keys, (Value[]){value_str(s->menu[i].title), value_str(s->menu[i].url), value_text(s->menu[i].lang)}, COUNT(keys)));
	return list_seal(&l);
}

GET(site_banner)
{
	static const char *const keys[] = {"text", "url"};
	const Settings *s = SITE->settings;
	for (size_t i = 0; i < s->banners_n; i++) {
		const Banner *b = &s->banners[i];
		if ((b->from.known && b->from.seconds > SITE->now.seconds) || (b->until.known && b->until.seconds + 86400 <= SITE->now.seconds))
			continue;
		return map_of(a, keys, (Value[]){value_str(b->text), value_text(b->url)}, COUNT(keys));
	}
	return NIL;
}

GET(site_languages)
{
	static const char *const keys[] = {"code", "name"};
	const Settings *s = SITE->settings;
	ListMaker l = {.arena = a};
	for (size_t i = 0; i < s->languages_n; i++)
		list_add(&l, map_of(a, keys, (Value[]){value_str(s->languages[i].code), value_text(s->languages[i].name)}, COUNT(keys)));
	return list_seal(&l);
}

GET(site_collections)
{
	static const char *const keys[] = {"name", "title", "url", "briefs"};
	ListMaker l = {.arena = a};
	for (size_t i = 0; i < SITE->shelves_n; i++) {
		const Shelf *s = &SITE->shelves[i];
		list_add(&l, map_of(a, keys, (Value[]){value_str(s->settings->name), value_text(s->settings->title), value_str(s->page.url),
		                    s->list}, COUNT(keys)));
	}
	return list_seal(&l);
}

/* In the order of site.yaml, then those that say so themselves. */
GET(site_featured)
{
	const Settings *s = SITE->settings;
	ListMaker l = {.arena = a};
	for (size_t k = 0; k <= s->featured.n; k++)
		for (size_t i = 0; i < SITE->briefs_n; i++) {
			const Document *d = SITE->briefs[i]->page.document;
			Str name = k < s->featured.n ? s->featured.at[k].text : (Str){0};
			bool named = k < s->featured.n ? str_eq(name, d->slug) || str_eq(name, d->path) : d->record.featured;
			for (size_t j = 0; j < l.n && named; j++)
				named = l.items[j].object != &SITE->briefs[i]->page.object;
			if (named)
				list_add(&l, value_object(&SITE->briefs[i]->page.object));
		}
	return list_seal(&l);
}

/* The taxonomies that have terms: name, title (of site.yaml; may be absent), url, count. */
GET(site_taxonomies)
{
	static const char *const keys[] = {"name", "title", "url", "count"};
	ListMaker l = {.arena = a};
	for (size_t i = 0; i < SITE->vocabularies_n; i++) {
		const Vocabulary *v = &SITE->vocabularies[i];
		if (v->terms_n)
			list_add(&l, map_of(a, keys, (Value[]){value_str(v->settings->name), value_text(v->settings->title), value_str(v->page.url), value_int(v->terms_n)}, COUNT(keys)));
	}
	return list_seal(&l);
}

static Value site_other(const Object *self, Str key, Arena *page, bool *found)
{
	Value v = vocabulary_terms(SITE, key, page);
	if (!value_is_nil(v)) {
		*found = true;
		return v;
	}
	for (size_t i = 0; i < SITE->shelves_n; i++)
		if (str_eq(SITE->shelves[i].settings->name, key)) {
			*found = true;
			return SITE->shelves[i].list;
		}
	return value_get(SITE->settings->all, key, page, found);
}

static const ObjectField site_fields[] = {
	FIELD("title", site_title, "The archive's title."),
	FIELD("briefs", site_briefs, "All briefs, newest first; see brief."),
	FIELD("url", site_url, "Scheme and host: https://example.org."),
	FIELD("base", site_base, "The base path, or nothing."),
	FIELD("baseurl", site_base, "The same, as Jekyll calls it."),
	FIELD("description", site_description, "One sentence."),
	FIELD("language", site_language, "The archive's language."),
	FIELD("languages", site_languages, "Declared languages: code, name."),
	FIELD("institute", site_institute, "Who publishes: name, short_name, ror, address, url."),
	FIELD("menu", site_menu, "Menu: title, url, lang."),
	FIELD("banner", site_banner, "The banner that is due: text, url."),
	FIELD("featured", site_featured, "Featured briefs."),
	FIELD("collections", site_collections, "Collections: name, title, url, briefs."),
	FIELD("taxonomies", site_taxonomies, "The taxonomies that have terms: name, title, url, count."),
	FIELD("disclaimer", site_disclaimer, "Disclaimer."),
	FIELD("licence", site_licence, "Licence: id, url, title; alone its SPDX id."),
	FIELD("data", site_data, "content/_data/: a file x.yaml is site.data.x."),
	FIELD("updated", site_updated, "Date of the newest change of any brief."),
	FIELD("history_incomplete", site_history_incomplete, "Whether some of the history is missing, so that dates and numbers may be wrong."),
	FIELD("changes_count", site_changes_count, "How many there are in site.changes: cheap to ask on every page."),
	FIELD("changes", site_changes, "Significant changes of all briefs, newest first; see version."),
};
const ObjectType site_type = {"site", site_fields, COUNT(site_fields), site_other, site_title};

Value site_value(const Site *s) { return value_object(&s->object); }

/* ---- the page at work ---- */

#define VIEW ((const View *)self)

static const char *const page_kinds[] = {
	[PAGE_HOME] = "home", [PAGE_BRIEFS] = "briefs", [PAGE_BRIEF] = "brief", [PAGE_TERMS] = "terms", [PAGE_TERM] = "term",
	[PAGE_PLAIN] = "page", [PAGE_MADE] = "page",
};
static const char *const leaf_names[LEAF_N] = {
	[LEAF_FEED] = "feed", [LEAF_JSON_FEED] = "feed", [LEAF_SITEMAP] = "sitemap", [LEAF_RULES] = "redirects", [LEAF_ROBOTS] = "robots", [LEAF_NOT_FOUND] = "404",
	[LEAF_VERSION] = "version", [LEAF_REDLINE] = "redline", [LEAF_SINCE] = "redline", [LEAF_HISTORY] = "history",
	[LEAF_TIMEMAP] = "timemap", [LEAF_BRIEF_FEED] = "feed", [LEAF_CHANGES] = "changes", [LEAF_CHANGES_FEED] = "feed",
	[LEAF_REDIRECT] = "redirect", [LEAF_TOMBSTONE] = "tombstone",
};

/* The address of the leaf itself, under the base path. */
static Str leaf_url(const View *v, Arena *a)
{
	Str path = v->leaf->path;
	if (str_ends(path, S("index.html")))
		path = str_upto(path, path.n - 10);
	return str_join(a, v->site->base, str_join(a, S("/"), path));
}

/* A list without a title of its own is called by the interface's word for it. */
static Str heading(const View *v, const Page *p)
{
	const Vocabulary *voc = p->kind == PAGE_TERMS ? (const Vocabulary *)p : NULL;
	const Shelf *shelf = p->kind == PAGE_BRIEFS ? (const Shelf *)p : NULL;
	Str own = voc ? voc->settings->title : shelf ? shelf->settings->title : p->title;
	if (own.n || (!voc && !shelf))
		return own;
	Str name = voc ? voc->settings->name : shelf->settings->name;
	Str word = value_as_str(layouts_word(v->site->layouts, v->lang, name));
	return word.n ? word : name;
}

GET(page_url) { return value_str(leaf_url(VIEW, a)); }
GET(page_permalink) { return value_str(absolute(VIEW->site, leaf_url(VIEW, a), a)); }
GET(page_lang) { (void)a; return value_str(VIEW->lang); }
GET(page_content) { (void)a; return value_safe(VIEW->content); }
GET(page_title)
{
	(void)a;
	const Leaf *l = VIEW->leaf;
	if (l->history && l->kind == LEAF_VERSION)
		return value_text(l->history->versions[l->version].title);
	return value_text(heading(VIEW, VIEW->page));
}

GET(page_kind_of_page)
{
	(void)a;
	const char *name = leaf_names[VIEW->leaf->kind];
	return value_str(str_of(name ? name : page_kinds[VIEW->page->kind]));
}

GET(page_home_url) { (void)a; return value_str(VIEW->page->url); }

GET(page_feed_url)
{
	const View *v = VIEW;
	bool list = v->page->kind == PAGE_TERM || v->page->kind == PAGE_BRIEFS || v->page->kind == PAGE_HOME;
	if (v->page->kind == PAGE_BRIEF)
		return brief_feed_url(&v->page->object, a);
	return list && v->site->settings->output[OUT_FEEDS] ? value_str(str_join(a, v->page->url, S("feed.xml"))) : NIL;
}

GET(page_robots)
{
	(void)a;
	const View *v = VIEW;
	LeafKind k = v->leaf->kind;
	bool hidden = k == LEAF_REDLINE || k == LEAF_SINCE || k == LEAF_REDIRECT || k == LEAF_NOT_FOUND || v->leaf->sheet > 1;
	if (v->page->kind == PAGE_BRIEF && k == LEAF_PAGE) {
		const Brief *b = (const Brief *)v->page;
		hidden = b->page.document->record.draft || b->page.document->record.date.seconds > v->site->now.seconds ||
		         b->working_copy;
	}
	return hidden ? value_str(S("noindex")) : NIL;
}

GET(page_canonical)
{
	const View *v = VIEW;
	bool old = v->leaf->kind == LEAF_VERSION;
	return old ? value_str(absolute(v->site, v->page->url, a)) : NIL;
}

static Value crumb(Str title, Str url, Arena *a)
{
	static const char *const keys[] = {"title", "url"};
	return map_of(a, keys, (Value[]){value_text(title), value_text(url)}, 2);
}

GET(page_breadcrumbs)
{
	const View *v = VIEW;
	ListMaker l = {.arena = a};
	if (v->page->kind == PAGE_TERM) {
		const Term *t = (const Term *)v->page;
		list_add(&l, crumb(heading(v, &t->vocabulary->page), t->vocabulary->page.url, a));
		if (t->parent)
			list_add(&l, crumb(t->parent->page.title, t->parent->page.url, a));
		list_add(&l, crumb(t->page.title, t->page.url, a));
	}
	return list_seal(&l);
}

GET(page_term) { (void)a; return VIEW->page->kind == PAGE_TERM ? value_object(&VIEW->term.object) : NIL; }

GET(page_terms)
{
	return VIEW->page->kind == PAGE_TERMS ? vocabulary_terms(VIEW->site, ((const Vocabulary *)VIEW->page)->settings->name, a) : NIL;
}

GET(page_taxonomy)
{
	static const char *const keys[] = {"title", "name", "field", "url"};
	const Page *p = VIEW->page;
	const Vocabulary *v = p->kind == PAGE_TERMS ? (const Vocabulary *)p : p->kind == PAGE_TERM ? ((const Term *)p)->vocabulary : NULL;
	return v ? map_of(a, keys, (Value[]){value_text(heading(VIEW, &v->page)), value_str(v->settings->name), value_str(v->settings->field), value_str(v->page.url)}, COUNT(keys)) : NIL;
}

GET(page_briefs) { return VIEW->leaf->briefs ? briefs_value(VIEW->leaf->briefs, VIEW->leaf->briefs_n, a) : NIL; }
GET(page_target) { (void)a; return value_text(VIEW->leaf->target); }

GET(page_updated)
{
	const View *v = VIEW;
	if (v->leaf->kind == LEAF_VERSION)
		return value_date(v->leaf->history->versions[v->leaf->version].date);
	if (v->page->kind == PAGE_BRIEF)
		return brief_updated(&v->page->object, a);
	Date newest = {0};
	for (uint32_t i = 0; i < v->leaf->briefs_n; i++)
		if (!newest.known || v->leaf->briefs[i]->updated.seconds > newest.seconds)
			newest = v->leaf->briefs[i]->updated;
	return value_date(newest);
}

/* The pages of the sitemap: permalink and updated; neither drafts nor what is not to be indexed. */
GET(page_pages)
{
	static const char *const keys[] = {"permalink", "updated"};
	const Site *s = VIEW->site;
	ListMaker l = {.arena = a};
	uint32_t sheet = VIEW->leaf->sheet, at = 0;
	if (VIEW->leaf->kind != LEAF_SITEMAP)
		return NIL;
	for (size_t i = 0; i < s->leaves_n; i++) {
		View v = {.site = s, .leaf = s->leaves[i], .page = s->leaves[i]->page};
		if (!leaf_in_sitemap(v.leaf) || (sheet && at++ / SITEMAP_LENGTH != sheet - 1) || !value_is_nil(page_robots(&v.object, a)))
			continue;
		list_add(&l, map_of(a, keys, (Value[]){page_permalink(&v.object, a), v.page->kind == PAGE_BRIEF ? page_updated(&v.object, a) : NIL}, 2));
	}
	return list_seal(&l);
}

GET(page_sitemaps)
{
	const View *v = VIEW;
	ListMaker l = {.arena = a};
	for (uint32_t i = 1; v->leaf->kind == LEAF_SITEMAP && !v->leaf->sheet && i <= v->leaf->sheets; i++)
		list_add(&l, value_str(absolute(v->site, str_printf(a, "%.*s/sitemap-%u.xml", STR_ARG(v->site->base), i), a)));
	return list_seal(&l);
}

/* Of the host's table: from, to, status. */
GET(page_redirects)
{
	static const char *const keys[] = {"from", "to", "status"};
	const Site *s = VIEW->site;
	ListMaker l = {.arena = a};
	for (size_t i = 0; VIEW->leaf->kind == LEAF_RULES && i < s->leaves_n; i++) {
		View v = {.site = s, .leaf = s->leaves[i], .page = s->leaves[i]->page};
		if (v.leaf->kind != LEAF_REDIRECT && v.leaf->kind != LEAF_TOMBSTONE)
			continue;
		bool gone = v.leaf->kind == LEAF_TOMBSTONE;
		Str from = leaf_url(&v, a);
		list_add(&l, map_of(a, keys, (Value[]){value_str(from), value_str(gone ? from : v.leaf->target), value_int(gone ? 410 : 301)}, COUNT(keys)));
	}
	return list_seal(&l);
}

GET(page_current)
{
	(void)a;
	const View *v = VIEW;
	if (v->page->kind == PAGE_BRIEF)
		return value_object(&v->leaf->page->object);
	const Target *t = v->leaf->kind == LEAF_TOMBSTONE ? table_get(&v->site->by_path, v->leaf->history->path) : NULL;
	return t && t->brief ? value_object(&t->brief->page.object) : NIL;
}

static void measure(const View *v, VersionView *item)
{
	uint32_t at = (uint32_t)(item->version - item->history->versions);
	if (!at || item->version->suppressed || item->version[-1].suppressed)
		return;
	const Redline *r = version_redline(v->worker->versions, v->site, (const Brief *)v->leaf->page, at - 1, at);
	if (r) {
		item->measured = true;
		item->added = r->added;
		item->removed = r->removed;
		item->percent = r->percent;
	}
	versions_trim(v->worker->versions);
}

/* Made once a page; with the size of each change on the one that lists them all. */
GET(page_versions)
{
	const View *v = VIEW;
	Value *listed = &v->worker->listed;
	if (v->page->kind != PAGE_BRIEF || listed->kind == V_LIST)
		return v->page->kind == PAGE_BRIEF ? *listed : NIL;
	const Brief *b = (const Brief *)v->leaf->page;
	*listed = versions_value(v->site, b->history, b->page.url, b->page.title, a);
	for (uint32_t i = 0; v->leaf->kind == LEAF_HISTORY && i < listed->n; i++)
		measure(v, (VersionView *)listed->list[i].object);
	return *listed;
}

static bool is_correction(ChangeType t)
{
	return t == CHANGE_CORRECTION || t == CHANGE_CORRIGENDUM || t == CHANGE_ERRATUM || t == CHANGE_EXPRESSION_OF_CONCERN || t == CHANGE_PARTIAL_RETRACTION;
}

GET(page_corrections)
{
	const View *v = VIEW;
	const BriefHistory *h = v->page->kind == PAGE_BRIEF ? ((const Brief *)v->leaf->page)->history : NULL;
	ListMaker l = {.arena = a};
	for (uint32_t i = h ? h->versions_n : 0; i-- > 0;)
		if (is_correction(h->versions[i].type) && (!h->versions[i].suppressed || !h->versions[i].suppressed->silent))
			list_add(&l, version_value(v->site, h, &h->versions[i], v->leaf->page->url, v->leaf->page->title, a));
	return list_seal(&l);
}

GET(page_changes)
{
	(void)a;
	LeafKind k = VIEW->leaf->kind;
	if (k == LEAF_BRIEF_FEED)
		return versions_value(VIEW->site, VIEW->leaf->history, VIEW->page->url, VIEW->page->title, a);
	return k == LEAF_CHANGES || k == LEAF_CHANGES_FEED ? site_changes(&VIEW->site->object, a) : NIL;
}

/* Pages of one version. */
static Value leaf_version(const View *v, int step, Arena *a)
{
	const BriefHistory *h = v->leaf->history;
	int64_t at = (int64_t)v->leaf->version + step;
	if (!h || at < 0 || at >= h->versions_n)
		return NIL;
	return version_value(v->site, h, &h->versions[at], v->page->url, v->page->title, a);
}

GET(page_from) { return VIEW->leaf->kind == LEAF_REDLINE ? leaf_version(VIEW, -1, a) : VIEW->leaf->kind == LEAF_SINCE ? leaf_version(VIEW, 0, a) : NIL; }
GET(page_to)
{
	const Leaf *l = VIEW->leaf;
	if (l->kind == LEAF_SINCE)
		return leaf_version(VIEW, (int)(l->history->versions_n - 1 - l->version), a);
	return l->kind == LEAF_REDLINE ? leaf_version(VIEW, 0, a) : NIL;
}
GET(page_version_date) { (void)a; return VIEW->leaf->kind == LEAF_VERSION ? value_date(VIEW->leaf->history->versions[VIEW->leaf->version].date) : NIL; }

GET(page_version_type)
{
	(void)a;
	const Leaf *l = VIEW->leaf;
	ChangeType t = l->kind == LEAF_VERSION ? l->history->versions[l->version].type : CHANGE_UNMARKED;
	return t == CHANGE_UNMARKED ? NIL : value_str(str_of(change_type_name(t)));
}
GET(page_version)
{
	const View *v = VIEW;
	if (v->leaf->kind == LEAF_VERSION)
		return value_int(v->leaf->history->versions[v->leaf->version].number);
	return v->page->kind == PAGE_BRIEF ? brief_version(&v->page->object, a) : NIL;
}
GET(page_pinned_url)
{
	const View *v = VIEW;
	if (v->leaf->kind == LEAF_VERSION)
		return value_str(leaf_url(v, a));
	return v->page->kind == PAGE_BRIEF ? brief_pinned_url(&v->page->object, a) : NIL;
}
static Value neighbour(const View *v, int step, Arena *a)
{
	Value version = v->leaf->kind == LEAF_VERSION ? leaf_version(v, step, a) : NIL;
	const Suppression *why = version.kind == V_OBJECT ? ((const VersionView *)version.object)->version->suppressed : NULL;
	return why && why->silent ? NIL : version;
}
GET(page_version_before) { return neighbour(VIEW, -1, a); }
GET(page_version_after) { return neighbour(VIEW, 1, a); }
GET(page_changes_url)
{
	const View *v = VIEW;
	if (v->leaf->kind != LEAF_VERSION)
		return NIL;
	Value of = leaf_version(v, 0, a);
	return version_changes_url(of.object, a);
}
GET(page_since_url)
{
	const View *v = VIEW;
	if (v->leaf->kind != LEAF_VERSION)
		return NIL;
	Value of = leaf_version(v, 0, a);
	return version_since_url(of.object, a);
}
GET(page_removed) { (void)a; return VIEW->leaf->kind == LEAF_TOMBSTONE ? value_date(VIEW->leaf->history->removed) : NIL; }
static const Suppression *withheld_by(const Leaf *l)
{
	if (l->kind != LEAF_TOMBSTONE)
		return NULL;
	return l->history->suppressed ? l->history->suppressed : l->history->versions[l->version].suppressed;
}
GET(page_withheld) { (void)a; return value_bool(withheld_by(VIEW->leaf) != NULL); }
GET(page_reason)
{
	(void)a;
	const Leaf *l = VIEW->leaf;
	if (l->kind != LEAF_TOMBSTONE)
		return NIL;
	const Suppression *why = withheld_by(l);
	return value_text(why ? why->reason : l->history->removal_note);
}
GET(page_sections)
{
	static const char *const keys[] = {"title", "id", "added", "removed", "moved", "reformatted"};
	const Redline *r = VIEW->redline;
	ListMaker l = {.arena = a};
	for (uint32_t i = 0; r && i < r->sections_n; i++)
		list_add(&l, map_of(a, keys, (Value[]){value_text(r->sections[i].heading), value_text(r->sections[i].id), value_int(r->sections[i].added),
		                    value_int(r->sections[i].removed), value_int(r->sections[i].moved), value_int(r->sections[i].reformatted)}, COUNT(keys)));
	return list_seal(&l);
}
GET(page_added) { (void)a; return VIEW->redline ? value_int(VIEW->redline->added) : NIL; }
GET(page_removed_words) { (void)a; return VIEW->redline ? value_int(VIEW->redline->removed) : NIL; }
GET(page_percent) { (void)a; return VIEW->redline ? share(VIEW->redline->percent) : NIL; }

/* Made when a layout asks: a redline's other form. */
GET(page_sides)
{
	const View *v = VIEW;
	Buf b = {0};
	if (!v->redline || v->redline->same)
		return NIL;
	RedlineWords words = redline_words(v->site->layouts, v->lang);
	redline_sides(v->redline, &words, false, &b);
	Str html = str_dup(a, buf_str(&b));
	buf_release(&b);
	return value_safe(html);
}

static const ObjectField page_fields[] = {
	FIELD("url", page_url, "The page's address under the base path."),
	FIELD("title", page_title, "Its title."),
	FIELD("lang", page_lang, "Its language."),
	FIELD("kind_of_page", page_kind_of_page, "home, briefs, brief, term, terms, page, version, history, redline, changes, feed, sitemap, 404 ..."),
	FIELD("permalink", page_permalink, "The whole address, with host."),
	FIELD("robots", page_robots, "noindex, or nothing."),
	FIELD("canonical", page_canonical, "Where search engines should look instead, or nothing."),
	FIELD("content", page_content, "The body as HTML; the same as content."),
	FIELD("feed_url", page_feed_url, "Its feed."),
	FIELD("home_url", page_home_url, "Of a feed: the page that it follows."),
	FIELD("breadcrumbs", page_breadcrumbs, "The way here: title, url."),
	FIELD("updated", page_updated, "Date of the newest change on it."),
	FIELD("term", page_term, "Of a term's page: the term, with content, its text."),
	FIELD("terms", page_terms, "Of a taxonomy's page: its terms."),
	FIELD("taxonomy", page_taxonomy, "Its taxonomy: title, name, field, url."),
	FIELD("briefs", page_briefs, "Of a list or feed: its briefs."),
	FIELD("pages", page_pages, "Of the sitemap: permalink, updated."),
	FIELD("sitemaps", page_sitemaps, "Of the sitemap of a large site: the addresses of its parts."),
	FIELD("redirects", page_redirects, "Of the host's table: from, to, status."),
	FIELD("target", page_target, "Of a redirect: where it leads."),
	FIELD("current", page_current, "Of a version, its tombstone, history or redline: the brief as it is today."),
	FIELD("changes", page_changes, "Of a list or feed of changes: versions."),
	FIELD("from", page_from, "Of a redline: the older version."),
	FIELD("to", page_to, "Of a redline: the newer version."),
	FIELD("versions", page_versions, "Of a brief and its pages: versions, newest first; see version."),
	FIELD("corrections", page_corrections, "Of a brief and its pages: those of its versions that put something right or warn of it."),
	FIELD("version", page_version, "Number of the version shown; nothing for a working copy."),
	FIELD("version_date", page_version_date, "Of a version: its date."),
	FIELD("version_type", page_version_type, "Of a version: correction ..."),
	FIELD("version_before", page_version_before, "Of a version: the one before; prints its number, see version."),
	FIELD("version_after", page_version_after, "Of a version: the next one."),
	FIELD("changes_url", page_changes_url, "Of a version: what changed in it."),
	FIELD("since_url", page_since_url, "Of a version: what has changed since."),
	FIELD("pinned_url", page_pinned_url, "The address that always leads to this text."),
	FIELD("removed", page_removed, "Of a tombstone: when it was removed."),
	FIELD("withheld", page_withheld, "Of a tombstone: whether the text is withheld by `suppress`, of a brief or of one version."),
	FIELD("reason", page_reason, "Of a tombstone: why. It has authors and date too."),
	FIELD("sections", page_sections, "Of a redline: parts with changes: title, id, added, removed, moved, reformatted."),
	FIELD("sides", page_sides, "Of a redline: what changed, old and new side by side, as HTML; content has the whole text."),
	FIELD("added", page_added, "Of a redline: words that came in."),
	FIELD("deleted", page_removed_words, "Of a redline: words that went out."),
	FIELD("percent", page_percent, "Of a redline: share of words that changed."),
};

/* The files that belonged to a version, where they are stored. */
static Value version_downloads(const View *v, Arena *a)
{
	const BriefHistory *h = v->leaf->history;
	const Version *version = &h->versions[v->leaf->version];
	ListMaker l = {.arena = a};
	for (uint32_t i = 0; i < version->files_n; i++) {
		Str path = version->files[i].path, name = str_from(path, str_rfind_char(path, '/') + 1);
		if (is_picture(path))
			continue;
		uint32_t number = h->versions[version_of_file(h, v->leaf->version, &version->files[i])].number;
		Str address = str_printf(a, "%.*sv%u/%.*s", STR_ARG(v->leaf->page->document->address), number, STR_ARG(name));
		list_add(&l, map_of(a, download_keys, (Value[]){value_str(name), value_str(link_file_url(v->site, address, a)), value_int(0), media_type(path)}, COUNT(download_keys)));
	}
	return list_seal(&l);
}

static Value page_other(const Object *self, Str key, Arena *a, bool *found)
{
	const View *v = VIEW;
	bool date = str_eq(key, S("date"));
	if (v->gone && (date || str_eq(key, S("authors")))) {
		*found = true;
		return date ? value_date(v->gone->date) : authors_value(v->site, v->gone, NULL, a);
	}
	if (v->leaf->kind == LEAF_VERSION && str_eq(key, S("downloads"))) {
		*found = true;
		return version_downloads(v, a);
	}
	if (v->page->kind == PAGE_BRIEF)
		return value_get(value_object(&v->page->object), key, a, found);
	if (v->page->kind == PAGE_TERM)
		return value_get(value_object(&v->page->object), key, a, found);
	return v->page->document ? value_get(v->page->document->record.all, key, a, found) : NIL;
}

const ObjectType page_type = {"page", page_fields, COUNT(page_fields), page_other, page_title};

Value view_page(const View *v) { return value_object(&v->object); }

/* The term of a term's page: the term and its text. */
static Value own_content(const Object *self, Arena *a)
{
	(void)a;
	return value_safe(((const TermView *)self)->view->content);
}

static Value own_other(const Object *self, Str key, Arena *a, bool *found)
{
	return value_get(value_object(&((const TermView *)self)->view->page->object), key, a, found);
}

static const ObjectField own_fields[] = {FIELD("content", own_content, "Its text as HTML.")};
const ObjectType own_term_type = {"term", own_fields, COUNT(own_fields), own_other, NULL};

/* ---- paginator, as Jekyll's ---- */

Value view_paginator(const View *v, Arena *a)
{
	static const char *const keys[] = {"page", "per_page", "posts", "briefs", "total_posts", "total_pages", "previous_page",
	                                   "previous_page_path", "next_page", "next_page_path"};
	const Leaf *l = v->leaf;
	if (!l->sheet)
		return NIL;
	uint32_t from = (l->sheet - 1) * l->per_sheet;
	uint32_t n = from >= l->briefs_n ? 0 : l->briefs_n - from < l->per_sheet ? l->briefs_n - from : l->per_sheet;
	Value briefs = briefs_value(l->briefs + from, n, a);
	Value before = NIL, before_path = NIL, after = NIL, after_path = NIL;
	if (l->sheet > 1) {
		before = value_int(l->sheet - 1);
		before_path = value_str(l->sheet == 2 ? v->page->url : str_printf(a, "%.*spage/%u/", STR_ARG(v->page->url), l->sheet - 1));
	}
	if (l->sheet < l->sheets) {
		after = value_int(l->sheet + 1);
		after_path = value_str(str_printf(a, "%.*spage/%u/", STR_ARG(v->page->url), l->sheet + 1));
	}
	return map_of(a, keys, (Value[]){value_int(l->sheet), value_int(l->per_sheet), briefs, briefs, value_int(l->briefs_n),
	              value_int(l->sheets), before, before_path, after, after_path}, COUNT(keys));
}

/* ---- the manual ---- */

static void man_fields(Buf *b, const ObjectType *t)
{
	for (size_t i = 0; i < t->n; i++)
		buf_printf(b, ".It Va %s.%.*s\n%s\n.Dl {{ %s.%.*s }}\n", t->name, STR_ARG(t->fields[i].name), t->fields[i].help, t->name,
		           STR_ARG(t->fields[i].name));
}

void render_man_variables(Buf *b)
{
	static const ObjectType *const types[] = {&site_type, &page_type, &brief_type, &author_type, &related_type, &term_type, &version_type_, &removal_type_};
	for (size_t i = 0; i < COUNT(types); i++)
		man_fields(b, types[i]);
}
