# make site   installs what is missing, builds ./gen and the archive's site into public/
# make test   installs what the tests need and runs them all (CASE=graph/links for some)
# make help   the rest

PREFIX ?= /usr/local
CC ?= gcc
PKG_CONFIG ?= pkg-config
V := build/$(or $(VARIANT),release)

PACKAGES := yaml-0.1 libgit2 icu-uc icu-i18n jansson libxxhash libcrypto libmicrohttpd libuv gumbo
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Werror=format-security
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -fcf-protection
CPPFLAGS += -Isrc -I$(V) -D_GNU_SOURCE
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu17 $(WARN) $(if $(CI),-Werror) -pthread
LDFLAGS += -pthread
ifeq ($(VARIANT),asan)
CFLAGS += -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DGEN_ARENA_PIECES
LDFLAGS += -fsanitize=address,undefined
else ifeq ($(VARIANT),tsan)
CFLAGS += -O1 -fsanitize=thread
LDFLAGS += -fsanitize=thread
else
CFLAGS += $(HARDEN)
LDFLAGS += -pie -Wl,-z,relro,-z,now
endif
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lcmark-gfm-extensions -lcmark-gfm

GEN := $(if $(VARIANT),$(V)/gen,gen)
ROOMS := base lib doc record source liquid load history graph cite search render write serve check publish import
SOURCES := $(wildcard src/*.c) $(foreach r,$(ROOMS),$(wildcard src/$(r)/*.c))
OBJECTS := $(SOURCES:src/%.c=$(V)/%.o) $(V)/defaults.o
LIBRARY := $(filter-out $(V)/main.o,$(OBJECTS)) # what unit tests and fuzz targets link

all: $(GEN)

$(GEN): $(OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(V)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The default layouts, embedded: every file below layouts/ is a row of defaults[] (source/defaults.h).
$(V)/defaults.c: $(shell find layouts -type f 2>/dev/null) Makefile
	@mkdir -p $(@D)
	@LC_ALL=C; export LC_ALL; { printf '#include "source/defaults.h"\n'; \
	find layouts -type f ! -name '.*' | sort | awk '{ printf "__asm__(\".section .rodata\\nd%d: .incbin \\\"%s\\\"\\nd%d_end: .byte 0\\n.previous\\n\");\nextern const char d%d[], d%d_end[];\n", NR, $$0, NR, NR, NR; sub(/^layouts\//, ""); name[NR] = $$0 } \
	END { print "const Default defaults[] = {"; for (i = 1; i <= NR; i++) printf "\t{STR_INIT(\"%s\"), d%d, d%d_end},\n", name[i], i, i; print "\t{{0, 0}, 0, 0}\n};"; printf "const size_t defaults_n = %d;\n", NR }'; } > $@

$(V)/defaults.o: $(V)/defaults.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

asan tsan:
	$(MAKE) VARIANT=$@ all

clean:
	rm -rf build gen

.PHONY: all asan tsan clean
-include $(OBJECTS:.o=.d)
