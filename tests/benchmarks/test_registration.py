"""The benchmark of refining and proposing runs, keeps what is done, and counts errors as errors."""

from benchmarks.registration import BEGIN, END, PAGE, drop_rows, missing, quick, read_kept, run, tasks
from benchmarks.registration_trials import Task
from benchmarks.report import markdown, write_between
from benchmarks.scene_kinds import KINDS


def test_a_few_scenes_are_tried_and_told(shared, tmp_path):
    shared("data/susanna")
    refined, gate, proposed, told = quick()
    assert [row[:3] for row in gate[1:]] == [
        ["made", "15 px", "1"],
        *[["real", f"{length} px", "1"] for length in (5, 15, 40)],
        ["hopeless", "15 px", "1"],
    ]
    assert float(refined[3][4]) <= 0.5  # the median error, in map pixels, that was aimed at
    assert gate[-1][-1].startswith("100.0 %")  # the hopeless one was refused
    assert {row[3].split(" %")[0] for row in proposed[1:]} == {"0.0"}  # nothing wrong was proposed as sure
    assert "hopeless" not in {row[0] for row in told}
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_between(page, BEGIN, END, markdown(refined))
    text = page.read_text()
    assert "real" in text
    assert "old" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")


def test_the_page_has_the_marks_between_which_the_tables_go():
    text = PAGE.read_text(encoding="utf-8")
    assert 0 < text.index(BEGIN) < text.index(END)


def test_results_are_kept_at_once_and_rows_are_measured_anew(tmp_path):
    file = tmp_path / "kept.jsonl"
    run([Task("demo", "demo: Fe", 0, (5,))], file)
    ((refined, proposed),) = read_kept(file)
    assert refined[0].right
    assert proposed.verdict == "right"
    both = [Task("demo", "demo: Fe", seed, (5,)) for seed in (0, 1)]
    assert missing(both, read_kept(file)) == both[1:]
    drop_rows(file, ["made"])
    assert len(list(read_kept(file))) == 1
    drop_rows(file, ["demo"])
    assert list(read_kept(file)) == []


def test_every_kind_gets_its_share_of_an_interrupted_run():
    present = [kind for kind, each in KINDS.items() if each.scenes()]
    first = tasks(KINDS, 3)[: len(present)]
    assert [each.kind for each in first] == present
