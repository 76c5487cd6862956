# make site     installs what is missing, builds ./gen and this repository's archive into public/
# make test     installs what the tests need and runs them all   CASE=graph/links  some of them
# make          builds ./gen alone, from what is installed
# make install  ./gen, its manual pages and shell completion     PREFIX=/usr/local DESTDIR=
# make asan     build/asan/gen, with address and undefined-behaviour sanitizers; make test VARIANT=asan tests it
# make tsan     build/tsan/gen, with the thread sanitizer
# make fuzz     every fuzz target in turn, or                    TARGET=yaml TIME=60 (seconds each)
# make bench    times it beside the peers that are installed     CORPUS=DIR, or BRIEFS=10000 made here
#               one room alone:  make build/release/bench/record && build/release/bench/record DIR/content
# make lint     clang-tidy and gcc -fanalyzer over src/, shellcheck over the scripts
# make format   clang-format over the .c files of src/ and tests/
# make clean    removes what make made; public/ stays
# make help     prints this

PREFIX ?= /usr/local
ifeq ($(origin CC),default)
CC := gcc
endif
PKG_CONFIG ?= pkg-config
JOBS := $(if $(findstring j,$(firstword -$(MAKEFLAGS))),,-j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))
V := build/$(or $(VARIANT),release)

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Werror=format-security
COMPILE = $(CC) -Isrc -I$(V) -D_GNU_SOURCE $(CPPFLAGS) -std=gnu17 $(WARN) $(if $(CI),-Werror) -pthread -fvisibility=hidden -MMD -MP $(CFLAGS) $(MODE)
LINK = -pthread $(LDFLAGS) $(MODE) $(MODE_LINK)
PACKAGES = $(shell tests/setup --libraries)
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lcmark-gfm-extensions -lcmark-gfm -lm

ifeq ($(VARIANT),asan)
MODE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DGEN_ARENA_PIECES
else ifeq ($(VARIANT),tsan)
MODE := -O1 -fsanitize=thread
else ifeq ($(VARIANT),fuzz)
override CC := clang
MODE := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DGEN_ARENA_PIECES
else
MODE := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -fcf-protection
MODE_LINK := -pie -Wl,-z,relro,-z,now
endif

GEN := $(if $(VARIANT),$(V)/gen,gen)
SOURCES := $(wildcard src/*.c src/*/*.c)
OBJECTS := $(SOURCES:src/%.c=$(V)/%.o) $(V)/defaults.o
LIBRARY := $(V)/gen.a # all but main.o: what unit tests and fuzz targets link
UNITS := $(patsubst tests/%.c,$(V)/%,$(wildcard tests/unit/*.c))
FUZZERS := $(patsubst tests/%.c,%,$(wildcard tests/fuzz/*.c))

all: $(GEN)

$(GEN): $(V)/main.o $(LIBRARY)
	$(CC) $(LINK) -o $@ $^ $(LIBS)

$(LIBRARY): $(filter-out $(V)/main.o,$(OBJECTS))
	@rm -f $@
	$(AR) crs $@ $^

$(V)/%.o: src/%.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# The default layouts, embedded: every file below layouts/ is a row of defaults[] (source/defaults.h).
$(V)/defaults.c: $(shell find layouts -type f 2>/dev/null) Makefile
	@mkdir -p $(@D)
	@LC_ALL=C; export LC_ALL; { printf '#include "source/defaults.h"\n'; \
	find layouts -type f ! -name '.*' 2>/dev/null | sort | awk '{ printf "__asm__(\".section .rodata\\nd%d: .incbin \\\"%s\\\"\\nd%d_end: .byte 0\\n.previous\\n\");\nextern const char d%d[], d%d_end[];\n", NR, $$0, NR, NR, NR; sub(/^layouts\//, ""); name[NR] = $$0 } \
	END { print "const Default defaults[] = {"; for (i = 1; i <= NR; i++) printf "\t{STR_INIT(\"%s\"), d%d, d%d_end},\n", name[i], i, i; print "\t{{0, 0}, 0, 0}\n};"; printf "const size_t defaults_n = %d;\n", NR }'; } > $@

$(V)/defaults.o: $(V)/defaults.c
	$(COMPILE) -c -o $@ $<

asan tsan:
	$(MAKE) VARIANT=$@ all

site:
	@tests/setup site
	@echo "Building ./gen"
	@$(MAKE) -s $(JOBS) all
	@./gen build
	@echo "The site is in public/. Look at it with:  ./gen serve"

# Tests. Programs are found, not listed; tests/run finds the golden cases itself.
test:
	@tests/setup test
	@echo "Building what is tested"
	@$(MAKE) -s $(JOBS) check

check: $(if $(wildcard src/main.c),$(GEN)) $(UNITS) $(FUZZERS:%=$(V)/%)
	@VARIANT=$(VARIANT) tests/run $(CASE)

$(V)/unit/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(COMPILE) -Wno-format-nonliteral -o $@ $< $(LINK) $(LIBRARY) -lcmocka -lgumbo $(LIBS)

# A fuzz target by libFuzzer; in the other variants, a program that replays its seeds.
$(V)/fuzz/%: tests/fuzz/%.c $(if $(filter fuzz,$(VARIANT)),,tests/replay.c) $(LIBRARY)
	@mkdir -p $(@D)
	$(COMPILE) $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer) -o $@ $(filter %.c,$^) $(LINK) $(LIBRARY) -lgumbo $(LIBS)

fuzz:
	@tests/setup fuzz
	@for t in $(or $(TARGET),$(FUZZERS:fuzz/%=%)); do $(MAKE) -s $(JOBS) VARIANT=fuzz build/fuzz/fuzz/$$t && tests/fuzz/run $$t $(or $(TIME),10) || exit; done

bench: all
	@tests/setup bench
	@tests/bench/run $(or $(CORPUS),--briefs $(or $(BRIEFS),10000))

# One room alone: build/release/bench/record FOLDER, and its siblings; the first line of each says what it takes.
$(V)/bench/%: tests/bench/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $< $(LINK) $(LIBRARY) $(LIBS)

lint:
	@tests/setup lint
	@tests/lint $(SOURCES)

format:
	clang-format -i $(SOURCES) $(wildcard tests/*/*.c)

# Manual pages and shell completion: our text, with the program's own tables put in.
MAN := $(patsubst src/%.in,build/%,$(wildcard src/man/*.in))
COMPLETION := build/completion/gen build/completion/_gen build/completion/gen.fish

build/man/%: src/man/%.in gen
	@mkdir -p $(@D)
	@awk '/^@@TABLE [a-z-]+@@$$/ { sub(/@@$$/, "", $$2); c = "./gen help --man " $$2; while ((c | getline l) > 0) print l; if (close(c)) exit 1; next } { print }' $< > $@.new
	@mv $@.new $@

build/completion/gen: SHELL_NAME := bash
build/completion/_gen: SHELL_NAME := zsh
build/completion/gen.fish: SHELL_NAME := fish
$(COMPLETION): gen
	@mkdir -p $(@D)
	@./gen help --completion $(SHELL_NAME) > $@

man: $(MAN)

install: gen $(MAN) $(COMPLETION)
	install -D -m 755 gen "$(DESTDIR)$(PREFIX)/bin/gen"
	for m in $(MAN); do install -D -m 644 $$m "$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/}" || exit; done
	install -D -m 644 build/completion/gen "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/gen"
	install -D -m 644 build/completion/_gen "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_gen"
	install -D -m 644 build/completion/gen.fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/gen.fish"

clean:
	rm -rf build gen

help:
	@sed -n '/^# /s/^# //p;/^$$/q' Makefile

.PHONY: all asan tsan site test check fuzz bench lint format man install clean help
.SECONDARY:
-include $(OBJECTS:.o=.d) $(wildcard $(V)/unit/*.d $(V)/fuzz/*.d)
