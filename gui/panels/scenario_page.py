"""A scenario before it runs: what it does, the question, the choices, the parameters.

Nothing on this page gives the answer away.  GUI thread only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.scenarios.parameter import Kind, Parameter, Value
from engine.scenarios.recordings import shipped
from engine.scenarios.scenario import Scenario
from engine.scenarios.texts import Texts, filled
from gui.theme import SENTENCE, TITLE, Theme

#: Spin boxes count in 32 bits.
MOST = 2_147_483_647


class ParameterForm(QWidget):
    """A control for each parameter, limited to its range."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(theme.px(14))
        self._form.setVerticalSpacing(theme.px(6))
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self._controls: dict[str, QWidget] = {}

    def show_parameters(
        self, parameters: tuple[Parameter, ...], values: Mapping[str, Value], texts: Texts
    ) -> None:
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
            self._form.addRow(caption, control)
            self._controls[parameter.name] = control

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
            real = QDoubleSpinBox(self)
            smallest = parameter.low if 0 < parameter.low < 0.001 else 0.001
            real.setDecimals(math.ceil(-math.log10(smallest)))
            real.setRange(parameter.low, parameter.high)
            real.setSingleStep(max(0.001, (parameter.high - parameter.low) / 50))
            real.setValue(float(value))
            real.setSuffix(f" {parameter.unit}" if parameter.unit else "")
            real.valueChanged.connect(self.changed)
            return real
        whole = QSpinBox(self)
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
    control was changed."""

    run_wanted = Signal()
    recorded_wanted = Signal()
    edit_wanted = Signal()
    parameters_changed = Signal()

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
        self.look_for = QLabel(inside)
        self.look_for.setObjectName("Soft")
        for label in (self.title, self.intro, self.question, self.look_for):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._choices = QVBoxLayout()
        self.choice_buttons: dict[str, QRadioButton] = {}
        self._group: QButtonGroup | None = None
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
        buttons = QHBoxLayout()
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
        layout.addLayout(self._choices)
        layout.addSpacing(theme.px(6))
        layout.addWidget(self._parameters_heading)
        layout.addWidget(self.form)
        layout.addWidget(self.look_for)
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

    def _on_theme_changed(self) -> None:
        theme = self._theme
        px = theme.px
        self.title.setFont(theme.font(TITLE * 1.15, QFont.Weight.DemiBold))
        self.intro.setFont(theme.font(1.08))
        self.question.setFont(theme.font(SENTENCE * 0.9, QFont.Weight.DemiBold))
        self.look_for.setFont(theme.font())
        for button in self.choice_buttons.values():
            button.setFont(theme.font(1.08))
        self._layout.setContentsMargins(px(32), px(26), px(40), px(20))
        self._layout.setSpacing(px(9))
        self._choices.setSpacing(px(6))
        for widget in (self.title, self.intro, self.question, self.look_for):
            widget.setMaximumWidth(px(720))

    # --- content ------------------------------------------------------------------------------

    def show_scenario(self, scenario: Scenario, texts: Texts, values: Mapping[str, Value], vote: str) -> None:
        """Another scenario, or the same in another language."""
        self._scenario = scenario
        self._texts = texts
        self.title.setText(texts.title)
        self._make_choices(vote)
        self.form.show_parameters(scenario.parameters, values, texts)
        self._parameters_heading.setVisible(bool(scenario.parameters))
        self.form.setVisible(bool(scenario.parameters))
        self.recorded_button.setVisible(shipped(scenario.id) is not None)
        self._fill()

    def _make_choices(self, vote: str) -> None:
        for button in self.choice_buttons.values():
            self._choices.removeWidget(button)
            button.deleteLater()
        self.choice_buttons.clear()
        group = QButtonGroup(self)
        if self._texts is None:
            return
        for key in self._texts.question.choices:
            button = QRadioButton(self.widget())
            button.setFont(self._theme.font(1.08))
            group.addButton(button)
            self._choices.addWidget(button)
            self.choice_buttons[key] = button
            button.setChecked(key == vote)
        old, self._group = self._group, group
        if old is not None:
            old.deleteLater()

    def _fill(self) -> None:
        """Texts with the parameters as they are set."""
        if self._scenario is None or self._texts is None:
            return
        figures: dict[str, object] = dict(self.form.values())
        texts = self._texts
        self.intro.setText(filled(texts.intro, figures))
        self.question.setText(filled(texts.question.text, figures))
        self.look_for.setText(filled(texts.look_for, figures))
        for key, button in self.choice_buttons.items():
            button.setText(filled(texts.question.choices[key].text, figures))

    def _on_changed(self) -> None:
        self._fill()
        self.parameters_changed.emit()

    @property
    def vote(self) -> str:
        """The key of the choice that was made, or empty."""
        return next((key for key, button in self.choice_buttons.items() if button.isChecked()), "")
