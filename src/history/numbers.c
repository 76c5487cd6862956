/* How this file thinks: a track's states become versions in steps, each a function: which states were public, which of them
 * differ, what the ledger has fixed, what the notes say, which addresses there were. */
#include "history/tracks.h"

#include <stdlib.h>

/* A version and the states behind it, while it is made. */
typedef struct Draft {
	Version v;
	const Face *face;
	Hash body;
	uint32_t bulk; /* briefs that its commit touched */
	uint32_t before; /* the path that it had until its commit; NO_NUMBER: none */
	uint32_t line_commit; /* NO_NUMBER: off the line */
} Draft;

typedef struct Address {
	Str address;
	uint32_t versions;
} Address;

typedef struct Numbers {
	History *h;
	const Tracks *t;
	const Line *line;
	const HistoryInput *in;
	Diags *diags;
	Arena *arena;         /* the History's */
	Arena scratch;        /* one track's */
	Draft *drafts;
	size_t n, cap;
	const Face *standing; /* of the last public state: a move alone makes no version, but another address */
	Address *addresses;
	size_t addresses_n, addresses_cap;
	uint32_t *note_from;  /* by commit: its first note */
	Mailmap *mailmap;
	bool *silent;         /* by commit: its subject is not shown */
	LedgerRow *ledger;
	size_t ledger_n;
	Table ledger_of;      /* address -> first row */
	Table face_of;        /* today's path -> Face; made when it is needed */
} Numbers;

static const Version *last_version(const BriefHistory *b) { return b->versions_n ? &b->versions[b->versions_n - 1] : NULL; }

/* ---- which states were public */

/* Never before the state before; a date that cannot be read counts as that of the state before. */
static Date rising(Date d, Date before)
{
	if (!d.known)
		return before;
	return before.known && d.seconds < before.seconds ? before : d;
}

static bool was_public(const State *s, int64_t until)
{
	return s->present && s->face && s->face->readable && !s->face->draft && (!s->face->date.known || s->face->date.seconds <= until);
}

/* Until when a state stood: the next one's date, or now. */
static int64_t stood_until(const Numbers *w, const Track *k, size_t i, Date date)
{
	if (i + 1 == k->n)
		return w->in->now;
	Date next = rising(w->line->commits[k->states[i + 1].commit].date, date);
	return next.known ? next.seconds : w->in->now;
}

/* A subject may speak of whatever its commit touches: one that touches what was not public is not shown. */
static void find_silent_commits(Numbers *w)
{
	w->silent = mem_resize(NULL, w->line->commits_n + 1, sizeof *w->silent);
	for (size_t i = 0; i < w->line->commits_n; i++)
		w->silent[i] = w->line->commits[i].outside;
	for (size_t t = 0; t < w->t->n; t++) {
		const Track *k = &w->t->list[t];
		Date date = {0};
		bool before = false;
		for (size_t i = 0; i < k->n; i++) {
			const State *s = &k->states[i];
			date = rising(w->line->commits[s->commit].date, date);
			bool now = was_public(s, stood_until(w, k, i, date));
			w->silent[s->commit] |= !now && (s->present || !before);
			before = now;
		}
	}
}

/* ---- what only unpublished states are called: a text that names it would tell of them */

static Str file_slug(Str path)
{
	Str stem = str_ends(path, S("/index.md")) ? str_upto(path, path.n - 9) : str_upto(path, path.n - 3);
	return str_from(stem, str_rfind_char(stem, '/') + 1);
}

static void hide(Numbers *w, Str name)
{
	if (name.n && !table_get(&w->h->hidden, name))
		table_put(&w->h->hidden, str_dup(w->arena, name), w->h);
}

static void name_state(Numbers *w, const State *s, void each(Numbers *w, Str name))
{
	Str path = w->line->paths[s->path].path;
	const Face *f = s->face;
	each(w, path);
	each(w, file_slug(path));
	if (!f)
		return;
	each(w, f->id);
	each(w, f->title);
	for (uint32_t i = 0; i < f->addresses_n; i++)
		each(w, f->addresses[i]);
}

static void unhide(Numbers *w, Str name) { table_remove(&w->h->hidden, name); }

static void find_hidden_names(Numbers *w)
{
	w->h->hidden.arena = w->arena;
	for (int public = 0; public < 2; public++)
		for (size_t t = 0; t < w->t->n && (!public || w->h->hidden.n); t++) {
			const Track *k = &w->t->list[t];
			Date date = {0};
			for (size_t i = 0; i < k->n; i++) {
				const State *s = &k->states[i], *before = i ? s - 1 : NULL;
				date = rising(w->line->commits[s->commit].date, date);
				if (!s->present || was_public(s, stood_until(w, k, i, date)) != public)
					continue;
				if (!public || !before || !before->present || before->path != s->path || before->face != s->face)
					name_state(w, s, public ? unhide : hide);
			}
		}
}

static bool same_files(const Version *v, const State *s)
{
	if (v->files_n != s->files_n)
		return false;
	for (uint32_t i = 0; i < s->files_n; i++)
		if (!oid_eq(&v->files[i].blob, &s->files[i].blob))
			return false;
	return true;
}

static Draft *add_draft(Numbers *w)
{
	MEM_ROOM(w->drafts, w->n, w->cap);
	w->drafts[w->n] = (Draft){.line_commit = NO_NUMBER, .before = NO_NUMBER};
	return &w->drafts[w->n++];
}

static void note_addresses(Numbers *w, const Face *f)
{
	for (uint32_t i = 0; i < f->addresses_n; i++) {
		size_t at = 0;
		while (at < w->addresses_n && !str_eq(w->addresses[at].address, f->addresses[i]))
			at++;
		MEM_ROOM(w->addresses, at, w->addresses_cap);
		if (at == w->addresses_n)
			w->addresses[w->addresses_n++] = (Address){f->addresses[i], 0};
		w->addresses[at].versions = (uint32_t)w->n;
	}
}

static void take_state(Numbers *w, const State *s, uint32_t before, Date date)
{
	const LineCommit *c = &w->line->commits[s->commit];
	Draft *last = w->n ? &w->drafts[w->n - 1] : NULL;
	if (!last || !oid_eq(&last->v.blob, &s->blob) || !same_files(&last->v, s)) {
		Draft *d = add_draft(w);
		if (!date.known && !last)
			date = s->face->date;
		d->v = (Version){.path = w->line->paths[s->path].path, .blob = s->blob, .commit = c->id, .date = date, .title = s->face->title,
			.files = s->files, .files_n = s->files_n, .subject = w->silent[s->commit] ? (Str){0} : c->subject,
			.author = c->author.n ? mailmap_name(w->mailmap, c->author, c->author_mail, &w->scratch) : (Str){0},
			.signature = c->signature, .signature_state = c->signature_state, .signer = c->signer};
		d->face = s->face;
		d->body = s->body;
		d->bulk = w->t->touches[s->commit];
		d->line_commit = s->commit;
		d->before = before;
	}
	w->standing = s->face;
	note_addresses(w, s->face);
}

/* The drafts of a track, and what its newest state is. */
static void find_versions(Numbers *w, const Track *k, BriefHistory *b)
{
	Date date = {0};
	w->n = w->addresses_n = 0;
	w->standing = NULL;
	for (size_t i = 0; i < k->n; i++) {
		const State *s = &k->states[i];
		date = rising(w->line->commits[s->commit].date, date);
		if (was_public(s, stood_until(w, k, i, date))) /* its own date: what was hidden before it moves none */
			take_state(w, s, i ? k->states[i - 1].path : NO_NUMBER, w->line->commits[s->commit].date);
	}
	const State *s = &k->states[k->n - 1];
	bool gone = !s->present || w->line->paths[s->path].former;
	b->state = gone ? BRIEF_REMOVED : !s->face || !s->face->readable ? BRIEF_BROKEN : s->face->draft ? BRIEF_DRAFT
		: was_public(s, w->in->now) ? BRIEF_PUBLISHED : BRIEF_WAITING;
	b->path = gone ? (Str){0} : w->line->paths[s->path].path;
	b->blob = s->blob;
	b->collection = w->line->paths[s->path].collection;
	b->waits_until = b->state == BRIEF_WAITING ? s->face->date : (Date){0};
	b->removed = gone ? date : (Date){0};
}

/* ---- what the ledger has fixed */

static const LedgerRow *ledger_rows(Numbers *w, Str address, size_t *n)
{
	LedgerRow *first = table_get(&w->ledger_of, address);
	*n = 0;
	while (first && first + *n < w->ledger + w->ledger_n && str_eq(first[*n].brief, address))
		first[(*n)++].used = true;
	return first;
}

static void ledger_fault(Numbers *w, const LedgerRow *row, const char *what)
{
	diag_add(w->diags, (Diag){.level = DIAG_WORLD, .file = w->in->ledger_file, .line = row->line,
		.message = str_printf(w->arena, "version %u of %.*s is final, but %s", row->number, STR_ARG(row->brief), what),
		.hint = S("fetch the lost commits (git fetch --all --tags) or restore the ledger's line")});
}

/* A version whose blob is not on the line any more: shown from the blob alone. */
static bool take_off_line(Numbers *w, const LedgerRow *row, const BriefHistory *b, Draft *out)
{
	RepoObject blob;
	const Settings *s = w->in->settings;
	Str path = w->n ? w->drafts[w->n - 1].v.path : b->path;
	if (repo_read(w->in->repo, &row->blob, REPO_BLOB, &blob)) {
		ledger_fault(w, row, "its text is not in the repository");
		return false;
	}
	Face *f = NEW(w->arena, Face);
	*out = (Draft){.line_commit = NO_NUMBER, .before = NO_NUMBER};
	*f = face_read(path, blob.bytes, &s->collections[b->collection], s, w->arena, &out->body);
	repo_drop(&blob);
	out->face = f;
	out->v = (Version){.path = path, .blob = row->blob, .date = row->date, .title = f->title, .from_ledger = true};
	return true;
}

/* Listed versions come first and in their order; of the line, what follows the last listed one. */
static void apply_rows(Numbers *w, const LedgerRow *rows, size_t n, const BriefHistory *b)
{
	Draft *merged = mem_resize(NULL, n + w->n + 1, sizeof *merged);
	size_t merged_n = 0, at = 0;
	for (size_t i = 0; i < n; i++) {
		size_t found = at;
		while (found < w->n && !oid_eq(&w->drafts[found].v.blob, &rows[i].blob))
			found++;
		if (found < w->n) {
			merged[merged_n] = w->drafts[found];
			merged[merged_n].v.from_ledger = true;
			if (rows[i].date.known)
				merged[merged_n].v.date = rows[i].date;
			merged_n++;
			at = found + 1;
		} else if (take_off_line(w, &rows[i], b, &merged[merged_n])) {
			merged_n++;
		}
	}
	for (; at < w->n; at++)
		merged[merged_n++] = w->drafts[at];
	free(w->drafts);
	w->drafts = merged;
	w->n = merged_n;
	w->cap = n + w->cap + 1;
	w->drafts = mem_resize(w->drafts, w->cap, sizeof *w->drafts);
}

static void apply_ledger(Numbers *w, BriefHistory *b)
{
	size_t n = 0;
	const LedgerRow *rows = NULL;
	for (size_t i = w->addresses_n; !n && i-- > 0;)
		rows = ledger_rows(w, w->addresses[i].address, &n);
	if (n)
		apply_rows(w, rows, n, b);
	Date date = {0};
	for (size_t i = 0; i < w->n; i++) {
		Version *v = &w->drafts[i].v;
		v->number = (uint32_t)i + 1;
		v->date = date = v->from_ledger ? v->date : rising(v->date, date);
	}
}

static void index_ledger(Numbers *w)
{
	w->ledger = ledger_read(w->in->ledger_file, w->in->ledger, DIAG_ERROR, w->arena, &w->ledger_n, w->diags);
	for (size_t i = w->ledger_n; i-- > 0;)
		table_put(&w->ledger_of, w->ledger[i].brief, &w->ledger[i]);
}

static void report_unused_rows(Numbers *w)
{
	for (size_t i = 0; i < w->ledger_n; i++)
		if (!w->ledger[i].used && (!i || !str_eq(w->ledger[i].brief, w->ledger[i - 1].brief)))
			ledger_fault(w, &w->ledger[i], "no brief has, or ever had, that address");
}

/* ---- what the notes say */

/* An entry of `changes`, and the version that it belongs to. */
typedef struct Entry {
	FaceChange change;
	uint32_t version;
	bool matched;
} Entry;

static bool same_entry(const FaceChange *x, const FaceChange *y, bool loosely)
{
	bool same_date = x->date.known == y->date.known && x->date.seconds == y->date.seconds;
	return x->type == y->type && same_date && x->version == y->version && (loosely || str_eq(x->note, y->note));
}

/* Entries that a version has and the ones before had not are its own; one that was only reworded stays where it was. */
static size_t take_entries(const Draft *d, Entry *known, size_t n)
{
	size_t old = n;
	for (size_t i = 0; i < old; i++)
		known[i].matched = false;
	bool *placed = mem_resize(NULL, d->face->changes_n + 1, sizeof *placed);
	for (int loosely = 0; loosely < 2; loosely++)
		for (uint32_t j = 0; j < d->face->changes_n; j++) {
			const FaceChange *c = &d->face->changes[j];
			if (!loosely)
				placed[j] = false;
			for (size_t i = 0; !placed[j] && i < old; i++)
				if (!known[i].matched && same_entry(&known[i].change, c, loosely)) {
					known[i].matched = placed[j] = true;
					known[i].change = *c;
				}
		}
	for (uint32_t j = 0; j < d->face->changes_n; j++)
		if (!placed[j])
			known[n++] = (Entry){d->face->changes[j], d->face->changes[j].version ? d->face->changes[j].version : d->v.number, false};
	free(placed);
	return n;
}

static void mark(Numbers *w, Version *v, ChangeType type, Str note)
{
	v->type = change_graver(v->type, type);
	v->note = notes_join(v->note, note, w->arena);
}

static void apply_changes(Numbers *w, const BriefHistory *b)
{
	size_t most = 1, n = 0;
	for (size_t i = 0; i < w->n; i++)
		most += w->drafts[i].face->changes_n;
	if (most == 1)
		return;
	Entry *known = NEW_N(&w->scratch, Entry, most);
	for (size_t i = 0; i < w->n; i++)
		n = take_entries(&w->drafts[i], known, n);
	for (size_t i = 0; i < n; i++) {
		if (known[i].version <= w->n) {
			mark(w, &w->drafts[known[i].version - 1].v, known[i].change.type, known[i].change.note);
			continue;
		}
		check_add(&w->in->settings->checks, CHECK_CHANGE_NOTE, b->state != BRIEF_PUBLISHED, w->diags, (Diag){.file = b->path,
			.message = str_printf(w->arena, "an entry of `changes` names version %u, but there are %zu; it is not shown", known[i].version, w->n),
			.hint = S("`gen log` lists the versions; leave `version` out for the newest")});
	}
}

/* A merged commit's note counts for what it touched: the brief, by its name or by the one that it had before the
 * merge, or one of its files. */
static bool concerns(const Numbers *w, const LineNote *note, const Version *v, uint32_t before)
{
	if (note->all)
		return true;
	for (uint32_t i = 0; i < note->paths_n; i++) {
		Str touched = w->line->paths[note->paths[i]].path;
		if (str_eq(touched, v->path) || note->paths[i] == before)
			return true;
		for (uint32_t j = 0; j < v->files_n; j++)
			if (str_eq(touched, v->files[j].path))
				return true;
	}
	return false;
}

static void read_messages(Numbers *w, uint32_t commit, const Version *v, uint32_t before, ChangeType *type, Str *note, const LineNote **near)
{
	for (uint32_t i = w->note_from[commit]; i < w->note_from[commit + 1]; i++) {
		const LineNote *n = &w->line->notes[i];
		if (!concerns(w, n, v, before))
			continue;
		*type = change_graver(*type, n->type);
		*note = notes_join(*note, n->note, w->arena);
		if (n->near.n)
			*near = n;
	}
}

static Str short_commit(const Oid *id, Arena *a)
{
	Buf b = {0};
	buf_put_oid(&b, id);
	Str s = str_dup(a, str_upto(buf_str(&b), 10));
	buf_release(&b);
	return s;
}

static void apply_messages(Numbers *w)
{
	for (size_t i = 0; i < w->n; i++) {
		Draft *d = &w->drafts[i];
		const LineNote *near = NULL;
		ChangeType type = CHANGE_UNMARKED;
		Str note = {0};
		if (d->v.type != CHANGE_UNMARKED || d->v.note.n || d->line_commit == NO_NUMBER)
			continue;
		read_messages(w, d->line_commit, &d->v, d->before, &type, &note, &near);
		mark(w, &d->v, type, note);
		if (near && type == CHANGE_UNMARKED)
			check_add(&w->in->settings->checks, CHECK_CHANGE_NOTE, false, w->diags, (Diag){.file = d->v.path,
				.message = str_printf(w->arena, "the message of commit %s says '%.*s', which does not count", short_commit(&d->v.commit, w->arena).p, STR_ARG(near->near)),
				.hint = str_printf(w->arena, "%.*s; for version %u: add an entry with `version: %u` to `changes`", STR_ARG(near->hint), d->v.number, d->v.number)});
	}
}

/* Unmarked, and only what nobody reads changed, or one of many briefs in one commit. */
static void find_minor(Numbers *w)
{
	for (size_t i = 1; i < w->n; i++) {
		Draft *d = &w->drafts[i], *before = &w->drafts[i - 1];
		if (d->v.type != CHANGE_UNMARKED || d->v.note.n)
			continue;
		bool same = hash_eq(d->face->sum, before->face->sum) && hash_eq(d->body, before->body);
		for (uint32_t j = 0; same && j < d->v.files_n; j++)
			same = d->v.files_n == before->v.files_n && oid_eq(&d->v.files[j].blob, &before->v.files[j].blob);
		if ((same && d->v.files_n == before->v.files_n) || (int64_t)d->bulk > w->in->settings->history.bulk)
			d->v.type = CHANGE_MINOR;
	}
}

/* ---- addresses, suppression, and the result */

static int cmp_former(const void *x, const void *y) { return str_cmp(((const FormerAddress *)x)->address, ((const FormerAddress *)y)->address); }

static void keep_addresses(Numbers *w, const Track *k, BriefHistory *b)
{
	const State *s = &k->states[k->n - 1];
	const Face *now = b->state == BRIEF_PUBLISHED || !w->n ? s->face : w->standing ? w->standing : w->drafts[w->n - 1].face;
	if (now && now->addresses_n)
		b->address = str_dup(w->arena, now->addresses[0]);
	FormerAddress *list = NEW_N(w->arena, FormerAddress, w->addresses_n);
	for (size_t i = 0; i < w->addresses_n; i++)
		if (!str_eq(w->addresses[i].address, b->address))
			list[b->formers_n++] = (FormerAddress){str_dup(w->arena, w->addresses[i].address), w->addresses[i].versions};
	if (b->formers_n > 1)
		qsort(list, b->formers_n, sizeof *list, cmp_former);
	b->formers = list;
}

static void keep_versions(Numbers *w, BriefHistory *b)
{
	b->versions = NEW_N(w->arena, Version, w->n);
	b->versions_n = (uint32_t)w->n;
	for (size_t i = 0; i < w->n; i++) {
		Version v = w->drafts[i].v;
		VersionFile *files = NEW_N(w->arena, VersionFile, v.files_n);
		for (uint32_t j = 0; j < v.files_n; j++)
			files[j] = (VersionFile){str_dup(w->arena, v.files[j].path), v.files[j].blob};
		v.files = files;
		v.path = str_dup(w->arena, v.path);
		v.title = str_dup(w->arena, v.title);
		v.note = str_dup(w->arena, v.note);
		v.subject = str_dup(w->arena, v.subject);
		v.author = str_dup(w->arena, v.author);
		v.signer = str_dup(w->arena, v.signer);
		b->versions[i] = v;
		if (v.type != CHANGE_MINOR)
			b->updated = (uint32_t)i;
	}
}

static void find_removal(Numbers *w, const Track *k, BriefHistory *b)
{
	const LineNote *near = NULL;
	const State *s = &k->states[k->n - 1];
	read_messages(w, s->commit, &(Version){.path = w->line->paths[s->path].path}, NO_NUMBER, &b->removal, &b->removal_note, &near);
	b->removal_note = str_dup(w->arena, b->removal_note);
}

static bool names_brief(Str name, const BriefHistory *b)
{
	Str slug = b->address;
	if (str_ends(slug, S("/")))
		slug = str_upto(slug, slug.n - 1);
	slug = str_from(slug, str_rfind_char(slug, '/') + 1);
	if (str_eq(name, slug) || str_eq(name, b->address) || (b->path.n && str_eq(name, b->path)) || (b->id.n && str_eq(name, b->id)))
		return name.n;
	for (uint32_t i = 0; i < b->versions_n; i++)
		if (str_eq(name, b->versions[i].path))
			return true;
	for (uint32_t i = 0; i < b->formers_n; i++)
		if (str_eq(name, b->formers[i].address))
			return true;
	return false;
}

/* Nothing of a suppressed version's text is kept, so nothing of it can be shown by mistake. */
static void silence(Version *v, const Suppression *s)
{
	v->suppressed = s;
	v->note = v->subject = v->title = v->author = (Str){0};
}

static void bad_suppression(Numbers *w, const Suppression *s, Str message)
{
	diag_add(w->diags, diag_in(DIAG_USAGE, NULL, S("site.yaml"), (Str){0}, s->place, message, S("name it by its path, address or slug; `gen log BRIEF` lists its versions")));
}

static void suppress_in(Numbers *w, BriefHistory *b, const Suppression *s)
{
	if (!s->versions_n)
		b->suppressed = s;
	for (uint32_t i = 0; !s->versions_n && i < b->versions_n; i++)
		silence(&b->versions[i], s);
	for (size_t i = 0; i < s->versions_n; i++) {
		if (s->versions[i] >= 1 && s->versions[i] <= b->versions_n)
			silence(&b->versions[s->versions[i] - 1], s);
		else
			bad_suppression(w, s, str_printf(w->arena, "`suppress` names version %lld of %.*s, which has %u", (long long)s->versions[i], STR_ARG(s->brief), b->versions_n));
	}
}

static void apply_suppressions(Numbers *w)
{
	const Settings *settings = w->in->settings;
	for (size_t i = 0; i < settings->suppress_n; i++) {
		const Suppression *s = &settings->suppress[i];
		size_t found = 0;
		for (size_t j = 0; j < w->h->briefs_n; j++)
			if (names_brief(s->brief, &w->h->briefs[j])) {
				suppress_in(w, &w->h->briefs[j], s);
				found++;
			}
		if (!found)
			bad_suppression(w, s, str_printf(w->arena, "`suppress` names '%.*s', which is no brief", STR_ARG(s->brief)));
	}
}

/* A draft, or a date yet to come, on what the public has seen. */
static void report_hidden(Numbers *w, const BriefHistory *b)
{
	const Version *v = last_version(b);
	if (!v || (b->state != BRIEF_DRAFT && b->state != BRIEF_WAITING))
		return;
	Buf date = {0};
	buf_put_date(&date, (Date){.seconds = v->date.seconds, .known = true});
	check_add(&w->in->settings->checks, CHECK_DRAFT_PUBLISHED, false, w->diags, (Diag){.file = b->path,
		.message = str_printf(w->arena, "%s, but %u version%s of it %s public (the newest of %.*s)", b->state == BRIEF_DRAFT ? "this is a draft" : "its date is still to come",
			b->versions_n, b->versions_n == 1 ? "" : "s", b->versions_n == 1 ? "is" : "are", (int)(date.n < 10 ? date.n : 10), date.p),
		.hint = S("work on a branch until it is ready; or `status: withdrawn` keeps the text under a notice; or remove the file for a tombstone; or `suppress` it in site.yaml")});
	buf_release(&date);
}

static void make_brief(Numbers *w, const Track *k)
{
	BriefHistory *b = &w->h->briefs[w->h->briefs_n];
	*b = (BriefHistory){.id = str_dup(w->arena, k->id)};
	arena_reset(&w->scratch);
	find_versions(w, k, b);
	apply_ledger(w, b);
	if (!w->n && b->state == BRIEF_REMOVED)
		return; /* never public, and gone */
	apply_changes(w, b);
	apply_messages(w);
	find_minor(w);
	b->path = str_dup(w->arena, b->path);
	keep_addresses(w, k, b);
	keep_versions(w, b);
	if (b->state == BRIEF_REMOVED)
		find_removal(w, k, b);
	report_hidden(w, b);
	w->h->briefs_n++;
}

static int cmp_brief(const void *x, const void *y)
{
	const BriefHistory *a = x, *b = y;
	int c = str_cmp(a->address, b->address);
	if (!c)
		c = str_cmp(a->path, b->path);
	if (!c && a->versions_n && b->versions_n)
		c = memcmp(a->versions[0].commit.id, b->versions[0].commit.id, sizeof a->versions[0].commit.id);
	return c;
}

/* ---- looking things up, and who stands on whose address */

static void report_reuse(Numbers *w, const BriefHistory *owner, Str address, const BriefHistory *b)
{
	const Version *v = last_version(owner);
	Buf date = {0};
	buf_put_date(&date, (Date){.seconds = v->date.seconds, .known = true});
	check_add(&w->in->settings->checks, CHECK_ADDRESS_REUSED, false, w->diags, (Diag){.file = b->path,
		.message = str_printf(w->arena, "it stands at %.*s, which was the address of '%.*s' (%.*s, %u version%s, the newest of %.*s)", STR_ARG(address),
			STR_ARG(v->title), STR_ARG(v->path), owner->versions_n, owner->versions_n == 1 ? "" : "s", (int)date.n, date.p),
		.hint = str_printf(w->arena, "give it another slug; or, where readers shall find it at the old address, add %.*s to its `aliases`; or, if it is the same brief, the same `id`", STR_ARG(address))});
	buf_release(&date);
}

static bool has_alias(Numbers *w, const BriefHistory *b, Str address)
{
	size_t unknown = w->face_of.n ? 0 : w->t->n;
	for (size_t i = 0; i < unknown; i++) {
		const Track *k = &w->t->list[i];
		const Face *f = k->n ? k->states[k->n - 1].face : NULL;
		if (f && k->path != NO_NUMBER)
			table_put(&w->face_of, w->line->paths[k->path].path, (void *)(uintptr_t)f);
	}
	const Face *f = table_get(&w->face_of, b->path);
	Str bare = str_ends(address, S("/")) ? str_upto(address, address.n - 1) : address;
	for (uint32_t i = 0; f && i < f->aliases_n; i++)
		if (str_eq(f->aliases[i], address) || str_eq(f->aliases[i], bare) || str_eq(f->aliases[i], str_from(bare, 1)))
			return true;
	return false;
}

static bool is_live(const BriefHistory *b) { return b->versions_n && b->state != BRIEF_REMOVED; }

static void claim(Numbers *w, BriefHistory *b, Str address)
{
	BriefHistory *holder = address.n ? table_get(&w->h->by_address, address) : NULL;
	if (address.n && !holder)
		table_put(&w->h->by_address, address, b);
	bool both = is_live(b) && str_eq(b->address, address); /* two pages at one address today: not a matter of history */
	if (holder && holder != b && !both && is_live(holder) && str_eq(holder->address, address) && b->versions_n && !has_alias(w, holder, address))
		report_reuse(w, b, address, holder);
}

/* An address has one holder: the brief that stands there today, else the tombstone, else one that moved away. */
static void drop_lost_addresses(const History *h, BriefHistory *b)
{
	uint32_t kept = 0;
	b->displaced = b->versions_n && table_get(&h->by_address, b->address) != b;
	for (uint32_t i = 0; i < b->formers_n; i++)
		if (table_get(&h->by_address, b->formers[i].address) == b)
			b->formers[kept++] = b->formers[i];
	b->formers_n = kept;
}

static void make_tables(Numbers *w)
{
	History *h = w->h;
	h->by_path.arena = h->by_address.arena = h->by_id.arena = &h->arena;
	for (int live = 1; live >= 0; live--)
		for (size_t i = 0; i < h->briefs_n; i++) {
			BriefHistory *b = &h->briefs[i];
			if (is_live(b) != live)
				continue;
			if (b->path.n)
				table_put(&h->by_path, b->path, b);
			if (b->id.n && !table_get(&h->by_id, b->id))
				table_put(&h->by_id, b->id, b);
			if (b->versions_n)
				claim(w, b, b->address);
		}
	for (size_t i = 0; i < h->briefs_n; i++)
		for (uint32_t j = 0; j < h->briefs[i].formers_n; j++)
			claim(w, &h->briefs[i], h->briefs[i].formers[j].address);
	for (size_t i = 0; i < h->briefs_n; i++)
		drop_lost_addresses(h, &h->briefs[i]);
}

static void count_waiting(History *h)
{
	for (size_t i = 0; i < h->briefs_n; i++) {
		Date d = h->briefs[i].waits_until;
		if (!d.known)
			continue;
		if (!h->waiting++ || d.seconds < h->waits_until.seconds)
			h->waits_until = d;
	}
}

static void index_notes(Numbers *w)
{
	w->note_from = mem_resize(NULL, w->line->commits_n + 2, sizeof *w->note_from);
	memset(w->note_from, 0, (w->line->commits_n + 2) * sizeof *w->note_from);
	for (size_t i = 0; i < w->line->notes_n; i++)
		w->note_from[w->line->notes[i].commit + 1]++;
	for (size_t i = 1; i < w->line->commits_n + 2; i++)
		w->note_from[i] += w->note_from[i - 1];
}

void numbers_make(History *h, const Tracks *t, const Line *line, const HistoryInput *in, Diags *d)
{
	Numbers w = {.h = h, .t = t, .line = line, .in = in, .diags = d, .arena = &h->arena};
	h->briefs = NEW_N(&h->arena, BriefHistory, t->n + 1);
	w.mailmap = mailmap_read(in->mailmap);
	find_silent_commits(&w);
	find_hidden_names(&w);
	index_notes(&w);
	index_ledger(&w);
	for (size_t i = 0; i < t->n; i++)
		make_brief(&w, &t->list[i]);
	qsort(h->briefs, h->briefs_n, sizeof *h->briefs, cmp_brief);
	report_unused_rows(&w);
	make_tables(&w);
	apply_suppressions(&w);
	count_waiting(h);
	free(w.drafts);
	free(w.addresses);
	free(w.note_from);
	mailmap_free(w.mailmap);
	free(w.silent);
	table_release(&w.ledger_of);
	table_release(&w.face_of);
	arena_release(&w.scratch);
}
