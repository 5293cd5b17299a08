import json
from datetime import UTC, date, datetime

import pytest

from scoring.progress_table import Table

ROW = ("=SUM(A1)", 3, 2.5, True, None, date(2026, 11, 24), datetime(2026, 11, 24, 8, tzinfo=UTC))
TABLE = Table(tuple("abcdefg"), [ROW])


def test_as_csv():
    assert TABLE.as_csv() == (
        "a,b,c,d,e,f,g\r\n'=SUM(A1),3,2.5,true,,2026-11-24,2026-11-24T08:00:00+00:00\r\n"
    )


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", " =1", "\N{FULLWIDTH EQUALS SIGN}1"]
)
def test_no_formula_leaves(text):
    assert Table(("a",), [(text,)]).as_csv().splitlines()[1].strip('"').startswith("'")


def test_as_json():
    assert json.loads(Table(("a", "b"), [("=1", None)]).as_json()) == {
        "columns": ["a", "b"],
        "rows": [{"a": "=1", "b": None}],
    }
