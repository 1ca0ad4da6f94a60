"""Syntax colours for Python source.

Pygments splits the whole text once; the highlighter then paints line by line from that, so
that long strings over several lines come out right.  GUI thread only.
"""

from __future__ import annotations

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Literal, Name, _TokenType
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui.palette import Palette
from gui.theme import color

#: Kinds of token that have a colour, the more specific first.
_ROLES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "comment"),
    (Literal.String.Doc, "comment"),
    (Literal.String.Interpol, "name_text"),
    (Literal.String, "string"),
    (Literal.Number, "number"),
    (Keyword, "keyword"),
    (Name.Builtin.Pseudo, "keyword"),
    (Name.Function, "name_text"),
    (Name.Class, "name_text"),
    (Name.Decorator, "name_text"),
)


def role_of(token: _TokenType) -> str:
    """The palette's field for a kind of token; empty for plain text."""
    for kind, role in _ROLES:
        if kind is token or kind in token.split():
            return role
    return ""


def coloured_runs(text: str) -> list[list[tuple[int, int, str]]]:
    """For every line of ``text``: (column, length, role) of what has a colour.

    Columns count UTF-16 units, as Qt does.
    """
    lines: list[list[tuple[int, int, str]]] = [[]]
    column = 0
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    for token, value in lexer.get_tokens(text):
        role = role_of(token)
        for i, part in enumerate(value.split("\n")):
            if i:
                lines.append([])
                column = 0
            width = len(part) + sum(ord(c) > 0xFFFF for c in part)
            if role and width:
                lines[-1].append((column, width, role))
            column += width
    return lines


class PythonHighlighter(QSyntaxHighlighter):
    """Colours a document with Python source in the colours of a palette."""

    def __init__(self, document: QTextDocument, palette: Palette) -> None:
        super().__init__(document)
        self._palette = palette
        self._lines: list[list[tuple[int, int, str]]] = []

    def set_text(self, text: str) -> None:
        """Take over the colours of ``text``, which the document is about to show."""
        self._lines = coloured_runs(text)

    def recolour(self, lines: list[list[tuple[int, int, str]]]) -> None:
        """Take over the colours of the text that is shown now; only lines with others are redone."""
        old, self._lines = self._lines, lines
        if len(old) != len(lines):
            self.rehighlight()
            return
        for number, runs in enumerate(lines):
            if old[number] != runs:
                self.rehighlightBlock(self.document().findBlockByNumber(number))

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        number = self.currentBlock().blockNumber()
        if number >= len(self._lines):
            return
        for column, length, role in self._lines[number]:
            look = QTextCharFormat()
            look.setForeground(color(getattr(self._palette, role)))
            if role == "keyword":
                look.setFontWeight(QFont.Weight.DemiBold)
            self.setFormat(column, length, look)
