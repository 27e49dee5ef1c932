"""What a form makes of each kind of schema that a contract of ours can contain."""

ORDER = """{
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "count": {"type": "integer", "minimum": 1, "maximum": 10000},
        "cents": {"type": "integer", "minimum": -9223372036854775808,
                  "maximum": 9223372036854775807},
        "paid": {"type": "boolean"},
        "currency": {"type": "string", "enum": ["EUR", "U\\"SD"]},
        "due": {"type": "string", "format": "date", "description": "This must be a date."},
        "at": {"type": "string", "format": "date-time"},
        "id": {"type": "string", "format": "uuid", "description": "This must be a UUID."},
        "note": {"type": "string"},
        "rank": {"type": "integer"},
        "lines": {"type": "array", "minItems": 1, "items": {
            "type": "object",
            "properties": {"text": {"type": "string"},
                           "price": {"type": "string", "format": "decimal", "minimum": 0.01,
                                     "x-decimal-places": 2},
                           "parts": {"type": "array", "items": {
                               "$ref": "#/components/schemas/order/properties/lines/items"}}},
            "required": ["text", "price"], "additionalProperties": false}},
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
        "payment": {"type": "object", "discriminator": {"propertyName": "kind"}, "oneOf": [
            {"type": "object", "required": ["kind", "number"],
             "properties": {"kind": {"type": "string", "const": "card"},
                            "number": {"type": "string"}}},
            {"type": "object", "required": ["kind"],
             "properties": {"kind": {"type": "string", "const": "cash"}}}]},
        "home": {"type": "object", "properties": {"town": {"type": "string"}},
                 "required": ["town"]},
        "away": {"type": "object", "properties": {"town": {"type": "string"}},
                 "required": ["town"]},
        "<b>odd/~name</b>": {"type": "string"}
    },
    "required": ["title", "count", "cents", "paid", "currency", "due", "at", "id", "lines", "tags",
                 "payment", "home"],
    "additionalProperties": false
}"""

# Fills a form and gives what it reads, what it says to errors, and what it looks like.
FILL = """
    const { Contract } = await import('/contract.js');
    const { Form } = await import('/form.js');
    const { parse } = await import('/exact_json.js');
    const order = parse(arguments[0]);
    const form = new Form(order, new Contract({ components: { schemas: { order } } }).resolve);
    document.body.append(form.element);  // beside the page, which goes on with what it does
    const found = { empty: form.read().json };
    const every = (name) => [...form.element.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const enter = (name, value, index = 0) => {
        every(name)[index].value = value;
        for (const type of ['input', 'change'])
            every(name)[index].dispatchEvent(new Event(type, { bubbles: true }));
    };
    const group = (legend) => [...form.element.querySelectorAll('fieldset')]
        .find((each) => each.querySelector('legend').textContent === legend);
    const press = (legend, button) => [...group(legend).querySelectorAll('button')]
        .findLast((each) => each.textContent === button && !each.hidden).click();
    enter('title', ' "Lamp" <b>');
    enter('count', '12');
    enter('cents', ' -09007199254740993');
    enter('paid', 'false');
    enter('currency', 'U"SD');
    enter('due', '2026-01-31');
    enter('at', '2026-01-31T12:00:00.5');
    enter('id', ' 28737dbe-680a-5b98-b67f-5101cd22b053 ');
    press('Lines', 'Add');
    press('Lines', 'Add');
    found.focused = document.activeElement === every('text')[2];
    press('Lines', 'Remove');
    press('Parts', 'Add');
    enter('text', 'first', 0);
    enter('price', ' 12.50', 0);
    enter('text', 'within', 1);
    press('Tags', 'Add');
    press('Tags', 'Add');
    enter('key', 'a/b', 0);
    enter('value', 'one', 0);
    enter('key', 'a/b', 1);
    enter('kind', 'card');
    enter('number', '4711');
    press('Away', 'Add');
    enter('town', 'Rome', 1);
    const { json, complain } = form.read();
    found.json = json;
    found.instant = new Date('2026-01-31T12:00:00.5').toISOString();
    found.unplaced = complain(['/title', '/lines/1/price', '/tags/a~1b', '/payment/kind', '/lines',
        '/home/town/x', '/<b>odd~1~0name<~1b>', '', '/nowhere/at/all'].map((location) =>
        ({ location, message: `wrong <i>${location}` }))).map(({ location }) => location);
    found.errors = [...form.element.querySelectorAll('.error')]
        .map((error) => error.textContent).filter((text) => text);
    const invalid = [...form.element.querySelectorAll('[aria-invalid=true]')];
    found.invalid = invalid.map((input) => input.name);
    found.described = invalid.every((input) => input.getAttribute('aria-describedby').split(' ')
        .some((id) => document.getElementById(id).textContent.includes('wrong')));
    found.first = document.activeElement.name;
    found.html = form.element.querySelectorAll('b, i').length;
    found.hints = ['title', 'count', 'cents', 'due', 'id', 'price'].map((name) =>
        every(name)[0].parentElement.querySelector('.hint').textContent);
    enter('count', 'twelve');
    enter('kind', 'cash');
    press('Away', 'Remove');
    const again = form.read();
    const { count, payment, away = 'none' } = JSON.parse(again.json);
    found.again = [count, payment, away];
    found.stale = complain([{ location: '/title', message: 'of an older reading' }]).length
        + form.element.querySelectorAll('[aria-invalid=true]').length;
    return found;
"""

EXPECTED = {
    "empty": '{"title":"","currency":"","due":"","at":"","id":"",'
             '"lines":[{"text":"","price":""}],"tags":{},"payment":{"kind":""},'
             '"home":{"town":""}}',
    "focused": True,
    "json": '{"title":" \\"Lamp\\" <b>","count":12,"cents":-9007199254740993,"paid":false,'
            '"currency":"U\\"SD","due":"2026-01-31","at":"INSTANT",'
            '"id":"28737dbe-680a-5b98-b67f-5101cd22b053",'
            '"lines":[{"text":"first","price":"12.50","parts":[{"text":"within","price":""}]},'
            '{"text":"","price":""}],'
            '"tags":{"a/b":"one","a/b":""},"payment":{"kind":"card","number":"4711"},'
            '"home":{"town":""},"away":{"town":"Rome"}}',
    "unplaced": ["", "/nowhere/at/all"],
    "errors": ["wrong <i>/title", "wrong <i>/lines", "wrong <i>/lines/1/price",
               "wrong <i>/tags/a~1b", "wrong <i>/payment/kind", "x: wrong <i>/home/town/x",
               "wrong <i>/<b>odd~1~0name<~1b>"],
    "invalid": ["title", "price", "value", "kind", "town", "<b>odd/~name</b>"],
    "described": True,
    "first": "title",
    "html": 0,
    "hints": ["1 to 200 characters", "1 to 10000", "", "", "This must be a UUID.",
              "at least 0.01 · 2 decimals"],
    "again": ["twelve", {"kind": "cash"}, "none"],
    "stale": 0,
}
