/* Repositories of every kind, made by git itself in a temporary folder, opened by lib/git. */
#include "lib/git.h"
#include "lib/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"

static int set_up(void **state)
{
	if (folder_make(state))
		return -1;
	sh("git init -q -b main plain && cd plain && mkdir -p docs/site/content && echo one >docs/site/content/a.md && git add . && git commit -qm 'First\n\nBody' && "
	   "echo two >docs/site/content/a.md && git commit -qam Second && git tag -a -m t v1");
	return 0;
}

static RepoFault fault_of(const char *below)
{
	Arena a = {0};
	Repo *r;
	Str path = str_printf(&a, "%s/%s", folder, below);
	RepoWhy w = repo_open(path.p, &a, &r);
	assert_true((r != NULL) == (w.fault == REPO_FINE));
	if (w.fault) {
		assert_true(w.message.n > 10);
		assert_true(w.hint.n > 5);
	}
	repo_free(r);
	arena_release(&a);
	return w.fault;
}

static void faults_are_told_apart(void **state)
{
	(void)state;
	sh("mkdir none && git init -q unborn && git init -q -b main plain2 && cp -r plain foreign && chown -R 1234 foreign");
	assert_int_equal(fault_of("none"), REPO_NONE);
	assert_int_equal(fault_of("nowhere"), REPO_NONE);
	assert_int_equal(fault_of("unborn"), REPO_UNBORN);
	assert_int_equal(fault_of("plain"), REPO_FINE);
	assert_int_equal(fault_of("plain/docs/site"), REPO_FINE);
	assert_int_equal(fault_of("foreign"), REPO_OWNER);
	sh("mkdir plain/new");
	assert_int_equal(fault_of("plain/new"), REPO_UNTRACKED);
	sh("rmdir plain/new");
	sh("git init -q --object-format=sha256 sha256 && cd sha256 && echo x >x && git add . && git commit -qm x");
	assert_int_equal(fault_of("sha256"), REPO_SHA256);
	sh("cp -r plain reftable && cd reftable && git config core.repositoryformatversion 1 && git config extensions.refstorage reftable");
	assert_int_equal(fault_of("reftable"), REPO_REFTABLE);
	sh("cp -r plain odd && cd odd && git config core.repositoryformatversion 1 && git config extensions.shining true");
	assert_int_equal(fault_of("odd"), REPO_EXTENSION);
	sh("cp -r plain newer && cd newer && git config core.repositoryformatversion 7");
	assert_int_equal(fault_of("newer"), REPO_EXTENSION);
	sh("cp -r plain sparse && cd sparse && git config core.repositoryformatversion 1 && git config extensions.worktreeConfig true");
	assert_int_equal(fault_of("sparse"), REPO_FINE);
	sh("cp -r plain headless && echo 'ref: refs/heads/gone' >headless/.git/HEAD");
	assert_int_equal(fault_of("headless"), REPO_DAMAGED);
	sh("cp -r plain empty && : >empty/.git/HEAD");
	assert_int_equal(fault_of("empty"), REPO_DAMAGED);
	sh("cp -r plain pipe && mkfifo pipe/.git/p && printf '[include]\\n\\tpath = p\\n' >>pipe/.git/config");
	assert_int_equal(fault_of("pipe"), REPO_DAMAGED);
}

static void a_way_out_is_not_followed(void **state)
{
	(void)state;
	sh("mkdir stray && echo \"gitdir: $PWD/plain/.git\" >stray/.git");
	assert_int_equal(fault_of("stray"), REPO_ELSEWHERE);
	sh("mkdir linked && ln -s ../plain/.git linked/.git");
	assert_int_equal(fault_of("linked"), REPO_ELSEWHERE);
	sh("cp -r plain moved && git -C moved config core.worktree $PWD/plain");
	assert_int_equal(fault_of("moved"), REPO_ELSEWHERE);
	sh("git -C plain worktree add -q ../tree -b side");
	assert_int_equal(fault_of("tree"), REPO_FINE);
	sh("git init -q super && cd super && git -c protocol.file.allow=always submodule --quiet add ../plain sub && git commit -qm sub");
	assert_int_equal(fault_of("super/sub"), REPO_FINE);
}

static Repo *open_fine(Arena *a, const char *below)
{
	Repo *r;
	assert_int_equal(repo_open(str_printf(a, "%s/%s", folder, below).p, a, &r).fault, REPO_FINE);
	return r;
}

static void a_commit_is_read(void **state)
{
	(void)state;
	Arena a = {0};
	Repo *r = open_fine(&a, "plain/docs/site");
	assert_true(str_eq(repo_prefix(r), S("docs/site/")));
	assert_true(str_eq(repo_branch(r), S("main")));
	Oid head, tag;
	RepoCommit c;
	assert_int_equal(repo_resolve(r, (Str){0}, &a, &head).fault, REPO_FINE);
	assert_int_equal(repo_resolve(r, S("v1"), &a, &tag).fault, REPO_FINE);
	assert_true(oid_eq(&head, &tag));
	assert_int_equal(repo_resolve(r, S("nothing"), &a, &tag).fault, REPO_NO_REV);
	assert_int_equal(repo_resolve(r, S("main~1"), &a, &tag).fault, REPO_FINE);
	assert_int_equal(repo_commit(r, &tag, &a, &c), REPO_FINE);
	assert_true(str_eq(c.message, S("First\n\nBody\n")) && c.parents_n == 0);
	assert_true(str_eq(c.author, S("A")) && str_eq(c.committer_mail, S("c@x")));
	assert_int_equal(c.authored.seconds, 1700000000);
	assert_int_equal(c.authored.zone, 540);
	assert_int_equal(c.committed.seconds, 1700000100);
	assert_int_equal(c.committed.zone, -330);
	RepoFile *files;
	size_t n;
	Str text;
	assert_int_equal(repo_files(r, &head, (Str){0}, &a, &files, &n), REPO_FINE);
	assert_int_equal(n, 1);
	assert_true(str_eq(files[0].path, S("content/a.md")));
	assert_int_equal(repo_blob(r, &files[0].id, &a, &text), REPO_FINE);
	assert_true(str_eq(text, S("two\n")));
	Oid id;
	hash_git_blob(text, id.id);
	assert_true(oid_eq(&id, &files[0].id));
	assert_int_equal(repo_files(r, &head, S("layouts"), &a, &files, &n), REPO_MISSING);
	id.id[0] ^= 1;
	assert_int_equal(repo_blob(r, &id, &a, &text), REPO_MISSING);
	assert_int_equal(repo_blob(r, &head, &a, &text), REPO_WRONG);
	repo_free(r);
	arena_release(&a);
}

/* Objects that git would not make: written as they are. */
static void broken_lines_cost_nothing_else(void **state)
{
	(void)state;
	sh("git init -q -b main odd2 && cd odd2 && t=$(git mktree </dev/null) && "
	   "c=$(printf 'tree %s\\nauthor A <script>alert(1)</script> <a@x> 1700000000 +9999\\ncommitter \\307\\321 nobody notadate\\nencoding EUC-KR\\n\\n\\307\\321\\261\\333\\n' $t | git hash-object -t commit -w --stdin --literally) && git update-ref refs/heads/main $c");
	Arena a = {0};
	Repo *r = open_fine(&a, "odd2");
	Oid head;
	RepoCommit c;
	assert_int_equal(repo_resolve(r, (Str){0}, &a, &head).fault, REPO_FINE);
	assert_int_equal(repo_commit(r, &head, &a, &c), REPO_FINE);
	assert_true(str_eq(c.message, S("한글\n")));
	assert_true(str_eq(c.author, S("A")));
	assert_true(c.authored.known && c.authored.zone == 0);
	assert_false(c.committed.known);
	repo_free(r);
	arena_release(&a);
}

static void cut_off_commits_are_known(void **state)
{
	(void)state;
	sh("git clone -q --depth 1 file://$PWD/plain shallow && git clone -q --bare plain bare.git");
	Arena a = {0};
	Repo *r = open_fine(&a, "shallow");
	Oid head;
	assert_int_equal(repo_resolve(r, (Str){0}, &a, &head).fault, REPO_FINE);
	assert_true(repo_is_shallow_at(r, &head));
	repo_free(r);
	r = open_fine(&a, "bare.git");
	assert_false(repo_is_shallow_at(r, &head));
	repo_free(r);
	arena_release(&a);
}

static void trees_are_taken_as_they_are(void **state)
{
	(void)state;
	Str raw = S("100644 a\0aaaaaaaaaaaaaaaaaaaa40000 b\0bbbbbbbbbbbbbbbbbbbbjunk");
	TreeEntry e;
	assert_true(tree_next(&raw, &e));
	assert_true(TREE_IS_FILE(e) && str_eq(e.name, S("a")) && !memcmp(e.id, "aaaaaaaaaaaaaaaaaaaa", 20));
	assert_true(tree_next(&raw, &e));
	assert_true(TREE_IS_FOLDER(e) && str_eq(e.name, S("b")));
	assert_false(tree_next(&raw, &e));
	raw = S("100644 a\0short");
	assert_false(tree_next(&raw, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_told_apart),
		cmocka_unit_test(a_way_out_is_not_followed),
		cmocka_unit_test(a_commit_is_read),
		cmocka_unit_test(broken_lines_cost_nothing_else),
		cmocka_unit_test(cut_off_commits_are_known),
		cmocka_unit_test(trees_are_taken_as_they_are),
	};
	return cmocka_run_group_tests(tests, set_up, folder_remove);
}
