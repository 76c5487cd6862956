#include "links.h"

#include "base/utf8.h"
#include "lib/icu.h"
#include "record/permalink.h"

LinkParts link_parts(Str target)
{
	LinkParts p = {.path = target};
	size_t hash = str_find_char(target, '#');
	if (hash != SIZE_MAX) {
		p.fragment = str_from(target, hash + 1);
		p.path = str_upto(target, hash);
	}
	size_t mark = str_find_char(p.path, '?');
	if (mark != SIZE_MAX) {
		p.query = str_from(p.path, mark);
		p.path = str_upto(p.path, mark);
	}
	return p;
}

Str link_path(Str from_path, Str relative, Arena *a)
{
	Str rest = address_decode(a, relative);
	size_t slash = str_rfind_char(from_path, '/');
	Str folder = slash == SIZE_MAX || (rest.n && *rest.p == '/') ? (Str){0} : str_upto(from_path, slash);
	char *p = arena_bytes(a, folder.n + rest.n + 2);
	size_t n = folder.n;
	if (n)
		memcpy(p, folder.p, n);
	while (rest.n) {
		Str name = str_cut(&rest, '/');
		if (!name.n || str_eq(name, S(".")))
			continue;
		if (str_eq(name, S(".."))) {
			if (!n)
				return (Str){0};
			while (n && p[n - 1] != '/')
				n--;
			n -= n > 0;
			continue;
		}
		if (n)
			p[n++] = '/';
		memcpy(p + n, name.p, name.n);
		n += name.n;
	}
	p[n] = 0;
	return (Str){p, n};
}

static bool is_ascii(Str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* Some disks take letters and their accents apart in names (NFD) that a text writes whole; such files have both names. */
static const Target *target_at(const Site *s, Str path, Arena *a)
{
	const Target *t = table_get(&s->by_path, path);
	return t || is_ascii(path) ? t : table_get(&s->by_path, icu_nfc(a, path));
}

void target_put(Site *s, Str path, Target *t)
{
	Str whole = is_ascii(path) ? path : icu_nfc(&s->arena, path);
	table_put(&s->by_path, path, t);
	if (whole.p != path.p && !table_get(&s->by_path, whole))
		table_put(&s->by_path, whole, t);
}

const Target *link_target(const Site *s, const Document *from, Str target, bool *is_file)
{
	LinkParts parts = link_parts(target);
	char space[1024];
	Arena a = ARENA_ON(space);
	const Target *t = NULL;
	*is_file = false;
	if (!parts.path.n || doc_url_external(target))
		return NULL;
	bool rooted = *parts.path.p == '/';
	Str path = link_path(from->path, parts.path, &a);
	if (path.n)
		t = target_at(s, rooted ? str_join(&a, S("content/"), path) : path, &a);
	if (!t && path.n && rooted)
		t = target_at(s, path, &a);
	if (!t && path.n && !rooted) /* a folder that is a bundle */
		t = target_at(s, str_join(&a, path, S("/index.md")), &a);
	Str last = str_from(parts.path, str_rfind_char(parts.path, '/') + 1);
	*is_file = !rooted && (last.n ? str_find_char(last, '.') != SIZE_MAX : true);
	if (rooted && text_ending(parts.path))
		*is_file = true;
	arena_release(&a);
	return t;
}

Term *link_term(const Vocabulary *v, Str text, Str *slug, Arena *a)
{
	Term *t = table_get(&v->by_key, text);
	if (t)
		return t;
	*slug = icu_slug(a, text, (Str){0});
	if (!slug->n) /* "!!!" still needs an address that lasts */
		*slug = str_printf(a, "x%08x", (unsigned)str_hash(text));
	return table_get(&v->by_key, *slug);
}

Str link_loose_file(const Site *s, const Document *from, Str target, Arena *a)
{
	LinkParts parts = link_parts(target);
	if (!parts.path.n || doc_url_external(target))
		return (Str){0};
	Str path = link_path(from->path, parts.path, a);
	for (Str rest = path; rest.n;) {
		Str name = str_cut(&rest, '/');
		if (!name.n || *name.p == '.' || *name.p == '_')
			return (Str){0};
	}
	bool shown = path.n && !text_ending(path) && !str_starts(path, S("content/")) && source_has((Source *)s->source, path);
	return shown ? path : (Str){0};
}

bool attachment_public(const Site *s, const Attachment *a)
{
	char space[1024];
	Arena scratch = ARENA_ON(space);
	bool open = true;
	Str folder = a->path;
	for (size_t slash; open && (slash = str_rfind_char(folder, '/')) != SIZE_MAX;) {
		folder = str_upto(folder, slash);
		const Target *t = table_get(&s->by_path, str_join(&scratch, folder, S("/index.md")));
		open = !t || t->state == TARGET_PUBLIC;
	}
	arena_release(&scratch);
	return open;
}

Str link_picture(const Site *s, const Document *from, Str path, Arena *a)
{
	Str ways[] = {path, str_join(a, S("/"), path)};
	if (!path.n || doc_url_external(path))
		return path;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		bool is_file;
		if (link_target(s, from, ways[i], &is_file) || link_loose_file(s, from, ways[i], a).n)
			return ways[i];
	}
	return (Str){0};
}

static bool is_hidden_path(const Site *s, Str path)
{
	Arena a = {0};
	const Target *t = table_get(&s->by_path, path);
	bool hidden = t ? t->state == TARGET_HIDDEN : s->history && table_get(&s->history->hidden, path);
	for (size_t slash; !t && !hidden && s->history && (slash = str_rfind_char(path, '/')) != SIZE_MAX;) { /* in a bundle that was */
		path = str_upto(path, slash);
		hidden = table_get(&s->history->hidden, str_join(&a, path, S("/index.md")));
	}
	arena_release(&a);
	return hidden;
}

bool link_is_hidden(const Site *s, const Document *from, Str name)
{
	Arena a = {0};
	Str word = link_parts(name).path;
	if (!word.n || s->drafts || doc_url_external(name))
		return false;
	bool slash = str_find_char(word, '/') != SIZE_MAX;
	Str address = slash ? str_printf(&a, "%s%.*s%s", *word.p == '/' ? "" : "/", STR_ARG(word), str_ends(word, S("/")) ? "" : "/") : word;
	Str path = link_path(from->path, word, &a);
	Str ways[] = {path, str_join(&a, path, S("/index.md")), str_join(&a, path, S(".md")), word, str_join(&a, S("content/"), word),
	              str_printf(&a, "content/%.*s.md", STR_ARG(word))};
	bool hidden = table_get(&s->hidden_names, name) || table_get(&s->hidden_names, address) ||
	              (s->history && (table_get(&s->history->hidden, name) || table_get(&s->history->hidden, address)));
	for (size_t i = 0; i < sizeof ways / sizeof *ways && !hidden; i++)
		hidden = is_hidden_path(s, ways[i]);
	arena_release(&a);
	return hidden;
}

bool link_has_page(const Site *s, Str address)
{
	Arena a = {0};
	bool below = s->base.n && str_starts(address, s->base) && str_starts(str_from(address, s->base.n), S("/"));
	Str path = icu_fold(&a, address_decode(&a, str_from(address, below ? s->base.n + 1 : 1)));
	bool there = table_get(&s->by_leaf, path) || table_get(&s->by_leaf, str_join(&a, path, !path.n || str_ends(path, S("/")) ? S("index.html") : S("/index.html")));
	arena_release(&a);
	return there;
}

Str link_url(const Site *s, Str address, Arena *a)
{
	return s->base.n ? str_join(a, s->base, address) : address;
}

/* What no address can hold as it is: white space, control characters and "#%<>?\^`{|} */
static bool is_coded(unsigned char c)
{
	static const bool signs[128] = {['"'] = true, ['#'] = true, ['%'] = true, ['<'] = true, ['>'] = true, ['?'] = true, ['\\'] = true,
	                                ['^'] = true, ['`'] = true, ['{'] = true, ['|'] = true, ['}'] = true, [0x7F] = true};
	return c <= ' ' || (c < 128 && signs[c]);
}

Str link_file_url(const Site *s, Str address, Arena *a)
{
	Str rest = address, out = s->base;
	while (rest.n) {
		size_t n = 0;
		while (n < rest.n && !is_coded((unsigned char)rest.p[n]))
			n++;
		out = str_join(a, out, str_upto(rest, n));
		if (n < rest.n)
			out = str_printf(a, "%.*s%%%02X", STR_ARG(out), (unsigned char)rest.p[n++]);
		rest = str_from(rest, n);
	}
	return out;
}

/* Browsers take much for an address with a host (\\h, http:h); what is not plainly one is not loaded. */
bool link_loads(const Settings *s, Str url)
{
	size_t at = str_find(url, S("//")), n = 0;
	Str scheme = str_upto(url, at), host = at == SIZE_MAX ? (Str){0} : str_from(url, at + 2);
	if (scheme.n && !str_eq_nocase(scheme, S("https:")) && !str_eq_nocase(scheme, S("http:")))
		return false;
	while (n < host.n && !strchr("/?#", host.p[n]))
		n++;
	for (size_t i = 0; n && i < s->allow_hosts.n; i++)
		if (str_eq_nocase(str_upto(host, n), s->allow_hosts.at[i].text))
			return true;
	return false;
}

DocTarget link_resolve(const Site *s, const Document *from, const DocLink *link, Arena *page)
{
	if (link->external) {
		bool loads = link->kind == DOC_LINK_IMAGE || link->kind == DOC_LINK_MEDIA;
		return (DocTarget){.state = loads && !link_loads(s->settings, link->target) ? DOC_ELSEWHERE : DOC_EXTERNAL, .href = link->target};
	}
	bool is_file;
	const Target *t = link_target(s, from, link->target, &is_file);
	LinkParts parts = link_parts(link->target);
	if (t && t->state == TARGET_HIDDEN)
		return (DocTarget){.state = DOC_WITHHELD};
	Str loose = t ? (Str){0} : link_loose_file(s, from, link->target, page);
	if (loose.n)
		return (DocTarget){.state = DOC_GOES, .href = link_file_url(s, str_join(page, S("/"), loose), page)};
	if (!t && is_file)
		return (DocTarget){.state = DOC_BROKEN};
	if (!t && (!parts.path.n || *parts.path.p != '/'))
		return (DocTarget){.state = DOC_GOES, .href = link->target}; /* #fragment, or relative to the page itself */
	/* What templates in the text wrote ({% link %}, relative_url) stands under the base path already. */
	bool has_base = from->record.liquid && s->base.n && str_starts(parts.path, s->base) && str_starts(str_from(parts.path, s->base.n), S("/"));
	Str url = t ? link_file_url(s, t->address, page) : has_base ? parts.path : link_url(s, parts.path, page);
	if (parts.query.n)
		url = str_join(page, url, parts.query);
	if (parts.fragment.n)
		url = str_printf(page, "%.*s#%.*s", STR_ARG(url), STR_ARG(parts.fragment));
	return (DocTarget){.state = DOC_GOES, .href = url};
}

/* Bytes that no page can hold are shown as U+FFFD; the first is said. */
static bool check_bytes(const Site *s, const Document *d, Str text, Diags *diags)
{
	Str body = str_from(text, d->record.body);
	size_t bad = utf8_invalid(body), nul = str_find_char(body, 0);
	size_t at = bad < nul ? bad : nul;
	if (at == SIZE_MAX)
		return false;
	Str message = at == nul ? S("a NUL byte; it is shown as U+FFFD") : S("bytes that are not UTF-8; they are shown as U+FFFD");
	check_add(&s->settings->checks, CHECK_TEXT_ENCODING, false, diags,
	          diag_at(DIAG_WARNING, NULL, d->path, text, d->record.body + at, 1, message, S("save the file with the encoding UTF-8")));
	return bad != SIZE_MAX;
}

Doc *document_doc(const Site *s, const Document *d, Str text, Arena *a, Diags *diags)
{
	static const DocRawHtml modes[] = {[HTML_CLEAN] = DOC_HTML_CLEAN, [HTML_OFF] = DOC_HTML_OFF, [HTML_TRUSTED] = DOC_HTML_TRUSTED};
	const Record *r = &d->record;
	DocRules rules = {.html = modes[r->html], .lang = r->lang.n ? r->lang : s->settings->language,
	                  .draft = r->draft};
	size_t before = diags ? diags->n : 0;
	Doc *doc = doc_parse(d->path, str_from(text, r->body), r->body_line ? r->body_line : 1, &rules, a, diags);
	if (diags) {
		doc->not_utf8 = check_bytes(s, d, text, diags);
		check_apply(&s->settings->checks, r->draft, diags, before);
	}
	return doc;
}

uint32_t version_of_file(const BriefHistory *h, uint32_t version, const VersionFile *file)
{
	uint32_t first = version;
	for (uint32_t i = version; i-- > 0;)
		for (uint32_t k = 0; k < h->versions[i].files_n && !h->versions[i].suppressed; k++)
			if (oid_eq(&h->versions[i].files[k].blob, &file->blob) && str_eq(h->versions[i].files[k].path, file->path))
				first = i;
	return first;
}
