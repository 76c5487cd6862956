/* load: the archive's files -> documents. Heads first (front matter, so that every address is known), then
 * bodies (facts, and their HTML into the spool). Keeps documents from one generation to the next: a file whose
 * size, time and inode are as before is not read again.
 * Who knows it: build, serve. What it knows: site, source, record, doc. */
#ifndef GEN_LOAD_LOAD_H
#define GEN_LOAD_LOAD_H

#include "site.h"

typedef struct Loader Loader;

/* How bodies become HTML: what only render knows. */
typedef struct LoadHtml {
	bool (*box)(void *user, int worker, Str word, Str title, Str body, Buf *out); /* doc.h's box */
	void *box_user;
	const DocWords *(*words)(void *user, Str lang);
	void *words_user;
} LoadHtml;

/* The loader borrows all three; they outlive it. name_blobs: each file gets git's name for it, to see whether it is
 * committed as it stands. */
Loader *loader_new(Source *source, const Settings *settings, Pool *pool, bool name_blobs);
void loader_free(Loader *l);

/* What the watcher saw: this file or folder (path from the archive's root) may have changed. load_heads then looks there
 * alone; without it, and after load_touch_all, it lists everything. */
void load_touch(Loader *l, Str path);
void load_touch_all(Loader *l);

/* For the preview: a file that no longer parses leaves its document as it last was (Document.stale), and files are kept whole,
 * all of a small archive and what has changed of a large one, so that a page's text and its front matter are always of one moment. */
typedef bool LoadCommitted(void *user, const Oid *blob, Arena *a, Str *text); /* a file as git has it; false: it has not */
void loader_keep_good(Loader *l, LoadCommitted *committed, void *user);
/* Whether what was touched (or, after load_touch_all, anything) is not as it was listed last. */
bool load_changed(Loader *l, Diags *d);
/* The short way for the commonest change: files of pages that keep their place. Reads what was touched, and when all of it
 * are such, puts them into s, asking patch for each. False: derive a new generation (what has been put in before is in it
 * too). *changed: what was read differs from before (or is broken, which its diags say). */
typedef struct LoadPatch {
	bool (*put)(void *user, Site *s, const Document *old, Document *fresh); /* false: it does not fit, and s is as it was */
	void *user;
} LoadPatch;
bool load_patch(Loader *l, Site *s, LoadPatch patch, bool *changed);

/* Lists the archive and reads the front matter of new and changed files; fills the load section of s but for the
 * bodies' facts. Documents are referenced by s until document_release. */
void load_heads(Loader *l, Site *s);
/* Reads the bodies that are not known yet. html: also writes all to s->spool, links resolved; NULL: facts only. */
void load_bodies(Loader *l, Site *s, const LoadHtml *html);

/* --keep-going: the document as this text, its last good state, has it; its messages stay. False: that is broken too. */
bool load_good_state(Loader *l, Site *s, size_t document, Str text, const LoadHtml *html);

void document_release(Document *d);
/* What gen dump load prints: a line a document, by path. */
void load_dump(const Site *s, Buf *b);

#endif
