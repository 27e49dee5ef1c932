"""Writes the C++ of a page of docs/ as one file, whose errors name the lines of the page.

    cd tests && python3 -m kit.page_code <page> <file>
"""

import sys
from pathlib import Path

from kit.page import blocks

page, code = map(Path, sys.argv[1:])
code.write_text("".join(f'#line {block.line} "{page}"\n{block.text}' for block in blocks(page)
                        if block.language == "cpp"))
