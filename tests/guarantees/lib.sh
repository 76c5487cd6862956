# lib.sh: what the scripts of this folder share. Each builds small archives with `gen build`, does it harm while it
# works, and looks at what is left. They write TAP and end with a line of counts. GEN=PATH tests another binary;
# FULL=1 takes every point where a sample is taken otherwise.
set -u
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1767225600
root=$(cd "$(dirname "$0")/../.." && pwd)
gen=${GEN:-$root/${VARIANT:+build/$VARIANT/}gen}
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}" # the search for leaks cannot run under strace
there=/dev/shm
[ -w $there ] || there=${TMPDIR:-/tmp}
work=$(mktemp -d "$there/gen-guarantees.XXXXXX")
trap 'umount "$work"/mnt* 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
export HOME="$work/home"
mkdir "$HOME"
passed=0 failed=0

ok() { passed=$((passed + 1)) && echo "ok - $1"; }
not_ok() { # not_ok NAME WHY...
	failed=$((failed + 1))
	echo "not ok - $1"
	shift
	printf '%s\n' "$@" | sed 's/^/# /'
}
check() { # check NAME COMMAND...: the command succeeds
	name=$1
	shift
	if said=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$* failed" "$said"; fi
}
skip() { passed=$((passed + 1)) && echo "ok - $1 # SKIP $2"; }
the_end() {
	echo "# $passed passed, $failed failed"
	[ $failed = 0 ] && [ $passed != 0 ]
	exit
}

# archive FOLDER: eight briefs, three other pages, an attachment.
archive() {
	mkdir -p "$1/content/briefs" "$1/content/_root"
	printf 'title: Harbour Institute\nurl: https://briefs.example.org/\nlanguage: en\n' >"$1/site.yaml"
	for i in 1 2 3 4 5 6 7 8; do
		printf -- '---\ntitle: Water levels %d\nauthor: Ada Park\ndate: 2024-0%d-15\n---\nThe level of river %d rose.\n\n' $i $i $i >"$1/content/briefs/level-$i.md"
		for p in 1 2 3 4; do echo "Paragraph $p of brief $i says what the gauges said, week by week, without a conclusion." && echo; done >>"$1/content/briefs/level-$i.md"
	done
	for p in about contact terms; do printf -- '---\ntitle: Page %s\n---\nWords about %s.\n' $p $p >"$1/content/$p.md"; done
	head -c 30000 /dev/zero | tr '\0' x >"$1/content/_root/table.txt"
}
# Three archives: old; few, in which little is different; many, in which every page is.
archives() {
	archive old
	cp -R old few && cp -R old many && cp -R old broken
	echo 'One more sentence at the end of it.' >>few/content/briefs/level-3.md
	sed 's/contact/imprint/g' few/content/contact.md >few/content/imprint.md && rm few/content/contact.md
	sed -i 's/Harbour Institute/Harbour Office/' many/site.yaml
	for f in many/content/*.md many/content/*/*.md; do echo 'A last word.' >>"$f"; done
	mv many/content/about.md many/content/imprint.md
	printf -- '---\ntitle: [never closed\n---\n' >broken/content/briefs/level-9.md
}
build() { # build SOURCE OUTPUT [OPTION...]: quietly, one thread; what it said is in ./said
	source=$1 output=$2
	shift 2
	"$gen" build --source "$source" --output "$output" --jobs 1 "$@" >"$work/said" 2>&1
}
golden() { # golden SOURCE: what it builds, in SOURCE.site
	[ -d "$1.site" ] || build "$1" "$1.site" || { echo "Bail out! $gen does not build $1"; cat said; exit 1; }
}
same() { diff -r --no-dereference "$1" "$2"; }
# state OUTPUT OLD NEW: old, new, mixed (each file is of one of them), torn, absent. With ~ behind it: but for empty folders.
state() {
	[ -d "$1" ] || { echo absent; return; }
	for site in "$2" "$3"; do
		[ "$site" = "$2" ] && is=old || is=new
		if same "$1" "$site" >/dev/null 2>&1; then echo $is; return; fi
		files "$site" >files.wanted
		files "$1" | cmp -s - files.wanted && echo $is~ && return
	done
	(cd "$1" && find . ! -type d) | while IFS= read -r f; do
		cmp -s "$1/$f" "$2/$f" || cmp -s "$1/$f" "$3/$f" || { echo torn; break; }
	done | grep . || echo mixed
}
files() { (cd "$1" && find . ! -type d -exec sha1sum {} + | sort -k 2); }
way() { sed -n '1s/^gen-manifest 1 \([a-z]*\) .*/\1/p' "$(beside "$1")/manifest"; }
beside() { real=$(readlink -f "$1") && echo "$(dirname "$real")/.$(basename "$real").gen"; }
# Nothing of a cut-off run is left beside the output.
clean() { [ "$(ls -A "$(beside "$1")" | tr '\n' ' ')" = ".gitignore lock manifest " ] && [ ! -e "$1/.gen-staging" ]; }
# A fresh output with the old site in it, as gen made it.
restore() {
	rm -rf out .out.gen
	cp -a old.site out && cp -a .old.site.gen .out.gen
}
# points LOG N: which of the calls in a log of strace to harm, each as "name:k", the k-th call of that name: N of them,
# most at the end, where the switch is.
points() {
	awk -v n="$2" -v full="${FULL-}" '{ sub(/\(.*/, ""); p[NR] = $0 ":" ++k[$0] } END {
		all = full || NR <= n; last = int(n * 2 / 3); step = all ? 1 : (NR - last) / (n - last)
		for (i = 1; i <= NR; i++) if ((!all && i > NR - last) || int(i / step) != int((i - 1) / step)) print p[i] }' "$1"
}
