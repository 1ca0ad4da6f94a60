"""The parts of the main window: made here and put in their places; what they do together is elsewhere.

GUI thread only.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gui.actions import Actions, CommandsFirst
from gui.by_hand.controls import ByHandControls
from gui.catalogue_texts import ScenarioBook
from gui.compare.controls import ComparisonControls
from gui.document import Document
from gui.editor.editing import Editing
from gui.edits import Edits
from gui.files import Files
from gui.interpreters import Interpreter
from gui.language import Languages
from gui.lesson.controls import LessonControls
from gui.looks import Looks
from gui.menus import Menus
from gui.panels.banner import BannerStack
from gui.panels.drawer import Drawer
from gui.panels.guide_page import GuidePage
from gui.panels.scenario_list import ScenarioList
from gui.panels.scenario_page import ScenarioPage
from gui.panels.script_page import ScriptPage
from gui.panels.sentence import SentencePanel
from gui.panels.side import SidePanel
from gui.panels.top_bar import TopBar
from gui.panels.welcome import WelcomePage
from gui.player.controls import PlayerControls
from gui.projector import Projector
from gui.run_choice import RunChoice
from gui.run_control import RunControl
from gui.settings import Settings
from gui.shares import Shares
from gui.status import StatusLine
from gui.theme import Theme
from gui.timeline.view import TimelineView


class WindowParts(QMainWindow):
    def __init__(
        self,
        theme: Theme,
        languages: Languages,
        settings: Settings,
        interpreters: list[Interpreter] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.languages = languages
        self.settings = settings
        self.document = Document(self)
        self.control = RunControl(self.document, self)
        self.choice = RunChoice(settings, interpreters, self)
        self.book = ScenarioBook(languages)
        self.actions_ = Actions(self)
        self.menus = Menus(self, self.actions_, settings, self.open_path)
        self._build()

    def open_path(self, path: Path) -> None:
        """A recording is opened, anything else is taken for a script that Run will run."""
        self.files.open_path(path)

    def show_timeline(self) -> None:
        self.stack.setCurrentWidget(self.middle)
        self.timeline.canvas.setFocus()

    def _build(self) -> None:
        theme, actions = self.theme, self.actions_
        self.timeline = TimelineView(theme, self.document)
        self.looks = Looks(
            self,
            theme,
            self.languages,
            self.settings,
            actions,
            self.choice,
            self.control,
            self.timeline.viewport,
        )
        self.edits = Edits(self)
        self.edits.watch(self.timeline.viewport)
        self.edits.watch(self.document.notes)
        self.player = PlayerControls(theme, self.document, self.timeline, actions, self.settings, self)
        self.top = TopBar(
            theme,
            actions["run"],
            actions["stop"],
            self.menus.main,
            self.menus.interpreters,
            [actions["by_hand"], actions["projector"]],
            self.player.bar,
        )
        self.banners = BannerStack(theme)
        self.files = Files(self, self.document, self.control, self.settings, self.banners)
        self.list = ScenarioList(theme)
        self.welcome = WelcomePage(theme)
        self.page = ScenarioPage(theme)
        self.script_page = ScriptPage(theme)
        self.sentence = SentencePanel(theme, self.document)
        self.side = SidePanel(theme, self.document)
        self.middle = QSplitter(Qt.Orientation.Vertical)
        self.middle.setObjectName("middle")
        self.middle.setHandleWidth(1)
        self.middle.addWidget(self.player.under(self.timeline))
        self.middle.addWidget(self.sentence)
        self.drawer = Drawer(theme, self.document, self.side.code.texts)
        self.drawer.hide()
        self.middle.addWidget(self.drawer)
        self.middle.setStretchFactor(0, 1)
        self.middle.setStretchFactor(1, 0)
        self.middle.setStretchFactor(2, 0)
        self.middle.setChildrenCollapsible(False)
        self.stack = QStackedWidget()
        for page in (self.welcome, self.page, self.script_page, self.middle):
            self.stack.addWidget(page)
        self.lesson = LessonControls(
            theme,
            self.document,
            self.book,
            self.choice,
            self.settings,
            self.page,
            self.sentence,
            (actions["lesson_on"], actions["lesson_back"]),
            self,
        )
        self.comparison = ComparisonControls(theme, self.stack, self)
        self.guide = GuidePage(theme, self.languages, self.book)
        self.stack.addWidget(self.guide)
        center = QWidget()
        center.setObjectName("Panel")
        over = QVBoxLayout(center)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(0)
        over.addWidget(self.lesson.strip)
        over.addWidget(self.stack, 1)
        self.editing = Editing(theme, self)
        self.by_hand = ByHandControls(theme, self.choice, self.book, self.stack, self)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.setObjectName("columns")
        self.columns.setHandleWidth(1)
        for widget, stretch in ((self.list, 0), (center, 1), (self.side, 0)):
            self.columns.addWidget(widget)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        self.columns.setChildrenCollapsible(False)
        self.shares = Shares(theme, self.settings, self.columns, self.middle, self.side.splitter)
        self.sentence.need_changed.connect(self.shares.refit)
        # Whatever its parts ask for, the window never becomes larger than the screen.
        self.setMinimumSize(480, 320)
        central = QWidget()
        central.setObjectName("Panel")
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.banners)
        layout.addWidget(self.columns, 1)
        self.setCentralWidget(central)
        self.status = StatusLine(
            theme,
            self.document,
            (actions["english"], actions["chinese"]),
            [actions["show_figures"], actions["keys"]],
            self,
        )
        self.setStatusBar(self.status)
        actions.for_timeline(self.timeline)
        for field in (self.timeline.filter, self.drawer.search.field, self.list.search):
            CommandsFirst(field)
        self.projector = Projector(
            theme, self, actions["blank"], actions["leave_projector"], actions["next_span"]
        )
