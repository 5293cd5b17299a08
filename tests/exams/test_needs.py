from exams.needs import needs

WEIGHTS = (20, 24, 36, 20)


def entry(code, pool, count):
    return {"certification": code, "pool": pool, "question_count": count}


def test_forms_of_one_pool_add_up():
    entries = [*[entry("M", "exam", 65)] * 4, entry("M", "sample", 10), entry("C", "exam", 65)]
    assert needs(entries, code="M", weights=WEIGHTS, question_count=65) == {
        "exam": [52, 64, 92, 52],
        "sample": [2, 2, 4, 2],
    }


def test_a_certification_without_an_exam_needs_one_form():
    assert needs([], code="M", weights=WEIGHTS, question_count=50) == {"exam": [10, 12, 18, 10]}
