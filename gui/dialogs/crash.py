"""What is shown when a fault of ours surfaced: what happened, what is safe, a report.  GUI thread only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.theme import TITLE, Theme


class CrashDialog(QDialog):
    """``session``: the folder in which the run that is shown lies, if there is one.  However it ends,
    the window goes on; ``quit_wanted`` when its button for that was pressed."""

    quit_wanted = Signal()

    def __init__(self, theme: Theme, report: str, session: Path | None, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Something went wrong"))
        title = QLabel(self.tr("Something went wrong in Lockstep"), self)
        title.setFont(theme.font(TITLE, QFont.Weight.DemiBold))
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setText("\n\n".join(self._sentences(report, session)))
        self.report = QPlainTextEdit(report, self)
        self.report.setReadOnly(True)
        self.report.setFont(theme.code_font())
        self.report.setAccessibleName(self.tr("Report"))
        self.report.setTabChangesFocus(True)
        self.copy = QPushButton(self.tr("Copy the report"), self)
        self.copy.clicked.connect(self._copy)
        self.quit = QPushButton(self.tr("Close Lockstep"), self)
        self.quit.clicked.connect(self._on_quit)
        self.go_on = QPushButton(self.tr("Go on"), self)
        self.go_on.setObjectName("Primary")
        self.go_on.setDefault(True)
        self.go_on.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.quit)
        buttons.addWidget(self.go_on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(14))
        layout.setSpacing(theme.px(10))
        for widget in (title, self.text):
            layout.addWidget(widget)
        layout.addWidget(self.report, 1)
        layout.addLayout(buttons)
        self.resize(theme.px(680), theme.px(440))

    def _sentences(self, report: str, session: Path | None) -> list[str]:
        lines = [line for line in report.split("\n\nLog:")[0].splitlines() if line.strip()]
        happened = self.tr("This is a fault of Lockstep, not of your program: {fault}")
        saved = (
            self.tr(
                "What was recorded is on the disk, in {folder}. If Lockstep ends now, "
                "it is offered again at the next start."
            ).format(folder=session)
            if session is not None
            else self.tr("No recording was open that is not saved; nothing of yours is lost.")
        )
        send = self.tr("The report names versions and places in Lockstep's code. Nothing was sent anywhere.")
        return [happened.format(fault=lines[-1] if lines else ""), saved, send]

    def _on_quit(self) -> None:
        self.reject()
        self.quit_wanted.emit()

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.report.toPlainText())
        self.copy.setText(self.tr("Copied"))
