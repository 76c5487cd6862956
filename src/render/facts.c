/* Facts with a few parts that also print as one text: a picture as its address, a licence as its identifier or name. */
#include "render/parts.h"

#define COUNT(t) (sizeof(t) / sizeof *(t))
#define GET(name) static Value name(const Object *self, Arena *a)
#define FIELD(n, f, h) {STR_INIT(n), f, h}

/* ---- pictures: layouts from Jekyll print page.image ---- */

typedef struct Picture {
	Object object;
	const Image *image;
	Str url;
} Picture;

#define PICTURE ((const Picture *)self)
GET(picture_url) { (void)a; return value_str(PICTURE->url); }
GET(picture_alt) { (void)a; return value_text(PICTURE->image->alt); }
GET(picture_caption) { (void)a; return value_text(PICTURE->image->caption); }
GET(picture_credit) { (void)a; return value_text(PICTURE->image->credit); }

static const ObjectField picture_fields[] = {
	FIELD("url", picture_url, "Its address."),
	FIELD("alt", picture_alt, "What it shows."),
	FIELD("caption", picture_caption, "The words below it."),
	FIELD("credit", picture_credit, "Who made it."),
};
static const ObjectType picture_type = {"image", picture_fields, COUNT(picture_fields), NULL, picture_url};

Value picture_value(const Image *image, Str url, Arena *a)
{
	Picture *p = NEW(a, Picture);
	*p = (Picture){{&picture_type}, image, url};
	return value_object(&p->object);
}

/* ---- licences ---- */

/* Names and addresses that readers know; of others SPDX's page says what they are. To add one, add a row. */
static const struct KnownLicence {
	Str id, title, url;
} known_licences[] = {
	{STR_INIT("Apache-2.0"), STR_INIT("Apache License 2.0"), STR_INIT("https://www.apache.org/licenses/LICENSE-2.0")},
	{STR_INIT("CC0-1.0"), STR_INIT("CC0 1.0"), STR_INIT("https://creativecommons.org/publicdomain/zero/1.0/")},
	{STR_INIT("CC-PDDC"), STR_INIT("Public domain"), STR_INIT("https://creativecommons.org/licenses/publicdomain/")},
	{STR_INIT("GFDL-1.3-or-later"), STR_INIT("GNU Free Documentation License 1.3 or later"), STR_INIT("https://www.gnu.org/licenses/fdl-1.3.html")},
	{STR_INIT("MIT"), STR_INIT("MIT License"), STR_INIT("https://spdx.org/licenses/MIT.html")},
	{STR_INIT("ODbL-1.0"), STR_INIT("Open Database License 1.0"), STR_INIT("https://opendatacommons.org/licenses/odbl/1-0/")},
	{STR_INIT("OGL-UK-3.0"), STR_INIT("Open Government Licence 3.0"), STR_INIT("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/")},
	{STR_INIT("PDDL-1.0"), STR_INIT("Public Domain Dedication and License 1.0"), STR_INIT("https://opendatacommons.org/licenses/pddl/1-0/")},
	{STR_INIT("etalab-2.0"), STR_INIT("Licence Ouverte 2.0"), STR_INIT("https://spdx.org/licenses/etalab-2.0.html")},
};

typedef struct Licence {
	Object object;
	Str id, title, url;
} Licence;

#define LICENCE ((const Licence *)self)
GET(licence_id) { (void)a; return value_str(LICENCE->id); }
GET(licence_title) { (void)a; return value_str(LICENCE->title); }
GET(licence_url) { (void)a; return value_text(LICENCE->url); }

static const ObjectField licence_fields[] = {
	FIELD("id", licence_id, "Its SPDX identifier."),
	FIELD("title", licence_title, "Its name."),
	FIELD("url", licence_url, "Its text."),
};
static const ObjectType licence_type = {"licence", licence_fields, COUNT(licence_fields), NULL, licence_id};

/* Creative Commons': CC-BY-SA-4.0 is "CC BY-SA 4.0" at /licenses/by-sa/4.0/; CC-BY-3.0-IGO has its place at the end. */
static bool creative_commons(Licence *l, Arena *a)
{
	if (!str_starts(l->id, S("CC-BY")))
		return false;
	Str rest = str_from(l->id, 3);
	size_t version = 0;
	while (version < rest.n && !(rest.p[version] >= '0' && rest.p[version] <= '9'))
		version++;
	if (version < 2 || version == rest.n)
		return false;
	Str kind = str_upto(rest, version - 1), tail = str_from(rest, version), number = str_cut(&tail, '-');
	l->title = str_printf(a, "CC %.*s %.*s%s%.*s", STR_ARG(kind), STR_ARG(number), tail.n ? " " : "", STR_ARG(tail));
	kind = str_lower_ascii(a, kind);
	tail = str_lower_ascii(a, tail);
	l->url = str_printf(a, "https://creativecommons.org/licenses/%.*s/%.*s/%.*s%s", STR_ARG(kind), STR_ARG(number), STR_ARG(tail), tail.n ? "/" : "");
	return true;
}

Value licence_value(Str id, Arena *a)
{
	if (!id.n)
		return NIL;
	Licence *l = NEW(a, Licence);
	*l = (Licence){.object = {&licence_type}, .id = id, .title = id};
	bool one = str_find_char(id, ' ') == SIZE_MAX && !str_starts(id, S("LicenseRef"));
	if (!one || creative_commons(l, a))
		return value_object(&l->object);
	l->url = str_printf(a, "https://spdx.org/licenses/%.*s.html", STR_ARG(id));
	for (size_t i = 0; i < COUNT(known_licences); i++)
		if (str_eq_nocase(id, known_licences[i].id)) {
			l->title = known_licences[i].title;
			l->url = known_licences[i].url;
		}
	return value_object(&l->object);
}
