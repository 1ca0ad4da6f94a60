"""A scenario before it runs: what it does, the question, the choices, the parameters.

Nothing on this page gives the answer away.  GUI thread only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.scenarios.parameter import Kind, Parameter, Value
from engine.scenarios.recordings import shipped
from engine.scenarios.scenario import Scenario
from engine.scenarios.texts import Texts, filled
from gui.actions import CommandsFirst
from gui.lesson.ballot import Ballot
from gui.lesson.choices import Choices
from gui.theme import SENTENCE, TITLE, Theme

#: Spin boxes count in 32 bits.
MOST = 2_147_483_647


class RealBox(QDoubleSpinBox):
    """Shows as many decimals as a number has, not as many as it could have."""

    def textFromValue(self, value: float) -> str:
        text, point = super().textFromValue(value), self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text


class ParameterForm(QWidget):
    """A control for each parameter, limited to its range."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = theme.px(6)  # a style sheet's padding does not reach the field of a spin box
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(theme.px(14))
        self._form.setVerticalSpacing(theme.px(6))
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self._controls: dict[str, QWidget] = {}

    def show_parameters(
        self,
        parameters: tuple[Parameter, ...],
        values: Mapping[str, Value],
        texts: Texts,
        before: Mapping[str, Value] | None = None,
    ) -> None:
        """``before``: what they were in the run before; those that differ say so."""
        while self._form.rowCount():
            self._form.removeRow(0)
        self._controls.clear()
        for parameter in parameters:
            text = texts.parameters.get(parameter.name)
            control = self._control(parameter, values.get(parameter.name, parameter.default))
            label = text.label if text else parameter.name
            control.setToolTip(text.help if text else "")
            control.setAccessibleName(label)
            caption = QLabel(label, self)
            caption.setToolTip(text.help if text else "")
            caption.setBuddy(control)
            was = before.get(parameter.name) if before is not None else None
            if was is not None and was != values.get(parameter.name):
                self._form.addRow(caption, self._changed(control, parameter, was))
            else:
                self._form.addRow(caption, control)
            self._controls[parameter.name] = control

    def _changed(self, control: QWidget, parameter: Parameter, was: Value) -> QWidget:
        """A control with what it stood at before behind it."""
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(control)
        shown = f"{was:,}" if isinstance(was, int) and not isinstance(was, bool) else str(was)
        if isinstance(was, bool):
            shown = self.tr("on") if was else self.tr("off")
        label = QLabel(self.tr("changed; before: {value}").format(value=f"{shown} {parameter.unit}".strip()))
        label.setObjectName("Heading")
        row.addWidget(label)
        row.addStretch(1)
        return both

    def _control(self, parameter: Parameter, value: Value) -> QWidget:
        if parameter.kind is Kind.SWITCH:
            box = QCheckBox(self)
            box.setChecked(bool(value))
            box.toggled.connect(self.changed)
            return box
        if parameter.kind is Kind.CHOICE:
            combo = QComboBox(self)
            for choice in parameter.choices:
                combo.addItem(str(choice), choice)
            combo.setCurrentIndex(max(0, combo.findData(value)))
            combo.currentIndexChanged.connect(self.changed)
            return combo
        if parameter.kind is Kind.REAL:
            real = RealBox(self)
            CommandsFirst(real)
            real.lineEdit().setTextMargins(self._margin, 0, 0, 0)
            smallest = parameter.low if 0 < parameter.low < 0.001 else 0.001
            real.setDecimals(math.ceil(-math.log10(smallest)))
            real.setRange(parameter.low, parameter.high)
            real.setSingleStep(max(0.001, (parameter.high - parameter.low) / 50))
            real.setValue(float(value))
            real.setSuffix(f" {parameter.unit}" if parameter.unit else "")
            real.valueChanged.connect(self.changed)
            return real
        whole = QSpinBox(self)
        CommandsFirst(whole)
        whole.lineEdit().setTextMargins(self._margin, 0, 0, 0)
        whole.setRange(max(-MOST, int(parameter.low)), min(MOST, int(parameter.high)))
        whole.setGroupSeparatorShown(True)
        whole.setSingleStep(max(1, int((parameter.high - parameter.low) / 50)))
        whole.setValue(int(value))
        whole.setSuffix(f" {parameter.unit}" if parameter.unit else "")
        whole.valueChanged.connect(self.changed)
        return whole

    def values(self) -> dict[str, Value]:
        """What is set now, by the parameter's name."""
        result: dict[str, Value] = {}
        for name, control in self._controls.items():
            if isinstance(control, QCheckBox):
                result[name] = control.isChecked()
            elif isinstance(control, QComboBox):
                result[name] = control.currentData()
            elif isinstance(control, (QSpinBox, QDoubleSpinBox)):
                result[name] = control.value()
        return result


class ScenarioPage(QScrollArea):
    """``run_wanted`` when Run is pressed, ``recorded_wanted`` when the recorded run is to be shown,
    ``edit_wanted`` when a copy of the program is to be edited, ``parameters_changed`` when a
    control was changed, ``on_wanted`` by Page Down where nothing is left to scroll (a presenter's
    remote).  ``choices`` takes the votes."""

    run_wanted = Signal()
    recorded_wanted = Signal()
    edit_wanted = Signal()
    parameters_changed = Signal()
    on_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scenario: Scenario | None = None
        self._texts: Texts | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget(self)
        inside.setObjectName("Panel")
        self.setWidget(inside)
        self.title = QLabel(inside)
        self.intro = QLabel(inside)
        self.question = QLabel(inside)
        for label in (self.title, self.intro, self.question):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.choices = Choices(theme, inside)
        self._ballot = Ballot(())
        self._changed = False
        self.form = ParameterForm(theme, inside)
        self.form.changed.connect(self._on_changed)
        self._parameters_heading = QLabel(inside)
        self._parameters_heading.setObjectName("Heading")
        self.run_button = QPushButton(inside)
        self.run_button.setObjectName("Primary")
        self.run_button.clicked.connect(self.run_wanted)
        self.recorded_button = QPushButton(inside)
        self.recorded_button.clicked.connect(self.recorded_wanted)
        self.edit_button = QPushButton(inside)
        self.edit_button.clicked.connect(self.edit_wanted)
        self._buttons = buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        buttons.setSpacing(theme.px(10))
        buttons.addWidget(self.run_button)
        buttons.addWidget(self.recorded_button)
        buttons.addWidget(self.edit_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(inside)
        self._layout = layout
        layout.addWidget(self.title)
        layout.addWidget(self.intro)
        layout.addSpacing(theme.px(6))
        layout.addWidget(self.question)
        layout.addWidget(self.choices)
        layout.addSpacing(theme.px(6))
        layout.addWidget(self._parameters_heading)
        layout.addWidget(self.form)
        layout.addSpacing(theme.px(4))
        layout.addLayout(buttons)
        layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        self.run_button.setText(self.tr("Run (Ctrl+R)"))
        self.recorded_button.setText(self.tr("Show a recorded run"))
        self.recorded_button.setToolTip(
            self.tr("A run that was recorded before, with the usual parameters; nothing is executed")
        )
        self.edit_button.setText(self.tr("Edit a copy"))
        self.edit_button.setToolTip(
            self.tr("The program with these parameters, in an editor; the scenario stays as it is")
        )
        self._parameters_heading.setText(self.tr("Parameters"))
        self._fit_buttons()

    def _on_theme_changed(self) -> None:
        theme = self._theme
        px = theme.px
        self.title.setFont(theme.font(TITLE * 1.15, QFont.Weight.DemiBold))
        self.intro.setFont(theme.font(1.08))
        self.question.setFont(theme.font(SENTENCE * 0.9, QFont.Weight.DemiBold))
        self._layout.setSpacing(px(9))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Lines that are not too long to read.  (Under a maximum width Qt would reckon the height of
        wrapped text for the width there is without it, and cut the text off.)"""
        px = self._theme.px
        right = max(px(40), self.viewport().width() - px(32 + 720))
        self._layout.setContentsMargins(px(32), px(26), right, px(20))
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        """Side by side where there is room, else one below the other."""
        shown = [b for b in (self.run_button, self.recorded_button, self.edit_button) if not b.isHidden()]
        margins = self._layout.contentsMargins()
        room = self.viewport().width() - margins.left() - margins.right()
        wide = sum(b.sizeHint().width() for b in shown) + self._buttons.spacing() * (len(shown) - 1)
        across = QBoxLayout.Direction.LeftToRight
        self._buttons.setDirection(across if wide <= room else QBoxLayout.Direction.TopToBottom)

    # --- content ------------------------------------------------------------------------------

    def show_scenario(
        self,
        scenario: Scenario,
        texts: Texts,
        values: Mapping[str, Value],
        ballot: Ballot,
        before: Mapping[str, Value] | None = None,
    ) -> None:
        """Another scenario, the same in another language, or its question with a parameter changed:
        then ``before`` has the values of the run before."""
        self._scenario = scenario
        self._texts = texts
        self._changed = before is not None
        self.title.setText(texts.title)
        self.form.show_parameters(scenario.parameters, values, texts, before)
        self._parameters_heading.setVisible(bool(scenario.parameters))
        self.form.setVisible(bool(scenario.parameters))
        self.recorded_button.setVisible(not self._changed and shipped(scenario.id) is not None)
        self._fit_buttons()
        self._ballot = ballot
        self._fill()

    def _fill(self) -> None:
        """Texts with the parameters as they are set."""
        if self._scenario is None or self._texts is None:
            return
        figures: dict[str, object] = dict(self.form.values())
        texts = self._texts
        self.intro.setText(filled(texts.intro, figures))
        self.question.setText(filled(texts.change if self._changed else texts.question.text, figures))
        choices = {key: filled(choice.text, figures) for key, choice in texts.question.choices.items()}
        self.choices.show_ballot(self._ballot, choices)

    def _on_changed(self) -> None:
        self._fill()
        self.parameters_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits vote, wherever on the page the focus is."""
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_PageDown and bar.value() == bar.maximum():
            self.on_wanted.emit()
        elif not self.choices.key_pressed(event):
            super().keyPressEvent(event)
