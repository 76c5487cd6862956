mkdir -p content/briefs
fm() { printf -- '---\n'; cat; printf -- '---\nBody.\n'; }
{ printf 'x: '; head -c 80000 /dev/zero | tr '\0' '['; echo; } | fm >content/briefs/a-brackets.md
{ head -c 160000 /dev/zero | sed 's/\x00\x00/- /g'; echo x; } | fm >content/briefs/b-dashes.md
yes '%TAG !a! b' | head -n 80000 | fm >content/briefs/c-tags.md
seq 80000 | sed 's/.*/k&: \&a& x/' | head -n 20000 | fm >content/briefs/d-anchors.md
seq 60000 | sed 's/.*/k&: v/' | fm >content/briefs/e-keys.md
{ printf 'title: '; head -c 1100000 /dev/zero | tr '\0' x; echo; } | fm >content/briefs/f-value.md
{ printf 'title: Long\nauthor: A\ndate: 2024-05-01\n'; } | fm >content/briefs/g-line.md; head -c 700000 /dev/zero | tr '\0' x >>content/briefs/g-line.md
{ printf 'title: Huge\n'; } | fm >content/briefs/h-file.md; head -c 2200000 /dev/zero | tr '\0' x >>content/briefs/h-file.md
