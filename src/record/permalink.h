/* permalink: patterns of addresses and the addresses they make. Who knows it: record, load, history, render, links.
 * What it knows: record. */
#ifndef GEN_RECORD_PERMALINK_H
#define GEN_RECORD_PERMALINK_H

#include "record/record.h"

/* %XX once. What is still a % afterwards is for the caller to refuse: some host would decode it again. */
Str address_decode(Arena *a, Str s);
/* An address from outside (permalink, alias, pattern): decoded once, checked, normalised to "/a/b/" or "/a/b.html":
 * a leading slash, NFC, no empty, "." or ".." segment, no backslash, control, scheme or host, no segment that ends in a dot or
 * space. False: *why says what is wrong. A last segment without a dot gets a slash at the end. */
bool address_clean(Arena *a, Str written, Str *out, const char **why);

/* A pattern of :slug :path :year :month :number :series :kind :lang and literal text, checked once when site.yaml is read.
 * *why names the fault; *word the unknown word when there is one. */
bool permalink_check(Str pattern, const char **why, Str *word);
/* The words: "slug", "path" ... and what each means. */
extern const HelpRow permalink_words[];
extern const size_t permalink_words_n;

/* The address of a record by a pattern, or by its own permalink. relative is the file's path below its collection
 * (or content/). A word without a value (no number) leaves its segment out. False: *why; the caller's message
 * names the file. The result never ends outside the site and never has a reserved word as its last segment. */
bool permalink_expand(Str pattern, const Record *r, Str relative, Str default_lang, Arena *a, Str *out, const char **why);

#endif
