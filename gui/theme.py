"""The theme in force: palette, fonts and sizes, and the style sheet made from them.

One :class:`Theme` exists in the application; widgets are given it and listen to ``changed``.
GUI thread only.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from gui.fonts import Fonts
from gui.icons import icon
from gui.palette import DARK, LIGHT, PALETTES, PROJECTOR, Palette

#: The choices a person has; "system" follows the desktop's light or dark.
CHOICES = ("system", "light", "dark")

#: Height of ordinary text in pixels, in a small window and in a large one, and the heights of the
#: window between which it stays as it is.
SMALL_BASE_PX = 13.0
LARGE_BASE_PX = 15.0
ROOMY_PX = (880, 960)

SMALL, BODY, STRONG, TITLE, SENTENCE, FIGURE = 0.86, 1.0, 1.0, 1.32, 1.58, 1.9

#: On a projector the smallest text is large already: what is larger elsewhere leads by this share of
#: its usual lead, enough that the sentence is 1/24 of the screen's height, and gaps grow less than text.
PROJECTOR_LEAD = 0.46
PROJECTOR_GAPS = 0.8


class Theme(QObject):
    """Palette, fonts and sizes.

    ``changed`` is emitted after any of them changed and the application wears it.
    """

    changed = Signal()

    def __init__(self, app: QApplication, fonts: Fonts | None = None, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self.fonts = fonts or Fonts()
        self._choice = choice if choice in CHOICES else "system"
        self._projector = False
        self._zoom = 1.0
        self._ordinary_px = SMALL_BASE_PX
        self._base_px = SMALL_BASE_PX
        self.palette: Palette = LIGHT
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_scheme_changed)
        self._apply()

    # --- choices -------------------------------------------------------------------------

    @property
    def choice(self) -> str:
        return self._choice

    @property
    def projector(self) -> bool:
        return self._projector

    @property
    def zoom(self) -> float:
        """Size of text against the ordinary, 0.8 to 2.0."""
        return self._zoom

    def choose(self, choice: str) -> None:
        """``light``, ``dark`` or ``system``."""
        if choice not in CHOICES:
            raise ValueError(choice)
        self._choice = choice
        self._apply()

    def set_projector(self, on: bool, screen_height_px: int = 0) -> None:
        """Projector: highest contrast, everything larger.  The smallest text is then 1/33 of the
        screen's height from ascender to descender: a back row sits six picture heights away."""
        self._projector = on
        self._base_px = _projector_base_px(self.fonts, screen_height_px) if on else self._ordinary_px
        self._apply()

    def fit_window(self, height_px: int) -> None:
        """Ordinary text is a little larger in a window with room for it (logical pixels: the
        desktop's factor for dense screens comes on top)."""
        low, high = ROOMY_PX
        roomy = height_px >= high or (height_px >= low and self._ordinary_px == LARGE_BASE_PX)
        base = LARGE_BASE_PX if roomy else SMALL_BASE_PX
        if base != self._ordinary_px:
            self._ordinary_px = base
            if not self._projector:
                self._base_px = base
                self._apply()

    def set_zoom(self, zoom: float) -> None:
        self._zoom = min(2.0, max(0.8, round(zoom, 2)))
        self._apply()

    # --- sizes and fonts -----------------------------------------------------------------

    def px(self, units: float) -> int:
        """A length that grows with the text: ``units`` are pixels at the ordinary size."""
        gaps = PROJECTOR_GAPS if self._projector else 1.0
        return max(1, round(units * self._base_px * self._text_zoom * gaps / 13.0))

    def font(self, size: float = BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        return self.fonts.text(self._base_px * self._text_zoom * self._proportion(size), weight)

    def code_font(self, size: float = 0.96, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        return self.fonts.code(self._base_px * self._text_zoom * self._proportion(size), weight)

    @property
    def _text_zoom(self) -> float:
        return max(1.0, self._zoom) if self._projector else self._zoom

    def _proportion(self, size: float) -> float:
        """Of ordinary text: as asked for, but on a projector never below SMALL."""
        return SMALL + max(0.0, size - SMALL) * PROJECTOR_LEAD if self._projector else size

    # --- putting it on -------------------------------------------------------------------

    def _on_scheme_changed(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        if self._projector:
            self.palette = PROJECTOR
        elif self._choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
            self.palette = DARK if dark else LIGHT
        else:
            self.palette = PALETTES[self._choice]
        self._app.setPalette(qt_palette(self.palette))
        self._app.setFont(self.font())
        self._app.setStyleSheet(style_sheet(self))
        self.changed.emit()


def _projector_base_px(fonts: Fonts, screen_height_px: int) -> float:
    if screen_height_px <= 0:
        screen = QGuiApplication.primaryScreen()
        screen_height_px = screen.size().height()
    metrics = QFontMetricsF(fonts.text(100))
    smallest = screen_height_px / 33 / ((metrics.ascent() + metrics.descent()) / 100)
    return math.ceil(smallest) / SMALL


def color(name: str, alpha: int = 255) -> QColor:
    result = QColor(name)
    result.setAlpha(alpha)
    return result


def qt_palette(palette: Palette) -> QPalette:
    """Qt's own palette, for what the style sheet does not reach."""
    qt = QPalette()
    role = QPalette.ColorRole
    for where, name in (
        (role.Window, palette.window),
        (role.Base, palette.surface),
        (role.AlternateBase, palette.lane),
        (role.Button, palette.surface),
        (role.Text, palette.text),
        (role.WindowText, palette.text),
        (role.ButtonText, palette.text),
        (role.PlaceholderText, palette.soft_text),
        (role.Highlight, palette.accent),
        (role.HighlightedText, palette.on_accent),
        (role.Link, palette.accent),
        (role.ToolTipBase, palette.window),
        (role.ToolTipText, palette.text),
        (role.BrightText, palette.error),
        (role.Mid, palette.line),
        (role.Accent, palette.accent),
    ):
        qt.setColor(where, QColor(name))
    for where in (role.Text, role.WindowText, role.ButtonText):
        qt.setColor(QPalette.ColorGroup.Disabled, where, QColor(palette.edge))
    return qt


def style_sheet(theme: Theme) -> str:
    """The application's style sheet."""
    p = theme.palette
    px = theme.px
    return f"""
* {{ outline: none; }}
QMainWindow, QDialog, QWidget#Panel, QWidget#TopBar {{ background: {p.window}; color: {p.text}; }}
QToolTip {{ background: {p.window}; color: {p.text}; border: 1px solid {p.edge};
    padding: {px(4)}px {px(6)}px; }}
QSplitter::handle {{ background: {p.line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}

QPushButton, QToolButton {{ background: {p.surface}; color: {p.text}; border: 1px solid {p.line};
    border-radius: {px(5)}px; padding: {px(5)}px {px(13)}px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {p.edge}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {p.selection}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {p.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {p.edge}; }}
QPushButton#Primary {{ background: {p.accent}; color: {p.on_accent}; border-color: {p.accent};
    font-weight: 600; }}
QPushButton#Primary:disabled {{ background: {p.surface}; color: {p.edge}; border-color: {p.line}; }}
QPushButton#Primary:focus {{ border: 2px solid {p.text}; }}
QPushButton#Link, QToolButton#Link {{ background: transparent; border: none; color: {p.accent};
    padding: {px(1)}px {px(2)}px; }}
QPushButton#Link:hover, QToolButton#Link:hover {{ text-decoration: underline; }}
QPushButton#Link:focus, QToolButton#Link:focus {{ border: 1px solid {p.accent}; border-radius: 3px; }}
QPushButton#Link:checked, QToolButton#Link:checked {{ color: {p.text}; font-weight: 600; }}
QToolButton::menu-indicator {{ image: none; }}

QLineEdit, QPlainTextEdit#Field, QSpinBox, QDoubleSpinBox, QComboBox {{ background: {p.surface};
    color: {p.text}; border: 1px solid {p.line}; border-radius: {px(5)}px;
    padding: {px(4)}px {px(8)}px; selection-background-color: {p.accent};
    selection-color: {p.on_accent}; placeholder-text-color: {p.soft_text}; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{ border-color: {p.accent}; }}
QRadioButton, QCheckBox {{ color: {p.text}; spacing: {px(8)}px; }}
QRadioButton::indicator, QCheckBox::indicator {{ width: {px(13)}px; height: {px(13)}px;
    border: 1px solid {p.edge}; background: {p.surface}; }}
QRadioButton::indicator {{ border-radius: {px(13) // 2 + 1}px; }}
QCheckBox::indicator {{ border-radius: {px(3)}px; }}
QRadioButton::indicator:hover, QCheckBox::indicator:hover {{ border-color: {p.text}; }}
QRadioButton:focus, QCheckBox:focus {{ color: {p.accent}; }}
QRadioButton::indicator:checked {{ border-color: {p.accent}; background: qradialgradient(
    cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
    stop: 0 {p.accent}, stop: 0.5 {p.accent}, stop: 0.58 {p.surface}, stop: 1 {p.surface}); }}
QCheckBox::indicator:checked {{ border-color: {p.accent}; background: {p.accent};
    image: url({icon("check", p)}); }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
    subcontrol-origin: border; width: {px(18)}px; border: none; background: transparent; }}
QSpinBox::up-button, QDoubleSpinBox::up-button {{ subcontrol-position: top right; }}
QSpinBox::down-button, QDoubleSpinBox::down-button {{ subcontrol-position: bottom right; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url({icon("up", p)}); width: {px(10)}px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url({icon("down", p)}); width: {px(10)}px; }}
QComboBox::drop-down {{ border: none; width: {px(20)}px; }}
QComboBox::down-arrow {{ image: url({icon("down", p)}); width: {px(10)}px; }}
QComboBox QAbstractItemView {{ background: {p.window}; color: {p.text};
    selection-background-color: {p.selection}; selection-color: {p.selection_text}; }}

QTableView#Figures {{ background: {p.window}; alternate-background-color: {p.lane}; color: {p.text};
    border: none; selection-background-color: {p.selection}; selection-color: {p.selection_text}; }}
QTableView#Figures::item {{ padding: 0 {px(7)}px; border: none; }}
QHeaderView {{ background: {p.window}; border: none; }}
QHeaderView::section {{ background: {p.window}; color: {p.soft_text}; border: none;
    border-bottom: 1px solid {p.line}; padding: {px(3)}px {px(7)}px; }}
QHeaderView::section:hover {{ color: {p.text}; }}

QTreeView#List {{ background: {p.window}; border: none; color: {p.text}; show-decoration-selected: 1; }}
QTreeView#List::branch {{ background: {p.window}; }}

QPlainTextEdit#Code, QPlainTextEdit#Output {{ background: {p.window}; color: {p.text}; border: none;
    selection-background-color: {p.accent}; selection-color: {p.on_accent};
    placeholder-text-color: {p.soft_text}; }}

QLabel#Title {{ font-weight: 600; color: {p.text}; }}
QLabel#Soft {{ color: {p.soft_text}; }}
QLabel#Heading {{ font-weight: 600; color: {p.text}; }}
QFrame#Card {{ background: {p.surface}; border: 1px solid {p.line}; border-radius: {px(6)}px; }}
QFrame#Rule {{ background: {p.line}; border: none; }}
QFrame#Banner {{ background: {p.error_back}; border: 1px solid {p.error}; border-radius: {px(6)}px; }}
QFrame#Banner QLabel {{ color: {p.text}; }}
QFrame#Banner[kind="warning"] {{ background: {p.warning_back}; border-color: {p.warning_text}; }}
QFrame#Banner[kind="notice"] {{ background: {p.surface}; border-color: {p.edge}; }}

QStatusBar {{ background: {p.window}; color: {p.soft_text}; border-top: 1px solid {p.line}; }}
QStatusBar::item {{ border: none; }}
QMenuBar {{ background: {p.window}; color: {p.text}; padding: 0; }}
QMenuBar::item {{ padding: {px(3)}px {px(8)}px; background: transparent; }}
QMenuBar::item:selected {{ background: {p.selection}; color: {p.selection_text}; }}
QMenu {{ background: {p.window}; color: {p.text}; border: 1px solid {p.edge}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(4)}px {px(22)}px; border-radius: {px(3)}px; }}
QMenu::item:selected {{ background: {p.selection}; color: {p.selection_text}; }}
QMenu::item:disabled {{ color: {p.edge}; }}
QMenu::separator {{ height: 1px; background: {p.line}; margin: {px(4)}px {px(6)}px; }}

QScrollBar:vertical {{ background: transparent; width: {px(10)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}px; margin: 0; }}
QScrollBar::handle {{ background: {p.edge}; border-radius: {px(3)}px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: {px(28)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(28)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QAbstractScrollArea::corner {{ background: transparent; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QProgressBar {{ background: {p.surface}; border: 1px solid {p.line}; border-radius: {px(4)}px;
    text-align: center; color: {p.text}; }}
QProgressBar::chunk {{ background: {p.accent}; border-radius: {px(3)}px; }}
QTabBar::tab {{ background: transparent; color: {p.soft_text}; padding: {px(4)}px {px(8)}px;
    border: none; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom: 2px solid {p.accent}; }}
QTabBar::tab:focus {{ color: {p.accent}; }}
"""
