/* What a hostile repository or archive can put before history, by the first byte: a raw commit (c) with its message, a
 * message (m), a raw tree (t), a ledger (l), a mailmap (p), a signature in SSH's wire form (s). */
#include "history/tracks.h"

#include <stdlib.h>

static void check_text(Str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			abort();
}

static void read_note(Str message, Arena *a)
{
	LineNote n;
	if (!note_read(message, a, &n))
		return;
	check_text(n.note);
	if (n.type >= CHANGE_N)
		abort();
}

static void read_commit(Str raw, Arena *a)
{
	RepoCommit c;
	if (commit_parse(raw, a, &c))
		return;
	for (size_t i = 0; i < c.parents_n; i++)
		if (oid_is_zero(&c.parents[i]))
			break;
	if (c.committed.known && (c.committed.seconds < civil_seconds(1, 1, 1) || c.committed.seconds >= civil_seconds(10000, 1, 1)))
		abort();
	read_note(c.message, a);
}

static void read_tree(Str raw)
{
	TreeEntry e;
	size_t before = raw.n;
	while (tree_next(&raw, &e)) {
		if (raw.n >= before || (const char *)e.id + 20 > raw.p)
			abort();
		before = raw.n;
	}
}

static void read_ledger(Str text, Arena *a)
{
	Diags d = {0};
	size_t n;
	LedgerRow *rows = ledger_read(S("l"), text, DIAG_ERROR, a, &n, &d);
	for (size_t i = 0; i < n; i++)
		if (!rows[i].number || !str_starts(rows[i].brief, S("/")))
			abort();
	diags_release(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Str s = str_n((const char *)data, size), key, signature;
	if (!size)
		return 0;
	Str rest = str_from(s, 1);
	switch (data[0]) {
	case 'c': read_commit(rest, &a); break;
	case 'm': read_note(rest, &a); break;
	case 't': read_tree(rest); break;
	case 'l': read_ledger(rest, &a); break;
	case 'p': {
		Mailmap *m = mailmap_read(rest);
		mailmap_name(m, S("ed"), S("ed@example.org"), &a);
		mailmap_free(m);
		break;
	}
	case 's':
		if (ssh_field(&rest, &key) && ssh_field(&rest, &signature) && ssh_verify(key, signature, rest))
			abort(); /* nobody signs by chance */
		break;
	default: break;
	}
	arena_release(&a);
	return 0;
}
