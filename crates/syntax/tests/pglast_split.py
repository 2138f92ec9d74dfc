"""Splits SQL with PostgreSQL's own parser, as an oracle for the splitter.

Reads a JSON array of texts (ASCII only, so that characters are bytes) from the file named by the first argument and
prints, for each, either {"error": message, "at": offset} or {"statements": [[start, end, kind], ...]}: `start` and `end`
are the bounds of the first and last token that is no comment, `kind` is the name of the parser's node.
"""

import json
import sys
from bisect import bisect_left

from pglast import parse_sql
from pglast.parser import ParseError, scan


def split(text):
    try:
        tokens = [token for token in scan(text) if token.name not in ("SQL_COMMENT", "C_COMMENT")]
        starts = [token.start for token in tokens]
        statements = []
        for raw in parse_sql(text):
            end = raw.stmt_location + raw.stmt_len if raw.stmt_len else len(text)
            first = bisect_left(starts, raw.stmt_location)
            last = bisect_left(starts, end) - 1
            while last > first and text[tokens[last].start] == ";":
                last -= 1
            statements.append([tokens[first].start, tokens[last].end + 1, type(raw.stmt).__name__])
        return {"statements": statements}
    except ParseError as error:
        at = error.args[1] if len(error.args) > 1 else 0
        return {"error": str(error.args[0]), "at": at if isinstance(at, int) else 0}


def main():
    sys.setrecursionlimit(100_000)
    with open(sys.argv[1], encoding="ascii") as file:
        texts = json.load(file)
    for text in texts:
        print(json.dumps(split(text)))


if __name__ == "__main__":
    main()
