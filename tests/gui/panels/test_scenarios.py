"""The list of scenarios and the page of one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from engine.scenarios import catalogue, get
from engine.scenarios.lesson import Step
from engine.scenarios.outcome import holds
from engine.scenarios.scenario import Reading, Scenario
from gui.catalogue_texts import ScenarioBook
from gui.language import Languages
from gui.lesson.ballot import Ballot
from gui.panels.scenario_list import ALL_TAB, LESSON_TAB, Entry, ScenarioList
from gui.panels.scenario_page import ParameterForm, RealBox, ScenarioPage
from gui.theme import Theme

ENTRIES = [
    Entry("five", "threads", "Five workers", "how long in all"),
    Entry("cpu", "threads", "CPU-bound threads"),
    Entry("dead", "locks", "Deadlock"),
    Entry("bad", "broken", "bad", error="line 3: no title"),
]


@pytest.fixture
def listing(qtbot: QtBot, theme: Theme) -> ScenarioList:
    listing = ScenarioList(theme)
    qtbot.addWidget(listing)
    listing.resize(220, 500)
    listing.set_entries(ENTRIES)
    listing.show()
    return listing


def test_searching_finds_titles_words_and_ids(qtbot: QtBot, listing: ScenarioList) -> None:
    QTest.keyClicks(listing.search, "thr")
    assert listing.visible_ids() == ["cpu"]
    listing.search.setText("in all")
    assert listing.visible_ids() == ["five"]
    listing.search.setText("dead")
    assert listing.visible_ids() == ["dead"]
    listing.search.setText("zzz")
    assert listing.visible_ids() == []
    assert not listing._nothing.isHidden()
    listing.search.clear()
    assert listing.visible_ids() == [entry.id for entry in ENTRIES]


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return])
def test_from_the_search_a_key_leads_to_what_was_found(
    qtbot: QtBot, listing: ScenarioList, key: Qt.Key
) -> None:
    listing.choose("five")
    QTest.keyClicks(listing.search, "dead")
    with qtbot.waitSignal(listing.scenario_chosen) as chosen:
        QTest.keyClick(listing.search, key)
    assert chosen.args == ["dead"]
    with qtbot.waitSignal(listing.run_wanted) as wanted:
        QTest.keyClick(listing.tree, Qt.Key.Key_Return)
    assert wanted.args == ["dead"]


def test_choosing_and_running_by_key_and_pointer(qtbot: QtBot, listing: ScenarioList) -> None:
    with qtbot.waitSignal(listing.scenario_chosen) as chosen:
        listing.choose("cpu")
    assert chosen.args == ["cpu"]
    with qtbot.waitSignal(listing.scenario_chosen) as chosen:
        QTest.keyClick(listing.tree, Qt.Key.Key_Up)
    assert chosen.args == ["five"]
    with qtbot.waitSignal(listing.run_wanted) as wanted:
        QTest.keyClick(listing.tree, Qt.Key.Key_Return)
    assert wanted.args == ["five"]


def test_new_titles_keep_the_choice_and_say_nothing(qtbot: QtBot, listing: ScenarioList) -> None:
    listing.choose("dead")
    with qtbot.assertNotEmitted(listing.scenario_chosen):
        listing.set_entries([Entry(e.id, e.group, e.title + "!", error=e.error) for e in ENTRIES])
    assert listing.chosen == "dead"


def test_a_broken_one_is_listed_with_its_error_and_cannot_be_chosen(listing: ScenarioList) -> None:
    item = listing._items()["bad"]
    assert item.toolTip() == "line 3: no title"
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    listing.grab()


STEPS = [Step("dead", 8, core=True), Step("five", 7)]


@pytest.fixture
def lesson(qtbot: QtBot, listing: ScenarioList) -> ScenarioList:
    listing.set_entries(ENTRIES, STEPS)
    return listing


def test_the_path_of_the_lesson_comes_first_in_its_order_with_numbers_and_minutes(
    lesson: ScenarioList,
) -> None:
    assert lesson.tabs.isVisible()
    assert lesson.visible_ids() == ["dead", "five"]
    spoken = [i.data(Qt.ItemDataRole.AccessibleTextRole) for i in lesson._items().values()]
    assert spoken == ["1. Deadlock\N{NO-BREAK SPACE}★, 8 min", "2. Five workers, 7 min"]
    heading = lesson.model.item(0)
    assert heading.text() == "27 minutes"
    assert "short version too, 8 minutes" in heading.toolTip()
    lesson.grab()


def test_the_whole_catalogue_is_one_click_away_and_told_once(qtbot: QtBot, lesson: ScenarioList) -> None:
    with qtbot.waitSignal(lesson.all_wanted) as wanted:
        QTest.mouseClick(lesson.tabs, Qt.MouseButton.LeftButton, pos=lesson.tabs.tabRect(ALL_TAB).center())
    assert wanted.args == [True]
    assert lesson.visible_ids() == [entry.id for entry in ENTRIES]
    with qtbot.waitSignal(lesson.all_wanted) as wanted:  # and back by key
        QTest.keyClick(lesson.tabs, Qt.Key.Key_Left)
    assert wanted.args == [False]
    assert lesson.visible_ids() == ["dead", "five"]


def test_a_search_looks_through_all_and_the_path_comes_back(qtbot: QtBot, lesson: ScenarioList) -> None:
    with qtbot.assertNotEmitted(lesson.all_wanted):
        QTest.keyClicks(lesson.search, "cpu")
        assert lesson.visible_ids() == ["cpu"]
        assert lesson.tabs.currentIndex() == ALL_TAB
        lesson.search.clear()
        assert lesson.visible_ids() == ["dead", "five"]
        assert lesson.tabs.currentIndex() == LESSON_TAB


def test_what_was_found_and_chosen_stays_in_sight(qtbot: QtBot, lesson: ScenarioList) -> None:
    lesson.search.setText("cpu")
    lesson.choose("cpu")
    lesson.search.clear()
    assert lesson.all_shown
    assert lesson.tree.currentIndex().isValid()
    lesson.search.setText("five")
    lesson.tabs.setCurrentIndex(LESSON_TAB)  # asked for the path: the search gives way, the choice stays
    assert lesson.search.text() == ""
    assert lesson.visible_ids() == ["dead", "five"]
    assert lesson.chosen == "cpu"


def test_changing_between_the_two_says_nothing_about_the_choice(qtbot: QtBot, lesson: ScenarioList) -> None:
    lesson.choose("five")
    with qtbot.assertNotEmitted(lesson.scenario_chosen):
        lesson.tabs.setCurrentIndex(ALL_TAB)
        assert lesson.tree.currentIndex().data() == "Five workers"
        lesson.tabs.setCurrentIndex(LESSON_TAB)
        assert lesson.tree.currentIndex().data() == "Five workers"
    with qtbot.waitSignal(lesson.scenario_chosen) as chosen:
        lesson.choose("cpu")  # not in the lesson
    assert chosen.args == ["cpu"]
    assert lesson.all_shown
    lesson.choose("")
    assert lesson.chosen == ""


def test_a_step_that_is_not_there_is_left_out(lesson: ScenarioList) -> None:
    lesson.set_entries(ENTRIES, [Step("gone", 5), Step("bad", 5), STEPS[0]])
    assert lesson.visible_ids() == ["dead"]
    lesson.set_entries(ENTRIES)
    assert not lesson.tabs.isVisible()
    assert lesson.all_shown


# --- the page -----------------------------------------------------------------------------


@pytest.fixture
def book(qapp: QApplication) -> ScenarioBook:
    return ScenarioBook(Languages("en"))


def test_what_is_chosen_before_the_list_is_seen_is_in_sight(qtbot: QtBot, theme: Theme) -> None:
    listing = ScenarioList(theme)
    qtbot.addWidget(listing)
    listing.set_entries([Entry(f"s{i}", "threads", f"Scenario {i} with words that wrap") for i in range(60)])
    listing.choose("s50")
    listing.resize(220, 400)
    listing.show()

    def in_sight() -> bool:
        place = listing.tree.visualRect(listing.tree.currentIndex())
        return place.isValid() and listing.tree.viewport().rect().contains(place)

    qtbot.waitUntil(in_sight, timeout=60_000)
    listing.choose("s2")
    qtbot.waitUntil(in_sight, timeout=60_000)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> ScenarioPage:
    page = ScenarioPage(theme)
    qtbot.addWidget(page)
    page.resize(700, 600)
    page.show()
    return page


def show(page: ScenarioPage, book: ScenarioBook, scenario: Scenario, ballot: Ballot | None = None) -> Ballot:
    texts = book.texts(scenario.id)
    ballot = ballot or Ballot(tuple(texts.question.choices))
    page.show_scenario(scenario, texts, scenario.checked({}), ballot)
    return ballot


def test_question_and_choices_are_those_of_the_texts(page: ScenarioPage, book: ScenarioBook) -> None:
    scenario = get("threads_cpu_bound")
    ballot = show(page, book, scenario)
    assert page.title.text() == book.texts(scenario.id).title
    assert "3 threads" in page.question.text()
    assert list(page.choices.rows) == list(book.texts(scenario.id).question.choices)
    assert ballot.favourite == ""
    page.choices.rows["cores"].click()
    QTest.keyClick(page, Qt.Key.Key_3)  # its digit, and another answer in its place
    assert ballot.favourite == "same"
    assert [row.isChecked() for row in page.choices.rows.values()] == [False, False, True, False]


def test_texts_follow_the_parameters(qtbot: QtBot, page: ScenarioPage, book: ScenarioBook) -> None:
    show(page, book, get("threads_cpu_bound"))
    control = page.form._controls["threads"]
    assert isinstance(control, QSpinBox)
    with qtbot.waitSignal(page.parameters_changed):
        control.setValue(5)
    assert "5 threads" in page.question.text()
    assert page.form.values()["threads"] == 5


def test_the_votes_of_a_class_are_hidden_until_the_vote_is_closed(
    page: ScenarioPage, book: ScenarioBook
) -> None:
    scenario = get("threads_cpu_bound")
    ballot = Ballot(tuple(book.texts(scenario.id).question.choices), of_class=True)
    show(page, book, scenario, ballot)
    for key in (Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_Backspace):
        QTest.keyClick(page, key)
    QTest.keyClicks(page.choices.rows["cores"].field, "14")
    rows = page.choices.rows
    assert page.choices.count.text() == "17 votes"
    assert not any(row.isChecked() or row.result or "14" in row.field.displayText() for row in rows.values())
    ballot.close()
    page.choices.refresh()
    assert [row.result for row in rows.values()] == ["2", "14", "1", "0"]
    assert not any(row.field.isVisibleTo(page) for row in rows.values())
    QTest.keyClick(page, Qt.Key.Key_1)
    assert ballot.total == 17, "it is closed"
    page.choices.show_right("same")
    assert rows["same"].result == "✓  1"
    page.grab()


def test_a_changed_parameter_says_what_it_was(page: ScenarioPage, book: ScenarioBook) -> None:
    scenario = get("threads_cpu_bound")
    texts, values = book.texts(scenario.id), scenario.checked({})
    changed = scenario.checked({**values, **scenario.change})
    page.show_scenario(scenario, texts, changed, Ballot(tuple(texts.question.choices)), values)
    assert page.question.text() == texts.change
    assert page.form.values()["threads"] == 8
    assert "changed; before: 3" in [label.text() for label in page.form.findChildren(QLabel)]
    assert not page.recorded_button.isVisible()


@pytest.mark.parametrize("scenario", catalogue(), ids=lambda s: s.id)
def test_every_scenario_has_a_page_and_its_controls_keep_to_the_ranges(
    page: ScenarioPage, book: ScenarioBook, scenario: Scenario
) -> None:
    show(page, book, scenario)
    assert page.form.values() == scenario.checked({})
    for parameter in scenario.parameters:
        control = page.form._controls[parameter.name]
        if isinstance(control, (QSpinBox, QDoubleSpinBox)):
            control.selectAll()
            control.stepBy(1)
        elif isinstance(control, QComboBox):
            control.setCurrentIndex(control.count() - 1)
        elif isinstance(control, QCheckBox):
            control.toggle()
    assert scenario.checked(page.form.values())
    assert page.run_button.isVisible()


def test_a_run_that_gave_no_speed_up_is_told_so(book: ScenarioBook) -> None:
    texts, figures = book.texts("gil_released"), {"threads": 2, "speed_up": 0.97, "work_percent": 188.0}
    told = {
        name: book.told(texts, Reading(holds(""), "threads", figures, name), {}, None)
        for name in ("threads_less", "", "no such text")
    }
    assert {outcome.answer for outcome in told.values()} == {"threads"}
    assert "0.97 times as fast" in told["threads_less"].detail
    assert "about 188 % of the time on a core" in told["threads_less"].detail
    assert "on a core" not in told[""].detail
    assert told["no such text"] == told[""]


def test_nothing_on_the_page_gives_the_answer_away(page: ScenarioPage, book: ScenarioBook) -> None:
    scenario = get("threads_cpu_bound")
    show(page, book, scenario)
    shown = " ".join(label.text() for label in (page.title, page.intro, page.question))
    for text in book.texts(scenario.id).happened.values():
        assert text[:30] not in shown


def test_a_page_on_a_projector_has_no_scroll_bar_below(
    qtbot: QtBot, theme: Theme, book: ScenarioBook
) -> None:
    """Its texts are longer than it is wide; nobody there scrolls sideways."""
    theme.set_projector(True, 720)
    try:
        page = ScenarioPage(theme)
        qtbot.addWidget(page)
        page.resize(560, 600)
        page.show()
        show(page, book, get("threads_io_bound"))
        below = page.edit_button.geometry().top
        qtbot.waitUntil(lambda: below() > page.run_button.geometry().bottom(), timeout=60_000)
        assert page.horizontalScrollBar().maximum() == 0
    finally:
        theme.set_projector(False, 720)


def test_a_number_shows_no_zeros_behind_it(qtbot: QtBot) -> None:
    box = RealBox()
    qtbot.addWidget(box)
    box.setDecimals(6)
    box.setRange(0, 1000)
    texts = []
    for value in (0.0001, 0.5, 100.0):
        box.setValue(value)
        texts.append(box.text())
    assert texts == ["0.0001", "0.5", "100"]


def test_every_number_fits_its_control(qtbot: QtBot, theme: Theme) -> None:
    """What the page gives is what the program has, however small."""
    page = ScenarioPage(theme)
    qtbot.addWidget(page)
    book = ScenarioBook(Languages("en"))
    for scenario in catalogue():
        show(page, book, scenario)
        assert scenario.checked(page.form.values()) == scenario.checked({}), scenario.id


def test_whatever_is_typed_into_a_form_its_values_fit(qtbot: QtBot, theme: Theme) -> None:
    form = ParameterForm(theme)
    qtbot.addWidget(form)
    boxes = 0
    for scenario in catalogue():
        form.show_parameters(scenario.parameters, {}, scenario.texts("en"))
        for box in [*form.findChildren(QSpinBox), *form.findChildren(QDoubleSpinBox)]:
            for typed in ("0", "999999999999", "-7", "abc", "0,0001", ""):
                box.lineEdit().selectAll()
                QTest.keyClicks(box.lineEdit(), typed)
                box.interpretText()
                scenario.checked(form.values())  # raises nothing
            boxes += 1
    assert boxes > 100
