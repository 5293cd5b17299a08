"""The raw statements of delivery, where one round trip must lock, look at the clock and write.

In each the sitting's row is locked by the `held` step, and `clock_timestamp()` is read after it.
"""

HOLDER_MAY_WRITE = """
    s.id = %(sitting)s AND s.submitted_at IS NULL
    AND (s.candidate_id = %(candidate)s OR s.guest_key = %(guest_key)s)
    AND (s.candidate_id IS NULL OR u.is_active)
"""

FIRST_COMPLETE = """
    CASE WHEN r.first_selected = '' AND length({c}.selected) = r.choose_count
        AND position('-' IN {c}.selected) = 0 THEN {c}.selected ELSE r.first_selected END
"""

LETTERS_FIT = """
    length({c}.selected) <= r.choose_count
    AND translate(
        {c}.selected || {c}.struck, left('ABCDEFGH', length(r.option_order)) || '-', ''
    ) = ''
"""

RESPOND = f"""
WITH held AS MATERIALIZED (
    SELECT s.id, s.deadline
    FROM exams_sitting s LEFT JOIN accounts_user u ON u.id = s.candidate_id
    WHERE {HOLDER_MAY_WRITE}
    FOR SHARE OF s
), change (selected, struck) AS (VALUES (%(selected)s::text, %(struck)s::text))
UPDATE exams_response r
SET selected = change.selected, struck = change.struck, is_flagged = %(is_flagged)s,
    is_guessed = %(is_guessed)s, seconds = GREATEST(r.seconds, %(seconds)s),
    first_selected = {FIRST_COMPLETE.format(c="change")},
    revision = r.revision + 1, responded_at = clock_timestamp()
FROM held, change
WHERE r.sitting_id = held.id AND r.position = %(position)s AND r.revision = %(revision)s
    AND r.checked_at IS NULL
    AND (held.deadline IS NULL OR clock_timestamp() <= held.deadline + %(grace)s * interval '1 s')
    AND {LETTERS_FIT.format(c="change")}
RETURNING r.revision, r.responded_at, held.deadline
"""

CHECK = f"""
WITH held AS MATERIALIZED (
    SELECT s.id, s.deadline FROM exams_sitting s
    WHERE s.id = %(sitting)s AND s.candidate_id = %(candidate)s AND s.submitted_at IS NULL
        AND s.shows_rationale AND s.seconds_left IS NULL
    FOR SHARE
), change (selected, struck) AS (VALUES (%(selected)s::text, ''))
UPDATE exams_response r
SET selected = change.selected, first_selected = change.selected, is_guessed = %(is_guessed)s,
    seconds = %(seconds)s, revision = r.revision + 1,
    responded_at = clock_timestamp(), checked_at = clock_timestamp()
FROM held, change
WHERE r.sitting_id = held.id AND r.position = %(position)s AND r.checked_at IS NULL
    AND (held.deadline IS NULL OR clock_timestamp() <= held.deadline + %(grace)s * interval '1 s')
    AND {LETTERS_FIT.format(c="change")}
"""

SUBMIT = f"""
WITH held AS MATERIALIZED (
    SELECT s.id, s.deadline
    FROM exams_sitting s LEFT JOIN accounts_user u ON u.id = s.candidate_id
    WHERE {HOLDER_MAY_WRITE}
    FOR UPDATE OF s
)
UPDATE exams_sitting s SET submitted_at = LEAST(clock_timestamp(), held.deadline)
FROM held WHERE s.id = held.id
RETURNING held.deadline IS NULL OR clock_timestamp() <= held.deadline + %(grace)s * interval '1 s'
"""

TAKE_UNSAVED = f"""
UPDATE exams_response r
SET selected = c.selected, struck = c.struck, is_flagged = c.is_flagged,
    is_guessed = c.is_guessed, seconds = GREATEST(r.seconds, c.seconds),
    first_selected = {FIRST_COMPLETE.format(c="c")},
    revision = r.revision + 1, responded_at = clock_timestamp()
FROM unnest(%(positions)s::int[], %(revisions)s::int[], %(selected)s::text[], %(struck)s::text[],
    %(flags)s::bool[], %(guesses)s::bool[], %(seconds)s::int[])
    AS c (position, revision, selected, struck, is_flagged, is_guessed, seconds)
WHERE r.sitting_id = %(sitting)s AND r.position = c.position AND r.revision = c.revision
    AND r.checked_at IS NULL
    AND {LETTERS_FIT.format(c="c")}
"""

NOTE_SECONDS = """
UPDATE exams_response r SET seconds = c.seconds
FROM unnest(%(seconds)s::int[]) WITH ORDINALITY AS c (seconds, position)
WHERE r.sitting_id = %(sitting)s AND r.position = c.position AND r.seconds < c.seconds
"""

RUN_OUT = """
WITH held AS MATERIALIZED (
    SELECT id, deadline FROM exams_sitting
    WHERE id = %(sitting)s AND submitted_at IS NULL
    FOR UPDATE
)
UPDATE exams_sitting s SET submitted_at = held.deadline
FROM held WHERE s.id = held.id AND held.deadline + %(grace)s * interval '1 s' < clock_timestamp()
"""
