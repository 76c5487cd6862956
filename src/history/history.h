/* history: the walk over the publishing line, and what follows from it. Who knows it: build, commands.
 * What it knows: versions, lib/git, record. */
#ifndef GEN_HISTORY_HISTORY_H
#define GEN_HISTORY_HISTORY_H

#include "base/diag.h"
#include "base/pool.h"
#include "history/versions.h"
#include "record/settings.h"

typedef struct HistoryInput {
	Repo *repo;
	Oid commit;
	const Settings *settings; /* outlives the History */
	int64_t now;              /* seconds: what is dated later waits */
	Pool *pool;               /* may be NULL */
	const char *index;        /* folder that keeps the index (".gen", which exists), as the file "history"; NULL: none */
	Str ledger;               /* text of content/_versions.tsv at that commit or on disk; empty: none */
	Str ledger_file;          /* its name, for messages */
	Str signers;              /* text of .allowed_signers; empty: none */
	Str mailmap;              /* text of .mailmap; empty: none */
} HistoryInput;

/* Walks, numbers and checks. Never NULL: with faults of level DIAG_WORLD in d it holds what could be read. */
History *history_run(const HistoryInput *in, Diags *d);
void history_free(History *h);
/* JSON Lines: a line a version, then redirects and tombstones, in a stable order with sorted keys. */
void history_dump(const History *h, Buf *b);

/* ---- numbers that are final */
/* The text of content/_versions.tsv: brief (its address), version, blob, date; a row a version. */
void ledger_write(const History *h, Buf *b);
/* Checks the History against the ledger of a published site: whatever is gone or changed is one diag of this level,
 * named. file is for messages. True: nothing is. */
bool ledger_check(const History *h, Str file, Str text, DiagLevel level, Diags *d);

#endif
