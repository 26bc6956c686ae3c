import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from triage.edges.worker import Pool
from triage.errors import TriageError

TESTS = Path(__file__).parents[1]


def a_pool(**limits: float) -> Pool:
    return Pool("chores:obedient", {"greeting": "здравствуйте"}, **limits)  # type: ignore[arg-type]


@pytest.fixture
def pool() -> Iterator[Pool]:
    with a_pool(seconds=0.3, memory=200 << 20) as pool:
        yield pool


def a_task(number: int = 0, do: str = "say", **more: object) -> dict[str, object]:
    return {"do": do, "number": number, **more}


def test_answers_come_in_the_order_of_the_tasks(pool):
    tasks = [a_task(number) for number in range(500)]

    answers = list(pool.map(tasks))

    assert [task for task, _, _ in answers] == tasks
    assert [result["number"] for _, result, _ in answers] == list(range(500))
    assert {result["said"] for _, result, _ in answers} == {"здравствуйте"}
    assert not any(problem for _, _, problem in answers)


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (a_task(do="loop"), "took too long"),
        (a_task(do="ignore"), "took too long"),
        (a_task(do="eat", bytes=1 << 30), "needed too much memory"),
        (a_task(do="die"), "died"),
        (a_task(do="raise", secret="12345678-0001"), "failed: ValueError"),
    ],
    ids=["loops", "ignores", "eats", "dies", "raises"],
)
def test_a_bad_letter_costs_only_itself(pool, bad, problem):
    tasks = [a_task(1), bad, a_task(2), *(a_task(n) for n in range(3, 40))]

    answers = list(pool.map(tasks))

    assert [task for task, _, _ in answers] == tasks
    assert answers[1] == (bad, None, problem)
    assert [r["number"] for _, r, _ in answers[2:]] == list(range(2, 40))


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="Linux")
def test_a_machine_short_of_memory_ends_a_child_before_its_parent(pool):
    [(_, result, _)] = pool.map([a_task(do="whoami")])

    judged = Path(f"/proc/{result['pid']}/oom_score_adj").read_text()

    assert int(judged) == 1000


def test_several_bad_letters_in_a_row_are_all_named(pool):
    tasks = [a_task(do="die") for _ in range(5)] + [a_task(7)]

    problems = [problem for _, _, problem in pool.map(tasks)]

    assert problems == ["died"] * 5 + [""]


def test_nothing_of_a_letter_is_in_a_problem():
    with a_pool(workers=0) as pool:
        [(_, _, problem)] = pool.map([a_task(do="raise", secret="12345678-0001")])

    assert problem == "failed: ValueError"


def test_the_same_is_done_without_workers():
    with a_pool(workers=0) as pool:
        [(_, result, problem)] = pool.map([a_task(3)])

    assert (result, problem) == ({"said": "здравствуйте", "number": 3}, "")


def test_what_a_library_prints_is_not_an_answer(pool):
    [(_, result, _)] = pool.map([a_task(5, do="print")])

    assert result["number"] == 5


def test_large_tasks_and_answers_do_not_block_each_other(pool):
    tasks = [a_task(do="long", chars=1 << 20, ballast="y" * 100_000) for _ in range(60)]

    lengths = {len(result["text"]) for _, result, _ in pool.map(tasks)}

    assert lengths == {1 << 20}


def test_children_are_kept_between_two_passes(pool):
    [(_, first, _)] = pool.map([a_task(do="whoami")])
    [(_, second, _)] = pool.map([a_task(do="whoami")])

    assert first == second


def test_a_child_that_ended_between_two_passes_is_replaced(pool):
    [(_, first, _)] = pool.map([a_task(do="whoami")])
    os.kill(first["pid"], signal.SIGKILL)
    os.waitid(os.P_PID, first["pid"], os.WEXITED | os.WNOWAIT)

    [(_, second, problem)] = pool.map([a_task(do="whoami")])

    assert problem == ""
    assert second != first


def test_a_child_keeps_the_clock_itself_while_nobody_listens(pool):
    answers = pool.map([a_task(do="whoami"), a_task(do="loop")])
    _, first, _ = next(answers)
    os.waitid(os.P_PID, first["pid"], os.WEXITED | os.WNOWAIT)

    _, _, problem = next(answers)

    assert problem == "took too long"


def test_a_pass_that_is_left_early_does_not_disturb_the_next(pool):
    with closing(pool.map(a_task(n) for n in range(100))) as answers:
        list(islice(answers, 3))

    [(_, result, _)] = pool.map([a_task(1000)])

    assert result["number"] == 1000


def test_tasks_are_taken_only_as_they_are_needed(pool):
    taken = []

    def endless() -> Iterator[dict[str, object]]:
        while True:
            taken.append(len(taken))
            yield a_task(taken[-1])

    with closing(pool.map(endless())) as answers:
        list(islice(answers, 10))

    assert len(taken) < 400


def test_no_work_starts_no_child(pool):
    assert list(pool.map([])) == []


def test_tasks_can_be_given_while_their_giver_does_other_things(pool):
    first = [pool.give(a_task(number)) for number in range(40)]
    pool.pump(wait=False)
    later = [pool.give(a_task(number)) for number in range(40, 300)]

    while not all(job.done for job in (*first, *later)):
        pool.pump()

    numbers = [job.result["number"] for job in (*first, *later) if job.result]
    assert numbers == list(range(300))


@pytest.mark.parametrize("do", ["die", "loop"])
def test_a_task_that_was_given_and_breaks_its_child_is_named(pool, do):
    jobs = [pool.give(each) for each in (a_task(1), a_task(do=do), a_task(2))]

    while not all(job.done for job in jobs):
        pool.pump()

    assert [bool(job.problem) for job in jobs] == [False, True, False]


def test_without_workers_a_task_is_done_when_it_is_given():
    with a_pool(workers=0) as pool:
        assert pool.give(a_task(3)).result == {"said": "здравствуйте", "number": 3}


def test_children_that_are_expected_take_the_first_tasks(pool):
    pool.expect(100)

    answers = list(pool.map([a_task(n, do="whoami") for n in range(100)]))

    assert len({result["pid"] for _, result, _ in answers}) == 2


def test_a_child_that_cannot_be_prepared_is_an_error_without_private_words():
    with (
        Pool("chores:unwilling", {}) as pool,
        pytest.raises(TriageError, match=r"не запускается: LookupError$"),
    ):
        list(pool.map([a_task()]))


@pytest.mark.parametrize("loop", [False, True], ids=["idle", "at-work"])
def test_no_child_outlives_its_parent_for_long(tmp_path, loop):
    held = tmp_path / "held"
    os.mkfifo(held)
    task = a_task(do="hold", path=str(held), loop=loop)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, json.dumps(task)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
    )

    with held.open("rb") as holder:  # returns once the child has it open
        parent.kill()
        rest = holder.read()  # returns once nobody has it open

    assert rest == b""
    parent.communicate()


PARENT = """
import json, sys
from triage.edges.worker import Pool
pool = Pool("chores:obedient", {"greeting": ""}, seconds=0.5)
list(pool.map([json.loads(sys.argv[1])]))
sys.stdin.read()
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no Linux")
def test_a_process_that_cannot_be_started_leaves_nothing_open(pool, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(3):
        with pytest.raises(TriageError, match="не запускается: такого файла"):
            list(pool.map([a_task()]))

    assert len(list(Path("/proc/self/fd").iterdir())) <= before
