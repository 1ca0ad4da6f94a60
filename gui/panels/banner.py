"""A message across the top of the window: an error, a warning, something to decide.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Offer:
    """A button of a banner."""

    text: str
    act: Callable[[], None]


class Banner(QFrame):
    """One message; ``key`` says what it is about, so that a later one can take its place.  ``brief``
    is the same in one line, for a projector, where every line costs a track."""

    def __init__(
        self,
        theme: Theme,
        key: str,
        kind: str,
        text: str,
        offers: Sequence[Offer],
        close: Callable[[], None],
        brief: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("Banner")
        self.setProperty("kind", kind)
        self.key = key
        self.kind = kind
        self.text = text
        self._brief = brief
        self._theme = theme
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(text)
        layout = QHBoxLayout(self)
        layout.addWidget(self._label, 1)
        self.buttons: list[QPushButton] = []
        for offer in offers:
            button = QPushButton(offer.text, self)
            button.clicked.connect(offer.act)
            button.clicked.connect(close)
            layout.addWidget(button)
            self.buttons.append(button)
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("Link")
        self.close_button.setText("✕")
        self.close_button.clicked.connect(close)
        layout.addWidget(self.close_button)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    @property
    def shown_text(self) -> str:
        return self._label.text()

    def _on_theme_changed(self) -> None:
        px, small = self._theme.px, self._theme.projector
        self._label.setText(self._brief if small and self._brief else self.text)
        self._label.setToolTip(self.text if self._label.text() != self.text else "")
        layout = self.layout()
        if layout is not None:
            above = px(2 if small else 6)
            layout.setContentsMargins(px(12), above, px(6), above)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.close_button.setToolTip(self.tr("Close this message"))
        self.close_button.setAccessibleName(self.tr("Close this message"))


class BannerStack(QWidget):
    """All messages that are open, newest at the top."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Panel")
        self._theme = theme
        self.banners: list[Banner] = []
        self._layout = QVBoxLayout(self)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    def _on_theme_changed(self) -> None:
        px = self._theme.px
        above = px(2 if self._theme.projector else 6)
        self._layout.setContentsMargins(px(10), above, px(10), above)

    def show_message(
        self, key: str, kind: str, text: str, offers: Sequence[Offer] = (), brief: str = ""
    ) -> Banner:
        """``kind``: "error", "warning" or "notice".  Takes the place of one with the same key."""
        self.dismiss(key)
        banner = Banner(self._theme, key, kind, text, offers, lambda: self.dismiss(key), brief, self)
        self.banners.append(banner)
        self._layout.insertWidget(0, banner)
        self.show()
        return banner

    def answer(self) -> None:
        """Does what the newest message offers first."""
        for banner in reversed(self.banners):
            if banner.buttons:
                banner.buttons[0].click()
                return

    def dismiss(self, key: str) -> None:
        for banner in [b for b in self.banners if b.key == key]:
            self.banners.remove(banner)
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self.banners))

    def dismiss_all(self) -> None:
        for banner in list(self.banners):
            self.dismiss(banner.key)
