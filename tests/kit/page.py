"""A page of docs/ as what can be carried out: its blocks, between ``` and ```."""

from dataclasses import dataclass


@dataclass
class Block:
    language: str
    text: str
    line: int  # of the page, where the text begins
    lead: str  # the line that has words before it


def blocks(path):
    found, lead, block = [], "", None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("```"):
            if block:
                found.append(block)
                block = None
            else:
                block = Block(line.removeprefix("```").strip(), "", number + 1, lead)
        elif block:
            block.text += line + "\n"
        elif line.strip():
            lead = line
    return found
