"""The settings dialog: what is changed shows at once, Cancel takes all of it back.  GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.session import default_folder
from engine.session_folders import KEEP_BYTES, KEEP_DAYS
from gui.interpreters import Interpreter
from gui.preferences import GIL_WAYS, LEAST_MB, MOST_MB, Preferences
from gui.theme import CHOICES, SMALL, Theme

_LANGUAGES = ("", "en", "zh_CN")


class _Wrapped(QLabel):
    """As high as its lines are: a form alone gives them the room they take unwrapped."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(self.width()))


class PreferencesDialog(QDialog):
    """``changed`` (Preferences): to be put into force at once; the last one said is what stays."""

    changed = Signal(object)

    def __init__(
        self, theme: Theme, now: Preferences, interpreters: Sequence[Interpreter], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        self._before = self._now = now
        self._interpreters = list(interpreters)
        self.language = QComboBox(self)
        self.look = QComboBox(self)
        self.zoom = QSpinBox(self)
        self.zoom.setRange(80, 200)
        self.zoom.setSingleStep(10)
        self.zoom.setSuffix("\u00a0%")
        self.interpreter = QComboBox(self)
        self.gil = QComboBox(self)
        self.limit = QSpinBox(self)
        self.limit.setRange(LEAST_MB, MOST_MB)
        self.limit.setSingleStep(256)
        self.limit.setSuffix("\u00a0MB")
        self.follow = QCheckBox(self)
        self.folder = _Wrapped(str(default_folder()), self)
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.folder.setWordWrap(True)
        self.open_folder = QPushButton(self)
        self.open_folder.clicked.connect(self._open_folder)
        self.kept = _Wrapped(self)
        self.kept.setObjectName("Soft")
        self.kept.setWordWrap(True)
        self._lay_out()
        self.retranslate()
        for box in (self.language, self.look, self.interpreter, self.gil):
            box.currentIndexChanged.connect(self._on_changed)
        for number in (self.zoom, self.limit):
            number.valueChanged.connect(self._on_changed)
        self.follow.toggled.connect(self._on_changed)
        self.rejected.connect(self._take_back)

    def _lay_out(self) -> None:
        theme = self._theme
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(theme.px(16))
        self._form.setVerticalSpacing(theme.px(8))
        self._labels = [QLabel(self) for _ in range(7)]
        fields = (self.language, self.look, self.zoom, self.interpreter, self.gil, self.limit, self.follow)
        for label, field in zip(self._labels, fields, strict=True):
            label.setBuddy(field)
            self._form.addRow(label, field)
        self._folder_label = QLabel(self)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(self.open_folder)
        self._form.addRow(self._folder_label, row)
        self._form.addRow("", self.kept)
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel | standard.RestoreDefaults, self)
        for button in self.buttons.buttons():
            button.setIcon(QIcon())  # the desktop's own would not fit the look
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(standard.RestoreDefaults).clicked.connect(self._restore)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(24), theme.px(18), theme.px(24), theme.px(14))
        layout.setSpacing(theme.px(14))
        layout.addLayout(self._form)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(theme.px(560))

    # --- texts ----------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Settings"))
        texts = (
            self.tr("Language"),
            self.tr("Look"),
            self.tr("Size of text"),
            self.tr("Interpreter"),
            self.tr("How the GIL is seen"),
            self.tr("Largest recording"),
            self.tr("A running program"),
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        self._folder_label.setText(self.tr("Runs not saved yet"))
        self.follow.setText(self.tr("Follow it live"))
        self.follow.setToolTip(self.tr("Otherwise the timeline stays where it is while a program runs."))
        self.limit.setToolTip(self.tr("A run that has recorded so much goes on, but is recorded no further."))
        self.open_folder.setText(self.tr("Open the folder"))
        text = self.tr(
            "They are kept for {days} days and as long as they have less than {size} GB together; what is "
            "saved lies where you saved it."
        )
        self.kept.setText(text.format(days=KEEP_DAYS, size=KEEP_BYTES >> 30))
        self.kept.setFont(self._theme.font(SMALL))
        gil = {
            "auto": self.tr("the best way there is"),
            "proc": self.tr("from outside, by reading the program's memory (Linux)"),
            "interpreter": self.tr("from inside, by a subinterpreter (3.13 and later)"),
            "off": self.tr("not at all"),
        }
        looks = {
            "system": self.tr("as the desktop"),
            "light": self.tr("light"),
            "dark": self.tr("dark"),
        }
        names = {"": self.tr("as the desktop"), "en": "English", "zh_CN": "中文"}
        paths = {i.path: f"{i.label}  ·  {i.path}" for i in self._interpreters}
        now = self._now
        self._fill(self.language, [(key, names[key]) for key in _LANGUAGES], now.language)
        self._fill(self.look, [(key, looks[key]) for key in CHOICES], now.theme)
        self._fill(self.interpreter, list(paths.items()), now.interpreter)
        self._fill(self.gil, [(key, gil[key]) for key in GIL_WAYS], now.gil)
        self._show(now)

    def _fill(self, box: QComboBox, entries: list[tuple[str, str]], chosen: str) -> None:
        with QSignalBlocker(box):
            box.clear()
            for key, text in entries:
                box.addItem(text, key)
            box.setCurrentIndex(max(0, box.findData(chosen)))

    def _show(self, now: Preferences) -> None:
        for box, key in (
            (self.language, now.language),
            (self.look, now.theme),
            (self.interpreter, now.interpreter),
            (self.gil, now.gil),
        ):
            with QSignalBlocker(box):
                box.setCurrentIndex(max(0, box.findData(key)))
        for number, value in ((self.zoom, round(now.zoom * 100)), (self.limit, now.size_limit_mb)):
            with QSignalBlocker(number):
                number.setValue(value)
        with QSignalBlocker(self.follow):
            self.follow.setChecked(now.follow_live)

    # --- choices --------------------------------------------------------------------------

    @property
    def chosen(self) -> Preferences:
        """As the fields stand."""
        return Preferences(
            str(self.language.currentData() or ""),
            str(self.look.currentData()),
            self.zoom.value() / 100,
            str(self.interpreter.currentData() or ""),
            self.limit.value(),
            str(self.gil.currentData()),
            self.follow.isChecked(),
        )

    def _on_changed(self, _value: object) -> None:
        self._say(self.chosen)

    def _say(self, chosen: Preferences) -> None:
        if chosen != self._now:
            self._now = chosen
            self.changed.emit(chosen)

    def _restore(self) -> None:
        ordinary = Preferences(interpreter=self._now.interpreter)
        self._show(ordinary)
        self._say(ordinary)

    def _take_back(self) -> None:
        self._say(self._before)

    def _open_folder(self) -> None:
        folder = Path(self.folder.text())
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
