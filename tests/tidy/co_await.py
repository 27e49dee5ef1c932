"""Finds braces that share a full expression with co_await.

g++ 12 destroys twice an aggregate temporary, or a capturing lambda, that is made in a full
expression with co_await. Both are written with braces, so braces there are what we look for.
"""

import re

BLANKED = re.compile(
    r'R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'  # raw strings
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<!\w)'(?:\\.|[^'\\\n])+'"  # not the marks in 1'000
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL,
)


def blank(text):
    """The code alone: strings and comments become spaces, line breaks stay."""
    return BLANKED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def opens_a_block(code, brace):
    """Whether the brace begins statements, and not a value. As clang-format writes it, a block has
    a space before it."""
    before = code[:brace]
    if not before or not before[-1].isspace():
        return False
    return not re.search(r"([=,(]|\breturn|\bco_return|\bco_yield)$", before.rstrip())


def brace_before(code, start):
    """Whether the full expression that holds `start` has braces before it."""
    for i in range(start - 1, -1, -1):
        if code[i] == ";":
            return False
        if code[i] == "{":
            return not opens_a_block(code, i)
        if code[i] == "}":
            return code[i + 1 :].lstrip()[:1] in (",", ")", ".")
    return False


def brace_behind(code, start):
    """Whether the full expression that holds `start` has braces behind it."""
    depth = 0
    for i in range(start, len(code)):
        if code[i] == "{":
            return True
        if code[i] == ";":
            return False
        if code[i] in "([":
            depth += 1
        elif code[i] in ")]":
            depth -= 1
            if depth < 0:
                if code[i] == ")" and is_condition(code, i):
                    return False
                depth = 0
    return False


def is_condition(code, closing):
    """Whether this parenthesis closes that of an if, while, for or switch."""
    depth = 0
    for i in range(closing, -1, -1):
        depth += {")": 1, "(": -1}.get(code[i], 0)
        if depth == 0:
            return re.search(r"\b(if|if constexpr|while|for|switch)\s*$", code[:i]) is not None
    return False


def braces_in_awaits(text):
    """The lines of the co_awaits that share their full expression with braces."""
    code = blank(text)
    for found in re.finditer(r"\bco_await\b", code):
        if brace_before(code, found.start()) or brace_behind(code, found.end()):
            yield code.count("\n", 0, found.start()) + 1
