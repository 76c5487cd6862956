brief() { { printf -- '---\ntitle: %s\nauthor: Ana Diaz\ndate: 2025-01-01\n---\n' "$1"; cat; } >content/briefs/$1.md; }
repeat() { yes -- "$1" | head -n "$2" | tr -d '\n'; }
mkdir -p content/briefs
repeat '![[]()' 40000 | brief pictures
{ repeat '>' 30000; repeat 'a*' 30000; } | brief quotes
{ repeat '- ' 30000; echo x; yes '' | head -n 30000; } | brief lists
repeat 'a<!A ' 200000 | brief declarations
{ printf '[a]: /'; repeat x 50000; printf '\n\n'; repeat '[a] ' 12000; } | brief references
{ repeat '|x' 600; printf '\n'; repeat '|-' 600; printf '\n'; } | brief columns
{ repeat '*a ' 20000; repeat '_a*_ ' 20000; } | brief marks
{ printf '|'; repeat 'x|' 490; printf '\n|'; repeat '-|' 490; printf '\n'; yes '|a' | head -n 5000; } | brief rows
yes '1. a' | head -n 50000 | brief honest
