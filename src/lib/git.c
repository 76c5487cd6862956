#include "lib/git.h"

#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <iconv.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* How this file thinks: libgit2 finds the repository, its packs and its names; what lies in commits and trees is
 * parsed here, because libgit2 refuses a commit for one bad signature line and is slow on wide trees. What libgit2
 * says in words is never shown to editors: each fault has its own sentence and its own remedy. */

struct Repo {
	git_repository *git;
	git_odb *odb;
	Arena arena; /* the texts below */
	Str prefix, folder, branch;
	Oid *shallow; /* sorted */
	size_t shallow_n;
	bool bare, partial;
};

static void set_up_library(void)
{
	static const char *const extensions[] = {"noop", "worktreeconfig", "partialclone", "preciousobjects"};
	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	mallopt(M_MMAP_THRESHOLD, 32 << 20); /* wide trees are half a megabyte each: keep their pages */
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)4 << 20); /* mapped pages of packs count as ours */
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)64 << 20);
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof extensions / sizeof *extensions);
}

#ifdef GEN_ARENA_PIECES
/* libgit2 1.5 forgets a pcre2 match for each line of a config that is no extension (git_regexp_match). */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libpcre2\n"; }
__attribute__((visibility("default"))) const char *__lsan_default_options(void);
const char *__lsan_default_options(void) { return "print_suppressions=0"; }
#endif

#ifdef __SANITIZE_THREAD__
/* Packs are shared by all repositories of a process and counted by atomics, which ThreadSanitizer does not see in a
 * library that was built without it. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) { return "called_from_lib:libgit2.so\n"; }
#endif

static void need_library(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, set_up_library);
}

/* ---- ids */

void buf_put_oid(Buf *b, const Oid *id)
{
	static const char digit[] = "0123456789abcdef";
	buf_reserve(b, 2 * sizeof id->id);
	for (size_t i = 0; i < sizeof id->id; i++) {
		b->p[b->n++] = digit[id->id[i] >> 4];
		b->p[b->n++] = digit[id->id[i] & 15];
	}
}

bool oid_parse(Str hex, Oid *out)
{
	if (hex.n != 2 * sizeof out->id)
		return false;
	for (size_t i = 0; i < sizeof out->id; i++) {
		int high = ascii_hex(hex.p[2 * i]), low = ascii_hex(hex.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out->id[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static int cmp_oid(const void *x, const void *y) { return memcmp(x, y, sizeof(Oid)); }

/* ---- opening */

static RepoWhy why(RepoFault fault, Str message, Str hint) { return (RepoWhy){fault, message, hint}; }

static bool said(const char *words)
{
	const git_error *e = git_error_last();
	return e && e->message && strcasestr(e->message, words);
}

static Str real_path(const char *path, Arena *a)
{
	char *real = realpath(path, NULL);
	Str s = real ? str_dup(a, str_of(real)) : (Str){0};
	free(real);
	return s;
}

/* Whether a path is this folder or lies in it. */
static bool lies_in(Str path, Str folder)
{
	return str_starts(path, folder) && (path.n == folder.n || str_ends(folder, S("/")) || path.p[folder.n] == '/');
}

/* A small file that is really a file: opening a pipe would wait for ever. */
static bool read_small(const char *path, Arena *a, Str *out)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (fd < 0)
		return false;
	bool ok = !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size <= 16 << 20;
	if (ok) {
		char *p = arena_bytes(a, (size_t)st.st_size + 1);
		ssize_t n = read(fd, p, (size_t)st.st_size);
		ok = n >= 0;
		*out = str_n(p, ok ? (size_t)n : 0);
	}
	close(fd);
	return ok;
}

static bool is_special_file(const char *path)
{
	struct stat st;
	return !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* libgit2 opens whatever [include] in the repository's config names; a pipe there would hang the build. */
static bool config_is_harmless(Str git_folder, Arena *a)
{
	Str text, line;
	const char *file = str_c(a, str_join(a, git_folder, S("config")));
	if (is_special_file(file))
		return false;
	if (!read_small(file, a, &text))
		return true;
	bool including = false;
	while (str_line(&text, &line)) {
		line = str_trim(line);
		if (str_starts(line, S("[")))
			including = line.n >= 8 && str_eq_nocase(str_upto(line, 8), S("[include"));
		Str value = line, key = str_trim(str_cut(&value, '='));
		if (including && str_eq_nocase(key, S("path"))) {
			value = str_trim(value);
			if (value.n > 1 && value.p[0] == '"')
				value = str_n(value.p + 1, value.n - 2);
			if (is_special_file(str_c(a, str_starts(value, S("/")) ? value : str_join(a, git_folder, value))))
				return false;
		}
	}
	return true;
}

/* A linked worktree's folder in .git/worktrees names the .git file that led there; a submodule's lies in .git/modules
 * of a repository around it. Any other .git that leads away is not followed. */
static bool leads_away(Str work, Str git_folder, Arena *a)
{
	Str real_git = real_path(str_c(a, git_folder), a), back;
	if (lies_in(real_git, work))
		return false;
	const char *names_back = str_c(a, str_join(a, git_folder, S("gitdir")));
	if (read_small(names_back, a, &back)) {
		Str there = real_path(str_c(a, str_trim(back)), a), here = str_join(a, work, S("/.git"));
		return !str_eq(there, here);
	}
	size_t modules = str_find(real_git, S("/.git/modules/"));
	return modules == SIZE_MAX || !lies_in(work, str_upto(real_git, modules));
}

static RepoWhy why_not_open(Str archive, Arena *a, int error)
{
	if (error == GIT_EOWNER || said("safe.directory"))
		return why(REPO_OWNER, S("the repository belongs to another user, so git does not trust it"),
			str_printf(a, "git config --global --add safe.directory %.*s", STR_ARG(archive)));
	if (said("objectformat") || said("object format"))
		return why(REPO_SHA256, S("the repository uses SHA-256 object names, which gen cannot read yet"),
			S("make a SHA-1 clone of it: git fast-export --all | (git init --object-format=sha1 NEW && cd NEW && git fast-import)"));
	if (said("refstorage"))
		return why(REPO_REFTABLE, S("the repository keeps its branches as a reftable, which gen cannot read yet"),
			S("git refs migrate --ref-format=files"));
	if (said("unsupported extension") || said("repository version"))
		return why(REPO_EXTENSION, str_printf(a, "the repository uses a format that gen does not know (%s)", git_error_last()->message),
			S("make a plain clone of it: git clone --no-local REPOSITORY NEW"));
	if (error == GIT_ENOTFOUND)
		return why(REPO_NONE, S("there is no git repository here"), S("git init && git add . && git commit"));
	return why(REPO_DAMAGED, S("the git repository cannot be opened"), S("git fsck"));
}

static void note_cut_off_commits(Repo *r)
{
	Str text, line;
	const char *file = str_c(&r->arena, str_join(&r->arena, str_of(git_repository_commondir(r->git)), S("shallow")));
	if (!read_small(file, &r->arena, &text))
		return;
	r->shallow = NEW_N(&r->arena, Oid, text.n / 41 + 1);
	while (str_line(&text, &line))
		if (oid_parse(str_trim(line), &r->shallow[r->shallow_n]))
			r->shallow_n++;
	if (r->shallow_n)
		qsort(r->shallow, r->shallow_n, sizeof(Oid), cmp_oid);
}

static bool has_references(git_repository *git)
{
	git_strarray list = {0};
	bool some = !git_reference_list(&list, git) && list.count;
	git_strarray_dispose(&list);
	return some;
}

static RepoWhy look_at_head(Repo *r, Arena *a)
{
	git_reference *head = NULL;
	int error = git_repository_head(&head, r->git);
	if (!error) {
		if (git_reference_is_branch(head))
			r->branch = str_dup(&r->arena, str_of(git_reference_shorthand(head)));
		git_reference_free(head);
		return why(REPO_FINE, (Str){0}, (Str){0});
	}
	if (error == GIT_EUNBORNBRANCH && !has_references(r->git))
		return why(REPO_UNBORN, S("the repository has no commit yet"), S("git add . && git commit"));
	if (error == GIT_EUNBORNBRANCH)
		return why(REPO_DAMAGED, S("HEAD names a branch that does not exist"), S("git switch BRANCH (git branch --all lists them)"));
	return why(REPO_DAMAGED, str_printf(a, "HEAD of the repository %.*s cannot be read", STR_ARG(r->folder)), S("git fsck"));
}

static RepoWhy place_archive(Repo *r, Str archive, Arena *a)
{
	r->bare = git_repository_is_bare(r->git);
	r->partial = false;
	Str git_folder = str_of(git_repository_path(r->git));
	if (r->bare) {
		r->folder = real_path(str_c(a, git_folder), &r->arena);
		return why(REPO_FINE, (Str){0}, (Str){0});
	}
	r->folder = real_path(git_repository_workdir(r->git), &r->arena);
	if (!r->folder.n || !lies_in(archive, r->folder) || leads_away(r->folder, git_folder, a))
		return why(REPO_ELSEWHERE, str_printf(a, "the repository's files and its .git (%.*s) belong to different folders, so it is not followed", STR_ARG(git_folder)),
			S("remove the .git file or link and clone the archive anew"));
	if (archive.n > r->folder.n)
		r->prefix = str_join(&r->arena, str_trim(str_from(archive, r->folder.n + !str_ends(r->folder, S("/")))), S("/"));
	return why(REPO_FINE, (Str){0}, (Str){0});
}

static RepoWhy look_inside(Repo *r, Str archive, Arena *a)
{
	RepoWhy w = place_archive(r, archive, a);
	if (w.fault)
		return w;
	w = look_at_head(r, a);
	if (w.fault)
		return w;
	if (git_repository_odb(&r->odb, r->git))
		return why(REPO_DAMAGED, S("the repository's objects cannot be opened"), S("git fsck"));
	git_config *config;
	if (!git_repository_config_snapshot(&config, r->git)) {
		const char *value;
		int promisor = 0;
		git_config_get_bool(&promisor, config, "remote.origin.promisor");
		r->partial = promisor || !git_config_get_string(&value, config, "extensions.partialclone");
		git_config_free(config);
	}
	note_cut_off_commits(r);
	Oid head, tree;
	if (r->prefix.n && !repo_resolve(r, (Str){0}, a, &head).fault && repo_folder_tree(r, &head, (Str){0}, &tree))
		return why(REPO_UNTRACKED, str_printf(a, "the repository %.*s does not hold this archive", STR_ARG(r->folder)),
			S("git add it there and commit, or give the archive a repository of its own: git init"));
	return why(REPO_FINE, (Str){0}, (Str){0});
}

/* The first of what libgit2 opens by a name that is known, and that is a pipe or a device. */
static Str special_file(Str git_folder, Arena *a)
{
	static const Str names[] = {STR_INIT("packed-refs"), STR_INIT("shallow"), STR_INIT("commondir"), STR_INIT("objects/info/alternates")};
	Str head, branch;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is_special_file(str_join(a, git_folder, names[i]).p))
			return names[i];
	if (!read_small(str_join(a, git_folder, S("HEAD")).p, a, &head) || !str_starts(head, S("ref: ")))
		return (Str){0};
	branch = str_trim(str_from(head, 5));
	return is_special_file(str_join(a, git_folder, branch).p) ? branch : (Str){0};
}

RepoWhy repo_open(const char *archive, Arena *a, Repo **out)
{
	*out = NULL;
	need_library();
	Str real = real_path(archive, a);
	git_buf found = {0};
	int error = real.n ? git_repository_discover(&found, real.p, 0, NULL) : GIT_ENOTFOUND;
	Str git_folder = str_dup(a, str_n(found.ptr, found.size));
	git_buf_dispose(&found);
	if (!error && !config_is_harmless(git_folder, a))
		return why(REPO_DAMAGED, S("the repository's config is, or includes, something that is no file"), S("look at .git/config"));
	Str special = error ? (Str){0} : special_file(git_folder, a);
	if (special.n)
		return why(REPO_DAMAGED, str_printf(a, "%.*s in the repository is a pipe or a device", STR_ARG(special)), S("clone the repository anew"));
	Repo *r = mem_alloc(sizeof *r);
	*r = (Repo){0};
	error = git_repository_open_ext(&r->git, real.n ? real.p : archive, 0, NULL);
	RepoWhy w = error ? why_not_open(real, a, error) : look_inside(r, real, a);
	if (w.fault)
		repo_free(r);
	else
		*out = r;
	return w;
}

Repo *repo_again(const Repo *old)
{
	Repo *r = mem_alloc(sizeof *r);
	*r = (Repo){.bare = old->bare, .partial = old->partial};
	if (git_repository_open(&r->git, git_repository_path(old->git)) || git_repository_odb(&r->odb, r->git)) {
		repo_free(r);
		return NULL;
	}
	r->prefix = str_dup(&r->arena, old->prefix);
	r->folder = str_dup(&r->arena, old->folder);
	r->branch = str_dup(&r->arena, old->branch);
	note_cut_off_commits(r);
	return r;
}

void repo_free(Repo *r)
{
	if (!r)
		return;
	git_odb_free(r->odb);
	git_repository_free(r->git);
	arena_release(&r->arena);
	free(r);
}

Str repo_prefix(const Repo *r) { return r->prefix; }
Str repo_git_folder(const Repo *r, bool of_all)
{
	Str path = str_of(of_all ? git_repository_commondir(r->git) : git_repository_path(r->git));
	return str_upto(path, path.n - str_ends(path, S("/")));
}
Str repo_branch(const Repo *r) { return r->branch; }
bool repo_is_partial(const Repo *r) { return r->partial; }

bool repo_is_shallow_at(const Repo *r, const Oid *commit)
{
	return r->shallow_n && bsearch(commit, r->shallow, r->shallow_n, sizeof(Oid), cmp_oid);
}

/* ---- names */

/* Follows annotated tags to a commit; libgit2's own way would refuse a commit with a bad signature. */
static RepoFault peel(Repo *r, Oid *id)
{
	for (int depth = 0; depth < 16; depth++) {
		git_odb_object *object;
		int error = git_odb_read(&object, r->odb, (const git_oid *)id);
		if (error)
			return error == GIT_ENOTFOUND ? REPO_MISSING : REPO_WRONG;
		git_object_t type = git_odb_object_type(object);
		Str text = str_n(git_odb_object_data(object), git_odb_object_size(object));
		bool next = type == GIT_OBJECT_TAG && str_starts(text, S("object ")) && oid_parse(str_upto(str_from(text, 7), 40), id);
		git_odb_object_free(object);
		if (!next)
			return type == GIT_OBJECT_COMMIT ? REPO_FINE : REPO_WRONG;
	}
	return REPO_WRONG;
}

static int find_name(Repo *r, const char *rev, Oid *out)
{
	git_reference *ref;
	git_object *object;
	if (oid_parse(str_of(rev), out))
		return 0;
	if (!git_reference_dwim(&ref, r->git, rev)) {
		git_reference *direct;
		int error = git_reference_resolve(&direct, ref);
		git_reference_free(ref);
		if (error)
			return error;
		memcpy(out->id, git_reference_target(direct)->id, sizeof out->id);
		git_reference_free(direct);
		return 0;
	}
	int error = git_revparse_single(&object, r->git, rev);
	if (error)
		return error;
	memcpy(out->id, git_object_id(object)->id, sizeof out->id);
	git_object_free(object);
	return 0;
}

RepoWhy repo_resolve(Repo *r, Str rev, Arena *a, Oid *out)
{
	bool head = rev.n == 0;
	git_oid id;
	int error = head ? git_reference_name_to_id(&id, r->git, "HEAD") : memchr(rev.p, 0, rev.n) ? GIT_EINVALIDSPEC : find_name(r, str_c(a, rev), out);
	if (head && !error)
		memcpy(out->id, id.id, sizeof out->id);
	if (!error && peel(r, out) == REPO_FINE)
		return why(REPO_FINE, (Str){0}, (Str){0});
	if (head)
		return why(REPO_DAMAGED, S("the commit that HEAD names is missing or damaged"), S("git fsck, or clone the repository anew"));
	return why(REPO_NO_REV, str_printf(a, "the repository has no commit named '%.*s'", STR_ARG(rev)),
		S("git log --oneline, git branch --all and git tag list the names there are"));
}

/* ---- raw objects */

RepoFault repo_read(Repo *r, const Oid *id, RepoKind kind, RepoObject *out)
{
	static const git_object_t wanted[] = {[REPO_COMMIT] = GIT_OBJECT_COMMIT, [REPO_TREE] = GIT_OBJECT_TREE, [REPO_BLOB] = GIT_OBJECT_BLOB};
	git_odb_object *object;
	*out = (RepoObject){0};
	int error = git_odb_read(&object, r->odb, (const git_oid *)id);
	if (error)
		return error == GIT_ENOTFOUND ? REPO_MISSING : REPO_WRONG;
	if (git_odb_object_type(object) != wanted[kind]) {
		git_odb_object_free(object);
		return REPO_WRONG;
	}
	*out = (RepoObject){str_n(git_odb_object_data(object), git_odb_object_size(object)), object};
	return REPO_FINE;
}

void repo_drop(RepoObject *o)
{
	git_odb_object_free(o->held);
	*o = (RepoObject){0};
}

RepoFault repo_size(Repo *r, const Oid *id, uint64_t *out)
{
	size_t n;
	git_object_t type;
	int error = git_odb_read_header(&n, &type, r->odb, (const git_oid *)id);
	if (error)
		return error == GIT_ENOTFOUND ? REPO_MISSING : REPO_WRONG;
	*out = n;
	return REPO_FINE;
}

RepoFault repo_blob(Repo *r, const Oid *id, Arena *a, Str *out)
{
	RepoObject blob;
	RepoFault fault = repo_read(r, id, REPO_BLOB, &blob);
	*out = fault ? (Str){0} : str_dup(a, blob.bytes);
	repo_drop(&blob);
	return fault;
}

/* ---- commits */

static Str convert(Str s, iconv_t way, Arena *a)
{
	Buf b = {0};
	char *in = (char *)(uintptr_t)s.p, piece[256];
	size_t left = s.n;
	while (left) {
		char *out = piece;
		size_t room = sizeof piece;
		bool bad = iconv(way, &in, &left, &out, &room) == (size_t)-1 && errno != E2BIG;
		buf_puts(&b, str_n(piece, sizeof piece - room));
		if (bad) {
			buf_put_rune(&b, 0xFFFD);
			in++, left--;
		}
	}
	Str done = utf8_repair(a, str_dup(a, buf_str(&b)));
	buf_release(&b);
	return done;
}

/* The encoding's name is as untrusted as the text: only what looks like one is asked for. */
static Str as_utf8(Str s, Str encoding, Arena *a)
{
	if (!encoding.n || encoding.n > 40 || utf8_invalid(s) == SIZE_MAX)
		return utf8_invalid(s) == SIZE_MAX ? s : utf8_repair(a, s);
	for (size_t i = 0; i < encoding.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:", encoding.p[i]))
			return utf8_repair(a, s);
	iconv_t way = iconv_open("UTF-8", str_c(a, encoding));
	if (way == (iconv_t)-1)
		return utf8_repair(a, s);
	Str done = convert(s, way, a);
	iconv_close(way);
	return done;
}

/* "+0130" in minutes; what no zone can be is 0. */
static int16_t zone_of(Str s)
{
	int64_t n;
	if (s.n != 5 || (s.p[0] != '+' && s.p[0] != '-') || !str_int(str_from(s, 1), &n) || n / 100 > 14 || n % 100 > 59)
		return 0;
	int minutes = (int)(n / 100 * 60 + n % 100);
	return (int16_t)(s.p[0] == '-' ? -minutes : minutes);
}

/* "Name <mail> seconds zone", as git reads it: the name ends at the first '<', the time stands behind the last '>'. */
static void read_person(Str line, Str *name, Str *mail, Date *date)
{
	Str rest = line;
	*name = str_trim(str_cut(&rest, '<'));
	*mail = rest.p ? str_trim(str_cut(&rest, '>')) : (Str){0};
	size_t end = str_rfind_char(line, '>');
	Str zone = end == SIZE_MAX ? (Str){0} : str_trim(str_from(line, end + 1));
	Str seconds = str_cut(&zone, ' ');
	int64_t t;
	*date = (Date){0};
	if (str_int(seconds, &t) && t >= civil_seconds(1, 1, 1) && t < civil_seconds(10000, 1, 1))
		*date = (Date){.seconds = t, .zone = zone_of(str_trim(zone)), .has_time = true, .known = true};
}

static bool read_parents(Str *text, Arena *a, RepoCommit *out)
{
	Str count = *text, line;
	size_t n = 0;
	while (str_starts(count, S("parent ")) && str_line(&count, &line))
		n++;
	Oid *parents = NEW_N(a, Oid, n);
	for (size_t i = 0; i < n; i++) {
		line = str_cut(text, '\n');
		if (!oid_parse(str_from(line, 7), &parents[i]))
			return false;
	}
	out->parents = parents;
	out->parents_n = n;
	return true;
}

static SignatureKind signature_kind(Str s)
{
	return str_starts(s, S("-----BEGIN SSH SIGNATURE")) ? SIGNATURE_SSH : str_starts(s, S("-----BEGIN PGP")) ? SIGNATURE_GPG
		: str_starts(s, S("-----BEGIN SIGNED MESSAGE")) ? SIGNATURE_X509 : SIGNATURE_UNKNOWN;
}

RepoFault commit_parse(Str text, Arena *a, RepoCommit *out)
{
	*out = (RepoCommit){0};
	Str line = str_cut(&text, '\n'), encoding = {0};
	if (!str_starts(line, S("tree ")) || !oid_parse(str_from(line, 5), &out->tree) || !read_parents(&text, a, out))
		return REPO_WRONG;
	while (text.n && text.p[0] != '\n') {
		line = str_cut(&text, '\n');
		if (str_starts(line, S("author ")))
			read_person(str_from(line, 7), &out->author, &out->author_mail, &out->authored);
		else if (str_starts(line, S("committer ")))
			read_person(str_from(line, 10), &out->committer, &out->committer_mail, &out->committed);
		else if (str_starts(line, S("encoding ")))
			encoding = str_trim(str_from(line, 9));
		else if (str_starts(line, S("gpgsig ")))
			out->signature = signature_kind(str_from(line, 7));
	}
	text = str_from(text, 1);
	const char *nul = text.n ? memchr(text.p, 0, text.n) : NULL;
	out->message = nul ? str_n(text.p, (size_t)(nul - text.p)) : text;
	Str *texts[5] = {&out->message, &out->author, &out->author_mail, &out->committer, &out->committer_mail};
	for (int i = 0; i < 5; i++)
		*texts[i] = as_utf8(*texts[i], encoding, a);
	return REPO_FINE;
}

RepoFault repo_commit(Repo *r, const Oid *id, Arena *a, RepoCommit *out)
{
	RepoObject raw;
	RepoFault fault = repo_read(r, id, REPO_COMMIT, &raw);
	if (!fault)
		fault = commit_parse(str_dup(a, raw.bytes), a, out);
	repo_drop(&raw);
	return fault;
}

/* ---- trees */

bool tree_next(Str *raw, TreeEntry *e)
{
	uint32_t mode = 0;
	size_t i = 0;
	for (; i < raw->n && raw->p[i] >= '0' && raw->p[i] <= '7' && i < 8; i++)
		mode = mode << 3 | (uint32_t)(raw->p[i] - '0');
	if (i >= raw->n || raw->p[i] != ' ')
		return false;
	const char *name = raw->p + i + 1, *nul = memchr(name, 0, raw->n - i - 1);
	if (!nul || (size_t)(raw->p + raw->n - nul) < 21)
		return false;
	*e = (TreeEntry){str_n(name, (size_t)(nul - name)), (const uint8_t *)nul + 1, mode};
	*raw = str_from(*raw, (size_t)(nul + 21 - raw->p));
	return true;
}

RepoFault repo_tree_entry(Repo *r, const Oid *tree, Str name, Oid *id, uint32_t *mode)
{
	RepoObject raw;
	RepoFault fault = repo_read(r, tree, REPO_TREE, &raw);
	Str rest = raw.bytes;
	TreeEntry e;
	bool found = false;
	while (!found && !fault && tree_next(&rest, &e))
		found = str_eq(e.name, name);
	if (found) {
		memcpy(id->id, e.id, sizeof id->id);
		*mode = e.mode;
	}
	repo_drop(&raw);
	return fault ? fault : found ? REPO_FINE : REPO_MISSING;
}

static RepoFault walk_down(Repo *r, Str path, Oid *tree)
{
	while (path.n) {
		uint32_t mode = 040000;
		Str name = str_cut(&path, '/');
		RepoFault fault = name.n ? repo_tree_entry(r, tree, name, tree, &mode) : REPO_FINE;
		if (fault || mode != 040000)
			return fault ? fault : REPO_MISSING;
	}
	return REPO_FINE;
}

RepoFault repo_folder_tree(Repo *r, const Oid *commit, Str under, Oid *out)
{
	Arena a = {0};
	RepoCommit c;
	RepoFault fault = repo_commit(r, commit, &a, &c);
	if (!fault) {
		*out = c.tree;
		fault = walk_down(r, r->prefix, out);
	}
	arena_release(&a);
	return fault ? fault : walk_down(r, under, out);
}

bool tree_name_ok(Str name)
{
	return name.n && !str_eq(name, S(".")) && !str_eq(name, S("..")) && !str_eq_nocase(name, S(".git")) && str_find_char(name, '/') == SIZE_MAX;
}

enum { FILES_MAX = 4 << 20 }; /* a tree of ten names that all lead to one tree of ten names ... has 10^10 files */

typedef struct Folder {
	Str path;
	Oid tree;
} Folder;

typedef struct Listing {
	Arena *arena;
	RepoFile *files;
	Folder *open; /* folders still to be read */
	size_t files_n, files_cap, open_n, open_cap;
} Listing;

static void list_entry(Listing *l, Str folder, const TreeEntry *e)
{
	if (!tree_name_ok(e->name) || folder.n + e->name.n > PATH_MAX || l->files_n + l->open_n > FILES_MAX)
		return;
	Str path = str_join(l->arena, folder, e->name);
	if (TREE_IS_FOLDER(*e)) {
		MEM_ROOM(l->open, l->open_n, l->open_cap);
		l->open[l->open_n++] = (Folder){str_join(l->arena, path, S("/")), {{0}}};
		memcpy(l->open[l->open_n - 1].tree.id, e->id, 20);
	} else if (TREE_IS_FILE(*e) || e->mode == 0120000) {
		MEM_ROOM(l->files, l->files_n, l->files_cap);
		l->files[l->files_n++] = (RepoFile){.path = path, .mode = e->mode};
		memcpy(l->files[l->files_n - 1].id.id, e->id, 20);
	}
}

static int cmp_file(const void *x, const void *y) { return str_cmp(((const RepoFile *)x)->path, ((const RepoFile *)y)->path); }

RepoFault repo_files(Repo *r, const Oid *commit, Str under, Arena *a, RepoFile **list, size_t *n)
{
	Listing l = {.arena = a, .open = mem_alloc(sizeof(Folder)), .open_n = 1, .open_cap = 1};
	l.open[0] = (Folder){.path = under.n ? str_join(a, under, S("/")) : under};
	RepoFault fault = repo_folder_tree(r, commit, under, &l.open[0].tree);
	while (!fault && l.open_n) {
		Folder f = l.open[--l.open_n];
		RepoObject raw;
		TreeEntry e;
		fault = repo_read(r, &f.tree, REPO_TREE, &raw);
		for (Str rest = raw.bytes; !fault && tree_next(&rest, &e);)
			list_entry(&l, f.path, &e);
		repo_drop(&raw);
	}
	if (l.files_n + l.open_n > FILES_MAX)
		fault = REPO_WRONG;
	*n = fault ? 0 : l.files_n;
	*list = NEW_N(a, RepoFile, *n);
	if (*n) {
		memcpy(*list, l.files, *n * sizeof **list);
		qsort(*list, *n, sizeof **list, cmp_file);
	}
	free(l.files);
	free(l.open);
	return fault;
}

/* ---- people and signatures */

/* "<>" or "< >": libgit2 1.5 loses the memory of such an entry, which names nobody. */
static bool names_nobody(Str line)
{
	for (Str rest = line; rest.n;) {
		str_cut(&rest, '<');
		if (rest.p && str_starts(str_trim(rest), S(">")))
			return true;
	}
	return false;
}

Mailmap *mailmap_read(Str text)
{
	need_library();
	git_mailmap *m = NULL;
	Buf kept = {0};
	for (Str rest = text, line; str_line(&rest, &line);)
		if (!names_nobody(line)) {
			buf_puts(&kept, line);
			buf_putc(&kept, '\n');
		}
	if (git_mailmap_from_buffer(&m, kept.n ? kept.p : "", kept.n) && git_mailmap_new(&m))
		die_oom();
	buf_release(&kept);
	return (Mailmap *)m;
}

Str mailmap_name(const Mailmap *m, Str name, Str mail, Arena *a)
{
	const char *real_name, *real_mail, *given = str_c(a, name);
	if (git_mailmap_resolve(&real_name, &real_mail, (const git_mailmap *)m, given, str_c(a, mail)))
		return name;
	return str_dup(a, str_of(real_name));
}

void mailmap_free(Mailmap *m) { git_mailmap_free((git_mailmap *)m); }

SignatureKind repo_signature(Repo *r, const Oid *commit, Arena *a, Str *signature, Str *signed_bytes)
{
	git_buf text = {0}, data = {0};
	SignatureKind kind = SIGNATURE_NONE;
	git_oid id;
	memcpy(id.id, commit->id, sizeof id.id);
	if (!git_commit_extract_signature(&text, &data, r->git, &id, NULL)) {
		*signature = str_dup(a, str_n(text.ptr, text.size));
		*signed_bytes = str_dup(a, str_n(data.ptr, data.size));
		kind = signature_kind(*signature);
	}
	git_buf_dispose(&text);
	git_buf_dispose(&data);
	return kind;
}

/* ---- a new repository */

RepoWhy repo_make(const char *folder, Arena *a)
{
	git_repository *git = NULL;
	git_config *config = NULL;
	git_repository_init_options how = {.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION, .initial_head = "main",
	                                   .flags = GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR};
	need_library();
	int error = git_repository_init_ext(&git, folder, &how);
	if (!error && !(error = git_repository_config(&config, git)))
		error = git_config_set_string(config, "pull.ff", "only");
	RepoWhy why = {0};
	if (error && error != GIT_EEXISTS)
		why = (RepoWhy){REPO_DAMAGED, str_printf(a, "no git repository could be made in %s: %s", folder, git_error_last() ? git_error_last()->message : "unknown"),
		                S("run git init in that folder")};
	git_config_free(config);
	git_repository_free(git);
	return why;
}

bool repo_has_author(const char *folder)
{
	git_repository *git = NULL;
	git_signature *who = NULL;
	need_library();
	bool has = !git_repository_open(&git, folder) && !git_signature_default(&who, git);
	git_signature_free(who);
	git_repository_free(git);
	return has;
}

const char *repo_version(void)
{
	return LIBGIT2_VERSION;
}
