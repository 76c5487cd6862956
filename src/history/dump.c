#include "history/history.h"

static void put_key(Buf *b, const char *key, char before)
{
	buf_putc(b, before);
	buf_put_json(b, str_of(key));
	buf_putc(b, ':');
}

static void put_text(Buf *b, const char *key, char before, Str s)
{
	put_key(b, key, before);
	if (s.p)
		buf_put_json(b, s);
	else
		buf_lit(b, "null");
}

static void put_id(Buf *b, const char *key, char before, const Oid *id)
{
	put_key(b, key, before);
	if (oid_is_zero(id)) {
		buf_lit(b, "null");
		return;
	}
	buf_putc(b, '"');
	buf_put_oid(b, id);
	buf_putc(b, '"');
}

static void put_date(Buf *b, const char *key, char before, Date d)
{
	put_key(b, key, before);
	if (!d.known) {
		buf_lit(b, "null");
		return;
	}
	buf_putc(b, '"');
	buf_put_datetime(b, d);
	buf_putc(b, '"');
}

static Str or_null(Str s) { return s.n ? s : (Str){0}; }

static void put_version(Buf *b, const BriefHistory *h, const Version *v)
{
	put_key(b, "attachments", '{');
	buf_putc(b, '[');
	for (uint32_t i = 0; i < v->files_n; i++) {
		if (i)
			buf_putc(b, ',');
		put_id(b, "blob", '{', &v->files[i].blob);
		put_text(b, "path", ',', v->files[i].path);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
	if (v->author.n)
		put_text(b, "author", ',', v->author);
	put_id(b, "blob", ',', &v->blob);
	put_text(b, "brief", ',', h->address);
	put_id(b, "commit", ',', &v->commit);
	put_date(b, "date", ',', v->date);
	put_text(b, "note", ',', or_null(v->note));
	put_text(b, "path", ',', v->path);
	if (v->signature != SIGNATURE_NONE)
		put_text(b, "signed", ',', v->signature_state == SIGNATURE_GOOD ? S("good") : v->signature_state == SIGNATURE_BAD ? S("bad") : S("unknown"));
	if (v->signer.n)
		put_text(b, "signer", ',', v->signer);
	put_text(b, "source", ',', or_null(h->path));
	if (v->subject.n)
		put_text(b, "subject", ',', v->subject);
	if (v->suppressed)
		put_text(b, "suppressed", ',', v->suppressed->reason);
	put_text(b, "type", ',', version_type(v));
	put_key(b, "version", ',');
	buf_printf(b, "%u}\n", v->number);
}

static void put_former(Buf *b, const BriefHistory *h, const FormerAddress *f)
{
	put_text(b, "brief", '{', h->address);
	put_text(b, "redirect", ',', f->address);
	put_text(b, "source", ',', or_null(h->path));
	put_key(b, "versions", ',');
	buf_printf(b, "%u}\n", f->versions);
}

static void put_tombstone(Buf *b, const BriefHistory *h)
{
	put_text(b, "brief", '{', h->address);
	put_date(b, "date", ',', h->removed);
	put_text(b, "note", ',', or_null(h->removal_note));
	put_text(b, "tombstone", ',', h->address);
	put_text(b, "type", ',', h->removal == CHANGE_UNMARKED ? S("removal") : str_of(change_type_name(h->removal)));
	put_key(b, "versions", ',');
	buf_printf(b, "%u}\n", h->versions_n);
}

void history_dump(const History *h, Buf *b)
{
	for (size_t i = 0; i < h->briefs_n; i++)
		for (uint32_t j = 0; j < h->briefs[i].versions_n; j++)
			put_version(b, &h->briefs[i], &h->briefs[i].versions[j]);
	for (size_t i = 0; i < h->briefs_n; i++)
		for (uint32_t j = 0; j < h->briefs[i].formers_n; j++)
			put_former(b, &h->briefs[i], &h->briefs[i].formers[j]);
	for (size_t i = 0; i < h->briefs_n; i++)
		if (h->briefs[i].state == BRIEF_REMOVED && h->briefs[i].versions_n && !h->briefs[i].displaced)
			put_tombstone(b, &h->briefs[i]);
}
