/* git: reads a git repository, and never writes to it (but for repo_make, which makes one), runs nothing and follows nothing out of it.
 * Who knows it: source, history, build. What it knows: libgit2, in git.c alone.
 *
 * Ownership in one sentence: what a call is given an arena for lives there; a RepoObject's bytes live until
 * repo_drop. A Repo belongs to one thread at a time; repo_again gives another thread its own.
 *
 * Everything is read from raw objects, so that one commit with a broken signature line or one missing blob costs
 * nothing but itself. Replace refs and grafts are ignored. Names in trees are data: never open a path made of them. */
#ifndef GEN_LIB_GIT_H
#define GEN_LIB_GIT_H

#include "base/date.h"

typedef struct Repo Repo;

typedef struct Oid { /* SHA-1 */
	uint8_t id[20];
} Oid;

typedef enum RepoFault {
	REPO_FINE,
	REPO_NONE,        /* no repository at the archive or above it */
	REPO_UNTRACKED,   /* the repository above it does not track the archive */
	REPO_UNBORN,      /* no commit yet */
	REPO_OWNER,       /* belongs to another user */
	REPO_SHA256,
	REPO_REFTABLE,
	REPO_EXTENSION,   /* a format version or extension that libgit2 does not know */
	REPO_ELSEWHERE,   /* .git leads out of the archive and is neither a worktree nor a submodule */
	REPO_DAMAGED,
	REPO_NO_REV,      /* --rev names no commit here */
	REPO_MISSING,     /* an object is not there */
	REPO_WRONG        /* an object is there but is not what it should be, or cannot be read */
} RepoFault;

/* What happened, for a diagnostic: a sentence for an editor and what mends it (with the exact command). */
typedef struct RepoWhy {
	RepoFault fault;
	Str message, hint;
} RepoWhy;

/* Opens the repository of the archive at this folder (or the bare repository there). REPO_NONE, REPO_UNTRACKED and
 * REPO_UNBORN are no errors: everything is a working copy then. *out is set only for REPO_FINE. */
RepoWhy repo_open(const char *archive, Arena *a, Repo **out);
Repo *repo_again(const Repo *r); /* the same for another thread; NULL: it has vanished */
void repo_free(Repo *r);

Str repo_prefix(const Repo *r);  /* the archive's path inside the repository, "" or "docs/site/" */
/* Where git keeps its state, ".git": of this worktree (HEAD), or of all its worktrees (branches). No '/' at the end. */
Str repo_git_folder(const Repo *r, bool of_all);
Str repo_branch(const Repo *r);  /* the branch of HEAD, "main"; empty: detached */
bool repo_is_partial(const Repo *r); /* a partial clone: objects may be missing by design */
bool repo_is_shallow_at(const Repo *r, const Oid *commit); /* its parents are cut off */

/* HEAD where rev is empty, else any name git knows (tag, branch, main~3, abbreviated id), peeled to a commit. */
RepoWhy repo_resolve(Repo *r, Str rev, Arena *a, Oid *out);

/* ---- raw objects */
typedef enum RepoKind { REPO_COMMIT = 1, REPO_TREE = 2, REPO_BLOB = 3 } RepoKind;
typedef struct RepoObject {
	Str bytes;
	void *held;
} RepoObject; /* all zero holds nothing */
RepoFault repo_read(Repo *r, const Oid *id, RepoKind kind, RepoObject *out);
void repo_drop(RepoObject *o);
/* Its size without its bytes. */
RepoFault repo_size(Repo *r, const Oid *id, uint64_t *out);

typedef enum SignatureKind { SIGNATURE_NONE, SIGNATURE_SSH, SIGNATURE_GPG, SIGNATURE_X509, SIGNATURE_UNKNOWN } SignatureKind;

typedef struct RepoCommit {
	Oid tree;
	const Oid *parents;
	size_t parents_n;
	Str author, author_mail, committer, committer_mail; /* UTF-8; as far as the line can be read */
	Date authored, committed; /* not known: the line is broken, or its year is not 1 to 9999 */
	SignatureKind signature;
	Str message;              /* UTF-8, U+FFFD for what cannot be converted; ends at a NUL */
} RepoCommit;
/* Tolerates every fault but an unreadable tree line. */
RepoFault repo_commit(Repo *r, const Oid *id, Arena *a, RepoCommit *out);
RepoFault commit_parse(Str raw, Arena *a, RepoCommit *out); /* the same from its bytes, which it borrows */

typedef struct TreeEntry {
	Str name;
	const uint8_t *id; /* 20 bytes */
	uint32_t mode;     /* 0100644, 0100755, 0120000 link, 0160000 submodule, 040000 folder */
} TreeEntry;
#define TREE_IS_FOLDER(e) ((e).mode == 040000)
#define TREE_IS_FILE(e) (((e).mode & 0170000) == 0100000)
/* The next entry of a raw tree, leaving the rest in *raw. False at the end, or at bytes that are no entry. */
bool tree_next(Str *raw, TreeEntry *e);
/* Whether a name can be part of a path: not empty, ".", ".." or ".git", and without a slash. */
bool tree_name_ok(Str name);
/* One step down: the entry of that name in a tree. */
RepoFault repo_tree_entry(Repo *r, const Oid *tree, Str name, Oid *id, uint32_t *mode);
/* The tree of the archive's folder (or of one below it) in a commit; under is "" or "content". REPO_MISSING: no
 * such folder. */
RepoFault repo_folder_tree(Repo *r, const Oid *commit, Str under, Oid *out);

/* ---- a commit as a source of files (--rev, bare repositories) */
typedef struct RepoFile {
	Str path; /* from the archive's root */
	Oid id;
	uint32_t mode;
} RepoFile;
/* Every file and link below a folder of the archive ("" for all of it) in a commit, sorted by path; submodules are
 * left out, names that cannot be a path (".", "..", a slash, NUL) too. A missing tree is a fault. */
RepoFault repo_files(Repo *r, const Oid *commit, Str under, Arena *a, RepoFile **list, size_t *n);
RepoFault repo_blob(Repo *r, const Oid *id, Arena *a, Str *out);

/* A new repository in a folder, where `git pull` never makes a merge by itself (pull.ff only) and the branch is main.
 * One that is there already is left as it is. */
RepoWhy repo_make(const char *folder, Arena *a);
/* Whether git has a name and an address to sign commits with there. */
bool repo_has_author(const char *folder);

/* ---- ids */
static inline bool oid_eq(const Oid *x, const Oid *y) { return memcmp(x->id, y->id, sizeof x->id) == 0; }
static inline bool oid_is_zero(const Oid *x) { return oid_eq(x, &(Oid){{0}}); }
void buf_put_oid(Buf *b, const Oid *id); /* 40 hex digits */
bool oid_parse(Str hex, Oid *out);       /* exactly 40 hex digits */

/* ---- people and signatures */
typedef struct Mailmap Mailmap;
Mailmap *mailmap_read(Str text); /* of the commit's .mailmap; never NULL */
Str mailmap_name(const Mailmap *m, Str name, Str mail, Arena *a);
void mailmap_free(Mailmap *m);

/* A commit's signature and the bytes that it signs. */
SignatureKind repo_signature(Repo *r, const Oid *commit, Arena *a, Str *signature, Str *signed_bytes);

const char *repo_version(void); /* libgit2's */

#endif
