/* options: the parsed command line. One row a field in commands.c. Who knows it: commands and what they call. */
#ifndef GEN_OPTIONS_H
#define GEN_OPTIONS_H

#include "base/date.h"

typedef struct Options {
	/* where */
	Str source;      /* the archive's folder, or a bare repository; "." when not given */
	Str output;      /* "public" beneath the source when not given */
	Str rev;         /* build this commit and nothing from disk */
	Str base_url;    /* replaces url of site.yaml */
	Str ledger;      /* ledger of a published site to check against */
	/* what */
	bool portable, drafts, no_drafts, adopt, keep_going, allow_incomplete_history;
	bool now_given;  /* it does not come from the clock: layouts may see it */
	Date now;        /* --now, else SOURCE_DATE_EPOCH, else the clock; always known after parsing */
	int64_t jobs;    /* 0: as many as processors */
	/* how it speaks */
	bool strict, quiet, verbose, profile;
	/* serve */
	int64_t port;
	Str bind, allow_host, editor;
	bool open, navigate;
	/* render */
	Str data, partials, escape;
	bool batch;
	/* revise */
	Str type, note;
	int64_t version; /* 0: the next */
	/* help */
	Str man, completion;
	/* words that are not options */
	Str *words;
	size_t words_n;
	Arena arena; /* holds every text above */
} Options;

#endif
