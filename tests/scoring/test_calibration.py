import numpy as np
import pytest
from django.core.management import call_command

from scoring.calibration import Bin, World, judge, odds, simulate


def test_the_forecast_keeps_its_word_after_65_answers():
    found = simulate(World(), 2000, np.random.default_rng(20261124))
    assert found.brier <= 0.13
    assert found.error <= 0.04
    assert 0.85 <= found.slope <= 1.15
    assert sum(one.count for one in found.bins) == 2000


def test_repeats_that_count_break_it():
    world = World(answer_count=130, repeat_share=0.4, are_repeats_counted=True)
    assert simulate(world, 600, np.random.default_rng(1)).error > 0.15


def test_a_harder_exam_breaks_it_unless_it_is_known():
    def error(known):
        world = World(answer_count=130, harder=0.63, known=known)
        return simulate(world, 600, np.random.default_rng(1)).error

    assert error(0.63) < 0.06 < 0.15 < error(0)


def test_judging_by_hand():
    chances = np.array([0.25, 0.25, 0.75, 0.75, 1.0])
    passed = np.array([False, True, True, True, True])
    found = judge(chances, passed)
    assert found.brier == pytest.approx((0.0625 + 0.5625 + 0.0625 + 0.0625 + 0) / 5)
    assert found.bins == (Bin(2, 0.25, 0.5), Bin(2, 0.75, 1.0), Bin(1, 1.0, 1.0))
    assert found.error == pytest.approx((2 * 0.25 + 2 * 0.25) / 5)


def test_the_slope_finds_forecasts_that_are_twice_too_sure():
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 1.5, 20_000)
    passed = rng.random(20_000) < 1 / (1 + np.exp(-logits))
    too_sure = 1 / (1 + np.exp(-2 * logits))
    assert judge(too_sure, passed).slope == pytest.approx(0.5, abs=0.02)


def test_the_command_writes_the_page_and_its_picture(tmp_path, capsys):
    call_command("calibrate_readiness", candidates=40, seed=2, into=tmp_path)
    page = (tmp_path / "readiness.md").read_text()
    assert "40 simulated candidates a line, seed 2" in page
    assert page.count("| 65 answers |") == 1
    assert (tmp_path / "readiness.svg").read_text().startswith("<svg ")
    assert len(capsys.readouterr().out.splitlines()) == 12


def test_the_check_writes_nothing_and_tells_what_would_change(tmp_path, capsys):
    call_command("calibrate_readiness", candidates=40, seed=2, into=tmp_path)
    call_command("calibrate_readiness", candidates=40, seed=2, into=tmp_path, check=True)
    (tmp_path / "readiness.md").write_text("old")
    with pytest.raises(SystemExit) as end:
        call_command("calibrate_readiness", candidates=40, seed=2, into=tmp_path, check=True)
    assert end.value.code == 1
    assert "readiness.md in" in capsys.readouterr().err
    assert (tmp_path / "readiness.md").read_text() == "old"


def test_eighty_percent_in_practice_is_no_pass_if_the_exam_is_harder():
    assert [round(odds(0.8, delta), 2) for delta in (0, 0.29, 0.63)] == [0.73, 0.48, 0.2]
