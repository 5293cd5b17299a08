"""The raw statements of scoring, where the ORM has no lock or no update of that shape."""

# Waits for the submits under way and holds off further ones; saving a response goes on.
HOLD_OFF_SUBMITS = """
SELECT id FROM exams_sitting
WHERE form_id = ANY(%(forms)s) AND submitted_at IS NULL
ORDER BY id
FOR SHARE
"""

REWRITE = """
UPDATE scoring_result r
SET raw_score = c.raw, scored_count = c.scored, scaled_score = c.scaled, has_passed = c.passed
FROM unnest(%(ids)s::bigint[], %(raw)s::int[], %(scored)s::int[], %(scaled)s::int[],
    %(passed)s::bool[]) AS c (id, raw, scored, scaled, passed)
WHERE r.sitting_id = c.id
"""
