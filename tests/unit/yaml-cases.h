	{"scalars", S("title: A plain text\nb: \"quoted \\u00e9\"\nc: 'it''s'\nd:\n- x\n- {y: 1}\n"),
		"{title@1:8:12=A plain text, b@2:4:15=\"quoted \xC3\xA9\", c@3:4:7=\"it's\", d@5:1:1=[x, {y@6:7:1=1}]}"},
	{"native", S("\xEC\xA0\x9C\xEB\xAA\xA9: \xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 \xEA\xB0\x92\n  # note\nb: \xC3\xBC x\n"),
		"{\xEC\xA0\x9C\xEB\xAA\xA9@1:5:5=\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 \xEA\xB0\x92, b@3:4:3=\xC3\xBC x}"},
	{"block", S("a: >-\n  folded\n  text\nb: |\n  kept\n  lines\n"),
		"{a@1:4:1=\"folded text\", b@4:4:1=\"kept\\nlines\\n\"}"},
	{"empty", S(""),
		""},
	{"comments only", S("# nothing\n\n"),
		""},
	{"null values", S("a:\nb: ~\n"),
		"{a@1:3:1=, b@2:4:1=~}"},
	{"list root", S("- a\n- b\n"),
		"[a, b]"},
	{"scalar root", S("just text\n"),
		"just text"},
	{"crlf", S("a: 1\r\nb:\r\n  - x\r\n"),
		"{a@1:4:1=1, b@3:3:1=[x]}"},
	{"cr", S("a: 1\rb: 2\r"),
		"{a@1:4:1=1, b@2:4:1=2}"},
	{"tab after colon", S("a:\tb\n"),
		"{a@1:4:1=b}"},
	{"tab indent", S("a:\n\tb: c\n"),
		"x.md:2:1: error: a tab is used for indentation [yaml-syntax]\n"
		"     b: c\n"
		"    ^\n"
		"  = indent with spaces, two for each level\n"
		""},
	{"tab indent of text", S("a: b\n\tc: d\n"),
		"x.md:2:1: error: a tab is used for indentation [yaml-syntax]\n"
		"     c: d\n"
		"    ^\n"
		"  = indent with spaces, two for each level\n"
		""},
	{"tab after dash", S("a:\n-\t- b\n"),
		"x.md:2:2: error: a tab is used for indentation [yaml-syntax]\n"
		"    - - b\n"
		"     ^\n"
		"  = indent with spaces, two for each level\n"
		""},
	{"colon in value", S("title: Foo: bar\n"),
		"x.md:1:11: error: a colon and a space inside a value that is not quoted [yaml-syntax]\n"
		"    title: Foo: bar\n"
		"              ^\n"
		"  = quote the value: title: \"Foo: bar\"\n"
		""},
	{"at sign", S("author: @x\n"),
		"x.md:1:9: error: a value begins with a character that YAML keeps for itself [yaml-syntax]\n"
		"    author: @x\n"
		"            ^\n"
		"  = quote the value: author: \"@x\"\n"
		""},
	{"backtick", S("a: `x`\n"),
		"x.md:1:4: error: a value begins with a character that YAML keeps for itself [yaml-syntax]\n"
		"    a: `x`\n"
		"       ^\n"
		"  = quote the value: a: \"`x`\"\n"
		""},
	{"percent", S("a: %x\n"),
		"x.md:1:4: error: a value begins with a character that YAML keeps for itself [yaml-syntax]\n"
		"    a: %x\n"
		"       ^\n"
		"  = quote the value: a: \"%x\"\n"
		""},
	{"alias-like", S("title: *x*\n"),
		"x.md:1:8: error: a value that begins with * must be quoted [yaml-syntax]\n"
		"    title: *x*\n"
		"           ^\n"
		"  = quote the value: title: \"*x*\"\n"
		""},
	{"alias unknown", S("title: *x\n"),
		"x.md:1:8: error: a value that begins with * must be quoted [yaml-syntax]\n"
		"    title: *x\n"
		"           ^^\n"
		"  = quote the value: title: \"*x\"\n"
		""},
	{"bracket", S("title: [Draft] x\n"),
		"x.md:1:16: error: something stands behind a closed quotation or bracket [yaml-syntax]\n"
		"    title: [Draft] x\n"
		"                   ^\n"
		"  = quote the value: title: \"[Draft] x\"\n"
		""},
	{"brace", S("title: {Draft} x\n"),
		"x.md:1:16: error: something stands behind a closed quotation or bracket [yaml-syntax]\n"
		"    title: {Draft} x\n"
		"                   ^\n"
		"  = quote the value: title: \"{Draft} x\"\n"
		""},
	{"tag", S("title: !important\n"),
		"x.md:1:8: error: a value that begins with ! must be quoted [yaml-syntax]\n"
		"    title: !important\n"
		"           ^^^^^^^^^^\n"
		"  = quote the value: title: \"!important\"\n"
		""},
	{"tag two", S("title: !important thing\n"),
		"x.md:1:8: error: a value that begins with ! must be quoted [yaml-syntax]\n"
		"    title: !important thing\n"
		"           ^^^^^^^^^^^^^^^^\n"
		"  = quote the value: title: \"!important thing\"\n"
		""},
	{"anchor", S("title: &amp x\n"),
		"x.md:1:8: error: a value that begins with & must be quoted [yaml-syntax]\n"
		"    title: &amp x\n"
		"           ^^^^^^\n"
		"  = quote the value: title: \"&amp x\"\n"
		"{title@1:8:6=x}"},
	{"anchor used", S("a: &x one\nb: *x\n"),
		"{a@1:4:6=one, b@2:4:2=one}"},
	{"hash", S("title: C# and #2\n"),
		"{title@1:8:6=C# and#}"},
	{"hash space", S("title: x   # a comment\nb: y\n"),
		"{title@1:8:1=x#, b@2:4:1=y}"},
	{"bar", S("title: |x\n"),
		"x.md:1:9: error: a long text marked with | or > begins on the next line [yaml-syntax]\n"
		"    title: |x\n"
		"            ^\n"
		"  = quote the value: title: \"|x\"\n"
		""},
	{"greater", S("title: > x\n"),
		"x.md:1:10: error: a long text marked with | or > begins on the next line [yaml-syntax]\n"
		"    title: > x\n"
		"             ^\n"
		"  = quote the value: title: \"> x\"\n"
		""},
	{"quote open", S("a: 1\ntitle: \"never closed\nb: 2\n"),
		"x.md:2:8: error: a quotation mark is opened and never closed [yaml-syntax]\n"
		"    title: \"never closed\n"
		"           ^\n"
		"  = close it, or, when it is part of the text, quote the value: title: '\"never closed'\n"
		""},
	{"single quote open", S("title: 'tis the season\n"),
		"x.md:1:8: error: a quotation mark is opened and never closed [yaml-syntax]\n"
		"    title: 'tis the season\n"
		"           ^\n"
		"  = close it, or, when it is part of the text, quote the value: title: \"'tis the season\"\n"
		""},
	{"text behind quotes", S("title: \"Foo\" and bar\n"),
		"x.md:1:14: error: something stands behind a closed quotation or bracket [yaml-syntax]\n"
		"    title: \"Foo\" and bar\n"
		"                 ^\n"
		"  = quote the value: title: '\"Foo\" and bar'\n"
		""},
	{"bad escape", S("path: \"C:\\dir\"\n"),
		"x.md:1:10: error: a backslash in double quotes is followed by a letter that means nothing [yaml-syntax]\n"
		"    path: \"C:\\dir\"\n"
		"             ^\n"
		"  = write the backslash twice, or put the text in single quotes\n"
		""},
	{"no colon", S("title: x\nno colon here\nb: 2\n"),
		"x.md:2:1: error: a line that is neither \"key: value\" nor part of the value above it [yaml-syntax]\n"
		"    no colon here\n"
		"    ^\n"
		"  = write key, colon, space, value; indent the further lines of a long text\n"
		""},
	{"no space", S("title:x\nb: 2\n"),
		"x.md:2:2: error: this line reads as part of the line above it [yaml-syntax]\n"
		"    b: 2\n"
		"     ^\n"
		"  = begin it exactly below the key above; see that the line above has a space behind its colon\n"
		""},
	{"list behind key", S("a: - x\n"),
		"x.md:1:4: error: a list item stands where none can be [yaml-syntax]\n"
		"    a: - x\n"
		"       ^\n"
		"  = begin the list on a line of its own\n"
		""},
	{"indent", S("a: 1\n  b: 2\n"),
		"x.md:2:4: error: this line reads as part of the line above it [yaml-syntax]\n"
		"      b: 2\n"
		"       ^\n"
		"  = begin it exactly below the key above; see that the line above has a space behind its colon\n"
		""},
	{"dedent", S("a:\n    b: 1\n  c: 2\n"),
		"x.md:3:3: error: this does not fit the lines above it [yaml-syntax]\n"
		"      c: 2\n"
		"      ^\n"
		"  = begin the line exactly below the keys above it\n"
		""},
	{"list misfit", S("a:\n  - x\n  y\n  - z\nb: 1\n"),
		"x.md:3:3: error: a line that is neither \"key: value\" nor part of the value above it [yaml-syntax]\n"
		"      y\n"
		"      ^\n"
		"  = write key, colon, space, value; indent the further lines of a long text\n"
		""},
	{"list open", S("a: [x, y\nb: 1\n"),
		"x.md:1:4: error: a list in [ ] is not closed, or lacks a comma [yaml-syntax]\n"
		"    a: [x, y\n"
		"       ^\n"
		"  = close it with ], or quote the value when it is text\n"
		""},
	{"list comma", S("a: [x y, {z}\n"),
		"x.md:1:4: error: a list in [ ] is not closed, or lacks a comma [yaml-syntax]\n"
		"    a: [x y, {z}\n"
		"       ^\n"
		"  = close it with ], or quote the value when it is text\n"
		""},
	{"twice", S("a: 1\nb: 2\n\"a\": 3\n"),
		"x.md:3:1: error: the key \"a\" stands in line 1 already; this one is left out [key-duplicate]\n"
		"    \"a\": 3\n"
		"    ^^^\n"
		"  = keep one of the two\n"
		"{a@1:4:1=1, b@2:4:1=2}"},
	{"twice nested", S("m:\n  x: 1\n  x: 2\n"),
		"x.md:3:3: error: the key \"x\" stands in line 2 already; this one is left out [key-duplicate]\n"
		"      x: 2\n"
		"      ^\n"
		"  = keep one of the two\n"
		"{m@2:3:1={x@2:6:1=1}}"},
	{"merge", S("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n"),
		"x.md:3:3: error: merging with << is not supported; this one is left out [yaml-syntax]\n"
		"      <<: *a\n"
		"      ^^\n"
		"  = write the fields out\n"
		"{a@1:4:4={x@1:11:1=1}, b@3:3:1={y@4:6:1=2}}"},
	{"key list", S("? [a, b]\n: c\n"),
		"x.md:1:3: error: a key must be text; this one is left out [yaml-syntax]\n"
		"    ? [a, b]\n"
		"      ^\n"
		"  = quote the value when it is text\n"
		"{}"},
	{"null key", S(": x\n"),
		"x.md:1:1: error: this does not fit the lines above it [yaml-syntax]\n"
		"    : x\n"
		"    ^\n"
		"  = begin the line exactly below the keys above it\n"
		""},
	{"two documents", S("a: 1\n---\nb: 2\n"),
		"x.md:2:1: error: a second document begins here; only one is read [yaml-syntax]\n"
		"    ---\n"
		"    ^^^\n"
		"  = take this line and what follows out\n"
		""},
	{"dots", S("a: 1\n...\n# end\n"),
		"{a@1:4:1=1}"},
	{"dots and more", S("a: 1\n...\nb: 2\n"),
		"x.md:3:1: error: a second document begins here; only one is read [yaml-syntax]\n"
		"    b: 2\n"
		"    ^^^\n"
		"  = take this line and what follows out\n"
		""},
	{"directive", S("%YAML 1.1\n---\na: 1\n"),
		"x.md:1:1: error: lines that begin with % are not supported [yaml-syntax]\n"
		"    %YAML 1.1\n"
		"    ^\n"
		"  = take the line out\n"
		""},
	{"nul escape", S("a: \"x\\0y\"\n"),
		"x.md:1:4: error: an escaped control character, which no text may hold [yaml-syntax]\n"
		"    a: \"x\\0y\"\n"
		"       ^^^^^^\n"
		"  = take it out\n"
		"{a@1:4:6=\"x\xEF\xBF\xBDy\"}"},
	{"nul byte", S("a: x\x00y\n"),
		"x.md:1:5: error: a NUL byte, which no text may hold [yaml-syntax]\n"
		"    a: x\\x00y\n"
		"        ^^^^\n"
		"  = delete it and write the text around it anew\n"
		""},
	{"escape byte", S("a: \x1Bx\n"),
		"x.md:1:4: error: a control character, which no text may hold [yaml-syntax]\n"
		"    a: \\x1bx\n"
		"       ^^^^\n"
		"  = delete it and write the text around it anew\n"
		""},
	{"del", S("a: \x7F\n"),
		"x.md:1:4: error: a control character, which no text may hold [yaml-syntax]\n"
		"    a: \\x7f\n"
		"       ^^^^\n"
		"  = delete it and write the text around it anew\n"
		""},
	{"latin-1", S("a: 1\ntitle: caf\xE9 x\n"),
		"x.md:2:11: error: bytes that are not UTF-8 (byte 16 of the file) [yaml-syntax]\n"
		"    title: caf\\xe9 x\n"
		"              ^^^^\n"
		"  = save the file with the encoding UTF-8\n"
		""},
	{"overlong", S("a: \xC0\xAF\n"),
		"x.md:1:4: error: bytes that are not UTF-8 (byte 4 of the file) [yaml-syntax]\n"
		"    a: \\xc0\\xaf\n"
		"       ^^^^\n"
		"  = save the file with the encoding UTF-8\n"
		""},
	{"surrogate", S("a: \xED\xA0\x80\n"),
		"x.md:1:4: error: bytes that are not UTF-8 (byte 4 of the file) [yaml-syntax]\n"
		"    a: \\xed\\xa0\\x80\n"
		"       ^^^^\n"
		"  = save the file with the encoding UTF-8\n"
		""},
	{"c1", S("a: \xC2\x9B\n"),
		"x.md:1:4: error: a control character, which no text may hold [yaml-syntax]\n"
		"    a: \\u{009b}\n"
		"       ^^^^^^^^\n"
		"  = delete it and write the text around it anew\n"
		""},
	{"bom inside", S("a: 1\nb: \xEF\xBB\xBFx\n"),
		"x.md:2:4: error: a byte order mark in the middle of the text [yaml-syntax]\n"
		"    b: \xEF\xBB\xBFx\n"
		"       ^\n"
		"  = delete it and write the text around it anew\n"
		""},
	{"utf-16", S("a\x00:\x00 \x00x\x00"),
		"x.md: error: the file is UTF-16, not UTF-8 [yaml-syntax]\n"
		"  = save the file with the encoding UTF-8\n"
		""},
	{"line separator", S("a: one\xE2\x80\xA8" "b\nc: x: y\n"),
		"x.md:1:8: error: a line that is neither \"key: value\" nor part of the value above it [yaml-syntax]\n"
		"    a: one\\u{2028}b\n"
		"                  ^\n"
		"  = write key, colon, space, value; indent the further lines of a long text\n"
		""},
	{"next line", S("a: one\xC2\x85\nc: x: y\n"),
		"x.md:2:5: error: a colon and a space inside a value that is not quoted [yaml-syntax]\n"
		"    c: x: y\n"
		"        ^\n"
		"  = quote the value: c: \"x: y\"\n"
		""},
	{"empty list", S("a: []\nb: {}\n"),
		"{a@1:4:1=[], b@2:4:1={}}"},
